package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
)

func (l *lowerer) macro(n rp.Node, want bool) val {
	t := l.tree()
	name := t.Text(t.Child(n, rp.FieldMacro))
	a := l.c.Knowledge.Macro(name)
	if x := l.expansion(n); x != 0 {
		if kids := t.Children(x); len(kids) == 1 && isExpr(t.Kind(tailExpr(t, kids[0]))) {
			return l.expr(tailExpr(t, kids[0]), want)
		}
		return l.block(x, want)
	}
	var args []rp.Node
	argNode := rp.Node(0)
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		switch t.Kind(c) {
		case rp.MacroArgs, rp.MacroRepeat, rp.MacroMatches, rp.MacroSelect, rp.MacroItems, rp.MacroStatics:
			argNode = c
			args = t.Children(c)
		}
	}
	kind := ""
	if a != nil {
		kind = a.Kind
	}
	switch kind {
	case "ignore":
		if Skipped(l.c.Knowledge, t, n) {
			return l.unit(n)
		}
	case "assert":
		l.assert(lastOf(name), args, n)
		return l.unit(n)
	case "trap":
		for _, x := range args {
			l.expr(x, true)
		}
		l.emit(&ops.Op{Kind: ops.Trap, Text: lastOf(name) + "!"}, n)
		return val{}
	case "arg":
		if len(args) > 0 {
			return l.expr(args[0], true)
		}
		return l.unit(n)
	case "borrow":
		if len(args) == 1 && isPlaceExpr(t, args[0]) {
			v := l.place(args[0])
			v.ref, v.whole, v.mut = v.clo == nil && v.fut == nil, false, a.Get("mut") != ""
			return v
		}
	case "matches":
		return l.matches(args, n)
	case "defer":
		if len(args) != 1 {
			break
		}
		// A scope guard without a name: it lives to the end of the block.
		v := l.unit(n)
		v.onDrop = l.closureAt(args[0])
		l.bindName(n, v, false, false)
		return l.unit(n)
	case "join":
		var parts []val
		for _, x := range args {
			parts = append(parts, l.expr(x, true))
		}
		return l.awaiting(val{fut: &future{kind: futJoin, parts: parts, name: a.Get("how")}}, n)
	case "select":
		return l.selectMacro(args, n)
	case "list":
		if argNode != 0 && t.Kind(argNode) == rp.MacroRepeat && len(args) == 2 {
			v, c := l.expr(args[0], true), l.expr(args[1], true)
			r := l.opaqueQuiet(n)
			*l.last() = ops.Op{Kind: ops.Opaque, Out: r.v, Site: l.last().Site, Text: "vec![v; n]", Args: []ops.Value{l.plain(v, n), c.v}}
			r.t = listOf(v.t)
			return r
		}
		return l.list(args, n)
	}
	if argNode == 0 || t.Kind(argNode) != rp.MacroArgs {
		if len(args) > 0 && argNode != 0 && t.Kind(argNode) == rp.MacroItems {
			return l.unit(n)
		}
		return l.opaque(n, "macro "+lastOf(name), nil)
	}
	var vs []val
	for _, x := range args {
		v := l.expr(x, true)
		vs = append(vs, l.load(v, x))
	}
	if l.dead {
		return val{}
	}
	pure := kind == "pure"
	if !pure {
		l.f.Opaque["macro "+lastOf(name)]++
	}
	v := l.emitCall(name+"!", &ops.Callee{Path: name + "!", Pure: pure, Cut: "macro"}, vs, n)
	if lastOf(name) == "format" {
		v.t = stringType
	}
	return v
}

// expansion is what a macro call stands for, 0 if that is not known, or left out.
func (l *lowerer) expansion(n rp.Node) rp.Node {
	t := l.tree()
	x := t.ChildOfKind(n, rp.MacroExpansion)
	if x == 0 || Skipped(l.c.Knowledge, t, n) {
		return 0
	}
	return x
}

// Skipped reports whether a macro call is left out with all that stands in it:
// a log message that changes no control flow. What it does to the log's own
// buffers and counters is of no message's business.
func Skipped(k *knowledge.Base, t *rp.Tree, n rp.Node) bool {
	a := k.Macro(t.Text(t.Child(n, rp.FieldMacro)))
	return a != nil && a.Kind == "ignore" && !leaves(t, n)
}

