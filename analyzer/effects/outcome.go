package effects

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// An Outcome is how a call ended, as far as the caller's code can branch on it.
type Outcome uint8

const (
	Any      Outcome = iota // nothing is assumed
	Replied                 // the call succeeded, inner Result included (C11)
	InnerErr                // a reply that carries the callee's own error
	Rejected                // outer Err: rejected, not sent, or unknown (C7)
)

func (o Outcome) String() string { return [...]string{"any", "replied", "inner error", "rejected"}[o] }

// Failure reports whether the caller is told that the call did not work.
func (o Outcome) Failure() bool { return o == InnerErr || o == Rejected }

// A Region is the part of a message that can be executed when one await is assumed to
// end in a certain way.
type Region struct {
	Blocks []bool                  // by index
	taken  []uint8                 // by index of a block: bit i for its successor i
	stops  map[int]ssa.Instruction // by block: a check in it that certainly traps
}

// Has reports whether instr can be executed.
func (r *Region) Has(instr ssa.Instruction) bool {
	b := instr.Block()
	if stop := r.stops[b.Index]; stop != nil && stop != instr && r.Blocks[b.Index] {
		return slices.Index(b.Instrs, instr) < slices.Index(b.Instrs, stop)
	}
	return r.Blocks[b.Index]
}

// takes reports whether control can go from b on to s.
func (r *Region) takes(b, s *ssa.BasicBlock) bool {
	for i, to := range b.Succs {
		if to == s && r.taken[b.Index]&(1<<i) != 0 {
			return true
		}
	}
	return false
}

func (r *Region) take(b, s *ssa.BasicBlock) {
	for i, to := range b.Succs {
		if to == s {
			r.taken[b.Index] |= 1 << i
		}
	}
}

func (r *Region) succs(b *ssa.BasicBlock) []*ssa.BasicBlock {
	out := make([]*ssa.BasicBlock, 0, len(b.Succs))
	for _, s := range b.Succs {
		if r.takes(b, s) {
			out = append(out, s)
		}
	}
	return out
}

type regionKey struct {
	await *Await
	o     Outcome
}

// Under returns what can be executed if w always ends with o.
func (m *Message) Under(w *Await, o Outcome) *Region {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := regionKey{w, o}
	if m.regions[k] == nil {
		m.regions[k] = m.explore(w, o)
	}
	return m.regions[k]
}

// Outcomes returns the outcomes that w can have and its code can tell apart.
func (m *Message) Outcomes(w *Await) []Outcome {
	switch reply, ok := w.Reply(); {
	case !ok:
		return []Outcome{Replied, Rejected}
	case reply == ops.ReplyDouble:
		return []Outcome{Replied, InnerErr, Rejected}
	case reply == ops.ReplyResult || m.tested(w):
		return []Outcome{Replied, Rejected}
	}
	return []Outcome{Replied}
}

// tested reports whether the answer itself is tested or unwrapped. Where the
// shape of a reply is not known that shows it to be a Result.
func (m *Message) tested(w *Await) bool {
	for _, r := range *w.Instr.Referrers() {
		if op := m.callOp(r); op != nil && (op.Kind == ops.Test || op.Kind == ops.Verb && op.Name == ops.Unwrap) {
			return true
		}
	}
	return false
}

// OnFailure reports whether instr, after w, is executed only if w failed.
func (m *Message) OnFailure(w *Await, instr ssa.Instruction) bool {
	if !m.After(w.Instr, instr) || w.Joined || m.Under(w, Replied).Has(instr) {
		return false
	}
	for _, o := range m.Outcomes(w) {
		if o.Failure() && m.Under(w, o).Has(instr) {
			return true
		}
	}
	return false
}

// An Exit is an instruction at which a message ends: an *ssa.Return or *ssa.Panic.
type Exit struct {
	Instr ssa.Instruction
	Op    *ops.Op
	Trap  bool
}

