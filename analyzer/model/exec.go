package model

import "slices"

// exec runs msg until it suspends, ends, traps, or a drop body that was
// entered with the return address -1 is finished.
func (m *machine) exec(msg *message) {
	for msg.status == ready {
		m.work++
		if m.work > maxWork {
			giveUp("step bound")
		}
		pc := msg.pc
		in := &msg.p.code[pc]
		msg.pc++
		m.w.choices.enter(msg.role, pc)
		for _, t := range m.paths[msg.role] {
			t.pass(min(msg.seg, 2)-1, pc, m.w)
		}
		switch in.op {
		case opJump:
			m.count()
			if in.step != nil && m.w.alone {
				msg.left = append(msg.left, leaving{msg.seg, in.step.Site})
			}
			msg.pc = in.to
		case opUnless:
			m.count()
			if !m.branch(msg, in.step, in.step.Args[0]) {
				msg.pc = in.to
			}
			m.w.decided, m.w.asked = m.w.asked, m.w.decided[:0]
		case opRet:
			last := len(msg.ret) - 1
			to := msg.ret[last]
			msg.ret = msg.ret[:last]
			if to < 0 {
				return
			}
			msg.pc = to
		case opEnd:
			m.finish(msg, 0, Unit())
		case opStep:
			if m.watch != nil && msg.seg > 1 && m.watch[pc] && !m.sure(msg, in.step) {
				m.passed = append(m.passed, in.step.Site)
			}
			m.marked = m.marks != nil && msg.role == 0 && m.marks[pc]
			m.step(msg, in)
		}
	}
}

// sure tells whether a step that may trap cannot do so in this program: what it
// unwraps is filled in every run.
func (m *machine) sure(msg *message, st *Step) bool {
	if st.Kind != Verb || st.Name != Unwrap {
		return false
	}
	v := m.reg(msg, arg(st, 0))
	for i := 0; v.isRef() && i < 8; i++ {
		v = m.fetch(v.target())
	}
	switch {
	case v.k == vLazy:
		return v.l.fixed
	case v.k == vAgg:
		return v.o.base != nil && v.o.base.fixed
	}
	return false
}

func (m *machine) count() {
	m.steps++
	if m.steps > maxSteps {
		giveUp("step bound")
	}
}

// branch looks at a condition. What it was computed from leads to everything
// that follows.
func (m *machine) branch(msg *message, st *Step, r Reg) bool {
	v := m.load(msg, r, st.Site)
	yes := m.w.truth(v)
	msg.ctl |= v.t
	if m.trace != nil {
		m.emit(Event{Kind: EvBranch, msg: msg, Site: st.Site, Yes: yes, reg: r})
	}
	return yes
}

func (m *machine) finish(msg *message, site Site, v Value) {
	msg.status = done
	msg.reply = v
	msg.exit = site
	m.emit(Event{Kind: EvReturn, msg: msg, Site: site, Value: v})
}

func (m *machine) step(msg *message, in *instr) {
	st := in.step
	if m.force != nil && !msg.recovering && (m.force.site == 0 || m.force.site == st.Site) && msg.role == 0 && msg.seg >= m.force.seg {
		m.trap(msg, st.Site, "trap")
		return
	}
	hits := len(msg.hit)
	m.do(msg, in)
	if m.marked && len(msg.hit) == hits && (in.write && !onlyIfAbsent(st) || msg.status == trapped) {
		// The late write was reached, though it found nothing to write or trapped.
		var t taint
		for _, a := range st.Args {
			t |= m.reg(msg, a).t
		}
		msg.hit = append(msg.hit, hit{t: t, ctl: msg.ctl, site: st.Site, late: msg.late, seg: msg.seg, changed: msg.status == trapped})
	}
}

// onlyIfAbsent: a verb that writes only where nothing is yet.
func onlyIfAbsent(st *Step) bool { return st.Name == MapEntryOr || st.Name == GetOrInsert }

