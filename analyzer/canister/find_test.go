package canister_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

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

const linking = `
-- Cargo.toml --
[workspace]
members = ["*"]
-- users/Cargo.toml --
[package]
name = "users"
[dependencies]
ic-cdk = "0.18"
-- users/src/lib.rs --
#[ic_cdk::update]
fn add_user() {}
pub fn link() {}
-- admin/Cargo.toml --
[package]
name = "admin"
[dependencies]
ic-cdk = "0.18"
-- admin/src/lib.rs --
#[ic_cdk::update]
fn add_admin() {}
-- whole/Cargo.toml --
[package]
name = "whole"
[lib]
crate-type = ["cdylib"]
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
-- whole/src/lib.rs --
pub use users;
pub use admin;
-- part/Cargo.toml --
[package]
name = "part"
[lib]
crate-type = ["cdylib"]
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
ic-cdk = "0.18"
-- part/src/lib.rs --
// One dependency is for another program of the package.
use users as _;
#[ic_cdk::query]
fn count() {}
-- program/Cargo.toml --
[package]
name = "program"
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
-- program/src/main.rs --
use admin as _;
fn main() { users::link() }
-- tests/Cargo.toml --
[package]
name = "tests"
[dependencies]
users = { path = "../users" }
-- tests/src/lib.rs --
pub fn start() { users::link() }
`

// A canister has entry points of its own, or links several libraries that
// have some; a program that talks to canisters is none.
func TestFind(t *testing.T) {
	var got []string
	for _, c := range find(t, linking) {
		var names []string
		for _, e := range c.Entries {
			names = append(names, e.Name)
		}
		got = append(got, fmt.Sprintf("%s: %s", c.Name(), strings.Join(names, " ")))
	}
	slices.Sort(got)
	want := []string{"admin: add_admin", "part: add_user count", "users: add_user", "whole: add_admin add_user"}
	if !slices.Equal(got, want) {
		t.Errorf("canisters\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every way to write an entry point, of today's CDK.
func TestForms(t *testing.T) {
	ws, err := workspace.Load([]string{"../../testdata/rules/entry-points/src/forms.rs"}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range canister.Find(ws, knowledge.Default())[0].Entries {
		if strings.HasSuffix(e.Span.File.Path, "/forms.rs") {
			got = append(got, form(e))
		}
	}
	want := []string{
		"update qualified", "query global_path", "update renamed", "update public_name guards is_admin crate::forms::is_open",
		"update replies by itself", "composite query composite", "query plain", "update candid_too", "update conditional",
		"update raw", "query raw_view", "composite query raw_composite", "heartbeat canister_heartbeat",
		"update in_a_module", "update in_a_function",
	}
	if !slices.Equal(got, want) {
		t.Errorf("entry points\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func form(e *canister.Entry) string {
	s := e.Kind.String() + " " + e.Name
	if e.Guards != nil {
		s += " guards " + strings.Join(e.Guards, " ")
	}
	if e.ManualReply {
		s += " by itself"
	}
	return s
}

// Forms of other frameworks, and of older CDKs.
func TestFormsElsewhere(t *testing.T) {
	const text = `
-- Cargo.toml --
[package]
name = "can"
[dependencies]
ic-cdk = "0.12"
ic-kit = "0.4"
ic-canister = "0.1"
canister_api_macros = "1"
canic = "0.1"
junobuild-macros = "0.1"
-- src/lib.rs --
use canister_api_macros::proposal;
use ic_kit::macros::{query as view, *};
use junobuild_macros::on_set_doc;
use derive_more::query;
#[ic_cdk::init]
#[ic_cdk::post_upgrade]
fn both() {}
#[update]
fn by_glob() {}
#[view]
fn by_renamed_query() {}
#[proposal(guard = "governance")]
fn by_vote() {}
#[canic_update(requires(caller::is_controller(), caller::is_root("a, b")), name = "wire")]
fn wrapped() {}
#[on_set_doc(collections = ["notes"])]
async fn hook() {}
mod own {
    #[proposal]
    fn not_that_one() {}
}
struct Token;
impl Token {
    #[ic_canister::update(trait = true)]
    fn transfer(&self) {}
}
trait PreUpdate {
    #[ic_canister::query(trait = true)]
    fn provided(&self) {}
    #[ic_canister::query(trait = true)]
    fn required(&self);
}
`
	var got []string
	for _, e := range find(t, text)[0].Entries {
		got = append(got, form(e))
	}
	want := []string{
		"init both", "post_upgrade both", "update by_glob", "query by_renamed_query", "update by_vote guards governance",
		"update wire", "task hook", "query provided", "update transfer",
	}
	if !slices.Equal(got, want) {
		t.Errorf("entry points\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
