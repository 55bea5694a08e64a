package effects

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// Whole returns m, or the view of it that was not built because it never waits.
func (m *Message) Whole() *Message {
	if m.Err != ErrAtomic {
		return m
	}
	m.wholeOnce.Do(func() { m.whole = New(m.Canister, m.Input) })
	return m.whole
}

// Spans reports whether l is held from the segment in which a is executed on, at every commit
// between a and b. That it is taken after a, in the same segment, is as good (M8).
func (m *Message) Spans(l *Lock, a, b ssa.Instruction) bool {
	if l.Take != nil && !m.After(l.Take.Instr, a) && l.Take.Instr != a && !m.SameSegment(a, l.Take.Instr) {
		return false
	}
	for _, w := range m.CommitsBetween(a, b) {
		if !slices.Contains(l.Held, w) {
			return false
		}
	}
	return true
}

// Held reports whether l, which m takes itself, is held at instr on some way.
func (m *Message) Held(l *Lock, instr ssa.Instruction) bool {
	var ends []ssa.Instruction
	for _, r := range l.Releases {
		ends = append(ends, r.Access.Instr)
	}
	return m.AfterWithout(l.Take.Instr, instr, ends...)
}

// Takes reports whether m takes a lock of the same place as l itself.
func (m *Message) Takes(l *Lock) bool {
	return slices.ContainsFunc(m.Accesses, func(a *Access) bool { return a.Write && !a.Callee && a.Place.Across(l.Place) && l.within(a.Place) })
}

// Asks reports whether m holds l, or a lock of its kind, at instr, or looked
// whether it is taken in the same segment.
func (m *Message) Asks(l *Lock, instr ssa.Instruction) bool {
	drops := map[*ops.Op]bool{}
	ops.Walk(m.Fn.Ops.Body, func(op *ops.Op) {
		if op.Kind == ops.Guard {
			ops.Walk(op.Body, func(in *ops.Op) { drops[in] = true })
		}
	})
	var ends []ssa.Instruction
	for _, a := range m.Accesses {
		if a.Write && drops[a.Op] && a.Place.Across(l.Place) {
			ends = append(ends, a.Instr)
		}
	}
	return slices.ContainsFunc(m.Accesses, func(a *Access) bool {
		if drops[a.Op] || a.Callee || !a.Place.Across(l.Place) || !l.within(a.Place) || a.Instr == instr {
			return false
		}
		return a.Write && m.AfterWithout(a.Instr, instr, ends...) || a.Read && m.SameSegment(a.Instr, instr)
	})
}

// within reports whether p is as deep as the container of the lock's place, or
// the record a status is a part of.
func (l *Lock) within(p Place) bool {
	depth := len(l.Place.Path)
	if depth > 0 && (l.Place.Path[depth-1].Field == "" || l.Kind == LockStatus) {
		depth--
	}
	return len(p.Path) >= depth
}

// Privileged reports whether instr is executed only for callers that were
// chosen: a check before it asks for a controller, for a principal of the
// code, or for one in state that only such callers write.
func (m *Message) Privileged(instr ssa.Instruction) bool { return m.chosen(instr, 2) }

func (m *Message) chosen(instr ssa.Instruction, depth int) bool {
	return slices.ContainsFunc(m.Checks(instr), func(c Check) bool {
		cond, yes := c.Cond, c.Taken || c.Traps
		op := m.callOp(cond)
		for op != nil && op.Kind == ops.Un && op.Name == "!" {
			cond, yes = cond.(*ssa.Call).Call.Args[0], !yes
			op = m.callOp(cond)
		}
		if op == nil {
			return false
		}
		args := cond.(*ssa.Call).Call.Args
		switch {
		case op.Kind == ops.Call && op.Callee != nil && op.Callee.Controls:
			return yes && slices.ContainsFunc(args, m.isCaller)
		case op.Kind == ops.Bin && (op.Name == "==" || op.Name == "!="):
			return yes == (op.Name == "==") && (m.isCaller(args[0]) && m.fixed(args[1], depth) || m.isCaller(args[1]) && m.fixed(args[0], depth))
		case op.Kind == ops.Verb && (op.Name == ops.MapContains || op.Name == ops.Contains) && len(args) > 1:
			return yes && m.isCaller(args[1]) && m.fixed(args[0], depth)
		}
		return false
	})
}

// isCaller reports whether v is the caller, or an option that holds it.
func (m *Message) isCaller(v ssa.Value) bool {
	if op := m.callOp(v); op != nil && op.Kind == ops.Make && len(op.Args) == 1 {
		v = v.(*ssa.Call).Call.Args[0]
	}
	return m.KeyOf(v).Known == KeyCaller
}

// AsksWho reports whether the caller is part of a slice.
func (m *Message) AsksWho(s *Slice) bool {
	for v := range s.values {
		if m.KeyOf(v).Known == KeyCaller {
			return true
		}
	}
	return slices.ContainsFunc(s.Reads, func(r *Access) bool {
		return slices.ContainsFunc(r.Place.Path, func(e Elem) bool { return e.Key.Known == KeyCaller })
	})
}

// fixed reports whether v is made of constants, and of state that only chosen callers write.
func (m *Message) fixed(v ssa.Value, depth int) bool {
	s := m.Slice(v)
	if len(s.Params) > 0 || len(s.Awaits) > 0 {
		return false
	}
	places := slices.Clone(m.Places(v))
	for _, r := range s.Reads {
		places = append(places, r.Place)
	}
	return !slices.ContainsFunc(places, func(p Place) bool { return depth == 0 || m.Canister.anyoneWrites(p, depth-1) })
}

// anyoneWrites reports whether some entry point writes a place whoever calls it.
func (c *Canister) anyoneWrites(p Place, depth int) bool {
	return slices.ContainsFunc(c.Messages, func(m *Message) bool {
		if !m.Input.Lasts || m.Input.Assumed {
			return false
		}
		w := m.Whole()
		return w.Err != nil || slices.ContainsFunc(w.Accesses, func(a *Access) bool {
			return a.Write && a.Place.Across(p) && !w.chosen(a.Instr, depth)
		})
	})
}
