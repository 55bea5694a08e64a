package census

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// maxWrapper is the size, in nodes, of a function that only passes a call on to a helper.
const maxWrapper = 60

// An access is one use of a cell, or one call of a helper that uses one. Its
// span is the whole chain of calls, fields and assignments it begins.
type access struct {
	span   rp.Span
	node   rp.Node
	fn     *function
	name   string
	init   bool   // in the initial value of a static: not part of any message
	logged string // the macro it stands in, where lowering leaves that out
	outer  *access
	class  uint8
	places map[string]uint8 // 1 read, 2 written
	reason string
}

// The classes of an access, the worst one counts.
const (
	unseen uint8 = iota
	toWhole
	toPlace
	toCell
	toNothing
)

var accessClasses = [...]string{"not resolved", "whole", "place", "cell", "not resolved"}

// use notes a path that names a state cell.
func (w *walker) use(n rp.Node, fn *function, mod *workspace.Module) {
	text := w.t.Text(n)
	if !w.c.cellNames[strings.TrimSpace(text[strings.LastIndexByte(text, ':')+1:])] {
		return
	}
	d := w.resolve(n, fn, mod)
	if d == nil || !w.c.cells[d] {
		return
	}
	if fn != nil {
		fn.uses++
	}
	w.f.accesses = append(w.f.accesses, &access{span: w.t.Span(whole(w.t, n)), node: n, fn: fn, name: d.Name, init: w.init, logged: w.logged})
}

func (w *walker) resolve(n rp.Node, fn *function, mod *workspace.Module) *workspace.Def {
	return resolve(w.f, n, fn, mod).Def
}

func resolve(f *file, n rp.Node, fn *function, mod *workspace.Module) workspace.Res {
	var s workspace.Scope
	switch {
	case fn != nil && fn.def != nil:
		s = fn.def.ScopeOf()
		if mod != nil {
			s.Module = mod
		}
	case mod != nil:
		s.Module = mod
	default:
		s.Module = moduleAt(f.crate.ws.Root, f.tree, n)
	}
	return s.ResolvePath(f.tree, n, workspace.ValueNS)
}

// moduleAt is the innermost module around a node.
func moduleAt(m *workspace.Module, t *rp.Tree, n rp.Node) *workspace.Module {
	best := m
	var visit func(m *workspace.Module)
	visit = func(m *workspace.Module) {
		if m.Tree == t && t.Start(m.Node) <= t.Start(n) && t.End(n) <= t.End(m.Node) {
			best = m
		}
		for _, sub := range m.Mods {
			visit(sub)
		}
	}
	visit(m)
	return best
}

// whole climbs from a path or call to the chain of calls, fields and
// assignments that begins with it.
func whole(t *rp.Tree, n rp.Node) rp.Node {
	for {
		p := t.Parent(n)
		switch t.Kind(p) {
		case rp.FieldExpression:
			if t.FieldOf(n) != rp.FieldValue {
				return n
			}
		case rp.CallExpression, rp.GenericFunction:
			if t.FieldOf(n) != rp.FieldFunction {
				return n
			}
		case rp.AssignmentExpression, rp.CompoundAssignmentExpr:
			if t.FieldOf(n) != rp.FieldLeft {
				return n
			}
		case rp.IndexExpression:
			if t.FirstChild(p) != n {
				return n
			}
		case rp.TryExpression, rp.ParenthesizedExpression, rp.UnaryExpression, rp.ReferenceExpression:
		default:
			return n
		}
		n = p
	}
}

// call notes a call for link, which knows what the helpers are.
func (w *walker) call(n rp.Node, fn *function, mod *workspace.Module) {
	f := callee(w.t, n)
	name := w.t.Text(f)
	if w.t.Kind(f) == rp.FieldExpression {
		name = w.t.Text(w.t.Child(f, rp.FieldField))
	}
	name = strings.TrimSpace(name[strings.LastIndexByte(name, ':')+1:])
	if w.c.functionNames[name] && !w.init {
		w.f.calls = append(w.f.calls, &call{node: n, fn: fn, mod: mod, name: name, logged: w.logged})
	}
}

