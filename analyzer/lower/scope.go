package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A zone is a scope whose variables die at its end, in reverse order.
// Only variables whose type has a Drop of the workspace are listed.
type zone struct {
	guards []ops.Var
}

func (l *lowerer) pushZone() { l.live = append(l.live, &zone{}) }

func (l *lowerer) popZone(n rp.Node) {
	z := l.live[len(l.live)-1]
	for i := len(z.guards) - 1; i >= 0; i-- {
		l.emit(&ops.Op{Kind: ops.Drop, Var: z.guards[i]}, n)
	}
	l.live = l.live[:len(l.live)-1]
}

// unwindTo drops what a jump out of the zones above depth leaves, without ending them.
func (l *lowerer) unwindTo(depth int, n rp.Node) {
	if l.dead {
		return
	}
	for i := len(l.live) - 1; i >= depth; i-- {
		z := l.live[i]
		for j := len(z.guards) - 1; j >= 0; j-- {
			l.emit(&ops.Op{Kind: ops.Drop, Var: z.guards[j]}, n)
		}
	}
}

// mark and dropTemps frame a statement: temporaries made in it die at its end.
func (l *lowerer) mark() int { return len(l.live[len(l.live)-1].guards) }

func (l *lowerer) dropTemps(mark int, n rp.Node) {
	z := l.live[len(l.live)-1]
	for i := len(z.guards) - 1; i >= mark; i-- {
		if name := l.f.Vars[z.guards[i]].Name; name != "" {
			continue // a named variable: lives to the end of its block
		}
		l.emit(&ops.Op{Kind: ops.Drop, Var: z.guards[i]}, n)
		z.guards = append(z.guards[:i], z.guards[i+1:]...)
	}
}

// own makes var v the owner of a value of type t: it is dropped at the end of
// the scope, or by a cleanup, unless moved away before.
func (l *lowerer) own(v ops.Var, t *workspace.Type, n rp.Node) {
	if !l.hasGlue(t) || l.dead {
		return
	}
	body, _ := l.sub(func() {
		self := val{t: t, ref: true, root: v}
		self.v = l.value(&ops.Op{Kind: ops.Ref, Var: v, Mut: true}, n)
		l.glue(self, t, n, 0)
	})
	l.emit(&ops.Op{Kind: ops.Guard, Var: v, Body: body}, n)
	z := l.live[len(l.live)-1]
	z.guards = append(z.guards, v)
}

// guardScope makes v the owner of a scope guard: its closure runs with the
// value at the end of the scope or in cleanup (S25), unless it is defused before.
func (l *lowerer) guardScope(v ops.Var, x val, n rp.Node) {
	if l.dead {
		return
	}
	body, _ := l.sub(func() {
		inner := val{t: x.t, v: l.value(&ops.Op{Kind: ops.Get, Var: v}, n)}
		l.apply(x.onDrop, []val{inner}, n)
	})
	l.emit(&ops.Op{Kind: ops.Guard, Var: v, Body: body}, n)
	z := l.live[len(l.live)-1]
	z.guards = append(z.guards, v)
}

// temporary gives a value that nobody binds an owner that dies at the end of the statement.
func (l *lowerer) temporary(v val, n rp.Node) ops.Var {
	if v.v == 0 || v.ref || v.root != 0 || !l.hasGlue(v.t) {
		return 0
	}
	tmp := l.newVar("", false, v.t, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: tmp, Args: []ops.Value{v.v}}, n)
	l.own(tmp, v.t, n)
	return tmp
}

// dropNow ends the life of a value at once.
func (l *lowerer) dropNow(v val, n rp.Node) {
	if v.v == 0 || v.ref || !l.hasGlue(v.t) {
		return
	}
	l.pushZone()
	l.temporary(val{v: v.v, t: v.t}, n)
	l.popZone(n)
}

// moved notes that the variable behind v gave its value away.
func (l *lowerer) moved(v val, n rp.Node) {
	if v.root == 0 {
		return
	}
	for _, z := range l.live {
		for _, g := range z.guards {
			if g == v.root {
				l.emit(&ops.Op{Kind: ops.Move, Var: g}, n)
				return
			}
		}
	}
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
			case "option", "wrapper":
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
		if t.Def.Kind == workspace.Struct {
			for _, f := range t.Def.Members {
				if l.glueDepth(l.fieldType(t, f.Name), depth+1) {
					return true
				}
			}
		}
	}
	return false
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
	if t.Def.Kind == workspace.Struct {
		for _, f := range t.Def.Members {
			if ft := l.fieldType(t, f.Name); l.glueDepth(ft, depth+1) {
				l.glue(l.fieldOf(self, f.Name, ft, n), ft, n, depth+1)
			}
		}
	}
}
