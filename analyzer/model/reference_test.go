package model

import (
	"fmt"
	"math/rand"
	"testing"
)

// The machine is compared with a plain interpreter of a small tree language:
// one goroutine per message, the whole state copied at every segment, numbers
// and bools only. What the machine chose for unknowns is told to the
// interpreter; what it left open the interpreter must never look at.

type stmt struct {
	op        string // set, store, if, call, oneway, guard, drop, trap, assert, return
	dst       string
	e         *expr
	then, els []*stmt
}

type expr struct {
	op   string // const, cell, local, +, -, <, failed
	n    int64
	name string
	a, b *expr
}

var (
	refCells  = []string{"X", "Y", "Z"}
	refLocals = []string{"a", "b"}
)

// generate makes a random body.
func generate(r *rand.Rand, depth, size int, guards *int) []*stmt {
	var out []*stmt
	for i := 0; i < size; i++ {
		s := &stmt{}
		switch k := r.Intn(13); {
		case k < 3:
			s.op, s.dst, s.e = "store", refCells[r.Intn(3)], genExpr(r, 2)
		case k < 4:
			s.op, s.dst, s.e = "set", refLocals[r.Intn(2)], genExpr(r, 2)
		case k < 6 && depth > 0:
			s.op, s.e = "if", genCond(r)
			s.then, s.els = generate(r, depth-1, 1+r.Intn(3), guards), generate(r, depth-1, r.Intn(3), guards)
		case k < 8:
			s.op, s.dst = "call", refLocals[r.Intn(2)]
		case k < 9:
			s.op, s.e = "oneway", genExpr(r, 1)
		case k < 10 && depth == 2:
			*guards++
			s.op, s.dst, s.e = "guard", fmt.Sprint("g", *guards), genExpr(r, 1)
			s.then = []*stmt{{op: "store", dst: refCells[r.Intn(3)], e: genExpr(r, 1)}}
			if r.Intn(6) == 0 {
				s.then = append(s.then, &stmt{op: "assert", e: genCond(r)})
			}
		case k < 11 && *guards > 0:
			s.op, s.dst = "drop", fmt.Sprint("g", 1+r.Intn(*guards))
		case k < 12:
			s.op, s.e = "assert", genCond(r)
		case r.Intn(4) == 0:
			s.op, s.e = "return", genExpr(r, 1)
		default:
			s.op, s.dst, s.e = "store", refCells[r.Intn(3)], genExpr(r, 1)
		}
		out = append(out, s)
	}
	return out
}

func genExpr(r *rand.Rand, depth int) *expr {
	switch k := r.Intn(5); {
	case k == 0 || depth == 0:
		return &expr{op: "const", n: int64(r.Intn(50))}
	case k < 3:
		return &expr{op: "cell", name: refCells[r.Intn(3)]}
	case k == 3:
		return &expr{op: "local", name: refLocals[r.Intn(2)]}
	}
	return &expr{op: []string{"+", "-"}[r.Intn(2)], a: genExpr(r, depth-1), b: genExpr(r, depth-1)}
}

func genCond(r *rand.Rand) *expr { return &expr{op: "<", a: genExpr(r, 1), b: genExpr(r, 2)} }

// An emitter turns the tree into steps.
type emitter struct {
	f     *Func
	slots map[string]Slot
	site  Site
}

func emitFunc(body []*stmt) *Func {
	e := &emitter{f: &Func{Name: "f", Regs: 1, Slots: 1}, slots: map[string]Slot{}}
	for _, l := range refLocals {
		e.f.Body = append(e.f.Body, e.step(&Step{Kind: Const, Const: Int(0)}))
		e.f.Body = append(e.f.Body, e.step(&Step{Kind: Set, Slot: e.slot(l), Args: []Reg{Reg(e.f.Regs - 1)}}))
	}
	e.f.Body = append(e.f.Body, e.body(body)...)
	return e.f
}

func (e *emitter) slot(n string) Slot {
	if e.slots[n] == 0 {
		e.slots[n] = Slot(e.f.Slots)
		e.f.Slots++
	}
	return e.slots[n]
}

func (e *emitter) step(s *Step) *Step {
	e.site++
	s.Site = e.site
	switch s.Kind {
	case Const, Cell, Get, Load, Bin, Request, Await, Test:
		s.Out = Reg(e.f.Regs)
		e.f.Regs++
	}
	return s
}