// callee is the path or field expression that is called.
func callee(t *rp.Tree, n rp.Node) rp.Node {
	f := t.Child(n, rp.FieldFunction)
	if t.Kind(f) == rp.GenericFunction {
		f = t.Child(f, rp.FieldFunction)
	}
	return f
}

// link finds the helpers and their calls. A helper is a function that does
// not wait and uses a cell itself, or is small and does nothing with state but call one helper.
func (c *Census) link(files []*file) {
	byDef := map[*workspace.Def]*function{}
	names := map[string]bool{}
	for _, f := range files {
		for _, fn := range f.functions {
			if fn.def != nil {
				byDef[fn.def] = fn
			}
			if fn.helper = fn.uses > 0 && !fn.async; fn.helper {
				names[last(fn.name)] = true
			}
		}
	}
	for {
		for _, f := range files {
			for _, k := range f.calls {
				if k.done || !names[k.name] {
					continue
				}
				if h := c.helper(f, k, byDef); h != nil && h != k.fn {
					k.done = true
					if k.fn != nil {
						k.fn.helpers++
					}
					f.accesses = append(f.accesses, &access{span: f.tree.Span(whole(f.tree, k.node)), node: k.node, fn: k.fn, name: h.name + "()", logged: k.logged})
				}
			}
		}
		more := false
		for _, f := range files {
			for _, fn := range f.functions {
				if !fn.helper && !fn.async && fn.uses == 0 && fn.helpers == 1 && fn.size < maxWrapper {
					fn.helper, more = true, true
					names[last(fn.name)] = true
				}
			}
		}
		if !more {
			break
		}
	}
	for _, f := range files {
		f.calls = nil
		f.nest()
	}
}

// nest sorts accesses and hangs each into the one around it. Of several with
// one span the first stays.
func (f *file) nest() {
	slices.SortStableFunc(f.accesses, func(a, b *access) int {
		x, y := a.span.Range(), b.span.Range()
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(y.End, x.End))
	})
	f.accesses = slices.CompactFunc(f.accesses, func(a, b *access) bool { return a.span == b.span })
	var open *access
	for _, a := range f.accesses {
		for open != nil && open.span.Range().End < a.span.Range().End {
			open = open.outer
		}
		a.outer, open = open, a
	}
}

// helper returns the helper that a call runs, nil if it may run something else.
func (c *Census) helper(f *file, k *call, byDef map[*workspace.Def]*function) *function {
	t := f.tree
	target := callee(t, k.node)
	var ds []*workspace.Def
	if t.Kind(target) == rp.FieldExpression {
		if typ := c.typeOf(f, k, t.Child(target, rp.FieldValue), 0); typ != nil {
			ds = c.ws.Methods(typ, k.name)
		} else if !c.knowledge.KnowsMethod(k.name) {
			ds = c.ws.MethodsNamed(k.name)
		}
	} else if res := resolve(f, target, k.fn, k.mod); res.Def != nil && res.Def.Kind == workspace.Fn && !c.described(f, res.Def) {
		ds = []*workspace.Def{res.Def}
	}
	var h *function
	for _, d := range ds {
		if h = byDef[d]; h == nil || !h.helper {
			return nil
		}
	}
	return h
}

// described reports whether a function of another crate is taken as the data
// describes it: calling it uses none of the state that its source may keep.
func (c *Census) described(f *file, d *workspace.Def) bool {
	return d.Module.Crate != f.crate.ws && f.crate.can != nil && f.crate.can.Described(d) != nil
}

