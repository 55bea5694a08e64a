package model

import "slices"

// A Left is a change that a message makes by itself and does not take back
// before it ends well.
type Left struct {
	Place   Place
	Site    Site // of the last write to it
	Log     bool // no message that lasts does more than append to it
	Example *EndingExample
}

// Leaves runs a alone, all its calls answered well, and returns the changes
// that some run leaves, each site once.
func (s *System) Leaves(a *Program) []Left {
	v := &survey{s: s, a: a, leaves: map[Site]Left{}}
	for round := 1; round <= 3 && len(v.leaves) == 0; round++ {
		v.round = round
		v.enumerate()
	}
	var out []Left
	for _, l := range v.leaves {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Left) int { return int(a.Site - b.Site) })
	return out
}

// leave notes what a run that ended well leaves changed.
func (v *survey) leave(run aloneRun, ex func(*call) *EndingExample) {
	if run.a.status != done {
		return
	}
	for _, c := range run.changes(v.s, 1, run.a.seg) {
		if _, known := v.leaves[c.site]; !known {
			v.leaves[c.site] = Left{Place: v.s.place(c.place), Site: c.site, Log: !v.s.counts(c.place), Example: ex(nil)}
		}
	}
}
