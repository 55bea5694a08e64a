// Package lower turns the Rust of one message into structured operations
// ([ops.Func]). Local helpers, closures and async functions that matter are
// lowered in place, so that a message is one function: its awaits are the
// commit points, and a helper's access to state is an access of the message.
//
// Lowering never fails. What is not understood becomes Opaque and is counted.
package lower

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const (
	// maxOps bounds one lowered message; beyond it callees stay calls.
	maxOps = 30_000
	// maxBlocks bounds its control flow likewise. What is open then is still
	// lowered to its end, so it is well below what the SSA takes.
	maxBlocks = 4_000
	// maxDepth bounds how deep callees are lowered in place.
	maxDepth = 40
	// maxNesting bounds how deep expressions nest before they become opaque.
	maxNesting = 400
	// maxDefaults bounds how deep a derived default is written out.
	maxDefaults = 3
)

// A Message is an entry point or task of a canister with its operations.
type Message struct {
	Entry *canister.Entry
	Func  *ops.Func
	// Assumed: nothing known starts it, see [Work.Rest].
	Assumed bool
	// Repeats: it is started again and again, whether or not it has ended:
	// interval timers (S34, S35), heartbeats (S36), and what these start.
	Repeats bool
}

// Canister lowers every entry point of c and every task they start, in order.
// Functions that several tasks start are lowered once.
func Canister(c *canister.Canister) []*Message { return newProgram(c).messages(c.Entries) }

// Function lowers one function on its own, for dumps and summaries.
func Function(c *canister.Canister, def *workspace.Def) *ops.Func { return newProgram(c).function(def) }

// A program is what the lowering of one canister's messages shares.
type program struct {
	c      *canister.Canister
	consts map[*workspace.Def]int
	seen   map[rustparse.Span]bool // tasks that are messages
	// started are the tasks lowered so far, or being lowered.
	started map[rustparse.Span]*task
	// shapes are the types of closures and futures that travel as values.
	shapes map[string]*shape
	// lowered are the functions whose bodies are part of some message, cut
	// those left out of one for its size.
	lowered, cut map[*workspace.Def]bool
	// before are those lowered for messages of all canisters, nil until that is known.
	before map[*workspace.Def]bool
}

func newProgram(c *canister.Canister) *program {
	return &program{c: c, consts: map[*workspace.Def]int{}, seen: map[rustparse.Span]bool{},
		started: map[rustparse.Span]*task{}, shapes: map[string]*shape{}, lowered: map[*workspace.Def]bool{}, cut: map[*workspace.Def]bool{}}
}

// messages lowers entry points and the tasks they start.
func (p *program) messages(entries []*canister.Entry) []*Message {
	var all []*Message
	for _, e := range entries {
		f, tasks := p.message(e)
		assumed := e.Kind == canister.Function
		all = append(all, &Message{Entry: e, Func: f, Assumed: assumed, Repeats: e.Kind == canister.Heartbeat})
		for len(tasks) > 0 {
			t := tasks[0]
			tasks = tasks[1:]
			if p.seen[t.entry.Span] {
				continue
			}
			p.seen[t.entry.Span] = true
			if assumed {
				t.fn.Assumed = append(t.fn.Assumed, e.Assumed)
			}
			all = append(all, &Message{Entry: t.entry, Func: t.fn, Assumed: assumed, Repeats: t.entry.Interval})
			tasks = append(tasks, t.tasks...)
		}
	}
	repeat(all)
	return all
}

// repeat marks what is started by what is started again and again.
func repeat(all []*Message) {
	of := map[*ops.Func]*Message{}
	var work []*Message
	for _, m := range all {
		of[m.Func] = m
		if m.Repeats {
			work = append(work, m)
		}
	}
	for len(work) > 0 {
		m := work[len(work)-1]
		work = work[:len(work)-1]
		ops.Walk(m.Func.Body, func(op *ops.Op) {
			if t := of[op.Task]; op.Kind == ops.Spawn && t != nil && !t.Repeats {
				t.Repeats = true
				work = append(work, t)
			}
		})
	}
}