// typeOf is the type of a receiver where declarations tell: self, parameters,
// statics, their fields, and what functions return.
func (c *Census) typeOf(f *file, k *call, n rp.Node, depth int) *workspace.Type {
	t := f.tree
	if n == 0 || depth > 8 {
		return nil
	}
	switch t.Kind(n) {
	case rp.Self:
		if k.fn != nil && k.fn.def != nil {
			return k.fn.def.Signature().SelfType()
		}
	case rp.Identifier, rp.ScopedIdentifier:
		if k.fn != nil && k.fn.def != nil {
			for _, p := range k.fn.def.Signature().Params {
				if p.Name == t.Text(n) {
					return p.Type
				}
			}
		}
		if d := resolve(f, n, k.fn, k.mod).Def; d != nil && d.Kind == workspace.Static {
			return d.Type()
		}
	case rp.FieldExpression:
		_, typ := c.ws.Field(c.typeOf(f, k, t.Child(n, rp.FieldValue), depth+1), t.Text(t.Child(n, rp.FieldField)))
		return typ
	case rp.CallExpression:
		if f2 := callee(t, n); t.Kind(f2) != rp.FieldExpression {
			if d := resolve(f, f2, k.fn, k.mod).Def; d != nil && d.Kind == workspace.Fn {
				return d.Signature().Result
			}
		}
	case rp.ParenthesizedExpression, rp.ReferenceExpression:
		for _, kid := range t.Children(n) {
			if typ := c.typeOf(f, k, kid, depth+1); typ != nil {
				return typ
			}
		}
	}
	return nil
}

func last(path string) string { return path[strings.LastIndexByte(path, ':')+1:] }

// accessAt returns the innermost access whose span holds s.
func (c *Census) accessAt(s rp.Span) *access {
	f := c.files[s.File]
	if f == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(f.accesses, s.Range().Start, func(a *access, at uint32) int {
		if a.span.Range().Start <= at {
			return -1
		}
		return 1
	})
	if i == 0 {
		return nil
	}
	a := f.accesses[i-1]
	for a != nil && a.span.Range().End < s.Range().End {
		a = a.outer
	}
	return a
}

// observeAccesses gives the accesses of a message to the sites they come from.
func (c *Census) observeAccesses(can *canister.Canister, m *effects.Message) {
	f := m.Input.Func
	for _, a := range m.Accesses {
		if a.Op == nil {
			continue
		}
		class, why := c.judge(can, a)
		place, how := a.Place.String(), uint8(0)
		if a.Read {
			how |= 1
		}
		if a.Write {
			how |= 2
		}
		given := map[*access]bool{}
		give := func(site ops.Site) {
			for ; site != 0; site = f.Sites[site].Caller {
				if x := c.accessAt(f.Sites[site].Span); x != nil && !given[x] && !x.holds(f.Full) {
					given[x] = true
					x.note(class, why, place, how)
				}
			}
		}
		give(a.Op.Site)
		for _, site := range origins(m, a) {
			give(site)
		}
	}
}

// holds reports whether the text of a message is a part of x: a task started
// there, whose accesses are not those of who starts it.
func (x *access) holds(message rp.Span) bool {
	return x.span.File == message.File && x.span.Start <= message.Start && message.End <= x.span.End
}

func (x *access) note(class uint8, why, place string, how uint8) {
	if x.places == nil {
		x.places = map[string]uint8{}
	}
	x.places[place] |= how
	if class > x.class || class == x.class && why < x.reason {
		x.class, x.reason = class, why
	}
}

