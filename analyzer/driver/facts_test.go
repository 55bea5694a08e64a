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

// A function that calls itself is not lowered in place beyond its first turn.
// What the later turns do is known from its summary, a Fact of its crate: it
// writes LEFT, but only reads LIMIT.
func TestSummariesTravelAsFacts(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Cargo.toml":       "[workspace]\nmembers = [\"store\", \"shop\"]\n",
		"store/Cargo.toml": "[package]\nname = \"store\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"store/src/lib.rs": `use std::cell::Cell;
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
`,
		"shop/Cargo.toml": "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nstore = { path = \"../store\" }\nic-cdk = \"0.20\"\n",
		"shop/src/lib.rs": "#[ic_cdk::update]\nfn sell(n: u64) { store::drain(n); }\n",
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
	call := func() *ops.Callee {
		var found *ops.Callee
		ops.Walk(target.Messages[0].Func.Body, func(op *ops.Op) {
			if op.Callee != nil && op.Callee.Cut == "recursion" {
				found = op.Callee
			}
		})
		if found == nil {
			t.Fatal("no call is left out of the message")
		}
		return found
	}
	if before := call(); !slices.Contains(before.Writes, "LIMIT") {
		t.Fatalf("without a summary the callee writes %v: nothing for a Fact to mend", before.Writes)
	}
	driver.RunTargets([]*driver.Target{target}, nil, driver.Options{})
	after := call()
	if !slices.Equal(after.Writes, []string{"LEFT"}) || !slices.Equal(after.Reads, []string{"LIMIT"}) {
		t.Errorf("with its summary the callee reads %v and writes %v, want [LIMIT] and [LEFT]", after.Reads, after.Writes)
	}
}
