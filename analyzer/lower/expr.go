package lower

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// expr lowers an expression in value context. Without want its value may be
// left out (control flow that is a statement).
func (l *lowerer) expr(n rp.Node, want bool) val {
	if l.dead {
		return val{}
	}
	l.depth++
	defer func() { l.depth-- }()
	if l.depth > maxNesting {
		return l.opaque(n, "nested too deep", nil)
	}
	t := l.tree()
	if l.expected != nil && !handsOn(t.Kind(n)) {
		defer func(e *workspace.Type) { l.expected = e }(l.expected)
		l.expected = nil
	}
	switch t.Kind(n) {
	case rp.Identifier, rp.Self:
		return l.name(n)
	case rp.ScopedIdentifier, rp.GenericFunction, rp.FieldExpression, rp.IndexExpression:
		return l.load(l.place(n), n)
	case rp.UnaryExpression:
		return l.unary(n)
	case rp.ReferenceExpression:
		return l.reference(n)
	case rp.IntegerLiteral:
		return l.constant(n, ops.LitInt, l.intType(t.Text(n)))
	case rp.FloatLiteral:
		return l.constant(n, ops.LitFloat, prim("f64"))
	case rp.StringLiteral, rp.RawStringLiteral:
		return l.constant(n, ops.LitString, strType)
	case rp.CharLiteral:
		return l.constant(n, ops.LitChar, prim("char"))
	case rp.BooleanLiteral:
		return l.constant(n, ops.LitBool, boolType)
	case rp.UnitExpression:
		return l.unit(n)
	case rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			return l.expr(k, want)
		}
		return l.unit(n)
	case rp.Block, rp.UnsafeBlock, rp.ConstBlock:
		return l.blockExpr(n, want)
	case rp.AsyncBlock:
		return val{fut: &future{kind: futBlock, clo: l.closureAt(n)}, t: nil}
	case rp.IfExpression:
		return l.ifExpr(n, want)
	case rp.MatchExpression:
		return l.match(n, want)
	case rp.LoopExpression, rp.WhileExpression, rp.ForExpression:
		return l.loop(n, want)
	case rp.BreakExpression, rp.ContinueExpression:
		l.jump(n)
		return val{}
	case rp.ReturnExpression:
		var v val
		for _, k := range t.Children(n) {
			v = l.expr(k, true)
		}
		l.returnValue(v, n)
		return val{}
	case rp.TryExpression:
		return l.try(n)
	case rp.AwaitExpression:
		return l.await(n)
	case rp.BinaryExpression:
		return l.binary(n)
	case rp.AssignmentExpression:
		return l.assign(n)
	case rp.CompoundAssignmentExpr:
		return l.compound(n)
	case rp.TypeCastExpression:
		v := l.expr(t.Child(n, rp.FieldValue), true)
		tn := t.Child(n, rp.FieldType)
		return val{v: l.value(&ops.Op{Kind: ops.Cast, Args: []ops.Value{v.v}, Text: t.Text(tn)}, n), t: l.typeOf(tn)}
	case rp.CallExpression:
		v := l.call(n)
		l.lending(n, v.lent)
		return v
	case rp.ClosureExpression:
		return val{clo: l.closureAt(n)}
	case rp.MacroInvocation:
		return l.macro(n, want)
	case rp.TupleExpression, rp.ArrayExpression:
		return l.sequence(n)
	case rp.StructExpression:
		return l.structLit(n)
	case rp.RangeExpression:
		var args []ops.Value
		var et *workspace.Type
		for _, k := range t.Children(n) {
			v := l.expr(k, true)
			et = v.t
			args = append(args, v.v)
		}
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: "..", Args: args, Text: oneLine(t.Text(n))}, n), t: iterType(et)}
	case rp.LetCondition, rp.LetChain:
		return l.condValue(n)
	case rp.TryBlock:
		return l.opaqueChildren(n, "try block")
	case rp.YieldExpression:
		return l.opaqueChildren(n, "yield")
	case rp.FieldInitializer: // a named argument of a macro
		return l.expr(t.Child(n, rp.FieldValue), want)
	case rp.Label, rp.LineComment, rp.BlockComment, rp.AttributeItem:
		return val{}
	case rp.ExpressionStatement, rp.LetDeclaration, rp.EmptyStatement:
		l.stmt(n)
		return val{}
	case rp.Error:
		return l.opaqueChildren(n, "text that does not parse")
	}
	return l.opaqueChildren(n, t.Kind(n).String())
}