func (e *emitter) body(ss []*stmt) []*Step {
	var out []*Step
	add := func(s *Step) Reg {
		out = append(out, e.step(s))
		return s.Out
	}
	var value func(x *expr) Reg
	value = func(x *expr) Reg {
		switch x.op {
		case "const":
			return add(&Step{Kind: Const, Const: Int(x.n)})
		case "cell":
			return add(&Step{Kind: Load, Args: []Reg{add(&Step{Kind: Cell, Name: x.name})}})
		case "local":
			return add(&Step{Kind: Get, Slot: e.slot(x.name)})
		}
		return add(&Step{Kind: Bin, Name: x.op, Overflow: x.op == "-", Args: []Reg{value(x.a), value(x.b)}})
	}
	for _, s := range ss {
		switch s.op {
		case "store":
			v := value(s.e)
			add(&Step{Kind: Store, Args: []Reg{add(&Step{Kind: Cell, Name: s.dst}), v}})
		case "set":
			add(&Step{Kind: Set, Slot: e.slot(s.dst), Args: []Reg{value(s.e)}})
		case "if":
			c := value(s.e)
			add(&Step{Kind: If, Args: []Reg{c}, Body: e.body(s.then), Else: e.body(s.els)})
		case "call":
			fut := add(&Step{Kind: Request, Request: &CallInfo{Label: "call", Reply: ReplyResult, Effect: EffectMutates}})
			r := add(&Step{Kind: Await, Args: []Reg{fut}, Commit: Must})
			c := add(&Step{Kind: Test, Args: []Reg{r}, Pat: &Pat{Kind: PatVariant, Name: "Err"}})
			one, two := e.step(&Step{Kind: Const, Const: Int(1)}), e.step(&Step{Kind: Const, Const: Int(2)})
			add(&Step{Kind: If, Args: []Reg{c},
				Body: []*Step{one, e.step(&Step{Kind: Set, Slot: e.slot(s.dst), Args: []Reg{one.Out}})},
				Else: []*Step{two, e.step(&Step{Kind: Set, Slot: e.slot(s.dst), Args: []Reg{two.Out}})}})
		case "oneway":
			v := value(s.e)
			add(&Step{Kind: Oneway, Args: []Reg{v}, Request: &CallInfo{Label: "oneway"}})
		case "guard":
			add(&Step{Kind: Guard, Slot: e.slot(s.dst), Body: e.body(s.then)})
		case "drop":
			add(&Step{Kind: Drop, Slot: e.slot(s.dst)})
		case "assert":
			add(&Step{Kind: Assert, Args: []Reg{value(s.e)}, Name: "assert"})
		case "return":
			add(&Step{Kind: Return, Args: []Reg{value(s.e)}})
		}
	}
	return out
}

// A plain is the reference canister.
type plain struct {
	state map[string]int64
	known map[string]bool // initial cells the machine chose
	sent  []int64
}

type plainGuard struct {
	name string
	body []*stmt
}

// A plainMessage runs in a goroutine of its own; turn and back hand over.
type plainMessage struct {
	p       *plain
	locals  map[string]int64
	guards  []plainGuard
	pending []int64
	turn    chan bool // whether the awaited call failed
	back    chan string
	reply   int64
}

type refTrap struct{}
type refReturn struct{ v int64 }

func (m *plainMessage) start(body []*stmt) {
	m.turn, m.back = make(chan bool), make(chan string)
	go func() {
		<-m.turn
		m.back <- m.all(body)
	}()
}

func (m *plainMessage) all(body []*stmt) (status string) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refReturn:
			m.reply, status = p.v, "done"
		case refTrap:
			status = "trapped"
		default:
			panic(p)
		}
	}()
	m.run(body)
	return "done"
}

func (m *plainMessage) run(body []*stmt) {
	for _, s := range body {
		switch s.op {
		case "store":
			v := m.eval(s.e)
			m.p.state[s.dst] = v
			m.p.known[s.dst] = true
		case "set":
			m.locals[s.dst] = m.eval(s.e)
		case "if":
			if m.eval(s.e) != 0 {
				m.run(s.then)
			} else {
				m.run(s.els)
			}
		case "call":
			m.back <- "suspended"
			if <-m.turn {
				m.locals[s.dst] = 1
			} else {
				m.locals[s.dst] = 2
			}
		case "oneway":
			m.pending = append(m.pending, m.eval(s.e))
		case "guard":
			m.guards = append(m.guards, plainGuard{s.dst, s.then})
		case "drop":
			for i := len(m.guards) - 1; i >= 0; i-- {
				if g := m.guards[i]; g.name == s.dst {
					m.guards = append(append([]plainGuard(nil), m.guards[:i]...), m.guards[i+1:]...)
					m.run(g.body)
					break
				}
			}
		case "assert":
			if m.eval(s.e) == 0 {
				panic(refTrap{})
			}
		case "return":
			panic(refReturn{m.eval(s.e)})
		}
	}
}

func (m *plainMessage) eval(e *expr) int64 {
	switch e.op {
	case "const":
		return e.n
	case "cell":
		return m.p.state[e.name]
	case "local":
		return m.locals[e.name]
	}
	a, b := m.eval(e.a), m.eval(e.b)
	switch e.op {
	case "+":
		return a + b
	case "-":
		if a < b {
			panic(refTrap{})
		}
		return a - b
	}
	if a < b {
		return 1
	}
	return 0
}

