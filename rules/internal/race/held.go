package race

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/effects"
)

// heldOff returns the lock that keeps out everybody who could make a candidate
// come true, nil if there is none: one for all, held from the read to the write, and
// who else writes what was read holds it too or asks for it.
//
// It answers only for candidates that the model could not run to their end.
func heldOff(c *Candidate) *effects.Lock {
	for _, l := range c.Message.Locks() {
		keyed := slices.ContainsFunc(l.Place.Path, func(e effects.Elem) bool { return e.Field == "" })
		if l.Shared || keyed || l.Kind == effects.LockLease || !c.Message.Spans(l, c.Read.Instr, c.Write.Instr) {
			continue
		}
		if !slices.ContainsFunc(c.Message.Canister.Messages, func(m *effects.Message) bool { return slipsBy(m, l, c) }) {
			return l
		}
	}
	return nil
}

// slipsBy reports whether m may write what c read whether l is taken or not.
func slipsBy(m *effects.Message, l *effects.Lock, c *Candidate) bool {
	if m == c.Message || !m.Input.Lasts {
		return false
	}
	m = m.Whole()
	return m.Err != nil || slices.ContainsFunc(m.Accesses, func(a *effects.Access) bool {
		return a.Write && a.Place.Across(c.Read.Place) && !m.Asks(l, a.Instr)
	})
}

// claimed returns the write by which a message closes the check of a candidate
// before it waits: in the segment of the check, of the very place that was looked
// at, on every way to the commit points, and such that a second message that looks finds
// it so. nil if there is none.
//
// It answers only for candidates that the model could not run to their end.
func claimed(c *Candidate) *effects.Access {
	m := c.Message
	if c.Check == nil {
		return nil
	}
	asks := presenceOf(m, c.Check)
	for _, w := range m.Accesses {
		if !w.Write || w == c.Write || w.Callee || !w.Place.Same(c.Read.Place) || len(w.Place.Path) != len(c.Read.Place.Path) || !turns(w, asks) {
			continue
		}
		if !m.SameSegment(c.Read.Instr, w.Instr) || len(m.CommitsBetween(c.Read.Instr, w.Instr)) > 0 {
			continue
		}
		if !slices.ContainsFunc(c.Commits, func(a *effects.Await) bool {
			return !m.After(w.Instr, a.Instr) || !w.Instr.Block().Dominates(a.Instr.Block())
		}) {
			return w
		}
	}
	return nil
}