// Exits returns the exits that can follow w if it ends with o. Operations that
// may trap (asserts, unwraps) are listed too.
func (m *Message) Exits(w *Await, o Outcome) []Exit {
	r := m.Under(w, o)
	var out []Exit
	for _, b := range m.Fn.SSA.Blocks {
		if !r.Blocks[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			op := m.Fn.Op(instr)
			trap := false
			switch instr.(type) {
			case *ssa.Return:
			case *ssa.Panic:
				trap = true
			case *ssa.Call:
				if op == nil || op.Kind == ops.Trap || op.Traps == "" && op.Kind != ops.Assert {
					continue
				}
				trap = true
			default:
				continue
			}
			if r.Has(instr) && m.After(w.Instr, instr) {
				out = append(out, Exit{instr, op, trap})
			}
		}
	}
	return out
}

// A shape is what is known of a value during exploration: nil is "not
// computed yet", tag "" is "anything".
type shape struct {
	tag     string // variant name without its enum; "true", "false" for bools
	payload *shape
}

var anything = &shape{}

// Shapes by who they are: a reply that was not decoded yet, and what was decoded
// from one that says that it worked. If that is a Result it is Ok (C11); it may be
// anything else.
var (
	undecoded = &shape{}
	good      = &shape{}
)

func tagged(tag string, payload *shape) *shape { return &shape{tag, payload} }

func joinShapes(a, b *shape) *shape {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a == b:
		return a
	case a.tag == "" || b.tag == "" || a.tag != b.tag:
		return anything
	case a.payload == nil || b.payload == nil:
		return tagged(a.tag, anything)
	}
	return tagged(a.tag, joinShapes(a.payload, b.payload))
}

func (a *shape) equal(b *shape) bool {
	if a == nil || b == nil || a == b || a == undecoded || b == undecoded || a == good || b == good {
		return a == b
	}
	return a.tag == b.tag && a.payload.equal(b.payload)
}

// An explorer is a sparse conditional constant propagation (Wegman, Zadeck)
// over shapes. Shapes only go from nil to known to anything, each value at
// most a few times, so it ends.
type explorer struct {
	m      *Message
	await  *Await
	answer *shape
	shapes map[ssa.Value]*shape
	region *Region
	// dirty are the blocks to look at (again): something they depend on has
	// changed. far are those that look past their operands at a value.
	dirty []bool
	far   map[ssa.Value][]*ssa.BasicBlock

	assumed assumption
}

// explore finds what can be executed if await ends with o; with no await, what
// can be executed at all.
func (m *Message) explore(await *Await, o Outcome) *Region {
	x := m.explorer()
	if x.await = await; await != nil {
		x.answer = answer(await, o)
	}
	return x.run()
}

func (m *Message) explorer() *explorer {
	return &explorer{m: m, shapes: map[ssa.Value]*shape{}, dirty: make([]bool, len(m.Fn.SSA.Blocks)), far: map[ssa.Value][]*ssa.BasicBlock{},
		region: &Region{Blocks: make([]bool, len(m.Fn.SSA.Blocks)), taken: make([]uint8, len(m.Fn.SSA.Blocks)), stops: map[int]ssa.Instruction{}}}
}

func (x *explorer) run() *Region {
	x.region.Blocks[0], x.dirty[0] = true, true
	for changed := true; changed; {
		changed = false
		for i, b := range x.m.Fn.SSA.Blocks {
			if x.dirty[i] {
				x.dirty[i], changed = false, true
				x.block(b)
			}
		}
	}
	return x.region
}

// learn notes the shape of a value of block b, which is being looked at, and
// what has to be looked at again for it.
func (x *explorer) learn(b *ssa.BasicBlock, v ssa.Value, s *shape) {
	x.shapes[v] = s
	for _, user := range *v.Referrers() {
		if _, phi := user.(*ssa.Phi); phi || user.Block() != b {
			x.look(user.Block())
		}
	}
	for _, b := range x.far[v] {
		x.look(b)
	}
}

func (x *explorer) look(b *ssa.BasicBlock) {
	x.dirty[b.Index] = x.region.Blocks[b.Index]
}

// answer is the shape of what awaiting gives under o.
func answer(w *Await, o Outcome) *shape {
	reply, known := w.Reply()
	switch {
	case o == Any || w.Joined:
		return anything
	case o == Rejected:
		return tagged("Err", anything)
	case o == InnerErr:
		return tagged("Ok", tagged("Err", anything))
	case known && reply == ops.ReplyDouble:
		return tagged("Ok", tagged("Ok", anything))
	}
	return tagged("Ok", undecoded)
}

