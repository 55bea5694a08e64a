package model

// A Func numbers its registers without regard to how long they are needed: a
// message with inlined helpers has thousands, of which a handful are alive at
// a time. The compiler gives them machine registers, so that starting and
// suspending a message costs what it needs and not what it is made of.

// A span is the part of the code in which a register holds its value.
type span struct {
	def, end int
	pinned   bool // it has a machine register of its own
}

// A registers is the register allocation of one program.
type registers struct {
	spans []span
	uses  []use
	scope []bool   // by register: defined on every way to the code being compiled
	trail []Reg    // the order in which scope was entered
	parts [][2]int // the function's code, then each drop body's
}

type use struct {
	reg Reg
	at  int
}

func newRegisters(n int) *registers {
	return &registers{spans: make([]span, n+1), scope: make([]bool, n+1)}
}

func (rs *registers) valid(r Reg) bool { return r > 0 && int(r) < len(rs.spans) }

// use notes that the code at a position looks at r. What is not defined on every
// way to it keeps a register of its own: it may be read unset.
func (rs *registers) use(r Reg, at int) {
	if !rs.valid(r) {
		return
	}
	s := &rs.spans[r]
	s.end = at
	if !rs.scope[r] {
		s.pinned = true
	}
	rs.uses = append(rs.uses, use{r, at})
}

func (rs *registers) define(r Reg, at int) {
	if !rs.valid(r) {
		return
	}
	s := &rs.spans[r]
	if s.def != 0 || s.end != 0 {
		s.pinned = true
	}
	s.def, s.end = at+1, max(s.end, at)
	rs.scope[r] = true
	rs.trail = append(rs.trail, r)
}

// enter begins code that not every way goes through; leave ends it.
func (rs *registers) enter() int { return len(rs.trail) }

func (rs *registers) leave(mark int) {
	for _, r := range rs.trail[mark:] {
		rs.scope[r] = false
	}
	rs.trail = rs.trail[:mark]
}

// loop keeps what was defined before a loop and is used in it until its end.
func (rs *registers) loop(start, end int) {
	for i := len(rs.uses) - 1; i >= 0 && rs.uses[i].at >= start; i-- {
		if s := &rs.spans[rs.uses[i].reg]; s.def-1 < start {
			s.end = max(s.end, end)
		}
	}
}

// allot maps registers to machine registers, 0 for those nobody looks at, and
// returns how many there are. The function and each drop body have their own,
// since a drop body runs while the function's are alive.
func (rs *registers) allot(code []instr) (to []Reg, n int) {
	to = make([]Reg, len(rs.spans))
	next := Reg(1)
	for _, part := range rs.parts {
		var free []Reg
		ends := make(map[int][]Reg)
		for at := part[0]; at < part[1]; at++ {
			free = append(free, ends[at-1]...)
			delete(ends, at-1)
			st := code[at].step
			if code[at].op != opStep || !rs.valid(st.Out) || to[st.Out] != 0 {
				continue
			}
			s := &rs.spans[st.Out]
			switch {
			case s.pinned:
			case s.end == at && st.Kind != Request: // nobody looks at it
				continue
			case len(free) > 0:
				to[st.Out] = free[len(free)-1]
				free = free[:len(free)-1]
				ends[s.end] = append(ends[s.end], to[st.Out])
				continue
			}
			to[st.Out] = next
			next++
			if !s.pinned {
				ends[s.end] = append(ends[s.end], to[st.Out])
			}
		}
	}
	return to, int(next)
}

// rename returns the step with machine registers. Its parts are compiled
// apart and stay as they are.
func (c *compiler) rename(st *Step, to []Reg) *Step {
	at := func(r Reg) Reg {
		if r > 0 && int(r) < len(to) {
			return to[r]
		}
		return min(r, 0)
	}
	out := *st
	out.Body, out.Else = nil, nil
	out.Out, out.Slot = at(st.Out), c.slot(st.Slot)
	out.Args = make([]Reg, len(st.Args))
	for i, a := range st.Args {
		out.Args[i] = at(c.operand(a))
	}
	return &out
}

// slot numbers the locals that are left.
func (c *compiler) slot(s Slot) Slot {
	if s <= 0 || int(s) >= len(c.slots) {
		return 0
	}
	if c.slots[s] == 0 {
		c.slots[s] = Slot(c.p.slots)
		c.p.slots++
	}
	return c.slots[s]
}
