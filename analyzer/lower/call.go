package lower

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A closure is a callable value known while lowering: a closure expression
// with the names around it, a function item, or a constructor.
type closure struct {
	tree  *rp.Tree
	node  rp.Node
	env   *env
	frame *frame

	def      *workspace.Def // function item
	generics []*workspace.Type
	self     *workspace.Type
	ctor     *workspace.Def // tuple struct or variant
	variant  string         // Some, Ok, Err
	external string
}

func (l *lowerer) closureAt(n rp.Node) *closure {
	return &closure{tree: l.tree(), node: n, env: l.keepEnv(), frame: l.frame()}
}

func (l *lowerer) callerSite(n rp.Node) ops.Site { return l.site(n) }

// call lowers a call expression.
func (l *lowerer) call(n rp.Node) val {
	t := l.tree()
	fn := t.Child(n, rp.FieldFunction)
	argn := l.built(t.Child(n, rp.FieldArguments))
	target := fn
	var turbofish rp.Node
	if t.Kind(fn) == rp.GenericFunction {
		target = t.Child(fn, rp.FieldFunction)
		turbofish = t.Child(fn, rp.FieldTypeArguments)
	}
	if t.Kind(target) == rp.FieldExpression {
		return l.method(n, target, turbofish, argn)
	}
	// A name bound here: a closure variable or a function parameter.
	if t.Kind(target) == rp.Identifier {
		if b, ok := l.variable(target); ok {
			return l.callValue(b.val, b.v, argn, n)
		}
	}
	if k := t.Kind(target); k != rp.Identifier && k != rp.ScopedIdentifier {
		f := l.expr(target, true)
		return l.callValue(f, 0, argn, n)
	}
	res := l.resolve(fn, workspace.ValueNS)
	if res.Generics == nil && turbofish != 0 {
		res.Generics = l.typeArgs(turbofish)
	}
	if d := res.Def; d != nil {
		switch d.Kind {
		case workspace.Fn:
			if a := l.c.Described(d); a != nil {
				return l.act(a, d.Path(), nil, l.args(argn, nil), res.Generics, argn, n)
			}
			if d.Owner != nil && d.Owner.Kind == workspace.Trait {
				if v, ok := l.assocCall(ofTrait(d, res), argn, n); ok {
					return v
				}
			}
			return l.callDef(d, res, argn, n)
		case workspace.Variant, workspace.Struct:
			return l.construct(d, l.args(argn, nil), n)
		case workspace.Const, workspace.Static:
			return l.callValue(l.path(target), 0, argn, n)
		}
	}
	if vn := l.variantName(target); vn != "" {
		return l.makeVariant(vn, l.args(argn, nil), n)
	}
	if res.Type != nil && len(res.Rest) > 0 {
		if v, ok := l.assocCall(res, argn, n); ok {
			return v
		}
	}
	if res.Type != nil && len(argn) == 0 && slices.Equal(res.Rest, []string{"default"}) {
		if v, ok := l.defaultOfOurs(deref(res.Type), n); ok {
			return v
		}
	}
	if res.External == "" {
		if ext := l.listingPath(target); ext != "" {
			res.External = ext
		}
	}
	if res.External != "" {
		return l.callExternal(res, argn, n, turbofish)
	}
	if v, ok := l.assumedAccessor(target, argn, n); ok {
		return v
	}
	args := l.args(argn, nil)
	v := l.unknownCall(t.Text(target), nil, args, n, "not found")
	v.fut = &future{kind: futUnknown, name: oneLine(t.Text(target)), value: v.v, parts: futures(args)}
	return v
}

func (l *lowerer) args(ns []rp.Node, sig *workspace.Sig) []val {
	var vs []val
	for i, a := range ns {
		var want *workspace.Type
		if sig != nil && i < len(sig.Params) {
			want = sig.Params[i].Type
		}
		v := l.hint(want, func() val { return l.expr(a, true) })
		vs = append(vs, v)
	}
	return vs
}

