package model

import "slices"

// A Kept is a change that an ending leaves as it was made.
type Kept struct {
	Place  Place
	Change Site
	Owed   bool
}

// Rounds is how many rounds of ever larger domains there are.
const Rounds = 3

// Leaks are the changes that some ending of a leaves and others take back, in
// the numbers of one round (1 to [Rounds]) only. [System.Survival] stops at the first round in which a call is made.
func (s *System) Leaks(a *Program, round int) Survival {
	v := s.newSurvey(a)
	v.round = round
	v.enumerate()
	v.out.Damages = append(v.out.Damages, v.leaks()...)
	v.out.Damages = slices.DeleteFunc(v.out.Damages, func(d Damage) bool { return d.Kind != Leaked })
	return v.out
}

type heldKey struct {
	place  string
	change Site
}

// A leak is a change that a run leaves at its end, and by which exit.
type leak struct {
	key    heldKey
	damage Damage
}

// left are the early returns behind a segment.
func (r aloneRun) left(seg int) []Site {
	var out []Site
	for _, l := range r.a.left {
		if l.seg > seg {
			out = append(out, l.site)
		}
	}
	return out
}

// holds notes what a run has changed whenever it waits.
func (v *survey) holds(run aloneRun) {
	for seg := 1; seg < run.a.seg; seg++ {
		for _, c := range run.changes(v.s, 1, seg) {
			v.out.Held[c.site] = true
		}
	}
}

// balanced notes which changes a run without failed calls makes before a call and
// takes back after it, and which it leaves.
func (v *survey) balanced(run aloneRun, ex func(*call) *EndingExample) {
	for seg := 1; seg < run.a.seg; seg++ {
		post := run.changes(v.s, seg+1, run.a.seg)
		for _, c := range v.s.counted(run.changes(v.s, 1, seg)) {
			key := heldKey{v.s.place(c.place).Name, c.site}
			switch after := at(post, c.place); {
			case after != nil:
				// What a refusal gives back was reserved, not locked.
				v.freed[key] = v.freed[key] || releases(c, *after) && !run.a.refused()
			case !slices.ContainsFunc(v.held, func(l leak) bool {
				return l.key == key && l.damage.Exit == run.a.exit && slices.Equal(l.damage.Left, run.left(seg))
			}):
				last := lastCall(run)
				d := Damage{Kind: Leaked, Place: v.s.place(c.place), Change: c.site, Exit: run.a.exit, Left: run.left(seg), Owed: last != nil && v.owed(run, c, last)}
				d.of(last)
				d.Example = ex(last)
				v.held = append(v.held, leak{key, d})
			}
		}
	}
}

// leaks are the changes that one good run takes back and another leaves.
func (v *survey) leaks() []Damage {
	var out []Damage
	for _, l := range v.held {
		if v.freed[l.key] {
			out = append(out, l.damage)
		}
	}
	return out
}

// union adds the changes that are not there yet.
func union(to, more []Kept) []Kept {
	for _, k := range more {
		if !slices.ContainsFunc(to, func(o Kept) bool { return o.Change == k.Change && o.Place.Name == k.Place.Name }) {
			to = append(to, k)
		}
	}
	return to
}
