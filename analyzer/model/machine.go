package model

import (
	"slices"
	"strconv"
)

// Bounds of one run. Steps that only compute do not count, as a reader would
// not count them; work bounds them all the same.
const (
	maxSteps = 6000
	maxWork  = 20000
)

// A machine holds the committed state of a canister and executes segments of
// messages on it.
type machine struct {
	sys   *System
	w     *world
	cells []Value
	steps int
	work  int

	calls   []*call // that left the canister: their segment was committed
	pending []*call // of the current segment
	spawned []task
	starts  []task // of the current segment

	sources []source
	effects bool // an unread function that may write ran
	trace   *Trace
	marks   []bool // steps of A that are a candidate's late write
	marked  bool   // the step being executed is one
	paths   [2][]*tracker
	watch   []bool // steps of A whose passing in a later segment is noted
	passed  []Site
	force   *forcedTrap
}

// A task is a spawned future: it runs as a message of its own.
type task struct {
	f    *Func
	args []Value
}

// A source is what a taint bit stands for.
type source struct {
	kind  sourceKind
	msg   *message
	place place // read events
	site  Site
	seg   int
	shape bool // only presence or variant was looked at
	arg   int
}

type sourceKind uint8

const (
	srcRead sourceKind = iota
	srcArg
	srcAnswer
)

// A call is one inter-canister call.
type call struct {
	msg     *message
	info    *CallInfo
	site    Site
	args    []Value
	ordinal int
	seg     int
	effect  bool
	oneway  bool
	guarded bool  // guards are alive while it runs
	unread  int   // choices about opaque answers made before it was answered
	ctl     taint // branches on the way to it
	ending  ending
	done    bool
	decoded bool  // whether the reply can be read was decided
	answer  Value // the payload
}

// took tells whether the callee did it.
func (c *call) took() bool {
	switch c.ending {
	case endOK:
		return !c.msg.p.refuses(c.answer)
	case endUncleanTook, endDecode:
		return true
	}
	return false
}

// failed tells whether the caller was told that it did not work.
func (c *call) failed() bool {
	if c.ending != endOK {
		return true
	}
	return c.msg.p.refuses(c.answer)
}

// refuses tells whether an answer says that the callee refused: it is an
// error or a variant that the program's function takes for one, or the
// answer's only value is.
func (p *Program) refuses(v Value) bool {
	v = settle(v)
	if v.k == vAgg && v.o.base != nil && v.o.base.payload && v.o.name == "" && v.o.base.hasKid("0") {
		v = settle(Value{k: vLazy, l: v.o.base.kid("0")})
	}
	return v.k == vAgg && (v.o.name == "Err" || p.Func.Refusals[v.o.name])
}

// inEffect is how the call ended for who reads the answer: an error in it is the callee's own (C11).
func (c *call) inEffect() ending {
	if c.ending == endOK && c.failed() {
		return endInner
	}
	return c.ending
}

// A callSpec is the content of a future.
type callSpec struct {
	info *CallInfo
	site Site
	args []Value
}

// An ending is how a call ends.
type ending uint8

const (
	endOK          ending = iota
	endInner              // the callee's own error (C11)
	endClean              // rejected, certainly nothing happened (§2.5)
	endUnclean            // rejected by the callee or unknown; nothing happened
	endUncleanTook        // as before, but it did happen (C7)
	endSync               // sending failed: no segment ended (S5)
	endDecode             // it happened, the reply cannot be read
)

// A message is one message under way.
type message struct {
	p          *Program
	w          *world
	role       int // 0 for A, 1 for B
	pc         int
	regs       []Value
	slots      []Value
	ret        []int
	recovering bool // its cleanup runs
	cleanup    int  // the first source of its cleanup
	guards     []guard
	kept       kept // as at the last suspension
	own        taint
	ctl        taint
	seg        int // number of the current segment, from 1
	calls      int // made so far
	draws      int
	drawn      map[int]Value // by site of… the counter's place, until it is incremented
	wait       *Step
	status     status
	reply      Value
	exit       Site // of the return
	left       []leaving
	log        []entered
	why        string // of a trap
	whyAt      Site
	late       bool // the gap under test is behind it
	hit        []hit
	failed     bool         // some call failed
	net        []cellChange // by segment, for books
}