// isWrite tells whether a step can be a candidate's late write.
func isWrite(st *Step) bool {
	switch st.Kind {
	case Store, Request, Oneway, Set:
		return true
	case Verb:
		return writes(st.Name)
	}
	return false
}

// writes tells whether a verb changes its receiver.
func writes(verb string) bool {
	switch verb {
	case MapInsert, SetInsert, MapRemove, SetRemove, MapEntryOr, ListPush, ListPushFront, ListPop, ListPopFront,
		ListRemove, Clear, Retain, Extend, Drain, WriteAll, Replace, Take, Swap, GetOrInsert:
		return true
	}
	return false
}

func (m *machine) do(msg *message, in *instr) {
	st := in.step
	a := m.reg(msg, in.a)
	switch in.kind {
	case Const:
		m.set(msg, st.Out, st.Const)
	case Param:
		v := m.w.arg(msg.role, msg.p, st.Index)
		m.set(msg, st.Out, v.with(m.argSource(msg, st.Index)))
	case Cell:
		m.set(msg, st.Out, m.cellRef(st.Name))
	case Get:
		m.set(msg, st.Out, msg.slot(st.Slot))
	case Ref:
		v := msg.slot(st.Slot)
		if v.isRef() {
			m.set(msg, st.Out, v)
			return
		}
		m.set(msg, st.Out, m.w.ref(place{cell: -1, msg: msg, slot: st.Slot}))
	case Field:
		m.set(msg, st.Out, m.part(msg, a, elem{field: st.Name}, st.Site))
	case Index:
		m.index(msg, st, a)
	case Copy:
		m.set(msg, st.Out, m.load(msg, arg(st, 0), st.Site))
	case Load: // a copy holds no references into state: Option<&T>::cloned copies the T
		m.set(msg, st.Out, m.freeze(msg, m.load(msg, arg(st, 0), st.Site), st.Site))
	case Make:
		m.make(msg, st)
	case Bin:
		m.bin(msg, st)
	case Un:
		m.unary(msg, st)
	case Test:
		yes, t := m.match(msg, a, st.Pat, st.Site)
		v := Bool(yes).with(t)
		if m.trace != nil {
			m.emit(Event{Kind: EvTest, msg: msg, Site: st.Site, Yes: yes, Value: a, reg: st.Out})
		}
		m.set(msg, st.Out, v)
	case Proj:
		v := a
		for _, e := range st.Path {
			v = m.part(msg, v, elem{variant: e.Variant, field: e.Field}, st.Site)
		}
		m.set(msg, st.Out, v)
	case Verb:
		if in.write {
			m.count()
		}
		m.verb(msg, st, in.class)
	case Call:
		m.callee(msg, st)
	case Opaque:
		m.set(msg, st.Out, m.w.opaqueAnswer("opaque "+st.Name, m.loadAll(msg, st.Args, st.Site)))
	case Declare:
		if st.Slot > 0 && int(st.Slot) < len(msg.slots) {
			msg.setSlot(st.Slot, Value{})
		}
	case Set:
		m.count()
		m.assign(msg, st, a)
	case Store:
		m.count()
		m.store(msg, a, m.load(msg, arg(st, 1), st.Site), st.Site)
	case Return:
		m.count()
		m.finish(msg, st.Site, m.freeze(msg, m.load(msg, arg(st, 0), st.Site), st.Site))
	case Trap:
		m.count()
		m.trap(msg, st.Site, st.Name)
	case Assert:
		m.count()
		if !m.branch(msg, st, arg(st, 0)) {
			m.trap(msg, st.Site, st.Name)
		}
	case Request:
		m.set(msg, st.Out, m.future(st.Request, st.Site, m.loadAll(msg, st.Args, st.Site)))
		m.mark(msg, st, m.reg(msg, st.Out))
	case Join:
		o := m.w.object(object{name: st.Name})
		for _, r := range st.Args {
			v := m.reg(msg, r)
			if v.k == vList || v.k == vLazy {
				o.name = "list"
				o.items = append(o.items, m.w.items(v)...)
				continue
			}
			o.items = append(o.items, v)
		}
		m.set(msg, st.Out, Value{k: vFuture, o: o})
	case Await:
		m.count()
		m.await(msg, st, a)
	case Oneway:
		m.count()
		m.oneway(msg, st)
	case Spawn:
		m.count()
		m.starts = append(m.starts, task{st.Task, m.loadAll(msg, st.Args, st.Site)})
	case Guard:
		m.count()
		msg.guards = append(msg.guards, guard{st.Slot, in.to, st.Site, msg.ctl})
	case Drop:
		m.drop(msg, st)
	case Move:
		msg.disarm(st.Slot)
	default:
		m.set(msg, st.Out, m.w.opaqueAnswer("unknown step", m.loadAll(msg, st.Args, st.Site)))
	}
}