func (l *lowerer) callDef(d *workspace.Def, res workspace.Res, argn []rp.Node, n rp.Node) val {
	sig := d.Signature()
	if sig.Self != workspace.SelfNone && len(argn) > 0 {
		// `Type::method(receiver, …)`.
		recv := l.exprOrPlace(argn[0])
		return l.callFn(d, &recv, l.args(argn[1:], &sig), l.bindGenerics(d, res), n)
	}
	return l.callFn(d, nil, l.args(argn, &sig), l.bindGenerics(d, res), n)
}

func (l *lowerer) exprOrPlace(n rp.Node) val {
	if isPlaceExpr(l.tree(), n) {
		return l.place(n)
	}
	return l.expr(n, true)
}

// callFn calls a function of the workspace. An async function runs when it is
// awaited: its call is a future.
func (l *lowerer) callFn(d *workspace.Def, recv *val, args []val, types map[string]*workspace.Type, n rp.Node) val {
	sig := d.Signature()
	if a := l.c.Taught(d); a != nil {
		return l.does(a, d.Path(), recv, args, l.substitute(sig.Result, types), sig.Async, n)
	}
	if sig.Async {
		f := &future{kind: futFn, def: d, args: args, types: types, site: l.callerSite(n)}
		if recv != nil {
			r := *recv
			f.recv = &r
		}
		return val{fut: f}
	}
	return l.run(d, recv, args, types, n)
}

// run lowers a call of d now: in place where that matters, else as a call.
func (l *lowerer) run(d *workspace.Def, recv *val, args []val, types map[string]*workspace.Type, n rp.Node) val {
	if l.dead {
		return val{}
	}
	if cut := l.whyNotInline(d, recv, args); cut != "" {
		return l.callOut(d, recv, args, types, cut, n)
	}
	return l.inlineArgs(d, recv, args, types, n)
}

// inline lowers a call of d in place with only a receiver (drops, operators).
func (l *lowerer) inline(d *workspace.Def, recv *val, args []val, self *workspace.Type, n rp.Node) val {
	types := map[string]*workspace.Type{}
	if self != nil && d.Impl != nil && d.Impl.Self != nil {
		unify(d.Impl.Self, self, types)
	}
	if l.recursive(d) || l.full() {
		return l.callOut(d, recv, args, types, "size", n)
	}
	return l.inlineArgs(d, recv, args, types, n)
}

func (l *lowerer) recursive(d *workspace.Def) bool { return l.inside(d, nil) }

// inside reports whether a call of d with these arguments is made while d runs,
// in a circle as far as can be told. Two calls that are given closures of
// their own are none: `with(|a| with(|b| …))`.
func (l *lowerer) inside(d *workspace.Def, args []val) bool {
	given := closures(args)
	again := 0
	for _, fr := range l.frames {
		switch {
		case fr.def != d:
		case len(given) == 0:
			return true
		case fr.inner:
		case len(fr.given) == 0:
			return true
		default:
			for _, c := range given {
				if slices.Contains(fr.given, c) {
					return true
				}
				if slices.ContainsFunc(fr.given, func(o *closure) bool { return o.tree == c.tree && o.node == c.node && o.def == c.def }) {
					again++ // of the same text, with other values around it: not for ever
				}
			}
		}
	}
	return again > 1
}

func closures(vs []val) (cs []*closure) {
	for _, v := range vs {
		if v.clo != nil {
			cs = append(cs, v.clo)
		}
	}
	return cs
}

func (l *lowerer) whyNotInline(d *workspace.Def, recv *val, args []val) string {
	switch {
	case d.Tree.Child(d.Node, rp.FieldBody) == 0:
		return "no body"
	case l.inside(d, args):
		return "recursion"
	case l.full():
		return "size"
	}
	for _, a := range args {
		if a.clo != nil || a.fut != nil || a.root != 0 && a.ref {
			return ""
		}
	}
	if l.spares(d) {
		return "size"
	}
	if l.once && (l.lowered[d] || l.made.lowered[d] || l.before[d]) && !l.seesState(recv, args) && !(l.c.Lasting(d) && l.small(d)) {
		return elsewhere
	}
	if l.c.Matters(d) || l.small(d) || l.seesState(recv, args) {
		return ""
	}
	return "pure"
}

