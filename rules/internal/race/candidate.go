// Package race finds candidates for the rules about races across an await and
// turns what the segment model says of them into findings.
//
// Finding candidates is cheap and generous: a value or a check from an earlier
// segment and a write in a later one. Whether anything comes of it (locks,
// in-flight marks, writes that come first, checks made again) is the
// model's to say.
package race

import (
	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Candidate is a late write that may undo or ignore what other messages did.
type Candidate struct {
	Message *effects.Message
	// Read is the access of state in the earlier segment.
	Read *effects.Access
	// Check is the test that Read decided, for checks.
	Check *effects.Check
	// Commits are the awaits at which the segment of Read may end before Write.
	Commits []*effects.Await
	Write   *effects.Access
	// Before is an earlier write of the same place that Write takes back,
	// for rollbacks.
	Before *effects.Access
}

// StaleWrites returns writes of a place whose value was computed from what was read of it in an
// earlier segment, and not from anything read of it since. One
// candidate for each write: the first such read.
//
// Rollbacks are those that take back a change made before the call, only
// where the call failed.
func StaleWrites(m *effects.Message) (writes, rollbacks []*Candidate) {
	for _, w := range LateWrites(m) {
		if c := staleIndex(m, w); c != nil {
			writes = append(writes, c)
			continue
		}
		if w.Value == nil {
			continue
		}
		s := m.Slice(w.Value)
		if fresh(m, s, w) {
			continue
		}
		for _, r := range s.Reads {
			if r.Presence || r.Instr == w.Instr || !r.Place.Same(w.Place) {
				continue
			}
			commits := m.CommitsBetween(r.Instr, w.Instr)
			if len(commits) == 0 {
				continue
			}
			c := &Candidate{Message: m, Read: r, Commits: commits, Write: w}
			if c.Before = takenBack(m, c); c.Before != nil {
				if !adds(w.Op) {
					rollbacks = append(rollbacks, c)
				}
			} else {
				writes = append(writes, c)
			}
			break
		}
	}
	return writes, rollbacks
}

// adds reports whether an operation leaves what is there and puts something
// beside it: putting back this way loses nothing of others.
func adds(op *ops.Op) bool {
	switch op.Name {
	case ops.Extend, ops.ListPush, ops.ListPushFront:
		return op.Kind == ops.Verb
	}
	return false
}

// staleIndex returns a candidate if w writes an element that was chosen by the
// container's length in an earlier segment: by now another may be there.
func staleIndex(m *effects.Message, w *effects.Access) *Candidate {
	if w.Key == nil {
		return nil
	}
	for _, r := range m.Slice(w.Key).Reads {
		if r.Op.Kind != ops.Verb || r.Op.Name != ops.Len || !r.Place.Same(w.Place) {
			continue
		}
		if commits := m.CommitsBetween(r.Instr, w.Instr); len(commits) > 0 {
			return &Candidate{Message: m, Read: r, Commits: commits, Write: w}
		}
	}
	return nil
}

// LateWrites returns the writes of the message itself that some commit may precede.
func LateWrites(m *effects.Message) []*effects.Access {
	var out []*effects.Access
	for _, a := range m.Accesses {
		if !a.Write || a.Callee || a.Place.Cell == "*" {
			continue
		}
		for _, w := range m.Awaits {
			if w.Commits() && m.After(w.Instr, a.Instr) {
				out = append(out, a)
				break
			}
		}
	}
	return out
}

// fresh reports whether the value written at w depends on a read of the same
// place in w's own segment: it adjusts what is there now.
func fresh(m *effects.Message, s *effects.Slice, w *effects.Access) bool {
	if len(m.Places(w.Value)) > 0 {
		return true // read by the write itself
	}
	for _, r := range s.Reads {
		if !r.Presence && r.Place.Same(w.Place) && m.SameSegment(r.Instr, w.Instr) && len(m.CommitsBetween(r.Instr, w.Instr)) == 0 {
			return true
		}
	}
	return false
}

// takenBack returns a write between the read and a commit that the late write,
// made only where that call failed, takes back.
func takenBack(m *effects.Message, c *Candidate) *effects.Access {
	for _, await := range c.Commits {
		if !m.OnFailure(await, c.Write.Instr) {
			continue
		}
		for _, b := range m.Accesses {
			if b.Write && b != c.Write && !b.Callee && b.Place.Same(c.Write.Place) &&
				(m.After(c.Read.Instr, b.Instr) || b.Instr == c.Read.Instr) && m.After(b.Instr, await.Instr) {
				return b
			}
		}
	}
	return nil
}

// StaleChecks returns writes that are reached only after a check of the same
// place in an earlier segment, one candidate for each write. Writes made
// only where the call failed are put-backs, not what the check was for.
func StaleChecks(m *effects.Message) []*Candidate {
	var out []*Candidate
	slices := map[ssa.Value]*effects.Slice{}
	for _, w := range LateWrites(m) {
		if c := staleCheck(m, w, slices); c != nil {
			out = append(out, c)
		}
	}
	return out
}

func staleCheck(m *effects.Message, w *effects.Access, slices map[ssa.Value]*effects.Slice) *Candidate {
	var best *Candidate
	for _, check := range m.Checks(w.Instr) {
		s := slices[check.Cond]
		if s == nil {
			s = m.Slice(check.Cond)
			slices[check.Cond] = s
		}
		asks := presenceOf(m, &check)
		// The test itself may be what reads, as `if let Some(x) = map.get(k)` does.
		reads := append(s.Reads[:len(s.Reads):len(s.Reads)], m.At(check.Instr)...)
		for _, r := range reads {
			if !r.Read || !r.Place.Same(w.Place) || vague(r, w) || !turns(w, asks) {
				continue
			}
			commits := m.CommitsBetween(r.Instr, w.Instr)
			if len(commits) == 0 || onlyOnFailure(m, commits, w) {
				continue
			}
			c := &Candidate{Message: m, Read: r, Check: &check, Commits: commits, Write: w}
			if best == nil || better(c, best) {
				best = c
			}
		}
	}
	return best
}

// vague reports whether a read takes in much more than the place written, by
// code that was not read (a whole state handed to a function): that something of it
// decides about this write is no more than a guess.
func vague(r, w *effects.Access) bool {
	return len(r.Place.Path) < len(w.Place.Path) && (r.Callee || r.Op == nil || r.Op.Kind == ops.Call || r.Op.Kind == ops.Opaque)
}

// onlyOnFailure reports whether w is reached only where one of the calls failed.
func onlyOnFailure(m *effects.Message, commits []*effects.Await, w *effects.Access) bool {
	for _, a := range commits {
		if m.OnFailure(a, w.Instr) {
			return true
		}
	}
	return false
}

// better prefers reads of content to reads of presence, which is what a
// reader will take for the check.
func better(a, b *Candidate) bool { return !a.Read.Presence && b.Read.Presence }
