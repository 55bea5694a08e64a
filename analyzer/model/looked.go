package model

// Whether a call of unknown purpose was made for its effect or for its answer
// is decided by whether anybody looks at the payload (a call of which only
// success matters was made for its effect).

// level says how far a register is inside an answer: 1 the Result, 2 its Ok
// payload, 3 the Ok payload of an inner Result.
type level struct {
	call *CallInfo
	deep int
}

// lookedAt decides the effect of every call of the program.
func (sc *scan) lookedAt() {
	f := &payloads{sc: sc, regs: map[Reg]level{}, slots: map[Slot]level{}, futures: map[Reg][]*CallInfo{}, fslots: map[Slot][]*CallInfo{}, looked: map[*CallInfo]bool{}}
	// Twice, so that what a loop carries round is seen.
	f.walk(sc.p.Func.Body)
	f.walk(sc.p.Func.Body)
	for _, c := range f.calls {
		switch c.Effect {
		case EffectFetch:
			sc.s.effects[c] = false
		case EffectMutates:
			sc.s.effects[c] = true
		default:
			sc.s.effects[c] = !f.looked[c]
		}
	}
}

// effectful tells whether a call counts as having an effect.
func (s *System) effectful(c *CallInfo) bool {
	if e, ok := s.effects[c]; ok {
		return e
	}
	return c.Effect != EffectFetch
}

type payloads struct {
	sc      *scan
	regs    map[Reg]level
	slots   map[Slot]level
	futures map[Reg][]*CallInfo
	fslots  map[Slot][]*CallInfo
	looked  map[*CallInfo]bool
	calls   []*CallInfo
}

func (f *payloads) walk(steps []*Step) {
	for _, st := range steps {
		f.one(st)
		f.walk(st.Body)
		f.walk(st.Else)
	}
}

func (f *payloads) one(st *Step) {
	switch st.Kind {
	case Request, Oneway:
		if st.Request != nil {
			f.futures[st.Out] = []*CallInfo{st.Request}
			f.calls = append(f.calls, st.Request)
		}
		f.useAll(st)
	case Join:
		var cs []*CallInfo
		for _, a := range st.Args {
			cs = append(cs, f.futures[a]...)
		}
		f.futures[st.Out] = cs
	case Await:
		if cs := f.futures[arg(st, 0)]; len(cs) > 0 {
			d := 1
			if cs[0].Reply == ReplyPlain {
				d = 2
			}
			f.regs[st.Out] = level{cs[0], d}
			for _, c := range cs[1:] { // the answers of a join are not told apart
				f.looked[c] = f.looked[c] || f.looked[cs[0]]
			}
		}
	case Set:
		a := arg(st, 0)
		if l, ok := f.regs[a]; ok {
			f.slots[st.Slot] = l
		}
		if cs := f.futures[a]; cs != nil {
			f.fslots[st.Slot] = cs
		}
	case Get, Ref:
		if l, ok := f.slots[st.Slot]; ok {
			f.regs[st.Out] = l
		}
		if cs := f.fslots[st.Slot]; cs != nil {
			f.futures[st.Out] = cs
		}
	case Copy, Load:
		if l, ok := f.regs[arg(st, 0)]; ok {
			f.regs[st.Out] = l
		}
	case Proj:
		l, ok := f.regs[arg(st, 0)]
		if !ok {
			return
		}
		for _, e := range st.Path {
			l = l.into(e.Variant)
		}
		if l.call != nil {
			f.regs[st.Out] = l
		}
	case Test:
		// Whether it went well is no look at the payload; any other test is.
		if l, ok := f.regs[arg(st, 0)]; ok && !onlyOutcome(st.Pat, l) {
			f.looked[l.call] = true
		}
	case Verb:
		f.verb(st)
	case Return, Drop, Declare:
		// Handing the answer on does not look at it.
	case Make:
		// `Ok(block)` around the answer hands it on as well.
		for _, a := range st.Args {
			if l, ok := f.regs[a]; ok {
				f.regs[st.Out] = level{l.call, max(l.deep, l.payload())}
			}
		}
	default:
		f.useAll(st)
	}
}

func (f *payloads) verb(st *Step) {
	a := arg(st, 0)
	l, ok := f.regs[a]
	if !ok {
		f.useAll(st)
		return
	}
	switch st.Name {
	case Unwrap:
		if l = l.into("Ok"); l.call != nil {
			f.regs[st.Out] = l
		}
	case Decode, OkOpt:
		f.regs[st.Out] = l
	case UnwrapErr, ErrOpt, IsCleanReject:
	default:
		f.useAll(st)
	}
}

// useAll: whatever of the operands is a payload is looked at.
func (f *payloads) useAll(st *Step) {
	for _, a := range st.Args {
		if l, ok := f.regs[a]; ok && l.deep >= l.payload() {
			f.looked[l.call] = true
		}
	}
}

// payload is the depth at which the payload proper begins.
func (l level) payload() int {
	if l.call != nil && l.call.Reply == ReplyDouble {
		return 3
	}
	return 2
}

func (l level) into(variant string) level {
	switch variant {
	case "Ok", "Some":
		return level{l.call, l.deep + 1}
	case "Err", "None":
		if l.deep < l.payload() {
			return level{} // an error is no payload
		}
	}
	return level{l.call, max(l.deep, l.payload())}
}

// onlyOutcome: the pattern asks for Ok or Err no deeper than the outcome.
func onlyOutcome(p *Pat, l level) bool {
	if p == nil || p.Kind == PatAny {
		return true
	}
	if p.Kind == PatOr {
		for _, s := range p.Subs {
			if !onlyOutcome(s, l) {
				return false
			}
		}
		return true
	}
	if p.Kind != PatVariant {
		return l.deep < 2
	}
	if p.Name == "Err" || p.Name == "None" {
		return true
	}
	if p.Name != "Ok" && p.Name != "Some" {
		return false
	}
	for i, s := range p.Subs {
		in := l.into(p.Name)
		if i < len(p.Steps) {
			in = l.into(p.Steps[i].Variant)
		}
		if in.call != nil && !onlyOutcome(s, in) {
			return false
		}
	}
	return true
}