// seesState reports whether a call is given a part of state that has parts:
// which of them it reads is worth knowing.
func (l *lowerer) seesState(recv *val, args []val) bool {
	parts := func(a val) bool {
		t := deref(a.t)
		if !a.ref || !l.state[a.v] || t == nil || t.Kind != workspace.TPath {
			return false
		}
		if t.Def != nil {
			return t.Def.Kind == workspace.Struct
		}
		switch l.class(t) {
		case "map", "stablemap", "stablelist", "list", "wrapper", "local":
			return true
		}
		return false
	}
	return recv != nil && parts(*recv) || slices.ContainsFunc(args, parts)
}

// elsewhere is why a function stays a call that some message has in place.
const elsewhere = "lowered elsewhere"

// callOut emits a call of a workspace function that is not lowered in place.
func (l *lowerer) callOut(d *workspace.Def, recv *val, args []val, types map[string]*workspace.Type, cut string, n rp.Node) val {
	var vs []val
	c := &ops.Callee{Path: FuncName(d), Decl: NameSpan(d), Cut: cut, Pure: cut == "pure"}
	sig := d.Signature()
	if recv != nil {
		vs = append(vs, *recv)
		if l.state[recv.v] {
			c.State = append(c.State, 0)
		}
		if sig.Self == workspace.SelfRefMut && recv.ref {
			c.Mutates = append(c.Mutates, 0)
		}
	}
	for i, a := range args {
		if l.state[a.v] {
			c.State = append(c.State, len(vs))
		}
		if i < len(sig.Params) && isMutRef(sig.Params[i].Type) && a.ref {
			c.Mutates = append(c.Mutates, len(vs))
		}
		vs = append(vs, a)
	}
	switch cut {
	case "size":
		l.made.cut[d] = true
		l.over = l.over || l.full()
	case elsewhere:
		c.Decl = rp.Span{} // nobody wants a summary
	}
	if cut == "recursion" && recv == nil && len(args) == 0 {
		c.Decl = rp.Span{} // without arguments it touches what the call around it touches
	} else if !c.Pure {
		c.Reads = l.c.Touched(d)
		c.Writes = c.Reads
		if cut != elsewhere {
			l.f.Partial = append(l.f.Partial, "the body of "+FuncName(d)+" is left out here: "+cut)
		}
	}
	v := l.emitCall(FuncName(d), c, vs, n)
	v.t = l.substitute(sig.Result, types)
	v.ref = isRef(v.t)
	return v
}

func (l *lowerer) emitCall(text string, c *ops.Callee, args []val, n rp.Node) val {
	op := &ops.Op{Kind: ops.Call, Text: text, Callee: c}
	for _, a := range args {
		a = l.give(a, n)
		if a.fut != nil && a.v == 0 && (a.fut.kind == futRequest || a.fut.kind == futJoin) {
			a = l.materialize(a, n) // whoever gets it may send it
		}
		op.Args = append(op.Args, l.plain(a, n))
	}
	if l.dead {
		return val{}
	}
	r := val{v: l.value(op, n)}
	for _, a := range args {
		if a.ref && a.root != 0 && l.f.Vars[a.root].Mut {
			l.out(a.root, r.v, n)
		}
	}
	return r
}

// unknownCall is a call whose target is not known: a function of its arguments as far as we can see.
func (l *lowerer) unknownCall(name string, recv *val, args []val, n rp.Node, why string) val {
	l.f.Opaque["call "+why+": "+oneLine(name)]++
	ran := l.mayRun(recv, args, n)
	all := slices.DeleteFunc(slices.Clone(args), func(a val) bool { return ran != nil && code(a) })
	if recv != nil {
		all = append([]val{*recv}, all...)
	}
	c := &ops.Callee{Path: oneLine(name), Cut: why}
	if recv == nil || !l.c.Knowledge.OnlyLooks(strings.TrimPrefix(name, ".")) {
		for i, a := range all {
			if a.ref && a.mut {
				c.Mutates = append(c.Mutates, i)
			}
		}
	}
	v := l.emitCall(oneLine(name), c, append(all, ran...), n)
	v.fut = nil
	return v
}

// code reports whether a value is a closure whose text is known.
func code(v val) bool { return v.clo != nil && v.clo.tree != nil }