func (p *program) function(def *workspace.Def) *ops.Func {
	f, _ := p.message(&canister.Entry{Name: def.Name, Def: def, Span: NameSpan(def)})
	return f
}

// A task is work a message starts that runs as a message of its own.
type task struct {
	entry *canister.Entry
	fn    *ops.Func
	tasks []*task
}

func (p *program) message(e *canister.Entry) (*ops.Func, []*task) {
	l := p.fitting(e.Name, func(l *lowerer) { l.entry(e) })
	maps.Copy(p.lowered, l.made.lowered)
	maps.Copy(p.cut, l.made.cut)
	return l.f, l.tasks
}

// entry lowers an entry point, or a function as if it were one.
func (l *lowerer) entry(e *canister.Entry) {
	d := e.Def
	l.once = e.Kind == canister.Function && !l.c.Awaits(d)
	l.made.lowered[d] = true
	sig := d.Signature()
	l.f.Async = sig.Async
	l.f.Span = e.Span
	l.f.Full = span(d.Tree, d.Node)
	l.f.Name = FuncName(d)
	if e.Assumed != "" {
		l.f.Assumed = append(l.f.Assumed, e.Assumed)
	}
	fr := l.pushFrame(d.Tree, d.ScopeOf(), nil)
	fr.def = d
	// The guard functions of the attribute run first, in the same segment (S24).
	for _, g := range e.Guards {
		l.attributeGuard(d, g)
	}
	if sig.Self != workspace.SelfNone {
		v := l.param("self", sig.SelfType())
		v.ref = true
		l.bind("self", binding{val: v})
	}
	for _, prm := range sig.Params {
		v := l.param(prm.Name, prm.Type)
		l.bindPattern(d.Tree, prm.Pat, v, true)
	}
	l.body(d, fr, true)
}

// body lowers the body of a function into the current frame. For the
// outermost frame its value is returned from the message.
func (l *lowerer) body(d *workspace.Def, fr *frame, outermost bool) val {
	b := d.Tree.Child(d.Node, rustparse.FieldBody)
	if b == 0 {
		return l.opaque(d.Node, "no body", nil)
	}
	l.noteProblems(d)
	v := l.block(b, true)
	if !outermost {
		return v
	}
	l.forsaken()
	if !l.dead {
		if v.v == 0 && v.fut == nil {
			v = l.unit(b)
		}
		l.give(v, b)
		l.unwindTo(0, l.endOf(b))
		if v.fut != nil { // what it gives is a future: whoever called it waits for that
			v = l.known(l.awaitValue(v, b), b)
			v.v = l.plain(v, b)
		}
		l.emit(&ops.Op{Kind: ops.Return, Args: []ops.Value{v.v}, Site: l.endSite(b)}, b)
	}
	return val{}
}

// endSite is where a body ends: its last expression, else its closing brace.
func (l *lowerer) endSite(b rustparse.Node) ops.Site {
	t := l.tree()
	if kids := t.Children(b); len(kids) > 0 && isExpr(t.Kind(tailExpr(t, kids[len(kids)-1]))) {
		return l.site(kids[len(kids)-1])
	}
	s := span(t, b)
	s.Start = max(s.Start, s.End-1)
	return l.siteOf(ops.SiteInfo{Span: s, Func: l.frame().name, Caller: l.frame().caller})
}