// future is that of a call.
func (m *machine) future(info *CallInfo, site Site, args []Value) Value {
	spec := m.w.mem.specs.one()
	*spec = callSpec{info, site, args}
	return Value{k: vFuture, o: m.w.object(object{call: spec})}
}

func (msg *message) slot(s Slot) Value {
	if s > 0 && int(s) < len(msg.slots) {
		return msg.slots[s]
	}
	return Value{}
}

// setSlot sets a local; s is one of the message's.
func (msg *message) setSlot(s Slot, v Value) {
	if len(msg.kept.guards) > 0 {
		msg.kept.slots = append(msg.kept.slots, slotWas{s, msg.slots[s]})
	}
	msg.slots[s] = v
}

// disarm takes the live guard of a slot out, the last one made.
func (msg *message) disarm(s Slot) (guard, bool) {
	for i := len(msg.guards) - 1; i >= 0; i-- {
		if g := msg.guards[i]; g.slot == s {
			msg.guards = append(msg.guards[:i:i], msg.guards[i+1:]...)
			return g, true
		}
	}
	return guard{}, false
}

func (m *machine) drop(msg *message, st *Step) {
	if g, ok := msg.disarm(st.Slot); ok {
		m.count()
		msg.ret = append(msg.ret, msg.pc)
		msg.pc = g.addr
	}
}

func (m *machine) cellRef(name string) Value {
	i, ok := m.sys.byName[name]
	if !ok {
		giveUp("unknown cell")
	}
	return m.sys.refs[i]
}

func (m *machine) argSource(msg *message, i int) taint {
	for b, s := range m.sources {
		if s.kind == srcArg && s.msg == msg && s.arg == i {
			return taint(1) << b
		}
	}
	return m.source(source{kind: srcArg, msg: msg, arg: i})
}

// part extends a reference, or takes the part of a value.
func (m *machine) part(msg *message, v Value, e elem, site Site) Value {
	if v.isRef() {
		p := m.w.extend(v.target(), e)
		if p.cell < 0 {
			if x := m.peekLocal(p); x.isRef() {
				return x.with(v.t)
			}
		}
		return m.w.ref(p).with(v.t)
	}
	return m.w.down(v, e)
}

// peekLocal returns what lies at a local place, for following references
// that are stored there.
func (m *machine) peekLocal(p place) Value {
	v := p.msg.slot(p.slot)
	for _, e := range p.path {
		if v.isRef() {
			return v
		}
		if v.k == vNone {
			return v
		}
		v = m.w.down(v, e)
	}
	return v
}

func (m *machine) index(msg *message, st *Step, a Value) {
	k := m.w.key(m.load(msg, arg(st, 1), st.Site))
	if a.isRef() {
		p := m.w.extend(a.target(), elem{key: k})
		if m.exists(msg, p, st.Site).k == vNone {
			m.trap(msg, st.Site, "there is no such element")
			return
		}
		m.set(msg, st.Out, m.part(msg, a, elem{key: k}, st.Site).with(k.t))
		return
	}
	v := m.w.down(a, elem{key: k})
	if v.k == vNone {
		m.trap(msg, st.Site, "there is no such element")
	}
	m.set(msg, st.Out, v.with(k.t))
}