// mayRun lowers the closures given to a function or method that is not known:
// they may run, with the receiver or something it gives. What they do to what
// is around them is then known, and their results, given here, are part of the call's.
func (l *lowerer) mayRun(recv *val, args []val, n rp.Node) (results []val) {
	if l.full() {
		return nil
	}
	for _, a := range args {
		if !code(a) || l.dead {
			continue
		}
		var given []val
		for range l.closureParams(a.clo) {
			p := val{}
			switch {
			case recv == nil:
				p.v = l.value(&ops.Op{Kind: ops.Opaque, Text: "given to a closure"}, n)
			case recv.ref:
				p = val{v: recv.v, ref: true, mut: recv.mut, root: recv.root}
			default:
				p.v = l.value(&ops.Op{Kind: ops.Opaque, Text: "given to a closure", Args: []ops.Value{l.plain(*recv, n)}}, n)
			}
			given = append(given, p)
		}
		r := l.newResult(true, n)
		c := l.value(&ops.Op{Kind: ops.Opaque, Text: "whether the closure runs"}, n)
		l.ifElse(c, n, func() {
			v := l.apply(a.clo, given, n)
			if v.clo != nil || v.fut != nil {
				v = val{v: l.plain(v, n)}
			}
			l.put(r, v, n)
		}, func() { l.put(r, l.unit(n), n) })
		results = append(results, l.take(r, n))
	}
	return results
}

// inlineArgs lowers the body of d in place.
func (l *lowerer) inlineArgs(d *workspace.Def, recv *val, args []val, types map[string]*workspace.Type, n rp.Node) val {
	sig := d.Signature()
	if types == nil {
		types = map[string]*workspace.Type{}
	}
	for i, p := range sig.Params {
		if i < len(args) {
			unify(p.Type, args[i].t, types)
		}
	}
	if recv != nil && d.Impl != nil {
		unify(d.Impl.Self, deref(recv.t), types)
	}
	caller := l.callerSite(n)
	r := l.newResult(true, n)
	savedEnv, savedOuter := l.env, l.outer
	l.labelled(ops.Block, n, func(lab ops.Label) {
		l.here[d], l.made.lowered[d] = true, true
		l.labels[lab].result = r.info.result
		scope := d.ScopeOf()
		if recv != nil && recv.t != nil && d.Owner != nil && d.Owner.Kind == workspace.Trait {
			// A default method of a trait: Self is the receiver's type.
			scope.Self = deref(recv.t)
		}
		fr := l.pushFrame(d.Tree, scope, types)
		fr.def, fr.ret, fr.caller, fr.name, fr.given = d, lab, caller, FuncName(d), closures(args)
		l.env = &env{names: map[string]binding{}}
		l.outer = nil
		at := d.Node // nodes of the caller's tree mean nothing from here on
		l.pushZone()
		fr.zone = len(l.live) - 1
		if recv != nil {
			self := *recv
			self.mut = self.mut && sig.Self != workspace.SelfRef || sig.Self == workspace.SelfRefMut
			if sig.Self != workspace.SelfValue {
				self.lent = nil
			}
			if sig.Self == workspace.SelfRef || sig.Self == workspace.SelfRefMut {
				self.ref = true
			}
			if self.t == nil {
				self.t = sig.SelfType()
			}
			l.bind("self", binding{val: self})
			if sig.Self == workspace.SelfValue {
				l.passed("self", "self", self, at)
			}
		}
		for i, p := range sig.Params {
			var a val
			if i < len(args) {
				a = args[i]
			} else {
				a = l.opaque(at, "missing argument", nil)
			}
			if a.t == nil || hasUnknown(a.t) {
				a.t = l.substitute(p.Type, types)
			}
			if !a.ref && a.v != 0 {
				a.ref = isRef(p.Type)
				if a.ref || !l.owned(a.owner()) {
					a.root, a.temp = 0, 0
				}
			}
			if isRef(p.Type) {
				a.mut = p.Type.Mut
			}
			l.bindPattern(d.Tree, p.Pat, a, true)
			l.passed(p.Name, l.ident(p.Pat), a, at)
		}
		v := l.hint(l.substitute(sig.Result, types), func() val { return l.body(d, fr, false) })
		if (v.clo != nil || v.fut != nil) && !l.labels[lab].live {
			r.info.result = 0
			l.setFuture(r, v)
		} else if !l.dead {
			l.setResult(l.labels[lab], v, at)
		}
		l.popZone(at)
		info := l.labels[lab]
		r.info.typ, r.info.ref, r.info.mut, r.info.lent, r.info.left = info.typ, info.ref, info.mut, info.lent, info.live
		l.popFrame()
	})
	l.env, l.outer = savedEnv, savedOuter
	if r.held != nil {
		return *r.held
	}
	v := l.take(r, n)
	if hasParam(v.t) {
		v.t = l.substitute(v.t, types)
	}
	if rt := l.substitute(sig.Result, types); rt != nil && (v.t == nil || hasUnknown(v.t)) && !hasParam(rt) {
		v.t = rt
	}
	if isRef(sig.Result) {
		v.ref, v.mut = true, sig.Result.Mut
	}
	return v
}

