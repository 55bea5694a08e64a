package lower

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A zone is a scope whose variables die at its end, in reverse order of their
// declaration. Only variables whose type has a Drop of the workspace are listed.
// Temporaries have no name, and die earlier: with their statement.
type zone struct {
	guards []ops.Var
}

func (l *lowerer) pushZone() { l.live = append(l.live, &zone{}) }

// popZone ends a scope at the end of n.
func (l *lowerer) popZone(n rp.Node) {
	var at ops.Site
	if len(l.zone().guards) > 0 {
		at = l.endOf(n)
	}
	l.popZoneAt(at)
}

func (l *lowerer) popZoneAt(at ops.Site) {
	l.dropAll(l.zone().guards, at)
	l.live = l.live[:len(l.live)-1]
}

func (l *lowerer) zone() *zone { return l.live[len(l.live)-1] }

func (l *lowerer) dropAll(vars []ops.Var, at ops.Site) {
	for i := len(vars) - 1; i >= 0; i-- {
		l.emit(&ops.Op{Kind: ops.Drop, Var: vars[i], Site: at}, 0)
	}
}

// endOf is the last character of a node: where a scope that ends with it ends.
func (l *lowerer) endOf(n rp.Node) ops.Site {
	if l.dead {
		return 0
	}
	s := span(l.tree(), n)
	s.Start = max(s.Start+1, s.End) - 1
	return l.siteOf(ops.SiteInfo{Span: s, Func: l.frame().name, Caller: l.frame().caller})
}

// unwindTo drops what a jump out of the zones above depth leaves, without ending them.
func (l *lowerer) unwindTo(depth int, at ops.Site) {
	if l.dead {
		return
	}
	for i := len(l.live) - 1; i >= depth; i-- {
		l.dropAll(l.live[i].guards, at)
	}
}

// mark and dropTemps frame a statement: temporaries made in it die at its end.
func (l *lowerer) mark() int { return len(l.zone().guards) }

func (l *lowerer) dropTemps(mark int, n rp.Node) {
	if temps := l.cutTemps(mark); len(temps) > 0 {
		l.dropAll(temps, l.endOf(n))
	}
}

// cutTemps takes the temporaries made since mark out of the scope.
func (l *lowerer) cutTemps(mark int) []ops.Var {
	z := l.zone()
	var temps, named []ops.Var
	for _, g := range z.guards[min(mark, len(z.guards)):] {
		if l.f.Vars[g].Name == "" {
			temps = append(temps, g)
		} else {
			named = append(named, g)
		}
	}
	if len(temps) > 0 {
		z.guards = append(z.guards[:mark:mark], named...)
	}
	return temps
}

// own makes var v the owner of the value x: it is dropped at the end of the
// scope, or by a cleanup, unless moved away before. What runs is the glue of
// its type, or the closure of a scope guard (S25).
func (l *lowerer) own(v ops.Var, x val, n rp.Node) { l.ownIn(l.zone(), v, x, n) }

func (l *lowerer) ownIn(z *zone, v ops.Var, x val, n rp.Node) {
	if l.dead || x.onDrop == nil && !l.hasGlue(x.t) {
		return
	}
	body, _ := l.sub(func() {
		if x.onDrop != nil {
			l.apply(x.onDrop, []val{{t: x.t, v: l.value(&ops.Op{Kind: ops.Get, Var: v}, n)}}, n)
			return
		}
		self := val{t: x.t, ref: true, root: v}
		self.v = l.value(&ops.Op{Kind: ops.Ref, Var: v, Mut: true}, n)
		l.glue(self, x.t, n, 0)
	})
	if l.owned(v) {
		l.emit(&ops.Op{Kind: ops.Move, Var: v}, n) // armed afresh, not twice
	} else {
		// By declaration, which need not be the order of first values.
		i := len(z.guards)
		for i > 0 && z.guards[i-1] > v {
			i--
		}
		z.guards = slices.Insert(z.guards, i, v)
	}
	g := &ops.Op{Kind: ops.Guard, Var: v, Body: body}
	if x.onDrop == nil {
		g.Name = lastSegment(x.t)
	}
	l.emit(g, n)
}

// owned reports whether v may hold a value that is dropped with a scope around.
func (l *lowerer) owned(v ops.Var) bool {
	return v != 0 && slices.ContainsFunc(l.live, func(z *zone) bool { return slices.Contains(z.guards, v) })
}

// temporary gives a value that nobody binds an owner that dies at the end of
// the statement. It returns the value with its owner.
func (l *lowerer) temporary(v val, n rp.Node) val { return l.temporaryIn(l.zone(), v, n) }

func (l *lowerer) temporaryIn(z *zone, v val, n rp.Node) val {
	if v.v == 0 || v.ref || v.owner() != 0 || v.onDrop == nil && !l.hasGlue(v.t) || l.dead {
		return v
	}
	v.temp = l.newVar("", false, v.t, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: v.temp, Args: []ops.Value{v.v}}, n)
	l.ownIn(z, v.temp, v, n)
	return v
}

// dropNow ends the life of a value at once.
func (l *lowerer) dropNow(v val, n rp.Node) {
	l.endLoans(v.lent, n)
	if v.ref {
		return
	}
	l.pushZone()
	if v.owner() != 0 {
		l.emit(&ops.Op{Kind: ops.Drop, Var: v.owner(), Site: l.endOf(n)}, n)
	}
	l.temporary(v, n)
	l.popZone(n)
}