// leaves reports whether code awaits, or may leave what is around it.
func leaves(t *rp.Tree, n rp.Node) bool {
	switch t.Kind(n) {
	case rp.AwaitExpression, rp.ReturnExpression, rp.TryExpression, rp.BreakExpression, rp.ContinueExpression:
		return true
	}
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		if leaves(t, c) {
			return true
		}
	}
	return false
}

// expansionStmts lowers a statement that is a macro call with a known
// expansion: its variables are those of the block around.
func (l *lowerer) expansionStmts(n rp.Node) bool {
	t := l.tree()
	if t.Kind(n) != rp.MacroInvocation {
		return false
	}
	x := l.expansion(n)
	if x == 0 {
		return false
	}
	for _, k := range t.Children(x) {
		l.stmt(k)
	}
	return true
}

// last is the operation emitted last; only valid while alive.
func (l *lowerer) last() *ops.Op {
	if len(*l.cur) == 0 || l.dead {
		return &ops.Op{}
	}
	return (*l.cur)[len(*l.cur)-1]
}

func (l *lowerer) list(args []rp.Node, n rp.Node) val {
	op := &ops.Op{Kind: ops.Make, Name: "[]"}
	r := val{}
	for _, x := range args {
		v := l.expr(x, true)
		if v.fut != nil {
			r.parts = append(r.parts, v)
		}
		if vt := l.typ(v); r.t == nil || shaped(vt) {
			r.t = l.union(r.t, vt)
		}
		op.Args = append(op.Args, l.plain(v, x))
	}
	if l.dead {
		return val{}
	}
	r.t = listOf(r.t)
	r.v = l.value(op, n)
	return r
}

func (l *lowerer) assert(name string, args []rp.Node, n rp.Node) {
	if len(args) == 0 {
		return
	}
	if name == "assert" {
		// Each side of && is a check of its own.
		l.assertCond(name, args[0], n)
		return
	}
	if len(args) < 2 {
		return
	}
	op := "=="
	if name == "assert_ne" {
		op = "!="
	}
	a, b := l.expr(args[0], true), l.expr(args[1], true)
	c := l.arith(op, a, b, args[0])
	l.emit(&ops.Op{Kind: ops.Assert, Args: []ops.Value{c.v}, Text: name + "!", Traps: name + "!"}, n)
}

func (l *lowerer) assertCond(name string, cond, n rp.Node) {
	c := l.expr(cond, true)
	l.emit(&ops.Op{Kind: ops.Assert, Args: []ops.Value{c.v}, Text: name + "!", Traps: name + "!"}, n)
}

func (l *lowerer) matches(args []rp.Node, n rp.Node) val {
	t := l.tree()
	if len(args) < 2 {
		return l.opaque(n, "matches!", nil)
	}
	v := l.place(args[0])
	pn := args[1]
	guard := t.Child(pn, rp.FieldCondition)
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.asked(v, pn)}, Pat: l.pattern(pn, v.t)}, pn)
	if guard == 0 {
		return val{v: c, t: boolType}
	}
	r := l.newResult(true, n)
	l.ifElse(c, n, func() {
		l.pushEnv()
		l.bindPattern(t, pn, v, true)
		l.put(r, l.expr(guard, true), n)
		l.env = l.env.parent
	}, func() { l.put(r, l.boolConst(false, n), n) })
	return l.take(r, n)
}

// selectMacro awaits several futures; which arm runs is not known.
func (l *lowerer) selectMacro(arms []rp.Node, n rp.Node) val {
	t := l.tree()
	var parts []val
	for _, a := range arms {
		if t.Kind(a) == rp.MacroSelectArm {
			parts = append(parts, l.expr(t.Child(a, rp.FieldValue), true))
		}
	}
	if len(parts) == 0 {
		return l.opaque(n, "select!", nil)
	}
	got := l.awaiting(val{fut: &future{kind: futJoin, parts: parts, name: "select"}}, n)
	return l.oneOf(len(parts), n, func(i int) val {
		l.pushEnv()
		defer func() { l.env = l.env.parent }()
		l.bindPattern(t, t.Child(arms[i], rp.FieldPattern), got, true)
		return l.expr(t.Child(arms[i], rp.FieldBody), true)
	})
}
