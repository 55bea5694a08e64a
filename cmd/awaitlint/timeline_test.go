package main

import (
	"slices"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// What lasts can interfere, what does not can only look on, and the hooks of
// install and upgrade run in no gap (§1.4).
func TestWhoRunsInAGap(t *testing.T) {
	p, err := (&command{}).load([]string{"../../testdata/rules/entry-points"})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := p.timelines("settle")
	if err != nil || len(lines) != 1 || len(lines[0].Touched) != 1 {
		t.Fatalf("timelines of settle: %+v, %v; want one with one place", lines, err)
	}
	names := func(es []finding.Endpoint) (all []string) {
		for _, e := range es {
			all = append(all, e.Name)
		}
		slices.Sort(all)
		return all
	}
	gap := lines[0].Touched[0]
	if got, want := names(gap.Writers), []string{"by_global_timer", "by_heartbeat", "by_low_memory", "by_task", "by_timer", "by_update"}; !slices.Equal(got, want) {
		t.Errorf("%v can write, want %v", got, want)
	}
	if got, want := names(gap.Observers), []string{"by_composite_query", "by_inspection", "by_query", "settle"}; !slices.Equal(got, want) {
		t.Errorf("%v can see, want %v", got, want)
	}
}
