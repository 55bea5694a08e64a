package evidence

import (
	"slices"
	"testing"
)

// What a query leaves changed when it ends, by the runs of the model.
func TestLeaves(t *testing.T) {
	for _, k := range []struct {
		name, body string
		want       []string
	}{
		{"changed", "TOTAL.with_borrow_mut(|t| *t += 1);", []string{"TOTAL += 1"}},
		{"on one way", "if go { TOTAL.with_borrow_mut(|t| *t += 1); }", []string{"TOTAL += 1"}},
		{"taken back", "let old = TOTAL.take(); TOTAL.set(old);", nil},
		{"taken back on one way", "let old = TOTAL.take(); if go { TOTAL.set(old); }", []string{"TOTAL = 0"}},
		{"only if it traps", "TOTAL.with_borrow_mut(|t| *t += 1); panic!(\"no\");", nil},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := load(t, prelude+"#[query]\nfn f(go: bool) {\n"+k.body+"\n}\n#[update]\nfn g() -> u64 { TOTAL.with_borrow(|t| *t) }\n")
			var got []string
			for _, ch := range c.Leaves(c.named(t, "f")) {
				got = append(got, ch.Text)
			}
			if !slices.Equal(got, k.want) {
				t.Errorf("got %q, want %q", got, k.want)
			}
		})
	}
}