// block evaluates one block.
func (x *explorer) block(b *ssa.BasicBlock) {
	delete(x.region.stops, b.Index)
	for _, instr := range b.Instrs {
		v, ok := instr.(ssa.Value)
		if !ok {
			continue
		}
		if x.stops(v) {
			x.region.stops[b.Index] = instr
			return
		}
		old := x.shapes[v]
		if next := joinShapes(old, x.eval(v)); !next.equal(old) {
			x.learn(b, v, next)
		}
	}
	follow := func(s *ssa.BasicBlock) {
		if side, ok := x.assumed.side[b]; ok && s != b.Succs[side] || x.assumed.blocks != nil && !x.assumed.blocks[s.Index] {
			return
		}
		if !x.region.takes(b, s) {
			x.region.take(b, s)
			x.region.Blocks[s.Index] = true
			x.look(s)
		}
	}
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		for _, s := range b.Succs {
			follow(s)
		}
		return
	}
	c := x.get(branch.Cond)
	if c == nil {
		return
	}
	if x.assumed.drops {
		if _, _, ok := x.m.Fn.Cond(branch); !ok {
			c = anything // whether a guard is armed
		}
	}
	if c.tag != "false" {
		follow(b.Succs[0])
	}
	if c.tag != "true" {
		follow(b.Succs[1])
	}
}

// stops reports whether v is a check that certainly traps, so that nothing follows.
func (x *explorer) stops(v ssa.Value) bool {
	op := x.m.callOp(v)
	if op == nil || op.Kind != ops.Assert && op.Kind != ops.Verb {
		return false
	}
	args := v.(*ssa.Call).Call.Args
	if len(args) == 0 {
		return false
	}
	s := x.get(args[0])
	switch {
	case op.Kind == ops.Assert:
		return s == nil || s.tag == "false"
	case op.Name == ops.Unwrap:
		return s == nil || s.tag == "None" || s.tag == "Err"
	}
	return false
}

func (x *explorer) get(v ssa.Value) *shape {
	switch c := v.(type) {
	case *ssa.Const:
		if c.Value != nil {
			return tagged(c.Value.String(), nil)
		}
		// The zero V, and the zero bool of a guard never armed.
		if c.Type().Underlying().String() == "bool" {
			return tagged("false", nil)
		}
		return anything
	case *ssa.Parameter:
		return anything
	}
	return x.shapes[v]
}

func (x *explorer) eval(v ssa.Value) *shape {
	switch y := v.(type) {
	case *ssa.Phi:
		var s *shape
		for i, e := range y.Edges {
			if x.region.takes(y.Block().Preds[i], y.Block()) {
				s = joinShapes(s, x.get(e))
			}
		}
		return s
	case *ssa.Call:
		if x.await != nil && y == x.await.Instr {
			return x.answer
		}
		if x.assumed.value != nil {
			if s := x.assumed.value(y); s != nil {
				return s
			}
		}
		if op := x.m.Fn.Op(y); op != nil {
			return x.call(y, op)
		}
	}
	return anything
}

func (x *explorer) call(c *ssa.Call, op *ops.Op) *shape {
	args := make([]*shape, len(c.Call.Args))
	for i, a := range c.Call.Args {
		if args[i] = x.get(a); args[i] == nil {
			return nil
		}
	}
	switch op.Kind {
	case ops.If:
		return args[0]
	case ops.Const:
		if op.Lit == ops.LitBool {
			return tagged(op.Text, nil)
		}
	case ops.Make:
		switch len(args) {
		case 0:
			return tagged(last(op.Name), nil)
		case 1:
			return tagged(last(op.Name), args[0])
		}
		return tagged(last(op.Name), anything)
	case ops.Bin:
		if len(args) == 2 {
			return equality(op.Name, args[0], args[1])
		}
	case ops.Un:
		switch {
		case op.Name != "!":
		case args[0].tag == "true":
			return tagged("false", nil)
		case args[0].tag == "false":
			return tagged("true", nil)
		}
	case ops.Load:
		if len(x.m.denoted.of[c.Call.Args[0]].places) == 0 {
			return args[0]
		}
	case ops.Field:
		if v := x.m.denoted.origin(c, nil, 0); v != ssa.Value(c) {
			if !slices.Contains(x.far[v], c.Block()) {
				x.far[v] = append(x.far[v], c.Block())
			}
			if x.shapes[v] != nil {
				return x.shapes[v]
			}
		}
	case ops.Out:
		by, old := x.m.callOp(c.Call.Args[0]), args[1]
		if by != nil && by.Kind == ops.Verb && by.Name == ops.Take && (old.tag == "Some" || old.tag == "None") {
			return tagged("None", nil)
		}
	case ops.Test:
		return matches(args[0], op.Pat)
	case ops.Proj:
		s := args[0]
		for _, step := range op.Path {
			s = s.step(step)
		}
		return s
	case ops.Verb:
		if op.Name == ops.Recovering {
			return tagged("false", nil) // the code of a message is no cleanup
		}
		return verbShape(op.Name, args)
	}
	return anything
}

