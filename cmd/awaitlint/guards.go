package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// guards says what a message holds while it waits, and when it gives that back:
// "holds LOCKS[caller] (CallerGuard, dropped at line 40, also after a trap)".
func guards(m *effects.Message) []string {
	var out []string
	for _, l := range m.Locks() {
		if s := guard(m, l); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func guard(m *effects.Message, l *effects.Lock) string {
	what := l.Guard
	if what == "" {
		what = l.Kind.String()
	}
	parts := []string{what}
	if l.Shared {
		parts = append(parts, "for several at a time")
	}
	if l.Take == nil {
		parts = append(parts, "taken by who starts it")
	}
	var drops, resets []int
	for _, r := range l.Releases {
		if line := lineOf(m, r.Site()); r.Drop != nil {
			drops = append(drops, line)
		} else {
			resets = append(resets, line)
		}
	}
	if len(drops) > 0 {
		parts = append(parts, "dropped at "+lines(drops))
	}
	if len(resets) > 0 {
		parts = append(parts, "reset at "+lines(resets))
	}
	switch {
	case l.Kind == effects.LockLease:
		parts = append(parts, "ends by the clock")
	case len(l.Stuck) == 0:
		parts = append(parts, "also after a trap")
	case len(l.Stuck) == len(l.Held):
		parts = append(parts, "stays after a trap")
	default:
		parts = append(parts, "stays after some traps")
	}
	var kept []int
	for _, e := range l.Kept {
		kept = append(kept, lineOf(m, e.Op.Site))
	}
	if len(kept) > 0 && l.Kind != effects.LockLease {
		parts = append(parts, "not given back at "+lines(kept))
	}
	return "holds " + l.Place.String() + " (" + strings.Join(parts, ", ") + ")"
}

// lineOf is the line of a site in the text of the message itself, else where it is.
func lineOf(m *effects.Message, s ops.Site) int {
	f := m.Fn.Ops
	for f.Sites[s].Caller != 0 {
		s = f.Sites[s].Caller
	}
	span := f.Sites[s].Span
	if span.File == nil {
		return 0
	}
	return span.File.Position(span.Start).Line
}

func lines(ns []int) string {
	slices.Sort(ns)
	ns = slices.Compact(ns)
	var parts []string
	for _, n := range ns {
		parts = append(parts, fmt.Sprint(n))
	}
	if len(parts) == 1 {
		return "line " + parts[0]
	}
	return "lines " + strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