// kept is what a cleanup starts from.
type kept struct {
	guards []guard
	regs   []Value
	slots  []slotWas // what was changed since, in order; with guards only
}

// A slotWas is a local before a change.
type slotWas struct {
	slot Slot
	was  Value
}

type guard struct {
	slot Slot
	addr int
	site Site
	t    taint
}

type status uint8

const (
	ready status = iota
	suspended
	done
	trapped
)

// A leaving is an early return from a function that was lowered in place.
type leaving struct {
	seg  int
	site Site
}

// A hit is one execution of the late write.
type hit struct {
	t       taint // what the written value and its place were computed from
	ctl     taint // branches on the way to it
	changed bool
	site    Site
	late    bool // after the gap under test
	seg     int
}

// A forcedTrap makes A trap where the program itself may not: at a site, or
// (site 0) at the first step, of a segment.
type forcedTrap struct {
	site Site
	seg  int // in this or a later segment
}

// An entered is one write of a message.
type entered struct {
	seg      int
	site     Site
	place    place
	old, new Value
}

func newMachine(w *world) *machine {
	return &machine{sys: w.sys, w: w, cells: w.cloned(w.cells, 0)}
}

func (m *machine) newMessage(p *Program, role int) *message {
	locals := &m.w.mem.locals
	return &message{p: p, w: m.w, role: role, pc: p.entry, regs: locals.some(p.regs), slots: locals.some(p.slots)}
}

// source allots a taint bit.
func (m *machine) source(s source) taint {
	i := len(m.sources)
	if i >= maxSources-1 {
		i = maxSources - 1
	}
	if i == len(m.sources) {
		m.sources = m.w.mem.sources.add(m.sources, s)
	}
	t := taint(1) << i
	if s.msg != nil {
		s.msg.own |= t
	}
	return t
}

// run executes one segment of msg: from its start or, when it is suspended,
// from the answer of what it waits for. Afterwards the message is suspended,
// done or trapped, and the segment is committed or taken back.
func (m *machine) run(msg *message) {
	if m.w.stirred && msg.status == suspended {
		m.w.stir(m.cells, msg.seg)
	}
	before := m.w.cloned(m.cells, 0)
	resumed := msg.status == suspended
	msg.status = ready
	msg.seg++
	clear(msg.drawn)
	if resumed {
		m.emit(Event{Kind: EvResume, msg: msg, Site: msg.wait.Site, calls: m.waiting(msg)})
		m.resume(msg)
	} else {
		m.emit(Event{Kind: EvStart, msg: msg})
	}
	m.exec(msg)
	for _, t := range m.paths[msg.role] {
		t.end(m.w)
	}
	m.close(msg, before)
}

// close commits the segment or takes it back.
func (m *machine) close(msg *message, before []Value) {
	if msg.status != trapped {
		msg.settleUp(before, m.cells)
		for _, c := range m.pending {
			c.guarded = len(msg.guards) > 0
		}
		m.calls = append(m.calls, m.pending...)
		m.spawned = append(m.spawned, m.starts...)
		m.pending, m.starts = nil, nil
		if msg.status == suspended {
			msg.kept = kept{}
			if len(msg.guards) > 0 { // nothing else is looked at in a cleanup
				msg.kept = kept{guards: slices.Clone(msg.guards), regs: slices.Clone(msg.regs)}
			}
		}
		return
	}
	copy(m.cells, before)
	m.pending, m.starts = nil, nil
	for n := len(msg.log); n > 0 && msg.log[n-1].seg == msg.seg; n-- {
		msg.log = msg.log[:n-1]
	}
	m.emit(Event{Kind: EvTrap, msg: msg, Site: msg.whyAt, Text: msg.why})
	if msg.seg > 1 {
		m.cleanup(msg)
	}
}

