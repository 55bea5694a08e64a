package canister_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const circles = `
use std::cell::RefCell;
thread_local! {
    static A: RefCell<u64> = RefCell::new(0);
    static B: RefCell<u64> = RefCell::new(0);
}
const LIMIT: u64 = 5;

#[ic_cdk::update]
fn first() { if LIMIT > 3 { second() } }
fn second() { third(); first(); }
fn third() { second(); A.with(|a| *a.borrow_mut() += 1); deep() }
fn deep() { B.with(|b| *b.borrow_mut() += 1); }
fn even(n: u64) -> bool { n == 0 || odd(n - 1) }
fn odd(n: u64) -> bool { n != 0 && even(n - 1) }
fn trapping(n: u64) -> u64 { assert!(n > 0); n }
`

// What is known of functions that call each other does not depend on which
// of them is asked about first.
func TestSurveyOfCircles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lib.rs")
	if err := os.WriteFile(path, []byte(circles), 0o644); err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		matters bool
		cells   []string
	}{
		"first": {true, []string{"A", "B"}}, "second": {true, []string{"A", "B"}}, "third": {true, []string{"A", "B"}},
		"deep": {true, []string{"B"}}, "even": {}, "odd": {}, "trapping": {true, nil},
	}
	for start := range len(want) {
		ws, err := workspace.Load([]string{path}, workspace.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := canister.Find(ws, knowledge.Default())[0]
		var fns []*workspace.Def
		for _, d := range c.Crate.Root.Order {
			if d.Kind == workspace.Fn {
				fns = append(fns, d)
			}
		}
		if len(fns) != len(want) {
			t.Fatalf("%d functions, want %d", len(fns), len(want))
		}
		for _, d := range slices.Concat(fns[start:], fns[:start]) {
			w := want[d.Name]
			if got := c.Matters(d); got != w.matters {
				t.Errorf("asked from %s on: %s matters is %v, want %v", fns[start].Name, d.Name, got, w.matters)
			}
			if got := c.Touched(d); !slices.Equal(got, w.cells) {
				t.Errorf("asked from %s on: %s touches %q, want %q", fns[start].Name, d.Name, got, w.cells)
			}
		}
	}
}
