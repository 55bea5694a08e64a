package lower_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
)

// rest lowers what is left over and belongs to c.
func rest(w *lower.Work, c *canister.Canister) (all []*lower.Message) {
	for _, cr := range slices.Backward(c.Reach) {
		all = append(all, w.Rest(c, cr)...)
	}
	return all
}

// Two canisters on one library, with functions that neither reaches.
const leftovers = `
-- Cargo.toml --
[workspace]
members = ["lib", "a", "b"]
-- lib/Cargo.toml --
[package]
name = "store"
-- lib/src/lib.rs --
use std::cell::RefCell;
thread_local! { static LOG: RefCell<Vec<u64>> = RefCell::default(); }
pub fn from_a(n: u64) { LOG.with(|l| l.borrow_mut().push(n)) }
pub fn from_b(n: u64) { LOG.with(|l| l.borrow_mut().push(n)) }
pub fn from_nobody(n: u64) { push(n); push(n); }
fn push(n: u64) { LOG.with(|l| l.borrow_mut().push(n)); LOG.with(|l| l.borrow_mut().push(n)); LOG.with(|l| l.borrow_mut().push(n)) }
pub fn no_matter(n: u64) -> u64 { n + 1 }
pub trait Ledger {
    fn provided(&self) { from_a(2) }
    fn required(&self);
}
#[cfg(test)]
mod tests {
    #[test]
    fn test() { super::from_nobody(1) }
}
-- a/Cargo.toml --
[package]
name = "a"
[dependencies]
store = { path = "../lib" }
ic-cdk = "0.18"
-- a/src/lib.rs --
#[ic_cdk::update]
fn entry() { store::from_a(1) }
async fn callee(id: candid::Principal) { let _ = ic_cdk::call::Call::unbounded_wait(id, "m").await; store::from_a(3) }
async fn caller(id: candid::Principal) { callee(id).await; callee(id).await }
async fn starts(id: candid::Principal) { ic_cdk::futures::spawn(async move { callee(id).await; }) }
async fn one(n: u64) { store::from_a(n); Box::pin(two(n)).await }
async fn two(n: u64) { store::from_a(n); Box::pin(one(n)).await }
async fn placeholder() {}
struct Vault { n: u64 }
impl Vault {
    async fn pay(&mut self, id: candid::Principal) { self.n -= 1; callee(id).await }
}
fn outer() -> u64 {
    fn inner() { store::from_a(5) }
    7
}
-- b/Cargo.toml --
[package]
name = "b"
[dependencies]
store = { path = "../lib" }
ic-cdk = "0.18"
-- b/src/lib.rs --
#[ic_cdk::update]
fn entry() { store::from_b(1) }
`

