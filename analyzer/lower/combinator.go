package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// optionMethod writes a method of Option or Result as a test and its payload,
// in the way that knowledge names. Where the type is not known, the method may tell which of them it is.
func (l *lowerer) optionMethod(a *knowledge.Action, recv val, typ *workspace.Type, name string, argn []rp.Node, n rp.Node) val {
	opt := isOption(typ)
	if of := a.Get("of"); of != "" && (typ == nil || l.class(typ) != "option") {
		opt = of == "option"
	}
	good, bad := "Ok", "Err"
	if opt {
		good, bad = "Some", "None"
	}
	some := payload(typ, 0)
	errT := payload(typ, 1)
	test := func(variant string) ops.Value {
		return l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.asked(recv, n)}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: variant, Text: variant}}, n)
	}
	part := func(variant string, t *workspace.Type) val {
		p := l.proj(recv, []ops.Step{{Variant: variant, Field: "0"}}, t, n)
		p.temp = recv.temp // whoever takes the payload takes it from there
		return p
	}
	goodPart := func() val { return part(good, some) }
	badPart := func() val {
		if opt {
			return val{}
		}
		return part(bad, errT)
	}
	arg := func(i int) val {
		if i >= len(argn) {
			return val{}
		}
		return l.hint(nil, func() val { return l.expr(argn[i], true) })
	}
	callArg := func(i int, args ...val) val {
		f := arg(i)
		if f.clo == nil {
			vs := []ops.Value{f.v}
			for _, a := range args {
				vs = append(vs, a.v)
			}
			return l.opaque(n, "call of a value", vs)
		}
		return l.apply(f.clo, args, n)
	}
	remake := func(variant string, vs ...val) val { return l.makeVariant(variant, vs, n) }
	same := func() val { r := recv; return r }
	badSame := func() val {
		if opt {
			return remake("None")
		}
		return remake("Err", badPart())
	}
	either := func(ok, no func() val) val {
		r := l.newResult(true, n)
		l.ifElse(test(good), n, func() { l.put(r, ok(), n) }, func() { l.put(r, no(), n) })
		return l.take(r, n)
	}
	bools := func(b bool) func() val { return func() val { return l.boolConst(b, n) } }
	keepMoved := func(v val) val { l.transferIf(recv, v, n); return v }

	switch a.Get("how") {
	case "good":
		return val{v: test(good), t: boolType}
	case "bad":
		return val{v: test(bad), t: boolType}
	case "good-and":
		return either(func() val { return callArg(0, goodPart()) }, bools(false))
	case "bad-or":
		return either(func() val { return callArg(0, goodPart()) }, bools(true))
	case "bad-and":
		return either(bools(false), func() val { return callArg(0, badPart()) })
	case "map":
		return keepMoved(either(func() val { return remake(good, callArg(0, goodPart())) }, badSame))
	case "map-bad":
		return keepMoved(either(func() val { return remake("Ok", goodPart()) }, func() val { return remake("Err", callArg(0, badPart())) }))
	case "and-call":
		return keepMoved(either(func() val { return callArg(0, goodPart()) }, badSame))
	case "and":
		return either(func() val { return arg(0) }, badSame)
	case "or-call":
		return keepMoved(either(same, func() val {
			if opt {
				return callArg(0)
			}
			return callArg(0, badPart())
		}))
	case "or":
		return keepMoved(either(same, func() val { return arg(0) }))
	case "to-ok":
		v := keepMoved(either(func() val { return remake("Ok", goodPart()) }, func() val { return remake("Err", arg(0)) }))
		v.t = resultOf(some, payload(v.t, 1))
		return v
	case "to-ok-call":
		v := keepMoved(either(func() val { return remake("Ok", goodPart()) }, func() val { return remake("Err", callArg(0)) }))
		v.t = resultOf(some, payload(v.t, 1))
		return v
	case "get-good":
		return keepMoved(either(func() val { return remake("Some", goodPart()) }, func() val { return remake("None") }))
	case "get-bad":
		return either(func() val { return remake("None") }, func() val { return remake("Some", badPart()) })
	case "value-or":
		v := keepMoved(either(goodPart, func() val { return arg(0) }))
		v.t = some
		return v
	case "value-or-trap":
		return l.unwrapOrTrap(recv, some, n)
	case "value-or-call":
		v := keepMoved(either(goodPart, func() val {
			if opt {
				return callArg(0)
			}
			return callArg(0, badPart())
		}))
		if some != nil {
			v.t = some
		}
		return v
	case "value-or-default":
		v := keepMoved(either(goodPart, func() val { return l.defaultOf(some, n) }))
		v.t = some
		return v
	case "map-or":
		return either(func() val { return callArg(1, goodPart()) }, func() val { return arg(0) })
	case "map-or-call":
		return either(func() val { return callArg(1, goodPart()) }, func() val {
			if opt {
				return callArg(0)
			}
			return callArg(0, badPart())
		})
	case "filter":
		return either(func() val {
			r := l.newResult(true, n)
			l.ifElse(callArg(0, goodPart()).v, n, func() { l.put(r, same(), n) }, func() { l.put(r, remake("None"), n) })
			return l.take(r, n)
		}, func() val { return remake("None") })
	case "look":
		return either(func() val { callArg(0, goodPart()); return same() }, same)
	case "look-bad":
		return either(same, func() val { callArg(0, badPart()); return same() })
	case "flatten":
		return either(goodPart, badSame)
	case "if-true":
		r := l.newResult(true, n)
		l.ifElse(recv.v, n, func() {
			x := arg(0)
			if x.clo != nil {
				x = l.apply(x.clo, nil, n)
			}
			l.put(r, remake("Some", x), n)
		}, func() { l.put(r, remake("None"), n) })
		return l.take(r, n)
	case "list":
		return val{v: l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{recv.v}}, n), t: iterType(some), ref: recv.ref}
	case "zip", "transpose":
		v := l.emitCall("."+name, &ops.Callee{Path: name, Pure: true, Cut: "outside"}, append([]val{recv}, l.args(argn, nil)...), n)
		if a.Get("how") == "transpose" && payload(typ, 0) != nil {
			inner := deref(payload(typ, 0))
			if opt {
				v.t = resultOf(optionOf(payload(inner, 0)), payload(inner, 1))
			} else {
				v.t = optionOf(resultOf(payload(inner, 0), errT))
			}
		}
		return v
	}
	return l.unknownCall("."+name, &recv, l.args(argn, nil), n, "method")
}