// passed makes the function being entered the owner of a guard it is given by
// value, under the name of the parameter: it lives no longer than the callee.
func (l *lowerer) passed(name, ident string, a val, at rp.Node) {
	l.bindLoans(name, a.lent)
	if a.ref || a.v == 0 || a.onDrop == nil && !l.hasGlue(a.t) {
		return
	}
	l.give(a, at)
	if name == "" {
		name = "_"
	}
	v := l.newVar(name, false, a.t, at)
	l.emit(&ops.Op{Kind: ops.Set, Var: v, Args: []ops.Value{a.v}}, at)
	l.own(v, a, at)
	if b, ok := l.env.names[ident]; ok && b.v == 0 {
		l.bind(ident, binding{v: v, mut: true, val: val{t: a.t, onDrop: a.onDrop}})
	}
}

// setFuture hands a closure or future out of a function lowered in place.
func (l *lowerer) setFuture(r *result, v val) { r.held = &v }

// callValue calls something that is a value: a closure known here, or not.
func (l *lowerer) callValue(f val, vr ops.Var, argn []rp.Node, n rp.Node) val {
	args := l.args(argn, nil)
	if f.clo == nil && vr != 0 {
		f.v = l.value(&ops.Op{Kind: ops.Get, Var: vr}, n)
	}
	if v, ok := l.applyKnown(f, args, n); ok {
		return v
	}
	l.f.Opaque["call of a value"]++
	return l.emitCall("(value)", &ops.Callee{Path: "a function value", Cut: "value"}, append([]val{f}, args...), n)
}

// applyKnown calls a value where it is known which closures it may be.
func (l *lowerer) applyKnown(f val, args []val, n rp.Node) (val, bool) {
	f = l.known(f, n)
	switch {
	case f.clo != nil:
		return l.apply(f.clo, args, n), true
	case f.fut != nil && f.fut.kind == futOneOf && !f.fut.open:
		return l.oneOf(len(f.fut.parts), n, func(i int) val {
			if c := f.fut.parts[i].clo; c != nil {
				return l.apply(c, args, n)
			}
			return l.opaque(n, "call of a future", nil)
		}), true
	}
	return val{}, false
}

// apply calls a closure with arguments, its body lowered in place.
func (l *lowerer) apply(c *closure, args []val, n rp.Node) val {
	if l.dead {
		return val{}
	}
	switch {
	case c.def != nil:
		if a := l.c.Described(c.def); a != nil {
			return l.act(a, c.def.Path(), nil, args, nil, nil, n)
		}
		sig := c.def.Signature()
		types := map[string]*workspace.Type{}
		if sig.Self != workspace.SelfNone && len(args) > 0 {
			return l.callFn(c.def, &args[0], args[1:], types, n)
		}
		return l.callFn(c.def, nil, args, types, n)
	case c.ctor != nil:
		return l.construct(c.ctor, args, n)
	case c.variant != "":
		return l.makeVariant(c.variant, args, n)
	case c.external != "":
		if a := l.know(c.external); a != nil {
			return l.act(a, c.external, nil, args, nil, nil, n)
		}
		if v, ok := l.methodPath(c.external, args, n); ok {
			return v
		}
		return l.unknownCall(lastTwo(c.external), nil, args, n, "outside")
	}
	if l.full() {
		return l.unknownCall("closure", nil, args, n, "size")
	}
	t := c.tree
	body := bodyOf(c)
	if t.Kind(c.node) == rp.ClosureExpression && t.IsAsync(c.node) {
		// Calling an async closure makes a future with its parameters bound.
		return val{fut: &future{kind: futBlock, clo: c, args: args}}
	}
	return l.closureBody(c, args, body, n)
}