// A lowerer holds the state of lowering one function.
type lowerer struct {
	*program
	f      *ops.Func
	cur    *[]*ops.Op // where operations go
	dead   bool       // after a jump: operations are swallowed until the next join
	count  int        // operations so far
	blocks int        // blocks of control flow so far, about
	depth  int        // nesting of expressions
	// defaults is how deep derived defaults of fields nest.
	defaults int

	env  *env    // names in scope
	live []*zone // scopes with something to drop, innermost last
	// declared is the scope of each variable.
	declared map[ops.Var]*zone
	// state are the values that refer to state, stateIn the variables that may hold one.
	state   map[ops.Value]bool
	stateIn map[ops.Var]bool
	// cells are the values that refer to a whole cell.
	cells  map[ops.Value]*named
	frames []*frame
	tasks  []*task
	labels map[ops.Label]*labelInfo
	// exit is the site of the return being lowered, 0 for that of its node.
	exit ops.Site
	// expected is the type the expression being lowered should have, nil if unknown.
	expected *workspace.Type
	nlabel   ops.Label

	// once: what is lowered somewhere already stays a call, unless it is short or
	// given state. So functions without awaits that no message reaches cost little more than their text.
	once bool

	loans    []ops.Var            // all that were made
	lentAt   map[callAt][]ops.Var // what calls lent
	suspends bool                 // some await may end a segment
	// sparing is the number of blocks from which on the message is lowered
	// sparingly, 0 for never; here are the functions lowered in place so far;
	// over: something is left out because the message is full.
	sparing int
	here    map[*workspace.Def]bool
	over    bool
	made    made

	holding int      // closures whose captures are being held
	waiting *waiting // the await of the source being lowered, innermost
	parked  []parked // futures bound to names, innermost last

	// For tasks: names of the function around are captures.
	outer    *env
	captures map[captured]binding
	header   []*ops.Op // Param operations
	taskN    int
}

type labelInfo struct {
	live   bool // a break to it was emitted
	left   bool // of a function lowered in place: it has early returns
	zone   int  // len(live) outside the construct
	result ops.Var
	typ    *workspace.Type
	ref    bool
	mut    bool
	lent   []ops.Var
	name   string // the Rust label
	loop   bool
	frame  int
}

// A frame is one source function, closure or async block being lowered.
type frame struct {
	in    *ops.Func // whose sites caller means
	tree  *rustparse.Tree
	scope workspace.Scope
	def   *workspace.Def
	inner bool       // of a closure in def
	given []*closure // the closures that def was called with
	// ret is where return goes: 0 for the outermost frame.
	ret    ops.Label
	zone   int
	caller ops.Site
	name   string
	types  map[string]*workspace.Type // bindings of generic parameters
	labels []ops.Label                // enclosing loops and labelled blocks of this frame
}

func (p *program) newLowerer(name string) *lowerer {
	l := &lowerer{program: p, labels: map[ops.Label]*labelInfo{}, declared: map[ops.Var]*zone{},
		state: map[ops.Value]bool{}, stateIn: map[ops.Var]bool{}, here: map[*workspace.Def]bool{}, cells: map[ops.Value]*named{},
		made: made{lowered: map[*workspace.Def]bool{}, cut: map[*workspace.Def]bool{}}}
	l.f = &ops.Func{Name: name, Vars: make([]ops.VarInfo, 1), Values: 1, Sites: make([]ops.SiteInfo, 1), Opaque: map[string]int{}, Refusals: map[string]bool{}}
	l.cur = &l.f.Body
	l.env = &env{names: map[string]binding{}}
	l.live = []*zone{{}}
	return l
}

func (l *lowerer) frame() *frame         { return l.frames[len(l.frames)-1] }
func (l *lowerer) tree() *rustparse.Tree { return l.frame().tree }

func (l *lowerer) pushFrame(t *rustparse.Tree, s workspace.Scope, types map[string]*workspace.Type) *frame {
	fr := &frame{in: l.f, tree: t, scope: s, types: types}
	l.frames = append(l.frames, fr)
	return fr
}

func (l *lowerer) popFrame() {
	l.forsaken()
	l.frames = l.frames[:len(l.frames)-1]
}

