package lower

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Closures and futures are known while lowering, by the text they run. Where
// one goes through a variable that several ways assign, a list, a field or a
// payload, what it may be travels in its type, as in Rust, where each closure
// and each async block is a type of its own. Its captures travel in the value:
// a Make "|…|" with a field for each, read again where it is called or awaited.

// A shape is such a type: the closures and futures a value may be.
type shape struct {
	alts []val
	open bool // or something else
}

const (
	shapePrefix = "awaitlint::Later#"
	maxAlts     = 32 // of a shape; beyond that it is open
	maxHeld     = 6  // closures captured by closures captured by …
)

// typ is the type of v: its shape, where it is a closure or future.
func (l *lowerer) typ(v val) *workspace.Type {
	if v.clo == nil && v.fut == nil || v.fut != nil && v.fut.kind == futUnknown {
		return v.t
	}
	return l.newShape(&shape{alts: []val{v}})
}

func (l *lowerer) newShape(s *shape) *workspace.Type {
	name := shapePrefix + itoa(len(l.shapes))
	l.shapes[name] = s
	return prim(name)
}

// shapeOf is the shape behind a type, also in a box; nil if it has none.
func (l *lowerer) shapeOf(t *workspace.Type) *shape {
	t = deref(t)
	for t != nil && len(t.Args) > 0 && l.class(t) == "wrapper" {
		t = deref(t.Args[0])
	}
	if t == nil || !strings.HasPrefix(t.Name, shapePrefix) {
		return nil
	}
	return l.shapes[t.Name]
}

// shaped reports whether there is a shape anywhere in a type.
func shaped(t *workspace.Type) bool {
	if t == nil {
		return false
	}
	if strings.HasPrefix(t.Name, shapePrefix) {
		return true
	}
	for _, a := range t.Args {
		if shaped(a) {
			return true
		}
	}
	return false
}

// union is the type of what is either an a or a b, at least one of which has a shape.
func (l *lowerer) union(a, b *workspace.Type) *workspace.Type {
	switch {
	case a == nil || a.Kind == workspace.TUnknown:
		return b
	case b == nil || b.Kind == workspace.TUnknown || a == b:
		return a
	}
	if x, y := l.shapeOf(a), l.shapeOf(b); x != nil || y != nil {
		u := &shape{open: x == nil || y == nil}
		for _, s := range []*shape{x, y} {
			if s == nil {
				continue
			}
			u.open = u.open || s.open
			for _, alt := range s.alts {
				u.add(alt)
			}
		}
		return l.newShape(u)
	}
	if a.Kind != b.Kind || a.Def != b.Def || len(a.Args) != len(b.Args) {
		return a
	}
	u := *a
	u.Args = make([]*workspace.Type, len(a.Args))
	for i := range a.Args {
		if u.Args[i] = a.Args[i]; shaped(a.Args[i]) || shaped(b.Args[i]) {
			u.Args[i] = l.union(a.Args[i], b.Args[i])
		}
	}
	return &u
}

func (s *shape) add(alt val) {
	for _, have := range s.alts {
		if sameText(have, alt) {
			return
		}
	}
	if len(s.alts) >= maxAlts {
		s.open = true
		return
	}
	s.alts = append(s.alts, alt)
}

// sameText reports whether two closures or futures run the same text with
// captures of the same names.
func sameText(a, b val) bool {
	switch {
	case a.clo != nil && b.clo != nil:
		return a.clo.node != 0 && a.clo.tree == b.clo.tree && a.clo.node == b.clo.node ||
			a.clo.node == 0 && b.clo.node == 0 && a.clo.def != nil && a.clo.def == b.clo.def
	case a.fut != nil && b.fut != nil && a.fut.kind == b.fut.kind && len(a.fut.args) == len(b.fut.args):
		if a.fut.kind == futFn {
			return a.fut.def == b.fut.def && (a.fut.recv == nil) == (b.fut.recv == nil)
		}
		return a.fut.kind == futBlock && a.fut.clo.tree == b.fut.clo.tree && a.fut.clo.node == b.fut.clo.node
	}
	return false
}