// Functions that no message reaches are lowered once for all canisters, callers first.
func TestRest(t *testing.T) {
	cs := find(t, leftovers)
	if len(cs) != 2 {
		t.Fatalf("%d canisters, want two", len(cs))
	}
	w := lower.NewWork(cs)
	var names []string
	for _, c := range cs {
		for _, m := range w.Canister(c) {
			if m.Assumed {
				t.Errorf("entry point %s is assumed", m.Entry.Name)
			}
			names = append(names, m.Entry.Name)
		}
	}
	if got := strings.Join(names, " "); got != "entry entry" {
		t.Errorf("messages %s, want the two entry points", got)
	}
	var got []string
	awaits := map[string]int{}
	for _, c := range slices.Backward(cs) {
		for _, m := range rest(w, c) {
			got = append(got, c.Name()+" "+m.Entry.Name)
			if !m.Assumed || !strings.Contains(strings.Join(m.Func.Assumed, "; "), "nothing we know calls") {
				t.Errorf("%s: assumed %v, %q", m.Entry.Name, m.Assumed, m.Func.Assumed)
			}
			ops.Walk(m.Func.Body, func(op *ops.Op) {
				if op.Kind == ops.Await {
					awaits[m.Entry.Name]++
				}
			})
		}
	}
	// The task is one of its own; of one and two, which call each other, one holds both.
	want := []string{"a from_nobody", "a Ledger::provided", "a caller", "a starts", "a task of starts", "a two", "a Vault::pay", "a inner"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("functions taken as messages:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := awaits["caller"]; n != 2 {
		t.Errorf("%d awaits in caller, want its callee's twice", n)
	}
	for _, c := range cs {
		if again := rest(w, c); again != nil {
			t.Errorf("%s: %d messages left over", c.Name(), len(again))
		}
	}
}

// What a message leaves out for its size is looked at alone.
func TestRestOfLargeMessages(t *testing.T) {
	var b strings.Builder
	b.WriteString("-- Cargo.toml --\n[package]\nname = \"big\"\n[dependencies]\nic-cdk = \"0.18\"\n-- src/lib.rs --\n" +
		"use std::cell::RefCell;\nthread_local! { static N: RefCell<u64> = RefCell::default(); }\n" +
		"#[ic_cdk::update]\nfn entry() { f0() }\n")
	const depth = 60 // more than one message holds
	for i := range depth {
		fmt.Fprintf(&b, "fn f%d() { f%d() }\n", i, i+1)
	}
	fmt.Fprintf(&b, "fn f%d() { N.with(|n| *n.borrow_mut() += 1) }\n", depth)
	c := find(t, b.String())[0]
	w := lower.NewWork([]*canister.Canister{c})
	cut := ""
	ops.Walk(w.Canister(c)[0].Func.Body, func(op *ops.Op) {
		if op.Callee != nil && op.Callee.Cut == "size" {
			cut = op.Text
		}
	})
	rest := rest(w, c)
	if cut == "" || len(rest) != 1 || rest[0].Entry.Name != cut || !strings.Contains(rest[0].Entry.Assumed, "for their size") {
		t.Fatalf("left out is %q, then lowered are %d functions", cut, len(rest))
	}
	stores := 0
	ops.Walk(rest[0].Func.Body, func(op *ops.Op) {
		if op.Kind == ops.Store {
			stores++
		}
	})
	if stores != 1 {
		t.Errorf("%d stores in what was left out, want the one at the end", stores)
	}
}

// A message of many branching helpers stays one that can be built: what is too
// much is a call in it, and a message of its own.
func TestManyBranches(t *testing.T) {
	var src strings.Builder
	src.WriteString("-- Cargo.toml --\n[package]\nname = \"big\"\n[dependencies]\nic-cdk = \"0.18\"\n-- src/lib.rs --\n")
	src.WriteString("use std::cell::Cell;\nthread_local! { static N: Cell<u64> = const { Cell::new(0) }; }\n#[ic_cdk::update]\nfn entry(n: u64) {\n")
	for i := range 40 {
		fmt.Fprintf(&src, "h%d(n);\n", i)
	}
	src.WriteString("}\n")
	for i := range 40 {
		fmt.Fprintf(&src, "fn h%d(n: u64) {\n%s}\n", i, strings.Repeat("if n > N.get() { N.set(n); }\n", 50))
	}
	c := find(t, src.String())[0]
	w := lower.NewWork([]*canister.Canister{c})
	all := append(w.Canister(c), rest(w, c)...)
	if len(all) < 2 || all[0].Entry.Name != "entry" {
		t.Fatalf("%d messages, want the entry point and helpers left out of it", len(all))
	}
	for _, m := range all {
		if _, err := shadow.Build(m.Func); err != nil {
			t.Error(err)
		}
	}
}

// A message that is too large only because it does the same again and again
// waits where it says: the helper is in it once, then its summary stands for it.
func TestLargeMessagesFit(t *testing.T) {
	var b strings.Builder
	b.WriteString("-- Cargo.toml --\n[package]\nname = \"big\"\n[dependencies]\nic-cdk = \"0.18\"\n-- src/lib.rs --\n" +
		"use std::cell::RefCell;\nuse ic_cdk::call::Call;\nthread_local! { static N: RefCell<u64> = RefCell::default(); }\n" +
		"fn bump(k: u64) {\n")
	for i := range 40 {
		fmt.Fprintf(&b, "if k > %d { N.with(|n| *n.borrow_mut() += %d) }\n", i, i)
	}
	b.WriteString("}\nasync fn pay() { Call::bounded_wait(ic_cdk::api::msg_caller(), \"pay\").await.unwrap(); }\n" +
		"#[ic_cdk::update]\nasync fn entry(k: u64) {\n" + strings.Repeat("bump(k);\n", 60) + "pay().await\n}\n")
	c := find(t, b.String())[0]
	sent, inPlace := 0, 0
	ops.Walk(lower.Canister(c)[0].Func.Body, func(op *ops.Op) {
		switch op.Kind {
		case ops.Await:
			if op.Commit == ops.Must {
				sent++
			}
		case ops.Store:
			inPlace++
		}
	})
	if sent != 1 || inPlace < 40 {
		t.Errorf("%d calls are awaited, %d changes are in place", sent, inPlace)
	}
}
