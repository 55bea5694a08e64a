package lower_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A canister on a CDK whose source is in the same repository, with raw
// exports, endpoint wrappers and calls through a type parameter.
const vendored = `
-- Cargo.toml --
[workspace]
members = ["can", "dfn_core", "runtime"]
-- dfn_core/Cargo.toml --
[package]
name = "dfn_core"
-- dfn_core/src/lib.rs --
pub mod api;
pub mod endpoint;
pub use endpoint::over_async;
-- dfn_core/src/api.rs --
pub async fn call<P, R, W>(id: u64, method: &str, _: W, payload: P) -> Result<R, (Option<i32>, String)> { raw() }
-- dfn_core/src/endpoint.rs --
pub fn over_async<F>(_: u8, f: F) { hidden(f) }
-- runtime/Cargo.toml --
[package]
name = "runtime"
[dependencies]
dfn_core = { path = "../dfn_core" }
-- runtime/src/lib.rs --
pub trait Runtime { async fn call(id: u64) -> Result<(), i32>; }
pub struct Old;
impl Runtime for Old {
    async fn call(id: u64) -> Result<(), i32> { dfn_core::api::call(id, "transfer", 0, ()).await.map_err(|_| 1) }
}
pub struct New;
impl Runtime for New {
    async fn call(id: u64) -> Result<(), i32> { unimplemented!("not yet") }
}
-- can/Cargo.toml --
[package]
name = "can"
[dependencies]
dfn_core = { path = "../dfn_core" }
runtime = { path = "../runtime" }
-- can/src/lib.rs --
use dfn_core::over_async;
use runtime::Runtime;
use std::cell::RefCell;
thread_local! { static PAID: RefCell<u64> = RefCell::default(); }

#[export_name = "canister_update pay"]
fn pay() { over_async(0, pay_) }

async fn pay_(amount: u64) -> u64 {
    let _ = Ledger::<runtime::Old>::send().await;
    PAID.with(|p| *p.borrow_mut() += amount);
    amount
}

struct Ledger<R> { r: R }
impl<R: Runtime> Ledger<R> {
    async fn send() -> Result<(), i32> { R::call(7).await }
}
`

// find gives the canisters of a workspace in the form of a txtar archive.
func find(t *testing.T, archive string) []*canister.Canister {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return canister.Find(ws, knowledge.Default())
}

func TestVendoredCDK(t *testing.T) {
	cs := find(t, vendored)
	if len(cs) != 1 || len(cs[0].Entries) != 1 {
		t.Fatalf("canisters %v: want one with one entry point", cs)
	}
	e := cs[0].Entries[0]
	if e.Kind != canister.Update || e.Name != "pay" {
		t.Errorf("entry point %v %q, want update pay", e.Kind, e.Name)
	}
	ms := lower.Canister(cs[0])
	if len(ms) != 1 {
		t.Fatalf("%d messages, want the endpoint alone: its wrapper starts no task", len(ms))
	}
	f := ms[0].Func
	var methods []string
	commits, stores, traps := 0, 0, 0
	var walk func(list []*ops.Op)
	walk = func(list []*ops.Op) {
		for _, op := range list {
			switch op.Kind {
			case ops.Request:
				methods = append(methods, op.Request.Method)
			case ops.Await:
				commits++
			case ops.Store:
				stores++
			case ops.Trap:
				traps++
			}
			walk(op.Body)
			walk(op.Else)
		}
	}
	walk(f.Body)
	if !f.Async || commits != 1 || stores != 1 || strings.Join(methods, " ") != "transfer" {
		t.Errorf("async %v, %d awaits, %d stores, requests %q; want one await of transfer and one store\n", f.Async, commits, stores, methods)
	}
	if traps != 0 {
		t.Errorf("%d traps: an implementation that is not there counts", traps)
	}
}
