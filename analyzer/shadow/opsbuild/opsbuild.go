// Package opsbuild writes functions in lowered form by hand, for tests of the
// packages that read them.
package opsbuild

import (
	"fmt"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Builder writes one function. Each operation gets a site of its own: a
// line of a made-up file that shows it.
type Builder struct {
	f    *ops.Func
	text strings.Builder
	list *[]*ops.Op
	lbl  ops.Label
}

// New starts a function; its file is NAME.rs.
func New(name string, params ...string) *Builder {
	b := &Builder{f: &ops.Func{Name: name, Async: true, Vars: make([]ops.VarInfo, 1), Values: 1, Sites: make([]ops.SiteInfo, 1), Opaque: map[string]int{}}}
	for _, p := range params {
		b.f.Params = append(b.f.Params, ops.ParamInfo{Name: p})
	}
	b.list = &b.f.Body
	b.f.Span = rustparse.Span{File: &rustparse.File{}, End: uint32(len(name))}
	b.line(name)
	return b
}

// Func ends the function.
func (b *Builder) Func() *ops.Func {
	*b.f.Span.File = rustparse.File{Path: b.f.Name + ".rs", Text: b.text.String()}
	b.f.Full = rustparse.Span{File: b.f.Span.File, End: uint32(b.text.Len())}
	return b.f
}

func (b *Builder) line(s string) rustparse.Span {
	start := uint32(b.text.Len())
	b.text.WriteString(s + "\n")
	return rustparse.Span{File: b.f.Span.File, Start: start, End: start + uint32(len(s))}
}

// Add appends op, giving it a site, and a value if val.
func (b *Builder) Add(op *ops.Op, val bool) ops.Value {
	op.Site = ops.Site(len(b.f.Sites))
	b.f.Sites = append(b.f.Sites, ops.SiteInfo{Span: b.line(fmt.Sprintf("op %d %s%s", op.Kind, op.Name, op.Text))})
	if val {
		op.Out = ops.Value(b.f.Values)
		b.f.Values++
	}
	*b.list = append(*b.list, op)
	return op.Out
}

// Last returns the operation added last to the list being written.
func (b *Builder) Last() *ops.Op { return (*b.list)[len(*b.list)-1] }

func (b *Builder) in(list *[]*ops.Op, body func()) {
	if body == nil {
		return
	}
	outer := b.list
	b.list = list
	body()
	b.list = outer
}

func (b *Builder) Param(i int) ops.Value { return b.Add(&ops.Op{Kind: ops.Param, Index: i}, true) }

func (b *Builder) Int(n int) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Const, Lit: ops.LitInt, Text: fmt.Sprint(n)}, true)
}

func (b *Builder) Unit() ops.Value { return b.Add(&ops.Op{Kind: ops.Const, Lit: ops.LitUnit}, true) }

func (b *Builder) Cell(name string) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Cell, Name: name}, true)
}

func (b *Builder) Field(a ops.Value, name string) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Field, Name: name, Args: []ops.Value{a}}, true)
}

func (b *Builder) Index(a, k ops.Value) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Index, Args: []ops.Value{a, k}, Traps: "missing key"}, true)
}

func (b *Builder) Load(a ops.Value) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Load, Args: []ops.Value{a}}, true)
}

func (b *Builder) Store(place, v ops.Value) {
	b.Add(&ops.Op{Kind: ops.Store, Args: []ops.Value{place, v}}, false)
}

func (b *Builder) Bin(a ops.Value, op string, c ops.Value) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Bin, Name: op, Args: []ops.Value{a, c}}, true)
}

func (b *Builder) Make(name string, args ...ops.Value) ops.Value {
	op := &ops.Op{Kind: ops.Make, Name: name, Args: args}
	for i := range args {
		op.Fields = append(op.Fields, fmt.Sprint(i))
	}
	return b.Add(op, true)
}

func (b *Builder) Verb(name string, args ...ops.Value) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Verb, Name: name, Args: args}, true)
}

