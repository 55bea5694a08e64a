package main

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
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
	var drops, resets []string
	for _, r := range l.Releases {
		if r.Drop != nil {
			drops = append(drops, line(m, r.Site()))
		} else {
			resets = append(resets, line(m, own(m, r.Site())))
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
	var kept []string
	for _, e := range l.Kept {
		kept = append(kept, line(m, own(m, e.Op.Site)))
	}
	if len(kept) > 0 && l.Kind != effects.LockLease {
		parts = append(parts, "not given back at "+lines(kept))
	}
	return "holds " + l.Place.String() + " (" + strings.Join(parts, ", ") + ")"
}

// own is the site in the message's own text from which s was reached.
func own(m *effects.Message, s ops.Site) ops.Site {
	for m.Fn.Ops.Sites[s].Caller != 0 {
		s = m.Fn.Ops.Sites[s].Caller
	}
	return s
}

// line names the line of a site, with its file where that is not the message's.
func line(m *effects.Message, s ops.Site) string {
	span := m.Fn.Ops.Sites[s].Span
	if span.File == nil {
		return "?"
	}
	n := fmt.Sprint(span.File.Position(span.Start).Line)
	if span.File != m.Entry().Span.File {
		return path.Base(filepath.ToSlash(span.File.Path)) + ":" + n
	}
	return n
}

func lines(ns []string) string {
	slices.SortFunc(ns, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) // numbers by size
	})
	ns = slices.Compact(ns)
	word := "line "
	if len(ns) > 1 {
		word = "lines "
		ns = append(ns[:len(ns)-2:len(ns)-2], ns[len(ns)-2]+" and "+ns[len(ns)-1])
	}
	return word + strings.Join(ns, ", ")
}
