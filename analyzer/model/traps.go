package model

import "slices"

// A lateTrap is a trap in a later segment, kept until all runs are seen: what
// is lost by it is what other runs write after the calls.
type lateTrap struct {
	damage Damage
	kept   []keptChange
	paid   []paidCall
}

// A keptChange is a change that a trap leaves behind.
type keptChange struct {
	Kept
	takes bool
	// record: it was made before a call that may only ask, and is complete in
	// itself unless some good run takes it back.
	record bool
	// covered: the cleanup wrote something down that is tied to it.
	covered bool
	// behind are the calls that took effect before it was made.
	behind []Site
}

// A paidCall is a call that took effect before a trap.
type paidCall struct {
	damage  Damage // with what it says of the call
	behind  []Site // the writes after it that were committed
	covered bool
}

// trapped notes a trap in a later segment, and what it leaves.
func (v *survey) trapped(to *[]lateTrap, run aloneRun, ex func(*call) *EndingExample) {
	last := lastCall(run)
	// What the cleanup itself writes is the remedy, not the damage: only what
	// was committed before and is still there counts.
	net := run.changes(v.s, 1, run.a.seg)
	committed := slices.DeleteFunc(v.s.counted(run.changes(v.s, 1, run.a.seg-1)), func(c change) bool { return at(net, c.place) == nil })
	t := lateTrap{damage: Damage{Kind: LostByTrap, Exit: run.a.whyAt}}
	notes, there := v.notes(run), run.there()
	for _, c := range run.m.calls {
		if !c.effect || !c.took() {
			continue
		}
		p := paidCall{covered: slices.ContainsFunc(notes, func(n note) bool { return n.tied&c.tied()&^there != 0 })}
		p.damage.of(c)
		for _, e := range run.a.log {
			if e.seg > c.seg && e.seg < run.a.seg {
				p.behind = append(p.behind, e.site)
			}
		}
		t.paid = append(t.paid, p)
	}
	for _, c := range committed {
		// The guards' drops are part of the log: what they took back is no change.
		k := keptChange{Kept: Kept{v.s.place(c.place), c.site, false}, takes: takes(c)}
		k.Owed = last != nil && v.owed(run, c, last)
		k.record = k.Owed && !last.effect && !anticipates(c, last)
		k.covered = slices.ContainsFunc(notes, func(n note) bool {
			return !n.place.same(c.place) && n.tied&(taintOf(c.new)|pathTaint(c.place))&^there != 0
		})
		for _, p := range t.paid {
			if slices.Contains(p.behind, c.site) {
				k.behind = append(k.behind, p.damage.Call)
			}
		}
		t.kept = append(t.kept, k)
	}
	if t.damage.of(last); len(t.kept) > 0 || len(t.paid) > 0 {
		t.damage.Example = ex(last)
		*to = append(*to, t)
	}
}

// anticipates tells whether a change is owed to a call that may only ask: what was
// taken is, and a number unless the call is known to change nothing. An entry
// made before a question is a record.
func anticipates(c change, k *call) bool {
	return takes(c) || k.info.Effect != EffectFetch && settle(c.old).k == vInt && settle(c.new).k == vInt
}

// tied is what a call was made from, what led to it and what it answered.
func (c *call) tied() taint {
	t := c.ctl | taintOf(c.answer)
	for _, a := range c.args {
		t |= taintOf(a)
	}
	return t
}

// book notes what is written after which calls, by runs in which all calls
// work, as far as it was committed.
func (v *survey) book(run aloneRun) {
	end := run.a.seg
	if run.a.status == trapped {
		end--
	}
	net := run.changes(v.s, 1, end)
	for _, c := range run.m.calls {
		if !c.effect || !c.took() {
			continue
		}
		for _, w := range run.changes(v.s, c.seg+1, end) {
			if at(net, w.place) == nil {
				continue // a guard that is released is no bookkeeping
			}
			if v.booked[c.site] == nil {
				v.booked[c.site] = map[Site]bool{}
			}
			v.booked[c.site][w.site] = true
		}
	}
}

// A note is what a guard's drop wrote in the cleanup: a quarantine, a mark, a
// task that is to run again.
type note struct {
	place place
	tied  taint
}

// notes are the writes of the cleanup to places that the message had not changed
// before, what it added to lists, and the entries it asked for and found there
// already. Taking a lock back notes nothing.
func (v *survey) notes(run aloneRun) []note {
	earlier := run.changes(v.s, 1, run.a.seg-1)
	var out []note
	for _, w := range run.changes(v.s, run.a.seg, run.a.seg) {
		new := settle(w.new)
		switch before := at(earlier, w.place); {
		case new.k == vNone:
		case before == nil:
			out = append(out, note{w.place, taintOf(new) | pathTaint(w.place)})
		case new.k == vList && len(new.o.items) > 0 && holdsData(new) && settle(w.old).k == vList && len(new.o.items) > len(settle(w.old).o.items):
			out = append(out, note{w.place, taintOf(new.o.items[len(new.o.items)-1])})
		}
	}
	for _, r := range run.m.sources[min(run.a.cleanup, len(run.m.sources)):] {
		if r.kind != srcRead || r.msg != run.a || r.place.cell < 0 || len(r.place.path) == 0 || !r.place.path[len(r.place.path)-1].isKey() || at(earlier, r.place) != nil {
			continue
		}
		if x, known := peek(run.m.cells[r.place.cell], r.place.path); known && settle(x).k != vNone {
			out = append(out, note{r.place, pathTaint(r.place)})
		}
	}
	return out
}

// traps reports each trap once, by its worst run. What an earlier turn of a
// loop finished is no damage of a later one.
func (v *survey) traps(ts []lateTrap) []Damage {
	var out []Damage
	for _, t := range ts {
		d, ok := v.judge(t)
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(o Damage) bool { return o.Exit == d.Exit })
		if i < 0 {
			out = append(out, d)
			continue
		}
		kept := union(out[i].Kept, d.Kept)
		if better(d, out[i]) {
			out[i] = d
		}
		out[i].Kept = kept
	}
	return out
}

// judge tells what a trap damages: the bookkeeping of calls that took effect
// and of which nothing was written yet, and changes that were to be completed.
func (v *survey) judge(t lateTrap) (Damage, bool) {
	d := t.damage
	for _, p := range t.paid {
		books := v.booked[p.damage.Call]
		if len(books) == 0 || p.covered || slices.ContainsFunc(p.behind, func(s Site) bool { return books[s] }) {
			continue
		}
		d.Lost = true
		d.Call, d.Label, d.Bounded, d.Ending = p.damage.Call, p.damage.Label, p.damage.Bounded, p.damage.Ending
	}
	found, took := false, false
	for _, k := range t.kept {
		if k.covered || slices.ContainsFunc(k.behind, func(call Site) bool { return v.booked[call][k.Change] }) {
			continue
		}
		k.Owed = k.Owed && (!k.record || v.freed[heldKey{k.Place.Name, k.Change}])
		if !found || k.Owed && (!d.Owed || k.takes && !took) {
			took = k.takes
			d.Place, d.Change, d.Owed = k.Place, k.Change, k.Owed
		}
		found = true
		d.Kept = append(d.Kept, k.Kept)
	}
	return d, found || d.Lost
}

func better(d, o Damage) bool {
	rank := func(d Damage) int {
		n := 0
		if d.Owed {
			n += 4
		}
		if d.Lost {
			n += 2
		}
		if d.Ending == Replied {
			n++
		}
		return n
	}
	return rank(d) > rank(o)
}