// handsOn reports whether the type an expression should have says something of
// the expression inside that gives its value, or of the method called last.
func handsOn(k rp.Kind) bool {
	switch k {
	case rp.Block, rp.UnsafeBlock, rp.ParenthesizedExpression, rp.IfExpression, rp.MatchExpression, rp.CallExpression:
		return true
	}
	return false
}

func (l *lowerer) opaqueChildren(n rp.Node, what string) val {
	t := l.tree()
	var args []ops.Value
	for _, k := range t.Children(n) {
		if isExpr(t.Kind(k)) {
			if v := l.expr(k, true); v.v != 0 {
				args = append(args, v.v)
			}
		}
	}
	return l.opaque(n, what, args)
}

func (l *lowerer) constant(n rp.Node, lit ops.Lit, t *workspace.Type) val {
	text := ""
	if lit == ops.LitString {
		text = unquote(l.tree().Text(n))
	}
	return val{text: text, v: l.value(&ops.Op{Kind: ops.Const, Lit: lit, Text: l.tree().Text(n)}, n), t: t}
}

// name is a name used by value: the variable's value, or the reference it is bound to.
func (l *lowerer) name(n rp.Node) val {
	b, ok := l.variable(n)
	if !ok {
		return l.load(l.path(n), n) // a static or constant
	}
	if b.v == 0 {
		return b.val
	}
	v := b.val
	v.v = l.value(&ops.Op{Kind: ops.Get, Var: b.v}, n)
	v.root = b.v
	return v
}

// place lowers an expression in place context: what it names, not its content.
func (l *lowerer) place(n rp.Node) val {
	if l.dead {
		return val{}
	}
	t := l.tree()
	switch t.Kind(n) {
	case rp.Identifier, rp.Self, rp.Metavariable:
		if b, ok := l.variable(n); ok {
			if b.v == 0 {
				return b.val
			}
			v := b.val
			v.root, v.whole = b.v, !v.ref
			v.v = l.value(&ops.Op{Kind: ops.Ref, Var: b.v, Mut: true}, n)
			v.ref = true
			return v
		}
		return l.path(n)
	case rp.ScopedIdentifier, rp.GenericFunction:
		return l.path(n)
	case rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			return l.place(k)
		}
	case rp.FieldExpression:
		whole := t.Child(n, rp.FieldValue)
		base := l.place(whole)
		f := t.Child(n, rp.FieldField)
		if f == 0 {
			kids := t.Children(n)
			f = kids[len(kids)-1]
		}
		base = l.derefForField(base, t.Text(f), n)
		typ := l.fieldType(base.t, t.Text(f))
		if !isPlaceExpr(t, whole) && !l.hasGlue(typ) {
			base = l.temporary(base, whole) // the rest of it is dropped
		}
		return l.fieldOf(base, t.Text(f), typ, n)
	case rp.IndexExpression:
		kids := t.Children(n)
		if len(kids) < 2 {
			return l.opaqueChildren(n, "index")
		}
		base := l.place(kids[0])
		k := l.expr(kids[1], true)
		if t.Kind(kids[1]) == rp.RangeExpression {
			return base
		}
		return val{v: l.value(&ops.Op{Kind: ops.Index, Args: []ops.Value{base.v, k.v}, Traps: "index out of bounds"}, n),
			t: l.elementType(base.t), ref: true, mut: base.mut, root: base.root}
	case rp.UnaryExpression:
		if strings.HasPrefix(t.Text(n), "*") {
			kids := t.Children(n)
			v := l.place(kids[len(kids)-1])
			if d, target := l.c.Workspace.DerefOf(v.t); d != nil && !isRef(v.t) {
				if to, ok := l.derefLocal(v, d, target, n); ok {
					return to
				}
			}
			v.t = deref(v.t)
			v.ref, v.whole, v.lent = true, false, nil
			return v
		}
	case rp.UnsafeBlock:
		return l.blockPlace(n)
	}
	return l.expr(n, true)
}

// blockPlace is `unsafe { X }` used as a place.
func (l *lowerer) blockPlace(n rp.Node) val {
	t := l.tree()
	b := t.ChildOfKind(n, rp.Block)
	if kids := t.Children(b); len(kids) == 1 && isPlaceExpr(t, kids[0]) {
		return l.place(kids[0])
	}
	return l.expr(n, true)
}