// maxHops bounds how many references are followed for one value. A variable can
// come to refer to itself where an assignment through a reference was taken
// for one of the reference; what lies behind the bound is unknown.
const maxHops = 32

// fetch returns what lies at p, without noting a read.
func (m *machine) fetch(p place) Value { return m.fetchAt(p, maxHops) }

func (m *machine) fetchAt(p place, hops int) Value {
	if hops == 0 {
		return m.w.term("behind a circle of references")
	}
	var v Value
	if p.cell >= 0 {
		v = m.cells[p.cell]
	} else {
		v = p.msg.slot(p.slot)
	}
	for i, e := range p.path {
		if v.isRef() {
			q := v.target()
			for _, e := range p.path[i:] {
				q = m.w.extend(q, e)
			}
			return m.fetchAt(q, hops-1)
		}
		if v.k == vNone {
			return v
		}
		v = m.w.down(v, e)
	}
	return v
}

// note records that msg looked at p; shape for its presence or variant only.
func (m *machine) note(msg *message, p place, shape bool, site Site) taint {
	if p.cell < 0 {
		return 0
	}
	for i := len(m.sources) - 1; i >= 0; i-- {
		s := &m.sources[i]
		if s.kind == srcRead && s.msg == msg && s.seg == msg.seg && s.shape == shape && s.place.same(p) {
			return taint(1) << i
		}
	}
	return m.source(source{kind: srcRead, msg: msg, place: p, site: site, seg: msg.seg, shape: shape})
}

// exists reads whether something is at p.
func (m *machine) exists(msg *message, p place, site Site) Value {
	v := m.fetch(p)
	v.t = v.t&msg.own | m.note(msg, p, true, site)
	if m.trace != nil {
		m.emit(Event{Kind: EvRead, msg: msg, Site: site, at: p, Value: v, Shape: true})
	}
	return v
}

// load reads the operand r: a reference gives a copy of what it points to.
func (m *machine) load(msg *message, r Reg, site Site) Value {
	return m.loadValue(msg, m.reg(msg, r), site)
}

func (m *machine) loadValue(msg *message, v Value, site Site) Value {
	for i := 0; v.isRef() && i < 8; i++ {
		p := v.target()
		if tok, ok := m.draw(msg, p); ok {
			return tok
		}
		x := m.fetch(p)
		if p.cell >= 0 {
			x.t &= msg.own
			if x.k == vNone { // a reference to an entry that is gone reads as the default
				x.k = vDefault
			}
		}
		x.t |= v.t | m.note(msg, p, false, site) | pathTaint(p)
		if p.cell >= 0 {
			if m.trace != nil {
				m.emit(Event{Kind: EvRead, msg: msg, Site: site, at: p, Value: x})
			}
		}
		v = x
	}
	return v
}

// pathTaint: what the keys of a place were computed from.
func pathTaint(p place) taint {
	var t taint
	for _, e := range p.path {
		t |= e.key.t
	}
	return t
}

func (m *machine) loadAll(msg *message, rs []Reg, site Site) []Value {
	vs := m.w.mem.values.some(len(rs))
	for i, r := range rs {
		vs[i] = m.freeze(msg, m.load(msg, r, site), site)
	}
	return vs
}

// freeze replaces references inside a value by copies of what they point to.
func (m *machine) freeze(msg *message, v Value, site Site) Value {
	hops := maxHops
	return m.freezeAt(msg, v, site, &hops)
}