// sequenceOf is the type of what an adapter of t gives: a stream for streams.
func (l *lowerer) sequenceOf(t *workspace.Type) string {
	if l.class(t) == "stream" {
		return "awaitlint::Stream"
	}
	return "awaitlint::Iter"
}

// unwrapOrTrap is ic-cdk's unwrap that traps with a message.
func (l *lowerer) unwrapOrTrap(recv val, t *workspace.Type, n rp.Node) val {
	return val{v: l.value(&ops.Op{Kind: ops.Verb, Name: ops.Unwrap, Args: []ops.Value{recv.v}, Traps: "unwrap"}, n), t: t, ref: recv.ref}
}

func (l *lowerer) transferIf(recv, v val, n rp.Node) {
	if l.hasGlue(v.t) && !v.ref {
		l.give(recv, n)
	}
}

// defaultOf is the default value of a type, as far as it is a plain one.
func (l *lowerer) defaultOf(t *workspace.Type, n rp.Node) val {
	switch l.class(deref(t)) {
	case "number":
		return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitInt, Text: "0"}, n), t: t}
	case "truth":
		return l.boolConst(false, n)
	case "text":
		return val{v: l.value(&ops.Op{Kind: ops.Const, Lit: ops.LitString, Text: `""`}, n), t: t}
	case "option":
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: "None"}, n), t: t}
	case "map", "set", "list":
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: "[]"}, n), t: t}
	}
	if v, ok := l.defaultOfOurs(deref(t), n); ok {
		return v
	}
	return val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "default"}, n), t: t}
}