func (l *lowerer) fieldOf(base val, name string, typ *workspace.Type, n rp.Node) val {
	v := val{t: typ, ref: base.ref || isRef(typ), mut: base.mut && !isRef(typ) || isMutRef(typ), root: base.root}
	v.v = l.value(&ops.Op{Kind: ops.Field, Args: []ops.Value{base.v}, Name: name}, n)
	return v
}

func (l *lowerer) unary(n rp.Node) val {
	t := l.tree()
	kids := t.Children(n)
	if len(kids) == 0 {
		return l.opaque(n, "unary", nil)
	}
	k := kids[len(kids)-1]
	switch op := t.Text(n)[0]; op {
	case '*':
		return l.load(l.place(n), n)
	default:
		v := l.expr(k, true)
		return val{v: l.value(&ops.Op{Kind: ops.Un, Name: string(op), Args: []ops.Value{v.v}}, n), t: v.t}
	}
}

// reference is `&x`, `&mut x`: the place itself.
func (l *lowerer) reference(n rp.Node) val {
	t := l.tree()
	k := t.Child(n, rp.FieldValue)
	if k == 0 {
		kids := t.Children(n)
		k = kids[len(kids)-1]
	}
	if !isPlaceExpr(t, k) {
		v := l.temporary(l.expr(k, true), k)
		v.lent = nil
		if v.temp != 0 {
			v = val{v: l.value(&ops.Op{Kind: ops.Ref, Var: v.temp, Mut: true}, n), t: v.t, ref: true, root: v.temp}
		}
		return v
	}
	if t.ChildOfKind(n, rp.MutableSpecifier) == 0 && isName(t, k) {
		// A shared reference to a local is as good as its value.
		if b, ok := l.variable(k); ok && b.v != 0 && !l.owned(b.v) {
			v := l.name(k)
			v.root, v.lent = 0, nil
			return v
		}
	}
	v := l.place(k)
	if v.clo != nil || v.fut != nil {
		return v
	}
	v.ref, v.whole, v.lent = true, false, nil
	v.mut = t.ChildOfKind(n, rp.MutableSpecifier) != 0
	return v
}

func (l *lowerer) binary(n rp.Node) val {
	t := l.tree()
	op := t.Operator(n)
	if op == "&&" || op == "||" {
		return l.condValue(n)
	}
	a := l.expr(t.Child(n, rp.FieldLeft), true)
	b := l.expr(t.Child(n, rp.FieldRight), true)
	return l.arith(op, a, b, n)
}

// arith computes a op b: on a workspace type by its operator method.
func (l *lowerer) arith(op string, a, b val, n rp.Node) val {
	if m := operatorMethods[op]; m != "" && a.t != nil && a.t.Kind == workspace.TPath && a.t.Def != nil {
		if ds := l.c.Workspace.Methods(deref(a.t), m); len(ds) == 1 {
			return l.callFn(ds[0], &a, []val{b}, nil, n)
		}
	}
	typ := a.t
	switch op {
	case "==", "!=", "<", ">", "<=", ">=":
		typ = boolType
	default:
		if typ == nil || isIntVar(typ) {
			typ = b.t
		}
		typ = deref(typ)
	}
	traps := ""
	switch op {
	case "/", "%":
		traps = "division by zero"
	case "-":
		// Nat panics below zero; machine integers wrap silently in release builds (§6).
		if l.class(typ) == "number" && strings.HasSuffix(typ.Name, "Nat") {
			traps = "arithmetic overflow"
		}
	}
	return val{v: l.value(&ops.Op{Kind: ops.Bin, Name: op, Args: []ops.Value{a.v, b.v}, Traps: traps}, n), t: typ}
}

var operatorMethods = map[string]string{"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem"}

func (l *lowerer) assign(n rp.Node) val {
	t := l.tree()
	left, right := t.Child(n, rp.FieldLeft), t.Child(n, rp.FieldRight)
	if left == 0 || isWildcard(t, left) || t.Text(left) == "_" {
		v := l.expr(right, true)
		l.dropNow(v, right)
		return val{}
	}
	if t.Kind(left) == rp.TupleExpression {
		v := l.expr(right, true)
		for i, k := range t.Children(left) {
			l.assignTo(k, l.proj(v, []ops.Step{{Field: itoa(i)}}, elemType(v.t, i), n), n)
		}
		return val{}
	}
	v := l.expr(right, true)
	l.assignTo(left, v, n)
	return val{}
}