// A val is the result of lowering an expression, and what is known of it.
type val struct {
	v ops.Value
	t *workspace.Type
	// ref: v names a place or is a reference; a use by value loads it.
	ref bool
	// mut: ref, and what it names may be changed through it.
	mut bool
	// root is the local variable a place chain starts from, or whose value
	// this is, 0 if none. whole: the place is the variable itself.
	root  ops.Var
	whole bool
	// temp is the temporary that owns the value until somebody takes it.
	temp ops.Var
	clo  *closure
	fut  *future
	// parts are the elements of a list written out, where some are futures.
	parts []val
	// text is the string v is, where that is written out.
	text string
	// cell is the whole cell that v refers to, and where the text names it; nil if
	// that is not known. Only what a task may be given has it.
	cell *named
	// onDrop runs with the value when it is dropped: a scope guard.
	onDrop *closure
	// entry: v is a map, and the value its entry of that key.
	entry *entry
	// lent are the loans that the value is, or holds: see lend.go.
	lent []ops.Var
}

// A named is a cell at the place of the text that names it.
type named struct {
	cell string
	at   rustparse.Span
}

// An entry is the result of map.entry(key).
type entry struct {
	key   val
	class string
	elem  *workspace.Type
	of    *val // the entry itself, where the value is the Option that a match on it asks
}

// A binding is what a name stands for: a variable, or directly a value.
type binding struct {
	v   ops.Var
	mut bool
	val val // if v == 0; else what is known of the variable's value (type, closure, future)
}

// use notes that a future it stands for was asked for.
func (b binding) use() {
	if b.val.fut != nil {
		b.val.fut.named = true
	}
}

type env struct {
	parent *env
	names  map[string]binding
	kept   bool           // a closure has it
	block  rustparse.Node // of the frame's tree, if a block with items
	module *workspace.Module
}

func (l *lowerer) pushEnv() { l.env = &env{parent: l.env, names: map[string]binding{}} }

func (l *lowerer) bind(name string, b binding) {
	if _, hides := l.env.names[name]; hides && l.env.kept {
		// A closure made before goes on to see what it saw.
		next := *l.env
		next.names, next.kept = maps.Clone(l.env.names), false
		l.env = &next
	}
	l.env.names[name] = b
}

// keepEnv returns the names in scope as they are now, for a closure.
func (l *lowerer) keepEnv() *env {
	for e := l.env; e != nil && !e.kept; e = e.parent {
		e.kept = true
	}
	return l.env
}

// ident is the name of a variable as the environment knows it. The variables
// of a macro's own text are others than those of the same name around the call.
func (l *lowerer) ident(n rustparse.Node) string { return ident(l.tree(), n) }

func ident(t *rustparse.Tree, n rustparse.Node) string {
	if mark := t.Mark(n); mark != 0 {
		return t.Text(n) + markSign + strconv.Itoa(mark)
	}
	return t.Text(n)
}

// markSign stands between a name and the mark of the expansion it is of.
const markSign = "·"

// variable finds what a name at n stands for. A macro defined inside a
// function sees the variables around its definition.
func (l *lowerer) variable(n rustparse.Node) (binding, bool) {
	name := l.ident(n)
	b, ok := l.lookup(name)
	if plain, _, marked := strings.Cut(name, markSign); !ok && marked {
		b, ok = l.lookup(plain)
	}
	return b, ok
}

func (l *lowerer) lookup(name string) (binding, bool) {
	for e := l.env; e != nil; e = e.parent {
		if b, ok := e.names[name]; ok {
			b.use()
			return b, true
		}
	}
	if l.outer != nil {
		return l.capture(name)
	}
	return binding{}, false
}

