package model

import (
	"maps"
	"slices"
)

// Late returns the sites of A that may be late writes.
func (p *Pair) Late() []Site { return slices.Sorted(maps.Keys(p.late)) }

// Reached reports whether some run so far changed something behind a gap of A.
func (p *Pair) Reached() bool {
	for _, w := range p.late {
		if w.reached {
			return true
		}
	}
	return false
}

// Interleaved is a run of a with b in one of its gaps, for showing where
// nothing need be wrong: one in which b changes what a read if the search
// meets such a run within the bound, and, unless want is empty, in which a call
// of a ends as want. ok is false if a never waits in that way.
func (s *System) Interleaved(a, b *Program, want Ending) (ex *Example, ok bool) {
	const all = 3
	p := s.Pair(s.Reach(a), b)
	best := -1
	p.saw = func(ph phase, n *nested, r result) {
		if !n.atGap || !n.ended(want) {
			return
		}
		rank := 0
		for _, is := range []bool{n.b.status == done, n.a.status == done, r.reason == whyJudged} {
			if is {
				rank++
			}
		}
		if rank > best {
			best, ex = rank, p.example(n, ph, 0, 0)
		}
	}
	for p.step() && best < all {
	}
	return ex, ex != nil
}

// ended reports whether a call of A ended as want and all others replied; with
// no ending named, whether all replied.
func (n *nested) ended(want Ending) bool {
	met := want == ""
	for _, c := range n.m.calls {
		if c.msg != n.a || c.oneway {
			continue
		}
		switch endingNames[c.inEffect()] {
		case want:
			met = true
		case Replied:
		default:
			return false
		}
	}
	return met
}