func (m *machine) freezeAt(msg *message, v Value, site Site, hops *int) Value {
	switch v.k {
	case vRef:
		if *hops == 0 {
			return m.w.term("behind a circle of references")
		}
		*hops--
		return m.freezeAt(msg, m.loadValue(msg, v, site), site, hops)
	case vAgg:
		return m.freezeFields(msg, v, site, hops)
	case vList:
		if !slices.ContainsFunc(v.o.items, holdsRef) {
			return v
		}
		o := m.w.object(*v.o)
		o.items = m.w.mem.values.some(len(v.o.items))
		for i, x := range v.o.items {
			o.items[i] = m.freezeAt(msg, x, site, hops)
		}
		v.o = o
	}
	return v
}

func holdsRef(v Value) bool {
	switch v.k {
	case vRef:
		return true
	case vAgg:
		return slices.ContainsFunc(v.o.fields, func(f field) bool { return holdsRef(f.v) })
	case vList:
		return slices.ContainsFunc(v.o.items, holdsRef)
	}
	return false
}

func (m *machine) freezeFields(msg *message, v Value, site Site, hops *int) Value {
	if !holdsRef(v) {
		return v
	}
	o := m.w.object(*v.o)
	o.fields = m.w.mem.fields.some(len(v.o.fields))
	for i, f := range v.o.fields {
		x := m.freezeAt(msg, f.v, site, hops)
		o.fields[i] = field{f.name, x}
		v.t |= x.t
	}
	v.o = o
	return v
}

// draw reads a counter that gives fresh numbers: the token says which message
// drew it and which of its draws it is (4.6).
func (m *machine) draw(msg *message, p place) (Value, bool) {
	if p.cell < 0 || m.w.plain || !p.node(m.sys).isDraw() {
		return Value{}, false
	}
	if v, ok := msg.drawn[p.cell]; ok {
		return v, true
	}
	msg.draws++
	v := Value{k: vText, o: &object{name: freshID, fields: []field{{"0", Int(int64(msg.role))}, {"1", Int(int64(msg.draws))}}}}
	if msg.drawn == nil {
		msg.drawn = map[int]Value{}
	}
	msg.drawn[p.cell] = v
	return v, true
}

// store writes x to the place v refers to.
func (m *machine) store(msg *message, v Value, x Value, site Site) {
	if !v.isRef() {
		return // a temporary
	}
	p := v.target()
	if p.cell < 0 {
		if y := m.peekLocal(p); y.isRef() {
			p = y.target()
		}
	}
	x.t |= v.t
	m.write(msg, p, x, site)
}

// write puts x at p; the zero Value removes an entry.
func (m *machine) write(msg *message, p place, x Value, site Site) {
	if p.cell < 0 {
		v, ok := m.w.put(p.msg.slot(p.slot), p.path, x)
		if !ok {
			m.trap(msg, site, "there is no such element")
			return
		}
		if p.slot > 0 && int(p.slot) < len(p.msg.slots) {
			p.msg.setSlot(p.slot, v)
		}
		return
	}
	x = m.freeze(msg, x, site)
	old, _ := peek(m.cells[p.cell], p.path)
	v, ok := m.w.put(m.cells[p.cell], p.path, x)
	if !ok {
		m.trap(msg, site, "there is no such element")
		return
	}
	m.cells[p.cell] = v
	msg.log = append(msg.log, entered{msg.seg, site, p, old, x})
	if m.trace != nil {
		m.emit(Event{Kind: EvWrite, msg: msg, Site: site, at: p, Value: x, Old: old})
	}
	if m.marked {
		msg.hit = append(msg.hit, hit{t: x.t | pathTaint(p), ctl: msg.ctl, changed: !equal(old, x), site: site, late: msg.late, seg: msg.seg})
	}
}

// mark notes that a call which is the candidate's late effect is made.
func (m *machine) mark(msg *message, st *Step, v Value) {
	if !m.marked {
		return
	}
	var t taint
	for _, a := range v.o.call.args {
		t |= a.t
	}
	msg.hit = append(msg.hit, hit{t: t, ctl: msg.ctl, changed: true, site: st.Site, late: msg.late, seg: msg.seg})
}