func copyState[V any](m map[string]V) map[string]V {
	c := map[string]V{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// segment runs one segment of the reference and commits it or takes it back.
func (m *plainMessage) segment(failed, first bool) string {
	before, known := copyState(m.p.state), copyState(m.p.known)
	locals, guards := copyState(m.locals), append([]plainGuard(nil), m.guards...)
	m.turn <- failed
	status := <-m.back
	if status != "trapped" {
		m.p.sent = append(m.p.sent, m.pending...)
		m.pending = nil
		return status
	}
	m.p.state, m.p.known, m.pending = before, known, nil
	if first {
		return status
	}
	m.locals, m.guards = locals, nil
	clean := &plainMessage{p: m.p, locals: locals}
	cleanBefore, cleanKnown := copyState(m.p.state), copyState(m.p.known)
	for i := len(guards) - 1; i >= 0; i-- {
		if clean.all(guards[i].body) == "trapped" {
			m.p.state, m.p.known = cleanBefore, cleanKnown
			break
		}
	}
	return status
}

func TestAgainstReference(t *testing.T) {
	segments, traps, cleanups := 0, 0, 0
	for seed := int64(0); seed < 4000; seed++ {
		r := rand.New(rand.NewSource(seed))
		n := 2 + r.Intn(2)
		bodies := make([][]*stmt, n)
		var progs []*Program
		for i := range bodies {
			g := 0
			bodies[i] = generate(r, 2, 3+r.Intn(6), &g)
			progs = append(progs, Compile(emitFunc(bodies[i])))
		}
		s := NewSystem(progs)
		var script []int
		for i := 0; i < 40; i++ {
			script = append(script, r.Intn(6))
		}
		order := make([]int, 0, 24)
		for i := 0; i < 24; i++ {
			order = append(order, r.Intn(n))
		}
		a, b, c := compareRun(t, seed, s, progs, bodies, script, order)
		segments, traps, cleanups = segments+a, traps+b, cleanups+c
		if t.Failed() {
			return
		}
	}
	t.Logf("%d segments, %d traps, %d cleanups", segments, traps, cleanups)
	if segments < 10000 || traps < 1000 || cleanups < 200 {
		t.Error("the generator does not reach what it should")
	}
}

// compareRun runs one schedule on both and compares after every segment.
func compareRun(t *testing.T, seed int64, s *System, progs []*Program, bodies [][]*stmt, script []int, order []int) (segments, traps, cleanups int) {
	type seen struct {
		msg    int
		status string
		failed bool
		cells  []Value
		sent   int
	}
	w := newWorld(s, replay(script), s.domainOf(1))
	w.plain = true
	m := newMachine(w)
	msgs := make([]*message, len(progs))
	for i, p := range progs {
		msgs[i] = m.newMessage(p, 0)
		msgs[i].calls = i * 100 // each message's calls end by themselves
	}
	var log []seen
	names := map[status]string{suspended: "suspended", done: "done", trapped: "trapped"}
	for _, i := range order {
		msg := msgs[i]
		if msg.status == done || msg.status == trapped {
			continue
		}
		before := len(m.waiting(msg))
		m.run(msg)
		failed := false
		if before > 0 {
			for k := len(m.calls) - 1; k >= 0; k-- {
				if c := m.calls[k]; c.msg == msg && c.done && !c.oneway {
					failed = c.failed()
					break
				}
			}
		}
		sent := 0
		for _, c := range m.calls {
			if c.oneway {
				sent++
			}
		}
		log = append(log, seen{i, names[msg.status], failed, append([]Value(nil), m.cells...), sent})
	}
	w.fix() // what was only compared: the reference comes out the same way
	ref := &plain{state: map[string]int64{}, known: map[string]bool{}}
	for i, name := range s.names {
		if v := settle(w.cells[i]); v.k == vInt {
			ref.state[name], ref.known[name] = v.n, true
		} else {
			ref.state[name] = -1 << 40 // looking at it would show
		}
	}
	refs := make([]*plainMessage, len(bodies))
	for i := range refs {
		refs[i] = &plainMessage{p: ref, locals: map[string]int64{}}
		refs[i].start(bodies[i])
	}
	first := make([]bool, len(bodies))
	for i := range first {
		first[i] = true
	}
	for k, l := range log {
		got := refs[l.msg].segment(l.failed, first[l.msg])
		segments++
		if got == "trapped" {
			traps++
			if !first[l.msg] {
				cleanups++
			}
		}
		first[l.msg] = false
		if got != l.status {
			t.Errorf("seed %d, segment %d of message %d: machine %s, reference %s", seed, k, l.msg, l.status, got)
			return
		}
		for i, name := range s.names {
			v := settle(l.cells[i])
			if v.k == vInt && ref.known[name] && v.n != ref.state[name] || v.k != vInt && v.k != vLazy {
				t.Errorf("seed %d, segment %d: %s is %v, reference %d", seed, k, name, v, ref.state[name])
				return
			}
		}
		if len(ref.sent) != l.sent {
			t.Errorf("seed %d, segment %d: %d one-way calls, reference %d", seed, k, l.sent, len(ref.sent))
			return
		}
	}
	return segments, traps, cleanups
}
