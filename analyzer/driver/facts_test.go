package driver_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// recursive loads a canister and its library, and returns what the last call in
// the first message that is left out as recursion says, without a summary and with it.
func recursive(t *testing.T, library, canisterText string) (before, after ops.Callee) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Cargo.toml":       "[workspace]\nmembers = [\"store\", \"shop\"]\n",
		"store/Cargo.toml": "[package]\nname = \"store\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"store/src/lib.rs": library,
		"shop/Cargo.toml":  "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nstore = { path = \"../store\" }\nic-cdk = \"0.20\"\n",
		"shop/src/lib.rs":  canisterText,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	canisters := canister.Find(ws, knowledge.Default())
	if len(canisters) != 1 {
		t.Fatalf("%d canisters, want the shop alone", len(canisters))
	}
	target := driver.Prepare(canisters[0])
	call := func() (found ops.Callee) {
		ops.Walk(target.Messages[0].Func.Body, func(op *ops.Op) {
			if op.Callee != nil && op.Callee.Cut == "recursion" {
				found = *op.Callee
			}
		})
		if found.Cut == "" {
			t.Fatal("no call is left out of the message")
		}
		return found
	}
	before = call()
	driver.RunTargets([]*driver.Target{target}, nil, driver.Options{})
	return before, call()
}

// A function that calls itself is not lowered in place beyond its first turn.
// What the later turns do is known from its summary, a Fact of its crate: it
// writes LEFT, but only reads LIMIT.
func TestSummariesTravelAsFacts(t *testing.T) {
	before, after := recursive(t, `use std::cell::Cell;
thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(0) };
    static LIMIT: Cell<u64> = const { Cell::new(9) };
}
pub fn drain(n: u64) {
    if n < LIMIT.get() {
        LEFT.set(n);
        drain(n - 1);
    }
}
`, "#[ic_cdk::update]\nfn sell(n: u64) { store::drain(n); }\n")
	if !slices.Contains(before.Writes, "LIMIT") {
		t.Fatalf("without a summary the callee writes %v: nothing for a Fact to mend", before.Writes)
	}
	if !slices.Equal(after.Writes, []string{"LEFT"}) || !slices.Equal(after.Reads, []string{"LIMIT"}) {
		t.Errorf("with its summary the callee reads %v and writes %v, want [LIMIT] and [LEFT]", after.Reads, after.Writes)
	}
}

// A summary tells parts of what a function is given: its caller knows whose they are.
func TestSummariesOfWhatIsGiven(t *testing.T) {
	before, after := recursive(t, `pub struct Tree {
    pub value: u64,
    pub size: u64,
    pub seen: std::collections::BTreeMap<u64, u64>,
    pub next: Option<Box<Tree>>,
}
impl Tree {
    pub fn fill(&mut self, n: u64) {
        if self.size > n {
            self.value = n;
            self.seen.insert(n, 1);
            if let Some(next) = &mut self.next {
                next.fill(n);
            }
        }
    }
}
`, `use std::cell::RefCell;
thread_local! {
    static TREE: RefCell<store::Tree> = const { RefCell::new(store::Tree { value: 0, size: 0, seen: std::collections::BTreeMap::new(), next: None }) };
}
#[ic_cdk::update]
fn fill(n: u64) { TREE.with_borrow_mut(|t| t.fill(n)); }
`)
	if before.Summed || !slices.Equal(before.Mutates, []int{0}) {
		t.Fatalf("without a summary the callee is known: %+v", before)
	}
	if !after.Summed || !slices.Equal(after.Writes, []string{"$0.seen.[$1]", "$0.value"}) || !slices.Contains(after.Reads, "$0.size") {
		t.Errorf("with its summary the callee reads %v and writes %v, want $0.size and [$0.seen.[$1] $0.value]", after.Reads, after.Writes)
	}
}
