package lower_test

import (
	"fmt"
	"strconv"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A machine runs lowered operations as plainly as possible: one message alone,
// every call works. It is an oracle of its own for what the operations mean, and knows
// only what the guard fixtures need.
type machine struct {
	f      *ops.Func
	cells  map[string]*slot
	vars   map[ops.Var]*slot
	values map[ops.Value]any
	armed  []*ops.Op // live guards, oldest first
	steps  int
	stack  []*ops.Op // the drops being executed
	tasks  []task

	onAwait func(op *ops.Op)
	onStore func()
}

type task struct {
	f    *ops.Func
	args []any
}

// A slot is something that can be assigned; a reference is a pointer to it.
type slot struct{ v any }

// An object is a struct, variant, tuple or list, its parts by field name.
type object struct {
	name  string
	parts map[string]*slot
}

// A jump is how a list of operations ends early.
type jump struct {
	kind  ops.Kind
	label ops.Label
}

// run executes a function with the given captures; other parameters are
// booleans that are true, or not looked at.
func (m *machine) run(f *ops.Func, args []any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", f.Name, p)
		}
	}()
	m.f, m.vars, m.values, m.armed, m.steps = f, map[ops.Var]*slot{}, map[ops.Value]any{}, nil, 0
	for _, op := range f.Body {
		switch {
		case op.Kind != ops.Param:
		case op.Index < len(args):
			m.values[op.Out] = args[op.Index]
		default:
			m.values[op.Out] = true
		}
	}
	if j := m.list(f.Body); j == nil || j.kind != ops.Return {
		return fmt.Errorf("%s does not return", f.Name)
	}
	return nil
}

func (m *machine) list(list []*ops.Op) *jump {
	for _, op := range list {
		if m.steps++; m.steps > 10_000 {
			panic("runs too long")
		}
		if j := m.op(op); j != nil {
			return j
		}
	}
	return nil
}

func (m *machine) arg(op *ops.Op, i int) any { return m.values[op.Args[i]] }

// load follows references.
func load(v any) any {
	for {
		s, ok := v.(*slot)
		if !ok {
			return v
		}
		v = s.v
	}
}

// last is the slot a chain of references ends in.
func last(v any) *slot {
	s, ok := v.(*slot)
	if !ok {
		return &slot{v}
	}
	for {
		next, ok := s.v.(*slot)
		if !ok {
			return s
		}
		s = next
	}
}

func (m *machine) part(v any, field string) any {
	o, ok := load(v).(*object)
	if !ok {
		return "?"
	}
	if o.parts[field] == nil {
		o.parts[field] = &slot{"?"}
	}
	if _, ref := v.(*slot); ref {
		return o.parts[field]
	}
	return o.parts[field].v
}

func (m *machine) variable(v ops.Var) *slot {
	if m.vars[v] == nil {
		m.vars[v] = &slot{}
	}
	return m.vars[v]
}