// capture makes a name of the function around a task a parameter of the task.
func (l *lowerer) capture(name string) (binding, bool) {
	for e := l.outer; e != nil; e = e.parent {
		b, ok := e.names[name]
		if !ok {
			continue
		}
		b.use()
		key := captured{e, name}
		c, have := l.captures[key]
		switch {
		case have:
		case b.v == 0 && (b.val.clo != nil || b.val.fut != nil && b.val.fut.kind != futUnknown):
			c = binding{val: l.imported(b.val)}
		case b.val.cell != nil:
			c = binding{val: l.sameCell(b.val)}
		default:
			c = l.takeOver(name, b, l.param(name, b.val.t))
		}
		l.captures[key] = c
		return c, true
	}
	return binding{}, false
}

// A captured is a name of the function around a task, and where it is bound.
type captured struct {
	env  *env
	name string
}

// imported is a closure or future of the function around a task as the task
// knows it: what it captures in turn, the task captures.
func (l *lowerer) imported(v val) val {
	at := l.frames[0].tree.Root()
	outer, inner := l.outer, l.env
	defer func() { l.outer, l.env = outer, inner }()
	within := func(c *closure) *closure {
		if c == nil || c.node == 0 {
			return c
		}
		next := *c
		next.env = &env{names: map[string]binding{}}
		l.outer, l.env = c.env, &env{}
		for _, name := range freeNames(c) {
			if b, ok := l.lookup(name); ok {
				next.env.names[name] = b
			}
		}
		return &next
	}
	v.clo = within(v.clo)
	if v.fut != nil {
		c := v.fut.clo
		flat := *v.fut
		flat.clo = nil
		v = l.mapParts(val{fut: &flat, t: v.t}, at, func(field string, part val) val {
			if part.clo != nil || part.fut != nil {
				return l.imported(part)
			}
			return l.param("…"+field, part.t)
		})
		v.fut.clo = within(c)
	}
	v.v = 0
	return v
}

// sameCell is a reference to a whole cell that a task is given: the cell it is everywhere.
func (l *lowerer) sameCell(v val) val {
	op := &ops.Op{Kind: ops.Cell, Out: l.newValue(), Name: v.cell.cell, Site: l.siteOf(ops.SiteInfo{Span: v.cell.at})}
	l.f.Body = slices.Insert(l.f.Body, len(l.header), op)
	l.noteState(op)
	return val{v: op.Out, t: v.t, ref: true, mut: v.mut, cell: v.cell}
}

// takeOver makes the task the owner of a guard it captures, from its start on.
func (l *lowerer) takeOver(name string, b binding, p val) binding {
	p.t, p.onDrop = b.val.t, b.val.onDrop
	if b.val.ref || p.onDrop == nil && !l.hasGlue(p.t) {
		return binding{val: p}
	}
	n := l.frames[0].tree.Root()
	c := binding{mut: true, val: val{t: p.t, onDrop: p.onDrop}}
	first, _ := l.sub(func() {
		c.v = l.newVar(name, true, p.t, n)
		l.emit(&ops.Op{Kind: ops.Set, Var: c.v, Args: []ops.Value{p.v}}, n)
		l.ownIn(l.live[0], c.v, p, n)
	})
	l.f.Body = slices.Insert(l.f.Body, len(l.header), first...)
	return c
}

func (l *lowerer) param(name string, t *workspace.Type) val {
	v := l.newValue()
	op := &ops.Op{Kind: ops.Param, Out: v, Index: len(l.f.Params), Name: name}
	op.Site = l.siteOf(ops.SiteInfo{Span: l.f.Span})
	ts := ""
	if t != nil {
		ts = t.String()
	}
	l.f.Params = append(l.f.Params, ops.ParamInfo{Name: name, Type: ts})
	l.f.Body = append(l.f.Body, nil)
	copy(l.f.Body[len(l.header)+1:], l.f.Body[len(l.header):])
	l.f.Body[len(l.header)] = op
	l.header = append(l.header, op)
	return val{v: v, t: t, ref: isRef(t)}
}

func (l *lowerer) newValue() ops.Value {
	v := ops.Value(l.f.Values)
	l.f.Values++
	return v
}