// cleanup runs the drops of the guards that were alive at the await, the last
// one first, as one committed segment (S15, S19). A trap in there takes it back.
func (m *machine) cleanup(msg *message) {
	before := m.w.cloned(m.cells, 0)
	why, whyAt := msg.why, msg.whyAt
	guards := msg.kept.guards
	if len(guards) > 0 {
		for i := len(msg.kept.slots) - 1; i >= 0; i-- {
			msg.slots[msg.kept.slots[i].slot] = msg.kept.slots[i].was
		}
		msg.kept.guards = nil
		msg.regs = msg.kept.regs
		m.emit(Event{Kind: EvCleanup, msg: msg})
	}
	msg.recovering, msg.cleanup = true, len(m.sources)
	for i := len(guards) - 1; i >= 0; i-- {
		msg.status = ready
		msg.ret = []int{-1}
		msg.pc = guards[i].addr
		msg.guards = nil
		m.exec(msg)
		if msg.status == trapped && msg.pc >= 0 {
			copy(m.cells, before)
			break
		}
	}
	m.pending, m.starts = nil, nil // nothing can be sent from there (S16)
	msg.status, msg.why, msg.whyAt = trapped, why, whyAt
	msg.settleUp(before, m.cells)
}

// waiting returns the calls msg is suspended on.
func (m *machine) waiting(msg *message) []*call {
	var cs []*call
	for _, c := range m.calls {
		if c.msg == msg && !c.oneway && !c.done {
			cs = append(cs, c)
		}
	}
	return cs
}

// resume puts the answers of the calls msg waits for into place.
func (m *machine) resume(msg *message) {
	st := msg.wait
	m.set(msg, st.Out, m.answer(msg, m.reg(msg, arg(st, 0))))
}

// answer gives the answer of a future whose calls were sent.
func (m *machine) answer(msg *message, fut Value) Value {
	if fut.k == vFuture && fut.o.call == nil {
		return m.joined(msg, fut)
	}
	if fut.k != vFuture {
		// A future nobody has read: its answer depends on what it was made from.
		l := m.w.opaqueAnswer("await", []Value{fut})
		return l
	}
	for _, c := range m.calls {
		if c.msg == msg && !c.done && c.site == fut.o.call.site && !c.oneway {
			return m.end(msg, c)
		}
	}
	for _, c := range m.pending {
		if c.msg == msg && !c.done && c.site == fut.o.call.site && !c.oneway {
			return m.end(msg, c)
		}
	}
	return m.w.term("answer", fut)
}

func (m *machine) joined(msg *message, fut Value) Value {
	var vs []Value
	for _, f := range fut.o.items {
		vs = append(vs, m.answer(msg, f))
	}
	switch fut.o.name {
	case "try":
		var oks []Value
		for _, v := range vs {
			if m.w.isVariant(v, "Err") {
				return v
			}
			oks = append(oks, m.w.down(v, elem{variant: "Ok", field: "0"}))
		}
		return m.w.variant("Ok", m.w.variant("()", oks...))
	case "select":
		return vs[m.w.choices.choose(len(vs))]
	case "list":
		return m.w.list(vs)
	}
	return m.w.variant("()", vs...)
}

// end decides how a call ended and what its caller is told.
func (m *machine) end(msg *message, c *call) Value {
	c.ending, c.answer = m.w.outcome(m.sys, msg, c)
	c.done, c.unread = true, m.w.unread
	t := m.source(source{kind: srcAnswer, msg: msg, site: c.site, seg: msg.seg})
	if c.ending != endOK {
		msg.failed = true
	}
	v := m.told(c)
	if v.k == vNone {
		m.trap(msg, c.site, "the call was rejected")
	}
	return v.with(t)
}

