package effects_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The early returns that certainly leave a lock taken, by what stands there.
func TestKeptBy(t *testing.T) {
	want := map[string][]string{
		"fetch":         {"?"},      // of a rejected call
		"sample":        {"return"}, // out of a loop
		"sync":          nil,        // its end, which those who gave it back share
		"pull":          nil,        // given back before the `?`
		"probe":         nil,        // left by break
		"execute_trade": nil,        // moved on before the return
		"execute_order": {"?"},
	}
	got := map[string][]string{}
	for _, c := range loadCanisters(t, "../../testdata/rules/lock-leak") {
		for _, m := range c.Messages {
			name := m.Entry().Name
			if _, ok := want[name]; !ok {
				continue
			}
			got[name] = nil
			for _, l := range m.Locks() {
				for _, s := range l.KeptBy(m.Fn.Ops, l.Take.Op.Site) {
					span := m.Fn.Ops.Sites[s].Span
					text, _, _ := strings.Cut(span.File.Text[span.Start:span.End], ";")
					got[name] = append(got[name], text)
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