func (l *lowerer) assignTo(left rp.Node, v val, n rp.Node) {
	t := l.tree()
	if isName(t, left) {
		if b, ok := l.variable(left); ok && b.v != 0 {
			if l.owned(b.v) {
				l.emit(&ops.Op{Kind: ops.Drop, Var: b.v}, n)
			}
			l.endLoans(b.val.lent, n)
			l.emit(&ops.Op{Kind: ops.Set, Var: b.v, Args: []ops.Value{v.v}}, n)
			if b.val.t == nil || b.val.clo != nil || b.val.fut != nil || v.ref || v.lent != nil {
				b.val = val{t: v.t, ref: v.ref, mut: v.mut, clo: v.clo, fut: v.fut, lent: v.lent}
				l.rebind(l.ident(left), b)
				l.moveLoans(l.ident(left), l.declared[b.v], v.lent)
			}
			if !v.ref {
				l.give(v, n)
				l.ownIn(l.declared[b.v], b.v, val{t: merged(b.val.t, v.t), onDrop: v.onDrop}, n)
			}
			return
		}
	}
	p := l.place(left)
	if v.v == 0 {
		v = l.opaque(n, "closure stored", nil)
	}
	l.give(v, n)
	l.store(p, v, n)
}

func (l *lowerer) rebind(name string, b binding) {
	for e := l.env; e != nil; e = e.parent {
		if _, ok := e.names[name]; ok {
			e.names[name] = b
			return
		}
	}
}

// retype notes what was learned of a variable's type.
func (l *lowerer) retype(v ops.Var, t *workspace.Type) {
	for e := l.env; e != nil; e = e.parent {
		for name, b := range e.names {
			if b.v == v {
				b.val.t = t
				e.names[name] = b
			}
		}
	}
}

func (l *lowerer) compound(n rp.Node) val {
	t := l.tree()
	left, right := t.Child(n, rp.FieldLeft), t.Child(n, rp.FieldRight)
	op := strings.TrimSuffix(t.Operator(n), "=")
	b := l.expr(right, true)
	if isName(t, left) {
		if bd, ok := l.variable(left); ok && bd.v != 0 && !bd.val.ref {
			a := l.name(left)
			r := l.arith(op, a, b, n)
			l.emit(&ops.Op{Kind: ops.Set, Var: bd.v, Args: []ops.Value{r.v}}, n)
			return val{}
		}
	}
	p := l.place(left)
	p.ref = true
	a := l.load(p, left)
	l.store(p, l.arith(op, a, b, n), n)
	return val{}
}

func (l *lowerer) sequence(n rp.Node) val {
	t := l.tree()
	name, typ := "()", &workspace.Type{Kind: workspace.TTuple}
	if t.Kind(n) == rp.ArrayExpression {
		name = "[]"
	}
	var args []ops.Value
	var futs []val
	var lent []ops.Var
	for _, k := range l.built(n) {
		v := l.expr(k, true)
		lent = append(lent, v.lent...)
		if v.fut != nil && name == "[]" {
			futs = append(futs, v)
		}
		v = l.give(v, k)
		args = append(args, l.plain(v, k))
		typ.Args = append(typ.Args, l.typ(v))
	}
	if name == "[]" {
		var et *workspace.Type
		for _, a := range typ.Args {
			if et == nil || shaped(a) {
				et = l.union(et, a)
			}
		}
		typ = &workspace.Type{Kind: workspace.TArray, Args: []*workspace.Type{et}}
	}
	return val{v: l.value(&ops.Op{Kind: ops.Make, Name: name, Args: args}, n), t: typ, parts: futs, lent: lent}
}

// plain gives a value for what may be a closure or future: those become values that hold their captures.
func (l *lowerer) plain(v val, n rp.Node) ops.Value {
	if v.v != 0 || l.dead {
		return v.v
	}
	if v.clo != nil || v.fut != nil {
		return l.held(v, n)
	}
	return l.unit(n).v
}

