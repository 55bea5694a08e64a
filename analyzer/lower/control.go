package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A result collects the value of a construct with several ends.
type result struct {
	held *val // a closure or future, handed out as it is
	info labelInfo
	want bool
}

func (l *lowerer) newResult(want bool, n rp.Node) *result {
	r := &result{want: want}
	r.info.zone = len(l.live)
	if want && !l.dead {
		r.info.result = l.newVar("", true, nil, n)
	}
	return r
}

func (l *lowerer) put(r *result, v val, n rp.Node) {
	if r.want {
		l.setResult(&r.info, v, n)
	}
}

func (l *lowerer) take(r *result, n rp.Node) val {
	if !r.want || l.dead {
		return val{}
	}
	return val{v: l.value(&ops.Op{Kind: ops.Get, Var: r.info.result}, n), t: r.info.typ, ref: r.info.ref, mut: r.info.mut, lent: r.info.lent}
}

func (l *lowerer) blockExpr(n rp.Node, want bool) val {
	t := l.tree()
	b := n
	if t.Kind(n) != rp.Block {
		b = t.ChildOfKind(n, rp.Block)
	}
	label := t.ChildOfKind(n, rp.Label)
	if label == 0 {
		return l.block(b, want)
	}
	r := l.newResult(want, n)
	l.labelled(ops.Block, n, func(lab ops.Label) {
		info := l.labels[lab]
		info.name, info.result = t.Text(label), r.info.result
		l.frame().labels = append(l.frame().labels, lab)
		v := l.block(b, want)
		l.frame().labels = l.frame().labels[:len(l.frame().labels)-1]
		l.put(r, v, n)
		if info.typ != nil && r.info.typ == nil {
			r.info.typ = info.typ
		}
	})
	return l.take(r, n)
}

// isSimple reports whether a condition needs no jumps of its own.
func isSimple(t *rp.Tree, n rp.Node) bool {
	switch t.Kind(n) {
	case rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			return isSimple(t, k)
		}
	case rp.LetCondition, rp.LetChain:
		return false
	case rp.BinaryExpression:
		op := t.Operator(n)
		return op != "&&" && op != "||"
	}
	return true
}

// condJump lowers a condition that falls through where it holds, with the
// names of its let conditions bound, and breaks to no where it does not. The
// temporaries of let conditions die with the scope temps.
func (l *lowerer) condJump(n rp.Node, no ops.Label, temps *zone) {
	t := l.tree()
	switch t.Kind(n) {
	case rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			l.condJump(k, no, temps)
			return
		}
	case rp.LetChain:
		for _, k := range t.Children(n) {
			l.condJump(k, no, temps)
		}
		return
	case rp.LetCondition:
		pat, vn := t.Child(n, rp.FieldPattern), t.Child(n, rp.FieldValue)
		mark := l.mark()
		v := l.hint(nil, func() val { return l.place(vn) })
		v = l.temporaryIn(temps, l.takeOut(l.found(v, vn), vn), vn)
		temps.guards = append(temps.guards, l.cutTemps(mark)...)
		c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.asked(v, pat)}, Pat: l.pattern(pat, v.t)}, pat)
		l.ifElse(c, n, nil, func() { l.breakTo(no, n) })
		l.bindTaking(pat, v, n)
		return
	case rp.BinaryExpression:
		left, right := t.Child(n, rp.FieldLeft), t.Child(n, rp.FieldRight)
		switch t.Operator(n) {
		case "&&":
			l.condJump(left, no, temps)
			l.condJump(right, no, temps)
			return
		case "||":
			l.labelled(ops.Block, n, func(yes ops.Label) {
				l.labelled(ops.Block, left, func(next ops.Label) {
					l.condJump(left, next, temps)
					l.breakTo(yes, n)
				})
				l.condJump(right, no, temps)
			})
			return
		}
	}
	v := l.condition(n)
	l.ifElse(v.v, n, nil, func() { l.breakTo(no, n) })
}

// condition lowers a condition without names; its temporaries die with it.
func (l *lowerer) condition(n rp.Node) val {
	mark := l.mark()
	v := l.hint(nil, func() val { return l.expr(n, true) })
	l.dropTemps(mark, n)
	return v
}

func (l *lowerer) edition() int { return l.frame().scope.Module.Crate.Edition }

