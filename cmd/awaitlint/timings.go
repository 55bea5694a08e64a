package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// writeTimings writes where the processor time of a run went: phase by phase,
// and what the segment model spent on a candidate.
func writeTimings(w io.Writer, reading time.Duration, spent driver.Spent) {
	line := func(name string, t time.Duration) { fmt.Fprintf(w, "%-24s %10.2f s\n", name, t.Seconds()) }
	line("reading", reading)
	for _, p := range spent.Phases {
		line(p.Name, p.Time)
	}
	line("all", processorTime())
	costs := spent.Candidates
	fmt.Fprintf(w, "%-24s %10d\n", "race candidates", len(costs))
	if len(costs) == 0 {
		return
	}
	slices.SortFunc(costs, func(a, b finding.Cost) int { return cmp.Compare(a.Time, b.Time) })
	steps := make([]int, len(costs))
	for i, c := range costs {
		steps[i] = c.Instructions
	}
	slices.Sort(steps)
	for _, row := range []struct {
		name string
		at   int // of a hundred
	}{{"  median", 50}, {"  90th percentile", 90}, {"  99th percentile", 99}, {"  most", 100}} {
		i := (len(costs)*row.at+99)/100 - 1
		fmt.Fprintf(w, "%-24s %10.2f ms %10d instructions\n", row.name, float64(costs[i].Time.Microseconds())/1000, steps[i])
	}
}