func (m *machine) op(op *ops.Op) *jump {
	switch op.Kind {
	case ops.Const:
		m.values[op.Out] = constant(op)
	case ops.Cell:
		if m.cells[op.Name] == nil {
			m.cells[op.Name] = &slot{0}
		}
		m.values[op.Out] = m.cells[op.Name]
	case ops.Declare:
		m.vars[op.Var] = &slot{}
	case ops.Get:
		m.values[op.Out] = m.variable(op.Var).v
	case ops.Ref:
		m.values[op.Out] = m.variable(op.Var)
	case ops.Set:
		m.variable(op.Var).v = m.arg(op, 0)
	case ops.Store:
		last(m.arg(op, 0)).v = load(m.arg(op, 1))
		m.onStore()
	case ops.Field:
		m.values[op.Out] = m.part(m.arg(op, 0), op.Name)
	case ops.Load, ops.Cast:
		m.values[op.Out] = load(m.arg(op, 0))
	case ops.Make:
		o := &object{name: op.Name, parts: map[string]*slot{}}
		for i, a := range op.Args {
			name := strconv.Itoa(i)
			if i < len(op.Fields) {
				name = op.Fields[i]
			}
			o.parts[name] = &slot{m.values[a]}
		}
		m.values[op.Out] = o
	case ops.Bin:
		m.values[op.Out] = binary(op.Name, load(m.arg(op, 0)), load(m.arg(op, 1)))
	case ops.Un:
		m.values[op.Out] = load(m.arg(op, 0)) == false
	case ops.Test:
		m.values[op.Out] = m.matches(m.arg(op, 0), op.Pat)
	case ops.Proj:
		v := m.arg(op, 0)
		for _, s := range op.Path {
			v = m.part(v, s.Field)
		}
		m.values[op.Out] = v
	case ops.Verb:
		m.verb(op)
	case ops.Request, ops.Call, ops.Opaque, ops.Join:
		m.values[op.Out] = "?"
	case ops.Await:
		m.onAwait(op)
		m.values[op.Out] = &object{name: "Ok", parts: map[string]*slot{"0": {"?"}}}
	case ops.Spawn:
		var args []any
		for _, a := range op.Args {
			args = append(args, m.values[a])
		}
		m.tasks = append(m.tasks, task{op.Task, args})
	case ops.Guard:
		m.armed = append(m.armed, op)
	case ops.Move:
		m.disarm(op.Var)
	case ops.Drop:
		if g := m.disarm(op.Var); g != nil {
			m.stack = append(m.stack, op)
			m.list(g.Body)
			m.stack = m.stack[:len(m.stack)-1]
		}
	case ops.If:
		if load(m.arg(op, 0)) == true {
			return m.list(op.Body)
		}
		return m.list(op.Else)
	case ops.Block:
		if j := m.list(op.Body); j != nil && !(j.kind == ops.Break && j.label == op.Label) {
			return j
		}
	case ops.Loop:
		for {
			j := m.list(op.Body)
			if j != nil && j.label == op.Label && j.kind == ops.Break {
				return nil
			}
			if j != nil && !(j.label == op.Label && j.kind == ops.Continue) {
				return j
			}
		}
	case ops.Break, ops.Continue:
		return &jump{kind: op.Kind, label: op.Label}
	case ops.Return:
		return &jump{kind: op.Kind}
	case ops.Trap:
		panic("traps: " + op.Text)
	}
	return nil
}

func (m *machine) disarm(v ops.Var) *ops.Op {
	for i := len(m.armed) - 1; i >= 0; i-- {
		if g := m.armed[i]; g.Var == v {
			m.armed = append(m.armed[:i:i], m.armed[i+1:]...)
			return g
		}
	}
	return nil
}

func constant(op *ops.Op) any {
	switch op.Lit {
	case ops.LitBool:
		return op.Text == "true"
	case ops.LitInt:
		n, _ := strconv.Atoi(op.Text)
		return n
	}
	return op.Text
}

func binary(name string, a, b any) any {
	x, ok1 := a.(int)
	y, ok2 := b.(int)
	if !ok1 || !ok2 {
		panic(fmt.Sprintf("%v %s %v", a, name, b))
	}
	switch name {
	case "+":
		return x + y
	case "-":
		return x - y
	case ">=":
		return x >= y
	case "==":
		return x == y
	}
	panic("operator " + name)
}

func (m *machine) matches(v any, p *ops.Pat) bool {
	switch p.Kind {
	case ops.PatAny:
		return true
	case ops.PatVariant:
		o, ok := load(v).(*object)
		return ok && o.name == p.Name
	}
	panic("pattern " + p.Text)
}

func (m *machine) verb(op *ops.Op) {
	a := m.arg(op, 0)
	s := last(a)
	m.values[op.Out] = "?"
	switch op.Name {
	case ops.Unwrap:
		o := load(a).(*object)
		if o.name != "Ok" && o.name != "Some" {
			panic("unwrap of " + o.name)
		}
		m.values[op.Out] = m.part(a, "0")
	case ops.Take:
		m.values[op.Out] = s.v
		s.v = &object{name: "None", parts: map[string]*slot{}}
	case ops.ListPush:
		o := s.v.(*object)
		o.parts[strconv.Itoa(len(o.parts))] = &slot{m.arg(op, 1)}
	case ops.Iter:
		m.values[op.Out] = &object{name: "iter", parts: map[string]*slot{"list": {load(a)}, "next": {0}}}
	case ops.IterNext:
		it := s.v.(*object)
		if it.name == ".." { // one round will do
			it = &object{name: "iter", parts: map[string]*slot{"list": {it}, "next": {0}}}
			s.v = it
		}
		list, i := it.parts["list"].v.(*object), it.parts["next"].v.(int)
		if e := list.parts[strconv.Itoa(i)]; e != nil && (list.name != ".." || i == 0) {
			it.parts["next"].v = i + 1
			m.values[op.Out] = &object{name: "Some", parts: map[string]*slot{"0": e}}
		} else {
			m.values[op.Out] = &object{name: "None", parts: map[string]*slot{}}
		}
	default:
		panic("verb " + op.Name)
	}
}