// origins are the sites of the cells that an access comes from.
func origins(m *effects.Message, a *effects.Access) []ops.Site {
	call, ok := a.Instr.(*ssa.Call)
	if !ok {
		return nil
	}
	var sites []ops.Site
	seen := map[ssa.Value]bool{}
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] || len(seen) > 500 {
			return
		}
		seen[v] = true
		made := false // a value out of parts, each of its own place
		if x, ok := v.(*ssa.Call); ok {
			op := m.Fn.Op(x)
			made = op != nil && op.Kind == ops.Make
		}
		if !made && !slices.ContainsFunc(m.Places(v), func(p effects.Place) bool { return p.Holds(a.Place) }) {
			return
		}
		switch x := v.(type) {
		case *ssa.Phi:
			for _, e := range x.Edges {
				visit(e)
			}
		case *ssa.Call:
			if op := m.Fn.Op(x); op != nil && op.Kind == ops.Cell {
				sites = append(sites, op.Site)
				return
			}
			for _, v := range x.Call.Args {
				visit(v)
			}
		}
	}
	for _, v := range call.Call.Args {
		visit(v)
	}
	return sites
}

// judge says how closely an access is known, and why no closer.
func (c *Census) judge(can *canister.Canister, a *effects.Access) (class uint8, why string) {
	if a.Place.Cell == "*" {
		if a.Callee {
			return toNothing, "may be any state: " + a.Op.Text
		}
		return toNothing, "may be one of too many places"
	}
	if len(a.Place.Path) > 0 {
		return toPlace, ""
	}
	cell := can.CellNamed(a.Place.Cell)
	switch {
	case cell == nil:
	case !c.hasParts(cell.Type, 0):
		return toWhole, ""
	case a.Op.Kind == ops.Load && c.outside(cell.Type, 0):
		return toWhole, ""
	}
	switch op := a.Op; op.Kind {
	case ops.Store, ops.Verb, ops.Test:
		return toWhole, ""
	case ops.Call:
		switch {
		case a.Callee:
			return toCell, "summary of " + op.Text + " (" + op.Callee.Cut + ")"
		case op.Callee != nil && op.Callee.Pure && op.Callee.Cut == "outside":
			return toWhole, "" // of the outside, which knows no parts of ours
		case op.Callee != nil && op.Callee.Pure:
			return toCell, "given whole to " + op.Text
		}
		return toCell, "given whole to " + op.Text + ", which is not known"
	case ops.Return:
		return toCell, "returned whole"
	case ops.Load:
		return toCell, "copied whole"
	case ops.Opaque:
		return toCell, "in what is not understood: " + op.Text
	case ops.Request, ops.Oneway:
		return toCell, "sent whole"
	case ops.Make, ops.Set, ops.Declare:
		return toCell, "kept whole in a value"
	default:
		return toCell, "used whole: " + op.Kind.String()
	}
}

// outside reports whether the content of a cell is of a type whose parts
// nobody here can name.
func (c *Census) outside(t *workspace.Type, depth int) bool {
	if t == nil || t.Kind != workspace.TPath || t.Def != nil || depth > 6 {
		return false
	}
	switch c.knowledge.Class(t.Name) {
	case "wrapper", "once", "stablecell", "option":
		return len(t.Args) > 0 && c.outside(t.Args[0], depth+1)
	}
	return c.knowledge.Class(t.Name) == ""
}

// hasParts reports whether values of a type have fields or elements.
func (c *Census) hasParts(t *workspace.Type, depth int) bool {
	if t == nil || depth > 6 {
		return true
	}
	switch t.Kind {
	case workspace.TPath:
		if t.Def != nil {
			return t.Def.Kind != workspace.Enum || slices.ContainsFunc(t.Def.Members, func(v *workspace.Def) bool { return len(v.Members) > 0 })
		}
		switch c.knowledge.Class(t.Name) {
		case "number", "text", "truth", "atomic", "opaque", "payment":
			return false
		case "wrapper", "once", "stablecell", "option":
			return len(t.Args) == 0 || slices.ContainsFunc(t.Args, func(a *workspace.Type) bool { return c.hasParts(a, depth+1) })
		}
		return true
	case workspace.TRef:
		return len(t.Args) > 0 && c.hasParts(t.Args[0], depth+1)
	case workspace.TTuple:
		return len(t.Args) > 0
	case workspace.TFn, workspace.TNever:
		return false
	}
	return true
}