// defaultOfOurs is the default value of a type of the workspace: what its impl
// makes, or, where that is derived, the defaults of its fields.
func (l *lowerer) defaultOfOurs(t *workspace.Type, n rp.Node) (val, bool) {
	if t == nil || t.Kind != workspace.TPath || t.Def == nil || len(l.frames) > maxDepth || l.dead {
		return val{}, false
	}
	if ds := l.c.Workspace.OwnMethods(t, "default"); len(ds) == 1 && !l.recursive(ds[0]) {
		types := map[string]*workspace.Type{}
		if ds[0].Impl != nil {
			unify(ds[0].Impl.Self, t, types)
		}
		return l.callFn(ds[0], nil, nil, types, n), true
	}
	if t.Def.Kind != workspace.Struct || !t.Def.Derives("Default") || l.defaults > maxDefaults {
		return val{}, false
	}
	l.defaults++
	defer func() { l.defaults-- }()
	op := &ops.Op{Kind: ops.Make, Name: t.Def.Name}
	for _, f := range t.Def.Members {
		op.Fields = append(op.Fields, f.Name)
		op.Args = append(op.Args, l.defaultOf(l.fieldType(t, f.Name), n).v)
	}
	return val{v: l.value(op, n), t: t}, true
}

// iteratorMethod writes an iterator adapter with a closure as a loop. What the
// adapter yields is collected as far as its callers need: the element's data
// flows into the result. how is the way that knowledge names.
func (l *lowerer) iteratorMethod(how string, recv val, typ *workspace.Type, name string, argn []rp.Node, n rp.Node) val {
	elem := l.elementType(typ)
	if how == "flatten" {
		return l.flattened(recv, typ, n)
	}
	var closures []val
	init := val{}
	for i, a := range argn {
		v := l.hint(nil, func() val { return l.expr(a, true) })
		if v.clo == nil && i == 0 && how == "fold" {
			init = v
			continue
		}
		closures = append(closures, v)
	}
	var f *closure
	if len(closures) > 0 {
		f = l.known(closures[len(closures)-1], n).clo
	}
	if f == nil {
		vs := []val{recv}
		vs = append(vs, closures...)
		v := l.emitCall("."+name, &ops.Callee{Path: name, Pure: true, Cut: "value"}, vs, n)
		v.t = typ
		return v
	}
	// The accumulator: a list for adapters, a value otherwise.
	acc := l.newVar("", true, nil, n)
	var out *workspace.Type
	switch how {
	case "fold":
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.plain(init, n)}}, n)
		out = init.t
	case "any":
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.boolConst(false, n).v}}, n)
		out = boolType
	case "all":
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.boolConst(true, n).v}}, n)
		out = boolType
	case "find", "find-map", "position", "by-key", "by", "reduce":
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.value(&ops.Op{Kind: ops.Make, Name: "None"}, n)}}, n)
		out = optionOf(elem)
	case "try-each":
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.makeVariant("Ok", []val{l.unit(n)}, n).v}}, n)
		out = resultOf(unitType, unknownType)
	default:
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.value(&ops.Op{Kind: ops.Make, Name: "[]"}, n)}}, n)
		out = iterType(elem)
	}
	iv := recv.v
	if c := l.class(typ); c != "iter" && c != "stream" {
		iv = l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{recv.v}}, n)
	}
	it := l.newVar("", true, nil, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{iv}}, n)
	get := func() val { return val{v: l.value(&ops.Op{Kind: ops.Get, Var: acc}, n), t: out} }
	set := func(v val) { l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.plain(v, n)}}, n) }
	push := func(v val) {
		rv := l.value(&ops.Op{Kind: ops.Ref, Var: acc, Mut: true}, n)
		o := l.value(&ops.Op{Kind: ops.Verb, Name: ops.ListPush, Args: []ops.Value{rv, l.plain(v, n)}}, n)
		l.out(acc, o, n)
	}
	l.labelled(ops.Loop, n, func(lab ops.Label) {
		item := l.next(it, elem, recv.ref, lab, n)
		switch how {
		case "fold", "reduce":
			set(l.apply(f, []val{get(), item}, n))
		case "any", "all":
			c := l.apply(f, []val{item}, n)
			stop := func() { set(l.boolConst(how == "any", n)); l.breakTo(lab, n) }
			if how == "any" {
				l.ifElse(c.v, n, stop, nil)
			} else {
				l.ifElse(c.v, n, nil, stop)
			}
		case "find":
			c := l.apply(f, []val{item}, n)
			l.ifElse(c.v, n, func() { set(l.makeVariant("Some", []val{item}, n)); l.breakTo(lab, n) }, nil)
		case "position":
			c := l.apply(f, []val{item}, n)
			l.ifElse(c.v, n, func() {
				i := val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "index"}, n), t: prim("usize")}
				set(l.makeVariant("Some", []val{i}, n))
				l.breakTo(lab, n)
			}, nil)
			out = optionOf(prim("usize"))
		case "find-map":
			c := l.apply(f, []val{item}, n)
			t := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{c.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Some", Text: "Some(_)"}}, n)
			l.ifElse(t, n, func() { set(c); l.breakTo(lab, n) }, nil)
			out = c.t
		case "by-key", "by":
			given := []val{item}
			if how == "by" {
				given = append(given, item)
			}
			c := l.apply(f, given, n)
			cond := l.value(&ops.Op{Kind: ops.Opaque, Text: name, Args: []ops.Value{c.v}}, n)
			l.ifElse(cond, n, func() { set(l.makeVariant("Some", []val{item}, n)) }, nil)
		case "filter":
			c := l.apply(f, []val{item}, n)
			l.ifElse(c.v, n, func() { push(item) }, nil)
		case "filter-map":
			c := l.apply(f, []val{item}, n)
			t := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{c.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Some", Text: "Some(_)"}}, n)
			l.ifElse(t, n, func() {
				p := l.proj(c, []ops.Step{{Variant: "Some", Field: "0"}}, payload(c.t, 0), n)
				push(p)
				out = generic(l.sequenceOf(typ), p.t)
			}, nil)
		case "look":
			l.apply(f, []val{item}, n)
			push(item)
		case "each":
			l.apply(f, []val{item}, n)
		case "try-each":
			r := l.apply(f, []val{item}, n)
			set(r)
			c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{r.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Err", Text: "Err(_)"}}, n)
			l.ifElse(c, n, func() { l.breakTo(lab, n) }, nil)
		case "flat-map":
			l.eachIn(l.apply(f, []val{item}, n), n, func(x val) {
				push(x)
				out = generic(l.sequenceOf(typ), l.typ(x))
			})
		default: // map
			r := l.apply(f, []val{item}, n)
			push(r)
			out = generic(l.sequenceOf(typ), l.typ(r))
		}
	})
	if how == "each" {
		return l.unit(n)
	}
	v := get()
	v.t = out
	v.ref = recv.ref && (how == "filter" || how == "find" || how == "look")
	return v
}