func (l *lowerer) newVar(name string, mut bool, t *workspace.Type, n rustparse.Node) ops.Var {
	v := ops.Var(len(l.f.Vars))
	ts := ""
	if t != nil {
		ts = t.String()
	}
	l.f.Vars = append(l.f.Vars, ops.VarInfo{Name: name, Mut: mut, Type: ts, Site: l.site(n)})
	l.emit(&ops.Op{Kind: ops.Declare, Var: v}, n)
	l.declared[v] = l.zone()
	return v
}

func (l *lowerer) siteOf(s ops.SiteInfo) ops.Site {
	l.f.Sites = append(l.f.Sites, s)
	return ops.Site(len(l.f.Sites) - 1)
}

func (l *lowerer) site(n rustparse.Node) ops.Site {
	fr := l.frame()
	return l.siteOf(ops.SiteInfo{Span: span(fr.tree, n), Func: fr.name, Caller: fr.caller})
}

// emit appends an operation anchored on node n.
func (l *lowerer) emit(op *ops.Op, n rustparse.Node) ops.Value {
	if l.dead {
		return 0
	}
	l.count++
	if op.Site == 0 {
		op.Site = l.site(n)
	}
	for i, a := range op.Args {
		if a == 0 {
			// What has no value (a statement, a closure) stands where one is wanted.
			v := l.newValue()
			*l.cur = append(*l.cur, &ops.Op{Kind: ops.Opaque, Out: v, Text: "no value", Site: op.Site})
			op.Args[i] = v
		}
	}
	*l.cur = append(*l.cur, op)
	l.noteState(op)
	switch op.Kind {
	case ops.Return, ops.Trap, ops.Break, ops.Continue:
		l.dead = true
	}
	return op.Out
}

// noteState follows references to state: into parts, values that hold them, and variables.
func (l *lowerer) noteState(op *ops.Op) {
	switch op.Kind {
	case ops.Cell:
		l.state[op.Out] = true
		l.cells[op.Out] = &named{op.Name, l.f.Sites[op.Site].Span}
	case ops.Field, ops.Index, ops.Proj, ops.Verb:
		if len(op.Args) > 0 && l.state[op.Args[0]] {
			l.state[op.Out] = true
		}
	case ops.Make:
		for _, a := range op.Args {
			if l.state[a] {
				l.state[op.Out] = true
			}
		}
	case ops.Set:
		if len(op.Args) > 0 && l.state[op.Args[0]] {
			l.stateIn[op.Var] = true
		}
	case ops.Get, ops.Ref:
		if l.stateIn[op.Var] {
			l.state[op.Out] = true
		}
	}
}

// value emits an operation that has a result.
func (l *lowerer) value(op *ops.Op, n rustparse.Node) ops.Value {
	if l.dead {
		return 0
	}
	op.Out = l.newValue()
	return l.emit(op, n)
}

// sub lowers into a fresh list of operations.
func (l *lowerer) sub(f func()) (body []*ops.Op, dead bool) {
	cur, wasDead := l.cur, l.dead
	l.cur = &body
	f()
	dead = l.dead
	l.cur, l.dead = cur, wasDead
	return body, dead
}

// ifElse emits a branch; either side may be nil.
func (l *lowerer) ifElse(cond ops.Value, n rustparse.Node, then, els func()) {
	if l.dead {
		return
	}
	op := &ops.Op{Kind: ops.If, Args: []ops.Value{cond}}
	if k := l.tree().Kind(n); k == rustparse.CallExpression || k == rustparse.TryExpression {
		op.Text = ops.Within
	}
	l.emit(op, n)
	l.blocks += 3
	side := func(f func()) ([]*ops.Op, bool) {
		if f == nil {
			return nil, false
		}
		return l.sub(f)
	}
	var d1, d2 bool
	op.Body, d1 = side(then)
	op.Else, d2 = side(els)
	l.dead = d1 && d2
}

