package lower

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// block lowers a block in a scope of its own. With want its value is the
// value of its last expression.
func (l *lowerer) block(n rp.Node, want bool) val {
	t := l.tree()
	l.pushEnv()
	l.env.block = n
	l.env.module = l.frame().scope.Module.Crate.ModuleAt(t, n)
	l.pushZone()
	var last val
	var temps []ops.Var
	kids := l.built(n)
	for i, k := range kids {
		if t.Kind(k) == rp.Label {
			continue
		}
		tail := i == len(kids)-1
		if tail {
			if k, tail = tailExpr(t, k), isExpr(t.Kind(tailExpr(t, k))); !tail {
				k = kids[i]
			}
		}
		if tail && want {
			mark := l.mark()
			last = l.keep(l.expr(k, true), k)
			if l.edition() >= 2024 {
				l.dropTemps(mark, k)
			} else {
				temps = l.cutTemps(mark)
			}
		} else {
			last = val{}
			l.stmt(k)
		}
	}
	l.popZone(n)
	// Up to edition 2021 the temporaries of the last expression outlive the block.
	outer := l.live[len(l.live)-1]
	outer.guards = append(outer.guards, temps...)
	l.env = l.env.parent
	if want && last.v == 0 && last.clo == nil && last.fut == nil && !l.dead {
		last = l.unit(n)
	}
	return last
}

// built returns the children of n that are part of the build, without
// attributes: statements, arguments, elements, fields and arms may have a #[cfg].
func (l *lowerer) built(n rp.Node) []rp.Node {
	t, crate := l.tree(), l.frame().scope.Module.Crate
	kids := t.Children(n)
	in := kids[:0]
	attributed := false
	for _, k := range kids {
		if t.Kind(k) == rp.AttributeItem {
			attributed = true
			continue
		}
		attributed = attributed || t.Kind(t.FirstChild(k)) == rp.AttributeItem
		if !attributed || crate.Enabled(crate.Attrs(t, k)) {
			in = append(in, k)
		}
		attributed = false
	}
	return in
}

// tailExpr is the expression of a statement without a semicolon: the grammar
// makes a statement of a match or if that ends a block.
func tailExpr(t *rp.Tree, n rp.Node) rp.Node {
	if t.Kind(n) != rp.ExpressionStatement || strings.HasSuffix(t.Text(n), ";") {
		return n
	}
	for _, k := range t.Children(n) {
		return k
	}
	return n
}

// keep takes the value of a scope out of it: a guard that is its value is not dropped with it.
func (l *lowerer) keep(v val, n rp.Node) val {
	if z := l.live[len(l.live)-1]; v.owner() != 0 && slices.Contains(z.guards, v.owner()) {
		v = l.give(v, n)
		v.root = 0
	}
	l.passLoans(v.lent, len(l.live)-1)
	return v
}

func (l *lowerer) stmt(n rp.Node) {
	defer func(e *workspace.Type) { l.expected = e }(l.expected)
	l.expected = nil
	t := l.tree()
	switch t.Kind(n) {
	case rp.LetDeclaration:
		mark := l.mark()
		l.let(n)
		l.dropTemps(mark, n)
	case rp.ExpressionStatement:
		mark := l.mark()
		for _, k := range t.Children(n) {
			if l.expansionStmts(k) {
				continue
			}
			v := l.expr(k, false)
			l.discard(v, k)
		}
		l.dropTemps(mark, n)
	case rp.EmptyStatement, rp.LineComment, rp.BlockComment, rp.AttributeItem, rp.InnerAttributeItem:
	case rp.Error:
		l.f.Opaque["text that does not parse"]++
		for _, k := range t.Children(n) {
			if isExpr(t.Kind(k)) || t.Kind(k) == rp.LetDeclaration || t.Kind(k) == rp.ExpressionStatement {
				l.stmt(k)
			}
		}
	default:
		if l.expansionStmts(n) {
			return
		}
		if isExpr(t.Kind(n)) {
			mark := l.mark()
			v := l.expr(n, false)
			l.discard(v, n)
			l.dropTemps(mark, n)
		}
		// Items in a body are names, not code.
	}
}

// discard ends the life of a value nobody takes: a guard dies at once, a
// future is never run (C: futures are lazy).
func (l *lowerer) discard(v val, n rp.Node) {
	l.unrun(v, n)
	l.temporary(v, n)
}

func (l *lowerer) let(n rp.Node) {
	t := l.tree()
	pat := t.Child(n, rp.FieldPattern)
	init := t.Child(n, rp.FieldValue)
	els := t.Child(n, rp.FieldAlternative)
	var typ *workspace.Type
	if tn := t.Child(n, rp.FieldType); tn != 0 {
		typ = l.typeOf(tn)
	}
	if init == 0 {
		l.declare(pat, typ)
		return
	}
	var v val
	if isWildcard(t, pat) && isName(t, init) {
		return // neither moved nor captured
	}
	whole := init
	if k := t.Child(init, rp.FieldValue); t.Kind(init) == rp.ReferenceExpression && k != 0 && !isPlaceExpr(t, k) && simpleName(t, pat) {
		init = k // a temporary that is referred to lives as long as the name
	}
	if els != 0 || isPlaceExpr(t, init) && !simpleName(t, pat) {
		v = l.takeOut(l.hint(typ, func() val { return l.place(init) }), init)
	} else {
		v = l.hint(typ, func() val { return l.expr(init, true) })
	}
	if typ != nil && !hasUnknown(typ) && !shaped(v.t) {
		v.t = typ
		v.ref = v.ref || isRef(typ)
	} else if v.t == nil {
		v.t = typ
	}
	if simpleName(t, pat) {
		l.extendLoans(t.Text(pat), whole)
	}
	if els != 0 {
		v = l.temporary(v, init)
		p := l.pattern(pat, v.t)
		c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.asked(v, pat)}, Pat: p}, pat)
		l.ifElse(c, n, nil, func() {
			if v.temp != 0 {
				l.emit(&ops.Op{Kind: ops.Drop, Var: v.temp}, init)
			}
			l.block(els, false)
		})
		l.bindTaking(pat, v, init)
		return
	}
	l.takePattern(pat, v, init)
}

// declare binds the names of a `let` without a value.
func (l *lowerer) declare(pat rp.Node, typ *workspace.Type) {
	t := l.tree()
	for _, id := range patternNames(t, pat) {
		v := l.newVar(t.Text(id), true, typ, id)
		l.bind(l.ident(id), binding{v: v, mut: true, val: val{t: typ}})
	}
}

// takePattern binds the names of an irrefutable (or already tested) pattern
// to the parts of v, which the pattern owns where v is a temporary.
func (l *lowerer) takePattern(pat rp.Node, v val, init rp.Node) {
	t := l.tree()
	if isWildcard(t, pat) {
		// `let _ = x` moves nothing out of a place; of a temporary it drops the value at once.
		if !isPlaceExpr(t, init) {
			l.unrun(v, init)
			l.dropNow(v, init)
		}
		return
	}
	if simpleName(t, pat) {
		l.park(v, init)
		l.bindPattern(t, pat, v, false)
		return
	}
	if !isPlaceExpr(t, init) {
		v = l.temporary(v, init)
	}
	l.bindTaking(pat, v, init)
}