// bodyOf is the code of a closure, of an async block, or of a block taken for a closure.
func bodyOf(c *closure) rp.Node {
	switch c.tree.Kind(c.node) {
	case rp.Block:
		return c.node
	case rp.AsyncBlock:
		return c.tree.ChildOfKind(c.node, rp.Block)
	}
	return c.tree.Child(c.node, rp.FieldBody)
}

// closureBody lowers the body of a closure or async block in place: `return`
// and `?` in it leave the closure.
func (l *lowerer) closureBody(c *closure, args []val, body, n rp.Node) val {
	t := c.tree
	r := l.newResult(true, n)
	caller := l.callerSite(n)
	saved := l.env
	l.labelled(ops.Block, n, func(lab ops.Label) {
		l.labels[lab].result = r.info.result
		fr := l.pushFrame(t, c.frame.scope, c.frame.types)
		fr.def, fr.inner, fr.ret, fr.name = c.frame.def, true, lab, c.frame.name
		fr.caller = c.frame.caller
		if c.frame.in != l.f || c.frame != l.frames[0] && c.frame.caller == 0 {
			// Of another function (the closure is a task's): its sites mean nothing here.
			fr.caller = caller
		}
		l.env = &env{parent: c.env, names: map[string]binding{}}
		l.pushZone()
		fr.zone = len(l.live) - 1
		i := 0
		for _, p := range l.closureParams(c) {
			var a val
			if i < len(args) {
				a = args[i]
			} else {
				a = l.opaque(body, "missing argument", nil)
			}
			pat := p
			if t.Kind(p) == rp.Parameter {
				pat = t.Child(p, rp.FieldPattern)
				if tn := t.Child(p, rp.FieldType); tn != 0 && (a.t == nil || hasUnknown(a.t)) {
					a.t = l.typeOf(tn)
				}
			}
			l.bindPattern(t, pat, a, true)
			l.passed(t.Text(pat), l.ident(pat), a, body)
			i++
		}
		v := l.hint(nil, func() val { return l.expr(body, true) })
		if (v.clo != nil || v.fut != nil) && !l.labels[lab].live {
			r.info.result = 0
			l.setFuture(r, v)
		} else if !l.dead {
			l.setResult(l.labels[lab], v, body)
		}
		l.popZone(body)
		info := l.labels[lab]
		r.info.typ, r.info.ref, r.info.mut, r.info.lent, r.info.left = info.typ, info.ref, info.mut, info.lent, info.live
		l.popFrame()
	})
	l.env = saved
	if r.held != nil {
		return *r.held
	}
	return l.take(r, n)
}

func (l *lowerer) closureParams(c *closure) []rp.Node {
	ps := c.tree.Child(c.node, rp.FieldParameters)
	if ps == 0 {
		return nil
	}
	return c.tree.Children(ps)
}

func (l *lowerer) construct(d *workspace.Def, args []val, n rp.Node) val {
	if d.Kind == workspace.Variant {
		l.refusal(d.Owner.Name + "::" + d.Name)
	}
	op := &ops.Op{Kind: ops.Make, Name: d.Name}
	typ := &workspace.Type{Kind: workspace.TPath, Def: d}
	var lent []ops.Var
	if d.Kind == workspace.Variant {
		op.Name = d.Owner.Name + "::" + d.Name
		typ.Def = d.Owner
	}
	for i, a := range args {
		a = l.give(a, n)
		lent = append(lent, a.lent...)
		op.Fields = append(op.Fields, itoa(i))
		op.Args = append(op.Args, l.plain(a, n))
	}
	if l.dead {
		return val{}
	}
	return val{v: l.value(op, n), t: typ, lent: lent}
}