// labelled emits a Block or Loop around what f lowers.
func (l *lowerer) labelled(kind ops.Kind, n rustparse.Node, f func(ops.Label)) {
	if l.dead {
		return
	}
	l.nlabel++
	lab := l.nlabel
	info := &labelInfo{zone: len(l.live), loop: kind == ops.Loop, frame: len(l.frames)}
	l.labels[lab] = info
	op := &ops.Op{Kind: kind, Label: lab}
	l.emit(op, n)
	var dead bool
	op.Body, dead = l.sub(func() { f(lab) })
	switch {
	case kind == ops.Loop:
		l.dead = !info.live
		l.blocks += 2
	case info.live:
		l.dead = false
		l.blocks++
	default:
		// Nobody leaves the block early: it is no block.
		*l.cur = append((*l.cur)[:len(*l.cur)-1], op.Body...)
		l.dead = dead
	}
}

func (l *lowerer) breakTo(lab ops.Label, n rustparse.Node) { l.leave(lab, l.site(n), n) }

// leave jumps out of a construct; what dies by that dies at the given site.
func (l *lowerer) leave(lab ops.Label, at ops.Site, n rustparse.Node) {
	if l.dead {
		return
	}
	l.unwindTo(l.labels[lab].zone, at)
	l.labels[lab].live = true
	l.emit(&ops.Op{Kind: ops.Break, Label: lab, Site: at}, n)
}

func (l *lowerer) unit(n rustparse.Node) val {
	return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitUnit, Text: "()"}, n), t: unitType}
}

// opaque emits something not understood that depends on args, and counts it.
func (l *lowerer) opaque(n rustparse.Node, what string, args []ops.Value) val {
	l.f.Opaque[what]++
	return val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: what, Args: args}, n)}
}

// load gives the content of a place; values pass through.
func (l *lowerer) load(v val, n rustparse.Node) val {
	if !v.ref || v.v == 0 || v.clo != nil || v.fut != nil {
		return v
	}
	if v.root != 0 && l.owned(v.root) && l.hasGlue(deref(v.t)) {
		return v // a guard is not copied: it stays the variable's until that is dropped
	}
	return val{v: l.value(&ops.Op{Kind: ops.Load, Args: []ops.Value{v.v}}, n), t: deref(v.t), text: v.text}
}

func (l *lowerer) store(place, v val, n rustparse.Node) {
	l.emit(&ops.Op{Kind: ops.Store, Args: []ops.Value{place.v, v.v}}, n)
}

// out notes that a variable may have been changed through a reference given to the operation that made v.
func (l *lowerer) out(root ops.Var, v ops.Value, n rustparse.Node) {
	if root != 0 {
		l.emit(&ops.Op{Kind: ops.Out, Var: root, Args: []ops.Value{v}}, n)
	}
}

func (l *lowerer) noteProblems(d *workspace.Def) {
	for _, p := range d.Tree.Problems {
		if s := d.Tree.Span(d.Node); p.Span.Start >= s.Start && p.Span.End <= s.End {
			l.f.Partial = append(l.f.Partial, p.Message)
		}
	}
}

func span(t *rustparse.Tree, n rustparse.Node) rustparse.Span { return t.Span(n) }

// NameSpan is the span of the name in a declaration.
func NameSpan(d *workspace.Def) rustparse.Span {
	if n := d.Tree.Child(d.Node, rustparse.FieldName); n != 0 {
		return span(d.Tree, n)
	}
	return span(d.Tree, d.Node)
}

// FuncName is the path of a function as users know it, without its module:
// "withdraw", "Vault::pay", "<Vault as Ledger>::pay" shortened to "Vault::pay".
func FuncName(d *workspace.Def) string {
	if d.Impl != nil && d.Impl.Self != nil {
		return lastSegment(d.Impl.Self) + "::" + d.Name
	}
	if d.Owner != nil {
		return d.Owner.Name + "::" + d.Name
	}
	return d.Name
}