func (l *lowerer) structLit(n rp.Node) val {
	t := l.tree()
	tn := t.Child(n, rp.FieldName)
	name := l.variantName(tn)
	res := l.resolve(tn, workspace.TypeNS)
	var typ *workspace.Type
	if res.Def != nil {
		if res.Def.Kind == workspace.Variant {
			name = res.Def.Owner.Name + "::" + res.Def.Name
			typ = &workspace.Type{Kind: workspace.TPath, Def: res.Def.Owner}
		} else {
			typ = &workspace.Type{Kind: workspace.TPath, Def: res.Def}
		}
	}
	if res.Type != nil && typ == nil {
		typ = res.Type
	}
	if t.Text(tn) == "Self" && l.frame().scope.Self != nil {
		typ = l.frame().scope.Self
	}
	if name == "" {
		name = oneLine(t.Text(tn))
		if typ != nil {
			name = lastSegment(typ)
		}
	}
	op := &ops.Op{Kind: ops.Make, Name: name}
	var lent []ops.Var
	var rest rp.Node
	list := t.Child(n, rp.FieldBody)
	for _, f := range l.built(list) {
		switch t.Kind(f) {
		case rp.FieldInitializer:
			fv := t.Child(f, rp.FieldValue)
			fname := t.Child(f, rp.FieldField)
			if fname == 0 {
				fname = t.Child(f, rp.FieldName)
			}
			if fname == 0 {
				fname = t.FirstChild(f)
			}
			v := l.hint(l.fieldType(typ, t.Text(fname)), func() val { return l.expr(fv, true) })
			l.give(v, f)
			lent = append(lent, v.lent...)
			op.Fields = append(op.Fields, t.Text(fname))
			op.Args = append(op.Args, l.plain(v, f))
			typ = l.instantiated(typ, t.Text(fname), l.typ(v))
		case rp.ShorthandFieldInitializer:
			id := t.ChildOfKind(f, rp.Identifier)
			v := l.expr(id, true)
			l.give(v, f)
			lent = append(lent, v.lent...)
			op.Fields = append(op.Fields, t.Text(id))
			op.Args = append(op.Args, l.plain(v, f))
			typ = l.instantiated(typ, t.Text(id), l.typ(v))
		case rp.BaseFieldInitializer:
			for _, k := range t.Children(f) {
				rest = k
			}
		}
	}
	if rest != 0 {
		v := l.expr(rest, true)
		op.Fields = append(op.Fields, "..")
		op.Args = append(op.Args, v.v)
	}
	if l.dead {
		return val{t: typ}
	}
	return val{v: l.value(op, n), t: typ, lent: lent}
}

// instantiated is a struct type with the parameters that a field's value tells.
func (l *lowerer) instantiated(t *workspace.Type, field string, ft *workspace.Type) *workspace.Type {
	if t == nil || ft == nil || t.Kind != workspace.TPath || t.Def == nil || t.Def.Kind != workspace.Struct {
		return t
	}
	names := workspace.TypeParams(t.Def)
	f := t.Def.Member(field)
	if len(names) == 0 || f == nil || f.Kind != workspace.Field {
		return t
	}
	m := map[string]*workspace.Type{}
	unify(workspace.FieldType(f), ft, m)
	c := *t
	c.Args = make([]*workspace.Type, len(names))
	for i, name := range names {
		if c.Args[i] = unknownType; i < len(t.Args) && t.Args[i] != nil {
			c.Args[i] = t.Args[i]
		}
		if b := m[name]; b != nil && (c.Args[i].Kind == workspace.TUnknown || shaped(b)) {
			c.Args[i] = b
		}
	}
	return &c
}

// returnValue leaves the current source function.
func (l *lowerer) returnValue(v val, n rp.Node) {
	if l.dead {
		return
	}
	fr := l.frame()
	if v.v == 0 {
		if v.fut != nil || v.clo != nil {
			v.v = l.plain(v, n)
		} else {
			v = l.unit(n)
		}
	}
	v = l.give(v, n)
	at := l.exit
	if at == 0 {
		at = l.site(n)
	}
	if fr.ret == 0 {
		l.unwindTo(0, at)
		l.emit(&ops.Op{Kind: ops.Return, Args: []ops.Value{v.v}, Site: l.exit}, n)
		return
	}
	info := l.labels[fr.ret]
	l.setResult(info, v, n)
	l.leave(fr.ret, at, n)
}

func (l *lowerer) setResult(info *labelInfo, v val, n rp.Node) {
	if l.dead || info.result == 0 {
		return
	}
	if vt := l.typ(v); shaped(vt) || shaped(info.typ) {
		info.typ = l.union(info.typ, vt)
	} else {
		info.typ = merged(info.typ, vt)
	}
	info.ref = info.ref || v.ref
	info.mut = info.mut || v.mut
	info.lent = append(info.lent, v.lent...)
	l.passLoans(v.lent, info.zone)
	if v.v == 0 {
		v.v = l.plain(v, n)
	}
	l.give(v, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: info.result, Args: []ops.Value{v.v}}, n)
}