// known gives the closure or future a value of a shape is, made again from
// its captures; other values as they are.
func (l *lowerer) known(v val, n rp.Node) val {
	if v.clo != nil || v.fut != nil || l.dead {
		return v
	}
	s := l.shapeOf(v.t)
	if s == nil {
		return v
	}
	again := func(alt val) val {
		r := l.mapParts(alt, n, func(field string, part val) val {
			x := val{t: l.typ(part), ref: part.ref}
			x.v = l.value(&ops.Op{Kind: ops.Field, Args: []ops.Value{v.v}, Name: field}, n)
			return x
		})
		r.v, r.ref, r.root = 0, false, 0
		return r
	}
	if len(s.alts) == 1 && !s.open {
		return again(s.alts[0])
	}
	f := &future{kind: futOneOf, value: v.v, open: s.open}
	for _, alt := range s.alts {
		f.parts = append(f.parts, again(alt))
	}
	return val{fut: f}
}

// held makes a closure or future a value that carries its captures.
func (l *lowerer) held(v val, n rp.Node) ops.Value {
	op := &ops.Op{Kind: ops.Make, Name: "|…|"}
	if l.holding < maxHeld {
		l.holding++
		l.mapParts(v, n, func(field string, part val) val {
			op.Fields = append(op.Fields, field)
			op.Args = append(op.Args, l.plain(part, n))
			return part
		})
		l.holding--
	}
	return l.value(op, n)
}

// mapParts copies a closure or future with each value it holds replaced.
func (l *lowerer) mapParts(v val, n rp.Node, f func(field string, part val) val) val {
	if v.clo != nil {
		v.clo = l.mapClosure(v.clo, n, f)
	}
	if v.fut == nil {
		return v
	}
	c := *v.fut
	if c.recv != nil {
		r := f("self", *c.recv)
		c.recv = &r
	}
	each := func(prefix string, list []val) []val {
		out := make([]val, len(list))
		for i, x := range list {
			out[i] = f(prefix+itoa(i), x)
		}
		return out
	}
	c.args, c.parts = each("", c.args), each("part", c.parts)
	c.reqArg = nil
	for i, x := range v.fut.reqArg {
		c.reqArg = append(c.reqArg, f("arg"+itoa(i), val{v: x}).v)
	}
	if c.value != 0 {
		c.value = f("of", val{v: c.value}).v
	}
	if c.ready != nil {
		r := f("ready", *c.ready)
		c.ready = &r
	}
	if c.clo != nil {
		c.clo = l.mapClosure(c.clo, n, f)
	}
	v.fut = &c
	return v
}

// mapClosure copies a closure with its captures replaced.
func (l *lowerer) mapClosure(c *closure, at rp.Node, f func(field string, part val) val) *closure {
	if c.node == 0 {
		return c
	}
	saved := l.env
	defer func() { l.env = saved }()
	l.env = c.env
	next := *c
	next.env = &env{parent: c.env, names: map[string]binding{}}
	for _, name := range freeNames(c) {
		b, ok := l.lookup(name)
		if !ok {
			continue
		}
		x := b.val
		if b.v != 0 {
			x.v = l.value(&ops.Op{Kind: ops.Get, Var: b.v}, at)
		}
		if x.v != 0 || x.clo != nil || x.fut != nil {
			next.env.names[name] = binding{val: f(name, x)}
		}
	}
	return &next
}

// freeNames are the names in a closure that it may have from around it, each once.
func freeNames(c *closure) []string {
	var names []string
	seen := map[string]bool{}
	var walk func(n rp.Node)
	walk = func(n rp.Node) {
		if k := c.tree.Kind(n); k == rp.Identifier || k == rp.Self {
			if name := ident(c.tree, n); !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
			return
		}
		for k := c.tree.FirstChild(n); k != 0; k = c.tree.Next(k) {
			walk(k)
		}
	}
	walk(c.node)
	return names
}

// pushed notes that a list variable now holds values of a shape too.
func (l *lowerer) pushed(list val, elem *workspace.Type) {
	if list.root == 0 || !shaped(elem) {
		return
	}
	for e := l.env; e != nil; e = e.parent {
		for name, b := range e.names {
			if b.v != list.root {
				continue
			}
			t := generic("std::vec::Vec", elem)
			if old := deref(b.val.t); old != nil && old.Kind == workspace.TPath {
				c := *old
				c.Args = []*workspace.Type{elem}
				if len(old.Args) > 0 {
					c.Args[0] = l.union(old.Args[0], elem)
				}
				t = &c
			}
			b.val.t = t
			e.names[name] = b
		}
	}
}