func (m *machine) assign(msg *message, st *Step, v Value) {
	if st.Slot <= 0 || int(st.Slot) >= len(msg.slots) {
		return
	}
	v.t |= msg.ctl &^ msg.own // branches of one's own are in ctl already
	msg.setSlot(st.Slot, v)
}

func (m *machine) callee(msg *message, st *Step) {
	inputs := m.loadAll(msg, st.Args, st.Site)
	name := st.Name
	if c := st.Callee; c != nil {
		name = c.Name
		for _, r := range c.Reads {
			if i, ok := m.sys.byName[r]; ok {
				inputs = append(inputs, m.cells[i].with(m.note(msg, place{cell: i}, false, st.Site)))
			} else if r == "*" {
				for i := range m.cells {
					inputs = append(inputs, m.cells[i].with(m.note(msg, place{cell: i}, false, st.Site)))
				}
			}
		}
		if c.MayWrite {
			m.effects = true
		}
	}
	if m.trace != nil {
		m.emit(Event{Kind: EvOpaque, msg: msg, Site: st.Site, Text: name})
	}
	m.set(msg, st.Out, m.w.opaqueAnswer(name, inputs))
}

// await suspends the message, unless the future answers at once.
func (m *machine) await(msg *message, st *Step, fut Value) {
	if fut.isRef() {
		fut = m.fetch(fut.target())
		m.set(msg, arg(st, 0), fut)
	}
	sync := m.send(msg, fut)
	if st.Commit == Never && fut.k != vFuture || sync {
		m.set(msg, st.Out, m.answer(msg, fut))
		return
	}
	msg.wait = st
	msg.status = suspended
	m.emit(Event{Kind: EvSuspend, msg: msg, Site: st.Site})
}

// send performs the calls of a future. It tells whether sending failed at
// once, so that the caller goes on in the same segment (S5).
func (m *machine) send(msg *message, fut Value) (failed bool) {
	if fut.k != vFuture {
		return false
	}
	if fut.o.call == nil {
		for _, f := range fut.o.items {
			m.send(msg, f)
		}
		return len(fut.o.items) == 0
	}
	msg.calls++
	c := m.w.mem.calls.one()
	*c = call{msg: msg, info: fut.o.call.info, site: fut.o.call.site, args: fut.o.call.args, ordinal: msg.calls, seg: msg.seg,
		effect: m.sys.effectful(fut.o.call.info), ctl: msg.ctl}
	if m.w.endings[m.w.callKey(c)] == endSync {
		failed = true
	}
	m.pending = append(m.pending, c)
	if m.trace != nil {
		m.emit(Event{Kind: EvCall, msg: msg, Site: c.site, Text: c.info.Label, calls: []*call{c}})
	}
	return failed
}

func (m *machine) oneway(msg *message, st *Step) {
	args := m.loadAll(msg, st.Args, st.Site)
	msg.calls++
	c := m.w.mem.calls.one()
	*c = call{msg: msg, info: st.Request, site: st.Site, args: args, ordinal: msg.calls, seg: msg.seg, effect: true, oneway: true, done: true, ctl: msg.ctl}
	if st.Request == nil {
		c.info = &CallInfo{Label: st.Name}
	}
	m.pending = append(m.pending, c)
	if m.trace != nil {
		m.emit(Event{Kind: EvCall, msg: msg, Site: c.site, Text: c.info.Label, calls: []*call{c}})
	}
	m.set(msg, st.Out, m.w.variant("Ok", Unit()))
	if m.marked {
		var t taint
		for _, a := range args {
			t |= a.t
		}
		msg.hit = append(msg.hit, hit{t: t, ctl: msg.ctl, changed: true, site: st.Site, late: msg.late, seg: msg.seg})
	}
}