// equality compares variants and bools, and what the variants hold.
func equality(op string, a, b *shape) *shape {
	switch same, known := equalShapes(a, b); {
	case !known || op != "==" && op != "!=":
		return anything
	default:
		return tagged(strconv.FormatBool(same == (op == "==")), nil)
	}
}

func equalShapes(a, b *shape) (same, known bool) {
	switch {
	case a == nil || b == nil || a.tag == "" || b.tag == "":
		return false, false
	case a.tag != b.tag:
		return false, true
	case a.payload == nil && b.payload == nil:
		return true, true
	}
	return equalShapes(a.payload, b.payload)
}

func verbShape(name string, args []*shape) *shape {
	if len(args) == 0 {
		return anything
	}
	a := args[0]
	some := func(payload *shape) *shape {
		if payload == nil {
			payload = anything
		}
		return tagged("Some", payload)
	}
	switch {
	case name == ops.Take:
		return a
	case name == ops.Decode && a == undecoded:
		return tagged("Ok", good)
	case (name == ops.Unwrap || name == ops.UnwrapErr) && a.payload != nil:
		return a.payload
	case name == ops.OkOpt && a.tag == "Ok", name == ops.ErrOpt && a.tag == "Err":
		return some(a.payload)
	case name == ops.OkOpt && a.tag == "Err", name == ops.ErrOpt && a.tag == "Ok":
		return tagged("None", nil)
	}
	return anything
}

// last returns the variant of a path, without its enum.
func last(path string) string { return path[strings.LastIndex(path, ":")+1:] }

// step follows one step of a pattern. The payload of older CDKs' answers is a
// tuple of one, which is not told from its element.
func (a *shape) step(s ops.Step) *shape {
	if s.Variant == "" && s.Field == "0" && (a.tag == "Ok" || a.tag == "Err" || a == good) {
		return a
	}
	if s.Variant != "" && s.Field == "0" && a.tag == last(s.Variant) && a.payload != nil {
		return a.payload
	}
	return anything
}

// matches evaluates a pattern: "true", "false" or anything.
func matches(a *shape, p *ops.Pat) *shape {
	yes, no := tagged("true", nil), tagged("false", nil)
	if p == nil {
		return anything
	}
	all := func() *shape {
		result := yes
		for i, sub := range p.Subs {
			s := a
			if i < len(p.Steps) {
				s = a.step(p.Steps[i])
			}
			switch m := matches(s, sub); m.tag {
			case "false":
				return no
			case "true":
			default:
				result = anything
			}
		}
		return result
	}
	switch p.Kind {
	case ops.PatAny:
		return yes
	case ops.PatVariant:
		switch a.tag {
		case "":
			if a == good && last(p.Name) == "Ok" {
				return all()
			}
			if a == good && last(p.Name) == "Err" {
				return no
			}
			return anything
		case last(p.Name):
			return all()
		}
		return no
	case ops.PatConst:
		if p.Lit == ops.LitBool && (a.tag == "true" || a.tag == "false") {
			if a.tag == p.Name {
				return yes
			}
			return no
		}
	case ops.PatTuple:
		return all()
	case ops.PatOr:
		result := no
		for _, sub := range p.Subs {
			switch m := matches(a, sub); m.tag {
			case "true":
				return yes
			case "false":
			default:
				result = anything
			}
		}
		return result
	}
	return anything
}
