package model

// What a variable was just set to often decides the next branch: a helper ends
// with Err, and its caller asks at once which of the two it was. For the ways to
// an aim such a step leads where that branch goes, not to both sides.

// A fact is what is known of a value: its variant, or that it is true or false.
type fact struct {
	variant string
	known   bool
	yes     bool // with variant ""
}

// maxThread bounds how far a fact is followed.
const maxThread = 100

// thread finds, for the step at pc that sets a variable, the first step behind
// it that does more than look at what is known; 0 where no branch was decided.
func (p *Program) thread(pc int) int {
	st := p.code[pc].step
	f := p.made(pc, arg(st, 0))
	if !f.known {
		return 0
	}
	slots, regs := map[Slot]fact{st.Slot: f}, map[Reg]fact{}
	decided := false
	at := pc + 1
	for n := 0; n < maxThread; n++ {
		in := &p.code[at]
		switch in.op {
		case opJump:
			at = in.to
			continue
		case opUnless:
			f := p.known(regs, in.step.Args[0])
			if !f.known || f.variant != "" {
				return landing(at, decided)
			}
			decided = true
			if at++; !f.yes {
				at = in.to
			}
			continue
		case opStep:
			if !p.follow(in.step, slots, regs) {
				return landing(at, decided)
			}
			at++
			continue
		}
		return landing(at, decided)
	}
	return 0
}

func landing(at int, decided bool) int {
	if !decided {
		return 0
	}
	return at
}

// follow keeps up what is known over a step; false for one that does more than look.
func (p *Program) follow(st *Step, slots map[Slot]fact, regs map[Reg]fact) bool {
	var f fact
	switch st.Kind {
	case Get, Ref:
		f = slots[st.Slot]
	case Set:
		slots[st.Slot] = p.known(regs, arg(st, 0))
		return true
	case Declare:
		delete(slots, st.Slot)
		return true
	case Make, Const:
		f = factOf(st)
	case Test:
		f = tested(p.known(regs, arg(st, 0)), st.Pat)
	case Un:
		if f = p.known(regs, arg(st, 0)); st.Name == "!" && f.variant == "" {
			f.yes = !f.yes
		} else {
			f = fact{}
		}
	case Proj, Field, Copy, Load, Move, Drop, Guard, Param, Cell, Opaque:
	default:
		return false
	}
	regs[st.Out] = f
	return true
}

func (p *Program) known(regs map[Reg]fact, r Reg) fact {
	if r < 0 {
		return factOfConst(p.consts[-1-r])
	}
	return regs[r]
}

func factOf(st *Step) fact {
	switch {
	case st.Kind == Make && isOptionLike(st.Name):
		return fact{variant: st.Name, known: true}
	case st.Kind == Const:
		return factOfConst(st.Const)
	}
	return fact{}
}

func factOfConst(v Value) fact { return fact{known: v.k == vBool, yes: v.k == vBool && v.n != 0} }

// tested is the outcome of a pattern that asks for no more than the variant.
func tested(f fact, p *Pat) fact {
	if f.variant == "" || p == nil || p.Kind != PatVariant || !isOptionLike(p.Name) {
		return fact{}
	}
	if f.variant != p.Name {
		return fact{known: true}
	}
	for _, s := range p.Subs {
		if s.Kind != PatAny {
			return fact{}
		}
	}
	return fact{known: true, yes: true}
}

// made tells what the register holds at pc, if it was made in the steps right before.
func (p *Program) made(pc int, r Reg) fact {
	if r < 0 {
		return p.known(nil, r)
	}
	for at := pc - 1; at >= 0 && p.code[at].op == opStep; at-- {
		if st := p.code[at].step; st.Out == r && r > 0 {
			return factOf(st)
		}
	}
	return fact{}
}