// branch lowers `if cond { then } else { els }`; els may be nil. body and alt are their nodes.
func (l *lowerer) branch(cond, body, alt, n rp.Node, then, els func()) {
	t := l.tree()
	if isSimple(t, cond) {
		v := l.condition(cond)
		l.ifElse(v.v, n, then, els)
		return
	}
	l.labelled(ops.Block, n, func(end ops.Label) {
		l.pushEnv()
		// Up to edition 2021 the temporaries of the condition live to the end of
		// the statement, from 2024 on they die before the else part (§3.3).
		temps := l.zone()
		l.pushZone()
		if l.edition() >= 2024 {
			temps = l.zone()
		}
		l.labelled(ops.Block, cond, func(no ops.Label) {
			l.condJump(cond, no, temps)
			then()
			if !l.dead {
				l.leave(end, l.endOf(body), n)
			}
		})
		if alt != 0 {
			l.popZoneAt(l.site(alt))
		} else {
			l.popZone(body)
		}
		l.env = l.env.parent
		if els != nil {
			els()
		}
	})
}

func (l *lowerer) condValue(n rp.Node) val {
	r := l.newResult(true, n)
	l.branch(n, n, 0, n,
		func() { l.put(r, l.boolConst(true, n), n) },
		func() { l.put(r, l.boolConst(false, n), n) })
	return l.take(r, n)
}

func (l *lowerer) boolConst(b bool, n rp.Node) val {
	text := "false"
	if b {
		text = "true"
	}
	return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitBool, Text: text}, n), t: boolType}
}

func (l *lowerer) ifExpr(n rp.Node, want bool) val {
	t := l.tree()
	r := l.newResult(want, n)
	alt := t.Child(n, rp.FieldAlternative)
	cons := t.Child(n, rp.FieldConsequence)
	l.branch(t.Child(n, rp.FieldCondition), cons, alt, n, func() {
		l.put(r, l.scoped(cons, want), cons)
	}, func() {
		if alt == 0 {
			return
		}
		for _, k := range t.Children(alt) { // else_clause
			l.put(r, l.scoped(k, want), k)
		}
	})
	return l.take(r, n)
}

// scoped lowers a branch of an if or the body of a loop: its temporaries die with it.
func (l *lowerer) scoped(n rp.Node, want bool) val {
	l.pushZone()
	v := l.keep(l.expr(n, want), n)
	l.popZone(n)
	return v
}

func (l *lowerer) match(n rp.Node, want bool) val {
	t := l.tree()
	r := l.newResult(want, n)
	sn := t.Child(n, rp.FieldValue)
	v := l.hint(nil, func() val { return l.place(sn) })
	v = l.takeOut(l.found(v, sn), sn)
	if v.clo != nil || v.fut != nil {
		v = val{v: l.plain(v, sn)}
	}
	v = l.temporary(v, sn)
	var arms []rp.Node
	for _, a := range l.built(t.Child(n, rp.FieldBody)) {
		if t.Kind(a) == rp.MatchArm {
			arms = append(arms, a)
		}
	}
	l.labelled(ops.Block, n, func(end ops.Label) {
		for i, a := range arms {
			pn := t.Child(a, rp.FieldPattern)
			guard := t.Child(pn, rp.FieldCondition)
			body := t.Child(a, rp.FieldValue)
			pat := l.pattern(pn, v.t)
			run := func() {
				l.pushEnv()
				l.pushZone()
				l.bindTaking(pn, v, a)
				finish := func() {
					bv := l.expr(body, want)
					if !want {
						l.discard(bv, body)
					}
					l.put(r, bv, body)
				}
				if guard != 0 {
					l.labelled(ops.Block, guard, func(no ops.Label) {
						l.condJump(guard, no, l.zone())
						finish()
						if !l.dead {
							l.leave(end, l.endOf(a), a)
						}
					})
					l.popZone(a)
				} else {
					finish()
					l.popZone(a)
					if i < len(arms)-1 {
						l.breakTo(end, a)
					}
				}
				l.env = l.env.parent
			}
			if guard == 0 && (pat.Kind == ops.PatAny || i == len(arms)-1) {
				run()
				break
			}
			if pat.Kind == ops.PatAny {
				run()
				continue
			}
			c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.asked(v, pn)}, Pat: pat}, pn)
			l.ifElse(c, a, run, nil)
		}
	})
	return l.take(r, n)
}

func (l *lowerer) loop(n rp.Node, want bool) val {
	t := l.tree()
	r := l.newResult(want && t.Kind(n) == rp.LoopExpression, n)
	body := t.Child(n, rp.FieldBody)
	name := ""
	if lb := t.ChildOfKind(n, rp.Label); lb != 0 {
		name = t.Text(lb)
	}
	var iter ops.Var
	var elem *workspace.Type
	var iterRef bool
	if t.Kind(n) == rp.ForExpression {
		iter, elem, iterRef = l.iterator(t.Child(n, rp.FieldValue), n)
	}
	l.labelled(ops.Loop, n, func(lab ops.Label) {
		info := l.labels[lab]
		info.name, info.result = name, r.info.result
		fr := l.frame()
		fr.labels = append(fr.labels, lab)
		defer func() { fr.labels = fr.labels[:len(fr.labels)-1] }()
		switch t.Kind(n) {
		case rp.LoopExpression:
			l.scoped(body, false)
		case rp.WhileExpression:
			l.pushZone()
			l.branch(t.Child(n, rp.FieldCondition), body, 0, n,
				func() { l.scoped(body, false) },
				func() { l.breakTo(lab, n) })
			l.popZone(body)
		case rp.ForExpression:
			item := l.next(iter, elem, iterRef, lab, n)
			l.pushEnv()
			l.bindPattern(t, t.Child(n, rp.FieldPattern), item, false)
			l.scoped(body, false)
			l.env = l.env.parent
		}
		r.info.typ = info.typ
	})
	if !r.want && want {
		return l.unit(n)
	}
	return l.take(r, n)
}