// Test tests for a variant with any payload.
func (b *Builder) Test(a ops.Value, variant string) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Test, Args: []ops.Value{a}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: variant, Text: variant}}, true)
}

// Payload is the payload of a variant.
func (b *Builder) Payload(a ops.Value, variant string) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Proj, Args: []ops.Value{a}, Path: []ops.Step{{Variant: variant, Field: "0"}}}, true)
}

func (b *Builder) Var(name string) ops.Var {
	v := ops.Var(len(b.f.Vars))
	b.f.Vars = append(b.f.Vars, ops.VarInfo{Name: name})
	b.Add(&ops.Op{Kind: ops.Declare, Var: v}, false)
	return v
}

func (b *Builder) Set(v ops.Var, a ops.Value) {
	b.Add(&ops.Op{Kind: ops.Set, Var: v, Args: []ops.Value{a}}, false)
}

func (b *Builder) Get(v ops.Var) ops.Value { return b.Add(&ops.Op{Kind: ops.Get, Var: v}, true) }

func (b *Builder) Ref(v ops.Var) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Ref, Var: v, Mut: true}, true)
}

func (b *Builder) Out(v ops.Var, made ops.Value) {
	b.Add(&ops.Op{Kind: ops.Out, Var: v, Args: []ops.Value{made}}, false)
}

func (b *Builder) If(cond ops.Value, then, els func()) {
	op := &ops.Op{Kind: ops.If, Args: []ops.Value{cond}}
	b.Add(op, false)
	b.in(&op.Body, then)
	b.in(&op.Else, els)
}

func (b *Builder) Block(body func(l ops.Label)) { b.labelled(ops.Block, body) }
func (b *Builder) Loop(body func(l ops.Label))  { b.labelled(ops.Loop, body) }

func (b *Builder) labelled(k ops.Kind, body func(l ops.Label)) {
	b.lbl++
	op := &ops.Op{Kind: k, Label: b.lbl}
	b.Add(op, false)
	b.in(&op.Body, func() { body(op.Label) })
}

func (b *Builder) Break(l ops.Label)    { b.Add(&ops.Op{Kind: ops.Break, Label: l}, false) }
func (b *Builder) Continue(l ops.Label) { b.Add(&ops.Op{Kind: ops.Continue, Label: l}, false) }

func (b *Builder) Return(a ops.Value) {
	op := &ops.Op{Kind: ops.Return}
	if a != 0 {
		op.Args = []ops.Value{a}
	}
	b.Add(op, false)
}

func (b *Builder) Trap()              { b.Add(&ops.Op{Kind: ops.Trap, Text: "panic!"}, false) }
func (b *Builder) Assert(v ops.Value) { b.Add(&ops.Op{Kind: ops.Assert, Args: []ops.Value{v}}, false) }

func (b *Builder) Guard(v ops.Var, body func()) {
	op := &ops.Op{Kind: ops.Guard, Var: v}
	b.Add(op, false)
	b.in(&op.Body, body)
}

func (b *Builder) Move(v ops.Var) { b.Add(&ops.Op{Kind: ops.Move, Var: v}, false) }
func (b *Builder) Drop(v ops.Var) { b.Add(&ops.Op{Kind: ops.Drop, Var: v}, false) }

// Request makes the future of a call; set more on [Builder.Last]'s Request.
func (b *Builder) Request(method string, reply ops.Reply, args ...ops.Value) ops.Value {
	op := &ops.Op{Kind: ops.Request, Args: args}
	op.Request = newOf(op.Request)
	op.Request.Method, op.Request.Reply = method, reply
	return b.Add(op, true)
}

func newOf[T any](*T) *T { return new(T) }

func (b *Builder) Await(future ops.Value, c ops.Commit) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Await, Args: []ops.Value{future}, Commit: c}, true)
}

// Pay awaits a call of `pay` that may fail, and gives its Result.
func (b *Builder) Pay(amount ops.Value) ops.Value {
	return b.Await(b.Request("pay", ops.ReplyResult, amount), ops.Must)
}
