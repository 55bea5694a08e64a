package model

// A message holds the code of all helpers it was lowered with, much of which
// makes what nobody looks at: lines of a log, arguments of a helper that are
// copied once more, values of a removed entry. None of it decides about
// anything, so the program does without: runs are shorter, and they choose
// nothing about values that do not matter.

// A slimmer finds the steps of a function that its program does not need.
type slimmer struct {
	body  []*Step
	defs  []uint8 // by register: how many steps define it, up to 2
	uses  []int32 // by register: operands
	into  []bool  // by register: something is written through it
	alias []Reg   // by register: the one that holds the same value; 0 for itself
	slots []slotUse
	set   []Reg  // by slot: the register it was set from on every way to where we are
	trail []Slot // the order in which set was filled
}

// A slotUse counts what is done to a local.
type slotUse struct {
	sets, gets int32
	guard      bool // it holds one
	refs       bool // it is referred to
	into       bool // and something is written through that, or through what it holds
}

// changes tells whether a local may be changed other than by Set.
func (v slotUse) changes() bool { return v.guard || v.refs && v.into }

func slim(f *Func) *slimmer {
	s := &slimmer{
		body: f.Body, defs: make([]uint8, f.Regs+1), uses: make([]int32, f.Regs+1), into: make([]bool, f.Regs+1), alias: make([]Reg, f.Regs+1),
		slots: make([]slotUse, f.Slots+1), set: make([]Reg, f.Slots+1),
	}
	s.count(s.body)
	for s.writes(s.body) {
	}
	s.copies(s.body)
	for again := true; again; {
		s.body, again = s.needed(s.body)
	}
	return s
}

// at is the register whose value r has.
func (s *slimmer) at(r Reg) Reg {
	if r > 0 && int(r) < len(s.alias) && s.alias[r] != 0 {
		return s.alias[r]
	}
	return r
}

func (s *slimmer) reg(r Reg) bool    { return r > 0 && int(r) < len(s.uses) }
func (s *slimmer) slot(v Slot) bool  { return v > 0 && int(v) < len(s.slots) }
func (s *slimmer) used(r Reg) bool   { return s.reg(r) && s.uses[r] > 0 }
func (s *slimmer) single(r Reg) bool { return s.reg(r) && s.defs[r] == 1 }

func (s *slimmer) count(steps []*Step) {
	for _, st := range steps {
		s.operands(st, 1)
		if s.reg(st.Out) && s.defs[st.Out] < 2 {
			s.defs[st.Out]++
		}
		if s.slot(st.Slot) {
			v := &s.slots[st.Slot]
			switch st.Kind {
			case Get:
				v.gets++
			case Ref:
				v.gets++
				v.refs = true
			case Set:
				v.sets++
			case Guard:
				v.guard = true
			}
		}
		s.count(st.Body)
		s.count(st.Else)
	}
}

func (s *slimmer) operands(st *Step, by int32) {
	for _, a := range st.Args {
		if a = s.at(a); s.reg(a) {
			s.uses[a] += by
		}
	}
}

// writes finds the registers through which something may be written, since a
// step writes through what was made from them; true if it found any.
func (s *slimmer) writes(steps []*Step) (found bool) {
	mark := func(r Reg) {
		if s.reg(r) && !s.into[r] {
			s.into[r], found = true, true
		}
	}
	for i := len(steps) - 1; i >= 0; i-- {
		st := steps[i]
		found = s.writes(st.Else) || found
		found = s.writes(st.Body) || found
		through := s.reg(st.Out) && s.into[st.Out]
		if s.slot(st.Slot) {
			switch v := &s.slots[st.Slot]; st.Kind {
			case Get, Ref:
				if through && !v.into {
					v.into, found = true, true
				}
			case Set:
				through = through || v.into
			}
		}
		switch {
		case st.Kind == Store || st.Kind == Verb && (writes(st.Name) || st.Name == IterNext):
			mark(arg(st, 0))
			if st.Name == Swap {
				mark(arg(st, 1))
			}
		}
		if through {
			for _, a := range st.Args {
				mark(a)
			}
		}
	}
	return found
}

// copies finds the reads of locals that are set once, on every way to the
// read: they give the register again. Most are parameters of helpers.
func (s *slimmer) copies(steps []*Step) {
	for _, st := range steps {
		switch {
		case st.Kind == Set && s.slot(st.Slot):
			v := &s.slots[st.Slot]
			if from := s.at(arg(st, 0)); v.sets == 1 && !v.changes() && s.single(from) {
				s.set[st.Slot] = from
				s.trail = append(s.trail, st.Slot)
			}
		case (st.Kind == Get || st.Kind == Ref) && s.slot(st.Slot) && s.set[st.Slot] != 0 && s.single(st.Out):
			from := s.set[st.Slot]
			s.alias[st.Out] = from
			s.uses[from] += s.uses[st.Out]
			s.uses[st.Out] = 0
		case st.Kind == Guard: // a drop body runs elsewhere, with registers of its own
			outer := s.set
			s.set = make([]Reg, len(outer))
			s.nested(st.Body)
			s.set = outer
		default:
			s.nested(st.Body)
			s.nested(st.Else)
		}
	}
}

// nested goes through steps that not every way goes through.
func (s *slimmer) nested(steps []*Step) {
	mark := len(s.trail)
	s.copies(steps)
	for _, v := range s.trail[mark:] {
		s.set[v] = 0
	}
	s.trail = s.trail[:mark]
}

// needed leaves out, from the last step to the first, what nobody looks at.
func (s *slimmer) needed(steps []*Step) (kept []*Step, changed bool) {
	keep := make([]*Step, len(steps))
	at := len(keep)
	for i := len(steps) - 1; i >= 0; i-- {
		st := steps[i]
		if len(st.Body)+len(st.Else) > 0 {
			body, b := s.needed(st.Body)
			other, e := s.needed(st.Else)
			if b || e {
				c := *st
				c.Body, c.Else = body, other
				st, changed = &c, true
			}
		}
		if s.dead(st) {
			changed = true
			s.operands(st, -1)
			if (st.Kind == Get || st.Kind == Ref) && s.slot(st.Slot) {
				s.slots[st.Slot].gets--
			}
			continue
		}
		at--
		keep[at] = st
	}
	if !changed {
		return steps, false
	}
	return keep[at:], true
}

// dead tells whether a step does nothing that anybody could notice.
func (s *slimmer) dead(st *Step) bool {
	switch st.Kind {
	case Declare, Set:
		return s.slot(st.Slot) && s.slots[st.Slot].gets == 0 && !s.slots[st.Slot].guard
	case Drop, Move:
		return s.slot(st.Slot) && !s.slots[st.Slot].guard
	case If, Block:
		return len(st.Body)+len(st.Else) == 0
	}
	return !s.used(st.Out) && !st.Traps && st.pure()
}

// pure tells whether a step only makes its result.
func (st *Step) pure() bool {
	switch st.Kind {
	case Const, Param, Cell, Get, Ref, Field, Load, Make, Un, Copy, Test, Proj, Opaque, Join:
		return true
	case Bin:
		switch st.Name {
		case "+", "-", "*", "<<", ">>":
			return !st.Overflow
		case "/", "%":
			return false
		}
		return true
	case Call:
		return st.Callee == nil || !st.Callee.MayWrite
	case Verb:
		return !writes(st.Name) && st.Name != Unwrap && st.Name != UnwrapErr && st.Name != IterNext && st.Name != Decode
	}
	return false
}