// iterator makes the hidden iterator variable of a for loop over the value of n.
func (l *lowerer) iterator(n, at rp.Node) (ops.Var, *workspace.Type, bool) {
	t := l.tree()
	var v val
	if isPlaceExpr(t, n) || t.Kind(n) == rp.ReferenceExpression {
		v = l.place(n)
		if t.Kind(n) == rp.ReferenceExpression {
			v = l.reference(n)
		}
	} else {
		v = l.expr(n, true)
	}
	elem := l.elementType(v.t)
	if l.class(v.t) != "iter" {
		v.v = l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{v.v}}, n)
	}
	it := l.newVar("", true, nil, at)
	l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{v.v}}, n)
	return it, elem, v.ref
}

// next takes the next element of an iterator variable, or leaves the loop.
func (l *lowerer) next(it ops.Var, elem *workspace.Type, ref bool, lab ops.Label, n rp.Node) val {
	rv := l.value(&ops.Op{Kind: ops.Ref, Var: it, Mut: true}, n)
	o := l.value(&ops.Op{Kind: ops.Verb, Name: ops.IterNext, Args: []ops.Value{rv}}, n)
	l.out(it, o, n)
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{o}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Some", Text: "Some(_)"}}, n)
	l.ifElse(c, n, nil, func() { l.breakTo(lab, n) })
	return l.proj(val{v: o, ref: ref}, []ops.Step{{Variant: "Some", Field: "0"}}, elem, n)
}

func (l *lowerer) jump(n rp.Node) {
	t := l.tree()
	name := ""
	var value rp.Node
	for _, k := range t.Children(n) {
		if t.Kind(k) == rp.Label {
			name = t.Text(k)
		} else {
			value = k
		}
	}
	var v val
	if value != 0 {
		v = l.expr(value, true)
	}
	labs := l.frame().labels
	for i := len(labs) - 1; i >= 0; i-- {
		info := l.labels[labs[i]]
		if name == "" && !info.loop || name != "" && info.name != name {
			continue
		}
		if t.Kind(n) == rp.ContinueExpression {
			if !l.dead {
				l.unwindTo(info.zone, l.site(n))
				l.emit(&ops.Op{Kind: ops.Continue, Label: labs[i]}, n)
			}
			return
		}
		if value != 0 {
			l.setResult(info, v, n)
		}
		l.breakTo(labs[i], n)
		return
	}
	l.opaque(n, "jump without a target", nil)
}

// markSite is the question mark at the end of a try expression.
func (l *lowerer) markSite(n rp.Node) ops.Site {
	fr := l.frame()
	s := span(fr.tree, n)
	s.Start = s.End - 1
	return l.siteOf(ops.SiteInfo{Span: s, Func: fr.name, Caller: fr.caller})
}

// try is the `?` operator: errors leave the function.
func (l *lowerer) try(n rp.Node) val {
	t := l.tree()
	kids := t.Children(n)
	if len(kids) == 0 {
		return l.opaque(n, "?", nil)
	}
	v := l.expr(kids[0], true)
	if v.fut != nil || v.clo != nil {
		v = val{v: l.plain(v, n)}
	}
	bad, good := "Err", "Ok"
	if isOption(v.t) {
		bad, good = "None", "Some"
	}
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{v.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: bad, Text: bad}}, n)
	l.ifElse(c, n, func() {
		var e val
		if bad == "None" {
			e.v = l.value(&ops.Op{Kind: ops.Make, Name: "None"}, n)
		} else {
			p := l.proj(v, []ops.Step{{Variant: "Err", Field: "0"}}, payload(v.t, 1), n)
			e.v = l.value(&ops.Op{Kind: ops.Make, Name: "Err", Args: []ops.Value{p.v}, Fields: []string{"0"}}, n)
		}
		l.exit = l.markSite(n)
		l.returnValue(e, n)
		l.exit = 0
	}, nil)
	l.give(v, n)
	v.root, v.temp = 0, 0
	lent := v.lent
	v = l.proj(v, []ops.Step{{Variant: good, Field: "0"}}, payload(v.t, 0), n)
	v.lent = lent
	return v
}