func (l *lowerer) makeVariant(name string, args []val, n rp.Node) val {
	op := &ops.Op{Kind: ops.Make, Name: name}
	var at *workspace.Type
	ref := false
	var lent []ops.Var
	for i, a := range args {
		a = l.give(a, n)
		lent = append(lent, a.lent...)
		op.Fields = append(op.Fields, itoa(i))
		op.Args = append(op.Args, l.plain(a, n))
		at, ref = l.typ(a), ref || a.ref
	}
	if l.dead {
		return val{}
	}
	v := val{v: l.value(op, n), ref: ref, lent: lent}
	switch name {
	case "Some":
		v.t = optionOf(at)
	case "Ok":
		v.t = resultOf(at, unknownType)
	case "Err":
		v.t = resultOf(unknownType, at)
	}
	return v
}

// callExternal calls a function outside the workspace.
func (l *lowerer) callExternal(res workspace.Res, argn []rp.Node, n, turbofish rp.Node) val {
	path := res.External
	a := l.know(path)
	if a == nil {
		// A trait or associated function of an outside type on one of ours, or not known.
		args := l.args(argn, nil)
		if v, ok := l.methodPath(path, args, n); ok {
			return v
		}
		v := l.unknownCall(lastTwo(path), nil, args, n, "outside")
		v.t = l.constructed(path, res)
		v.fut = &future{kind: futUnknown, name: lastTwo(path), path: path, value: v.v, parts: futures(args)}
		return v
	}
	v := l.act(a, path, nil, l.args(argn, nil), res.Generics, argn, n)
	if t := l.constructed(path, res); t != nil && v.t == nil {
		v.t = t
	}
	return v
}

// constructed is the type of what a function of an outside type gives that is
// named like a constructor, nil if it is not.
func (l *lowerer) constructed(path string, res workspace.Res) *workspace.Type {
	if text := l.c.Knowledge.Constructor(lastOf(path)); text != "" && res.Type != nil {
		return l.knownType(text, res.Type, res.Generics)
	}
	return nil
}

// methodPath calls a method by its path, `Vec::pop(list)`, where its type or
// trait tells what it does to its receiver.
func (l *lowerer) methodPath(path string, args []val, n rp.Node) (val, bool) {
	typ, name, ok := cutLast(path)
	if !ok || len(args) == 0 {
		return val{}, false
	}
	recv := args[0]
	class := l.c.Knowledge.Class(typ)
	if class == "" {
		class = l.class(recv.t) // a trait's method
	}
	a := l.c.Knowledge.Method(class, name)
	if a == nil || l.byNode(a) {
		return val{}, false
	}
	return l.act(a, name, &recv, args[1:], nil, nil, n), true
}

// futures are the futures among values.
func futures(vs []val) []val {
	var all []val
	for _, v := range vs {
		if v.fut != nil && v.fut.kind != futUnknown {
			all = append(all, v)
		}
	}
	return all
}

// know finds what is known of an outside path in the version the crate locks.
func (l *lowerer) know(path string) *knowledge.Action {
	name, _, _ := strings.Cut(path, "::")
	version := ""
	for _, c := range l.c.Reach {
		for _, p := range c.Extern {
			if strings.ReplaceAll(p.Name, "-", "_") == name {
				version = p.Version
			}
		}
	}
	return l.c.Knowledge.Func(path, version)
}

// attributeGuard lowers the guard function of an entry attribute: an Err rejects the message.
func (l *lowerer) attributeGuard(d *workspace.Def, name string) {
	g := l.guardFn(d, name)
	if g == nil {
		return
	}
	n := d.Node
	v := l.run(g, nil, nil, nil, n)
	if v.v == 0 || l.dead {
		return
	}
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{v.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Err", Text: "Err(_)"}}, n)
	l.ifElse(c, n, func() {
		e := l.value(&ops.Op{Kind: ops.Make, Name: "Err"}, n)
		l.emit(&ops.Op{Kind: ops.Return, Args: []ops.Value{e}}, n)
	}, nil)
}

func (l *lowerer) guardFn(d *workspace.Def, name string) *workspace.Def {
	s := workspace.Scope{Module: d.Module}
	res := s.Resolve(strings.Split(name, "::"), workspace.ValueNS)
	if res.Def != nil && res.Def.Kind == workspace.Fn {
		return res.Def
	}
	return nil
}