// flattened gives what the elements of an iterator hold, one after the other.
func (l *lowerer) flattened(recv val, typ *workspace.Type, n rp.Node) val {
	acc := l.newVar("", true, nil, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.value(&ops.Op{Kind: ops.Make, Name: "[]"}, n)}}, n)
	out := val{t: iterType(nil)}
	l.eachIn(recv, n, func(item val) {
		l.eachIn(item, n, func(x val) {
			rv := l.value(&ops.Op{Kind: ops.Ref, Var: acc, Mut: true}, n)
			l.out(acc, l.value(&ops.Op{Kind: ops.Verb, Name: ops.ListPush, Args: []ops.Value{rv, l.plain(x, n)}}, n), n)
			out.t, out.ref = generic(l.sequenceOf(typ), x.t), x.ref
		})
	})
	out.v = l.value(&ops.Op{Kind: ops.Get, Var: acc}, n)
	return out
}

// eachIn runs f on what v holds: the payload of an option or result, every
// element of a collection; on v itself where its type is not known.
func (l *lowerer) eachIn(v val, n rp.Node, f func(item val)) {
	switch class := l.class(deref(v.t)); class {
	case "":
		f(v)
	case "option":
		good := "Ok"
		if isOption(v.t) {
			good = "Some"
		}
		c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{v.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: good, Text: good + "(_)"}}, n)
		l.ifElse(c, n, func() { f(l.proj(v, []ops.Step{{Variant: good, Field: "0"}}, payload(v.t, 0), n)) }, nil)
	default:
		iv := v.v
		if class != "iter" && class != "stream" {
			iv = l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{v.v}}, n)
		}
		it := l.newVar("", true, nil, n)
		l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{iv}}, n)
		l.labelled(ops.Loop, n, func(lab ops.Label) { f(l.next(it, l.elementType(v.t), v.ref || isRef(v.t), lab, n)) })
	}
}