// told is the value the caller gets; the zero Value where it gets none.
func (m *machine) told(c *call) Value {
	reject := func(clean bool) Value {
		name := "unclean"
		if clean {
			name = "clean"
		}
		r := m.w.rejection(name)
		return m.w.variant("Err", r)
	}
	plain := c.info.Reply == ReplyPlain
	switch c.ending {
	case endClean, endSync:
		if plain {
			return Value{}
		}
		return reject(true)
	case endUnclean, endUncleanTook:
		if plain {
			return Value{}
		}
		return reject(false)
	case endInner:
		if c.info.Reply == ReplyDouble {
			return m.w.variant("Ok", m.w.variant("Err", m.w.rejection("inner")))
		}
		return m.w.variant("Ok", c.answer)
	}
	if plain {
		return c.answer
	}
	return m.w.variant("Ok", c.answer)
}

// rejection is an error value; what it says beyond its kind is open.
func (w *world) rejection(name string) Value {
	l := w.symbols["reject "+name]
	if l == nil {
		l = w.lazy(fromReply, nil)
		l.shape = shStruct
		w.symbols["reject "+name] = l
	}
	return Value{k: vAgg, o: w.object(object{name: "reject " + name, base: l})}
}

// callKey identifies a call over the runs of a world: for a call with an
// effect which message makes it and when, for a fetch what it asks (4.5).
func (w *world) callKey(c *call) string {
	if !c.effect {
		i, _ := w.find(&w.fetches, c.info.Label, c.args)
		return "fetch " + strconv.Itoa(i)
	}
	return string(rune('A'+c.msg.role)) + strconv.Itoa(c.ordinal) + " " + c.info.Label
}

func identities(vs []Value) string {
	s := ""
	for _, v := range vs {
		s += "|" + v.identity()
	}
	return s
}

// outcome decides, once per world, how a call ends.
func (w *world) outcome(s *System, msg *message, c *call) (ending, Value) {
	key := w.callKey(c)
	answer, ok := w.answers[key]
	if !ok {
		answer = Value{k: vLazy, l: w.lazy(fromReply, nil)}
		answer.l.payload = true
		if c.info.Reply == ReplyDouble {
			// The payload of a double result: Ok of something. Its Err is an ending.
			answer = w.variant("Ok", answer)
		}
		w.answers[key] = answer
	}
	e, ok := w.endings[key]
	if !ok {
		e, ok = w.extra[key]
	}
	if !ok {
		ends := w.endingsOf(c)
		ch := w.choices
		if w.serial != nil {
			ch = w.serial
		}
		e = ends[ch.choose(len(ends))]
		if e != endOK {
			w.failures--
		}
		if w.serial != nil {
			w.extra[key] = e
		} else {
			w.endings[key] = e
		}
	}
	if e == endInner {
		return e, w.variant("Err", w.rejection("inner"))
	}
	return e, answer
}

// endingsOf lists the endings of c that a run tells apart.
func (w *world) endingsOf(c *call) []ending {
	ends := []ending{endOK}
	if w.alone && w.failures == 0 || c.info.Reply == ReplyPlain && !w.alone {
		return ends
	}
	if c.info.Reply == ReplyDouble {
		ends = append(ends, endInner)
	}
	ends = append(ends, endClean)
	if c.effect {
		ends = append(ends, endUncleanTook)
	}
	return ends
}

// opaqueAnswer is what an unread function says: the same for the same inputs.
func (w *world) opaqueAnswer(name string, inputs []Value) Value {
	i, fresh := w.find(&w.opaque, name, inputs)
	if fresh {
		w.opaque.all[i].answer = Value{k: vLazy, l: w.lazy(fromOpaque, nil)}
	}
	v := w.opaque.all[i].answer
	for _, in := range inputs {
		v.t |= in.t
	}
	return v
}

func (m *machine) trap(msg *message, site Site, why string) {
	if msg.status != trapped {
		msg.status, msg.why, msg.whyAt = trapped, why, site
	}
}

func (m *machine) set(msg *message, r Reg, v Value) {
	if r > 0 && int(r) < len(msg.regs) {
		msg.regs[r] = v
	}
}

func (m *machine) reg(msg *message, r Reg) Value {
	if r > 0 && int(r) < len(msg.regs) {
		return msg.regs[r]
	}
	if r < 0 {
		return msg.p.consts[-r-1]
	}
	return Value{}
}