// owner is the variable that a value used by value is still in, 0 if none.
func (v val) owner() ops.Var {
	switch {
	case v.ref:
		return 0
	case v.temp != 0:
		return v.temp
	}
	return v.root
}

// give notes that the variable a value is in gave it away, to whoever uses
// the value now.
func (l *lowerer) give(v val, n rp.Node) val {
	if o := v.owner(); l.owned(o) {
		l.emit(&ops.Op{Kind: ops.Move, Var: o}, n)
	}
	v.temp = 0
	return v
}

// takeOut gives what a place is, taken out of it where it is a whole variable that owns a guard.
func (l *lowerer) takeOut(v val, n rp.Node) val {
	if !v.whole || !l.owned(v.root) || isRef(v.t) {
		return v
	}
	return val{v: l.value(&ops.Op{Kind: ops.Get, Var: v.root}, n), t: v.t, root: v.root, onDrop: v.onDrop}
}

// hasGlue reports whether dropping a value of type t runs code of the workspace.
func (l *lowerer) hasGlue(t *workspace.Type) bool { return l.glueDepth(t, 0) }

func (l *lowerer) glueDepth(t *workspace.Type, depth int) bool {
	if t == nil || depth > 3 {
		return false
	}
	switch t.Kind {
	case workspace.TTuple:
		for _, a := range t.Args {
			if l.glueDepth(a, depth+1) {
				return true
			}
		}
	case workspace.TPath:
		if t.Def == nil {
			switch l.class(t) {
			case "guard":
				return true
			case "option", "wrapper", "list", "set", "map":
				for _, a := range t.Args {
					if l.glueDepth(a, depth+1) {
						return true
					}
				}
			}
			return false
		}
		if l.c.Workspace.DropOf(t) != nil {
			return true
		}
		switch t.Def.Kind {
		case workspace.Struct:
			for _, f := range t.Def.Members {
				if l.glueDepth(l.fieldType(t, f.Name), depth+1) {
					return true
				}
			}
		case workspace.Enum:
			return slices.ContainsFunc(t.Def.Members, func(v *workspace.Def) bool { return l.variantGlue(t, v, depth) })
		}
	}
	return false
}

func (l *lowerer) variantGlue(t *workspace.Type, v *workspace.Def, depth int) bool {
	return slices.ContainsFunc(v.Members, func(f *workspace.Def) bool {
		return f.Kind == workspace.Field && l.glueDepth(l.substitute(workspace.FieldType(f), genericsOf(t)), depth+1)
	})
}

// glue lowers what dropping the place self of type t runs: its own Drop, then
// those of its parts (C: Rust's order).
func (l *lowerer) glue(self val, t *workspace.Type, n rp.Node, depth int) {
	if t == nil || depth > 3 || l.dead {
		return
	}
	if t.Kind == workspace.TTuple {
		for i, a := range t.Args {
			if l.glueDepth(a, depth+1) {
				l.glue(l.fieldOf(self, itoa(i), a, n), a, n, depth+1)
			}
		}
		return
	}
	if t.Kind != workspace.TPath {
		return
	}
	if t.Def == nil {
		switch l.class(t) {
		case "guard":
			l.release(self, t, n)
			return
		case "list", "set", "map":
			l.glueElements(self, t, n, depth)
			return
		}
		name := lastSegment(t)
		variants := map[string][]string{"Option": {"Some"}, "Result": {"Ok", "Err"}}[name]
		if variants == nil && len(t.Args) > 0 {
			l.glue(val{v: self.v, t: t.Args[0], ref: true, root: self.root}, t.Args[0], n, depth+1)
		}
		for i, vr := range variants {
			if i >= len(t.Args) || !l.glueDepth(t.Args[i], depth+1) {
				continue
			}
			c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{self.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: vr, Text: vr + "(_)"}}, n)
			l.ifElse(c, n, func() {
				p := l.proj(self, []ops.Step{{Variant: vr, Field: "0"}}, t.Args[i], n)
				l.glue(p, t.Args[i], n, depth+1)
			}, nil)
		}
		return
	}
	if d := l.c.Workspace.DropOf(t); d != nil {
		l.inline(d, &self, nil, t, n)
	}
	switch t.Def.Kind {
	case workspace.Struct:
		for _, f := range t.Def.Members {
			if ft := l.fieldType(t, f.Name); l.glueDepth(ft, depth+1) {
				l.glue(l.fieldOf(self, f.Name, ft, n), ft, n, depth+1)
			}
		}
	case workspace.Enum:
		for _, v := range t.Def.Members {
			if !l.variantGlue(t, v, depth) {
				continue
			}
			name := t.Def.Name + "::" + v.Name
			c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{self.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: name, Text: name}}, n)
			l.ifElse(c, n, func() {
				for _, f := range v.Members {
					ft := l.substitute(workspace.FieldType(f), genericsOf(t))
					l.glue(l.proj(self, []ops.Step{{Variant: name, Field: f.Name}}, ft, n), ft, n, depth+1)
				}
			}, nil)
		}
	}
}

// glueElements drops the elements of a container.
func (l *lowerer) glueElements(self val, t *workspace.Type, n rp.Node, depth int) {
	elem := l.elementType(t)
	it := l.newVar("", true, nil, n)
	all := l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{self.v}}, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{all}}, n)
	l.labelled(ops.Loop, n, func(lab ops.Label) {
		l.glue(l.next(it, elem, true, lab, n), elem, n, depth+1)
	})
}