// path is a path used as a value: a static, constant, unit variant or struct, function.
func (l *lowerer) path(n rp.Node) val {
	t := l.tree()
	res := l.resolve(n, workspace.ValueNS)
	if d := res.Def; d != nil {
		switch d.Kind {
		case workspace.Static:
			return l.cell(d, n)
		case workspace.Const:
			return l.constItem(d, n)
		case workspace.Fn:
			return val{clo: &closure{def: d, generics: res.Generics, self: res.Type}}
		case workspace.Variant:
			l.refusal(d.Owner.Name + "::" + d.Name)
			if len(d.Members) > 0 {
				return val{clo: &closure{ctor: d}}
			}
			return val{v: l.value(&ops.Op{Kind: ops.Make, Name: d.Owner.Name + "::" + d.Name}, n), t: &workspace.Type{Kind: workspace.TPath, Def: d.Owner}}
		case workspace.Struct:
			if len(d.Members) > 0 {
				return val{clo: &closure{ctor: d}}
			}
			return val{v: l.value(&ops.Op{Kind: ops.Make, Name: d.Name}, n), t: &workspace.Type{Kind: workspace.TPath, Def: d}}
		}
	}
	if v := l.variantName(n); v != "" {
		if v == "None" {
			return val{v: l.value(&ops.Op{Kind: ops.Make, Name: v}, n), t: optionOf(nil)}
		}
		if v == "Some" || v == "Ok" || v == "Err" {
			return val{clo: &closure{variant: v}}
		}
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: v}, n)}
	}
	if res.External != "" {
		if a := l.know(res.External); a != nil {
			return val{clo: &closure{external: res.External}}
		}
		if strings.Contains(res.External, "::") && upperFirst(lastOf(res.External)) {
			// A constant or unit variant of an outside crate: always the same.
			return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitString, Text: lastTwo(res.External)}, n)}
		}
		return val{clo: &closure{external: res.External}}
	}
	if r, _ := firstRune(t.Text(n)); upperFirst(lastOf(t.Text(n))) && r != 0 {
		return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitString, Text: lastTwo(t.Text(n))}, n)}
	}
	return l.opaque(n, "unknown name", nil)
}

func (l *lowerer) cell(d *workspace.Def, n rp.Node) val {
	c := l.c.CellOf(d)
	if c == nil {
		return l.constItem(d, n)
	}
	if c.Assumed != "" {
		l.assume(c.Assumed)
	}
	t := c.Type
	if d.Macro == "thread_local" {
		t = generic("std::thread::LocalKey", t)
	}
	mut := d.Tree.ChildOfKind(d.Node, rp.MutableSpecifier) != 0
	bare := mut
	switch l.class(t) {
	case "wrapper", "local", "once", "atomic":
		bare = false
	}
	return val{v: l.value(&ops.Op{Kind: ops.Cell, Name: c.Name, Mut: bare}, n), t: t, ref: true, mut: mut}
}

// constItem is a constant: its initialiser, where that is a plain expression.
func (l *lowerer) constItem(d *workspace.Def, n rp.Node) val {
	init := d.Tree.Child(d.Node, rp.FieldValue)
	typ := l.declaredType(d)
	if init != 0 && l.consts[d] < 3 && simpleConst(d.Tree, init) {
		l.consts[d]++
		defer func() { l.consts[d]-- }()
		caller := l.callerSite(n)
		fr := l.pushFrame(d.Tree, d.ScopeOf(), nil)
		fr.caller = caller
		fr.ret = l.frames[len(l.frames)-2].ret
		v := l.expr(init, true)
		l.popFrame()
		if typ != nil {
			v.t = typ
		}
		return v
	}
	return val{v: l.value(&ops.Op{Kind: ops.Call, Text: d.Name, Callee: &ops.Callee{Path: d.Name, Pure: true, Cut: "constant"}}, n), t: typ}
}

func simpleConst(t *rp.Tree, n rp.Node) bool {
	switch t.Kind(n) {
	case rp.IntegerLiteral, rp.BooleanLiteral, rp.StringLiteral, rp.CharLiteral, rp.FloatLiteral, rp.NegativeLiteral:
		return true
	case rp.BinaryExpression, rp.ParenthesizedExpression, rp.UnaryExpression, rp.TypeCastExpression:
		for _, k := range t.Children(n) {
			if t.FieldOf(k) != rp.FieldType && !simpleConst(t, k) {
				return false
			}
		}
		return true
	case rp.Identifier, rp.ScopedIdentifier:
		return true
	}
	return false
}
