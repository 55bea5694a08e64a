package lower

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// method lowers `receiver.name(args)`.
func (l *lowerer) method(n, target, turbofish rp.Node, argn []rp.Node) val {
	t := l.tree()
	recvNode := t.Child(target, rp.FieldValue)
	nameNode := t.Child(target, rp.FieldField)
	name := t.Text(nameNode)
	recv := l.hint(nil, func() val { return l.exprOrPlace(recvNode) })
	if l.dead {
		return val{}
	}
	var generics []*workspace.Type
	if turbofish != 0 {
		generics = l.typeArgs(turbofish)
	}
	if !isPlaceExpr(t, recvNode) {
		recv = l.temporary(recv, recvNode)
	}
	// A field that holds a closure is called as (x.f)(…); what follows are methods.
	recv = l.known(recv, n)
	if recv.fut != nil {
		if v, ok := l.futureMethod(recv, name, argn, n); ok {
			return v
		}
	}
	if recv.clo != nil && recv.v == 0 {
		if a := l.c.Knowledge.Own("closure", name); a != nil && a.Kind == "same" {
			return recv
		}
	}
	return l.methodOn(recv, name, argn, generics, n)
}

// methodOn calls a method on a receiver that is lowered, as its type decides.
func (l *lowerer) methodOn(recv val, name string, argn []rp.Node, generics []*workspace.Type, n rp.Node) val {
	typ := deref(recv.t)
	class := l.class(typ)
	if typ == nil || typ.Def == nil || l.c.Knowledge.Own(class, name) == nil {
		if v, ok := l.localMethod(recv, typ, name, argn, generics, n); ok {
			return v
		}
	}
	for class == "wrapper" && l.c.Knowledge.Method("wrapper", name) == nil && len(typ.Args) > 0 ||
		class == "wrapper" && l.derefs(typ) && l.ownMethod(typ.Args, name) && !(name == "clone" && l.c.Knowledge.Shares(typ.Name)) ||
		class == "local" && l.c.Knowledge.Own(class, name) == nil && len(typ.Args) > 0 {
		// Box, Rc, Arc, lock guards and keys pass the call on.
		typ = deref(typ.Args[0])
		recv.t = typ
		if v, ok := l.localMethod(recv, typ, name, argn, generics, n); ok {
			return v
		}
		class = l.class(typ)
	}
	if a := l.taughtMethod(typ, name); a != nil {
		return l.does(a, typ.Name+"::"+name, &recv, l.args(argn, nil), nil, false, n)
	}
	a := l.c.Knowledge.Method(class, name)
	if a == nil || class == "" && (typ == nil || typ.Kind == workspace.TUnknown || typ.Kind == workspace.TParam) {
		// The type is not known: a method that only one type of the workspace has is that one.
		if ds := l.c.Workspace.MethodsNamed(name); a == nil && len(ds) == 1 && arity(ds[0]) == len(argn) && !l.c.Knowledge.Combinator(name) && mayHold(typ, ds[0], 0) {
			return l.callMethod(ds[0], recv, argn, generics, n)
		}
	}
	if a == nil {
		args := l.args(argn, nil)
		if class == "iter" || class == "number" || class == "text" || class == "truth" || class == "opaque" {
			v := l.emitCall("."+name, &ops.Callee{Path: name, Pure: true, Cut: "outside"}, append([]val{l.load(recv, n)}, args...), n)
			return v
		}
		v := l.unknownCall("."+name, &recv, args, n, "method")
		v.fut = &future{kind: futUnknown, name: name, value: v.v}
		if class == "" && typ != nil && typ.Kind == workspace.TPath && typ.Def == nil && typ.Name != "" {
			v.fut.path = typ.Name + "::" + name
		}
		return v
	}
	return l.actMethod(a, recv, typ, name, argn, generics, n)
}

// mayHold reports whether a method of the workspace may be what is called on a
// value of type t: not on one of an outside type that has nothing to do with the method's.
func mayHold(t *workspace.Type, method *workspace.Def, depth int) bool {
	switch {
	case t == nil || depth > 4:
		return true
	case t.Kind == workspace.TTuple || t.Kind == workspace.TRef:
	case t.Kind != workspace.TPath || t.Def == nil && t.Name == "":
		return true
	case t.Def != nil && (method.Impl == nil || method.Impl.Self == nil || method.Impl.Self.Def == t.Def):
		return true
	}
	return slices.ContainsFunc(t.Args, func(a *workspace.Type) bool { return mayHold(a, method, depth+1) })
}

// derefs reports whether methods of the content can be called on t itself.
func (l *lowerer) derefs(t *workspace.Type) bool {
	return len(t.Args) > 0 && l.c.Knowledge.Derefs(t.Name)
}

// derefFor follows the Deref of a type of the workspace that has no such
// method to a target that has it.
func (l *lowerer) derefFor(recv val, typ *workspace.Type, name string, n rp.Node) (val, bool) {
	d, target := l.c.Workspace.DerefOf(typ)
	if d == nil || name == "clone" || len(l.c.Workspace.OwnMethods(typ, name)) > 0 {
		return val{}, false
	}
	target = l.substitute(target, l.frame().types)
	class := l.class(target)
	if len(l.c.Workspace.Methods(target, name)) == 0 && l.c.Knowledge.Own(class, name) == nil && class != "wrapper" {
		return val{}, false
	}
	return l.derefLocal(recv, d, target, n)
}

// derefLocal runs a deref method of the workspace: the place it gives.
func (l *lowerer) derefLocal(recv val, d *workspace.Def, target *workspace.Type, n rp.Node) (val, bool) {
	if len(l.frames) > maxDepth || l.recursive(d) {
		return val{}, false
	}
	v := l.inline(d, &recv, nil, deref(recv.t), n)
	v.t, v.ref = target, true
	return v, v.v != 0
}

// derefForField follows Deref from a type that has no such field to one that has it.
func (l *lowerer) derefForField(base val, name string, n rp.Node) val {
	for range 4 {
		t := l.content(base.t)
		if t == nil || t.Def == nil || t.Def.Member(name) != nil {
			return base
		}
		d, target := l.c.Workspace.DerefOf(t)
		if d == nil {
			return base
		}
		at := base
		at.t = t
		to, ok := l.derefLocal(at, d, target, n)
		if !ok {
			return base
		}
		base = to
	}
	return base
}

// ownMethod reports whether the content of a smart pointer has the method itself.
func (l *lowerer) ownMethod(args []*workspace.Type, name string) bool {
	if len(args) == 0 {
		return false
	}
	t := deref(args[0])
	switch {
	case t == nil:
		return false
	case t.Kind == workspace.TParam && l.frame().types[t.Name] != nil:
		return l.ownMethod([]*workspace.Type{l.frame().types[t.Name]}, name)
	case t.Kind == workspace.TDyn, t.Kind == workspace.TImpl, t.Kind == workspace.TParam:
		return len(l.c.Workspace.Methods(t, name)) > 0
	case t.Kind != workspace.TPath:
		return false
	}
	if t.Def != nil {
		return len(l.c.Workspace.Methods(t, name)) > 0
	}
	c := l.class(t)
	return c != "" && c != "wrapper" && l.c.Knowledge.Method(c, name) != nil && name != "clone" || c == "wrapper"
}

func (l *lowerer) localMethod(recv val, typ *workspace.Type, name string, argn []rp.Node, generics []*workspace.Type, n rp.Node) (val, bool) {
	if typ == nil {
		return val{}, false
	}
	if typ.Kind == workspace.TParam {
		if b := l.frame().types[typ.Name]; b != nil {
			typ = deref(b)
			recv.t = typ
		}
	}
	switch typ.Kind {
	case workspace.TPath, workspace.TParam, workspace.TImpl, workspace.TDyn:
	default:
		return val{}, false
	}
	if to, ok := l.derefFor(recv, typ, name, n); ok {
		return l.methodOn(to, name, argn, generics, n), true
	}
	ds := l.meant(l.c.Workspace.Methods(typ, name))
	if len(ds) == 0 {
		return val{}, false
	}
	if typ.Def == nil && typ.Kind == workspace.TPath && l.c.Knowledge.Method(l.class(typ), name) != nil && l.class(typ) != "" {
		return val{}, false // an outside type's own method comes first
	}
	if len(ds) == 1 {
		return l.callMethod(ds[0], recv, argn, generics, n), true
	}
	return l.dispatch(ds, recv, argn, generics, n), true
}

func (l *lowerer) callMethod(d *workspace.Def, recv val, argn []rp.Node, generics []*workspace.Type, n rp.Node) val {
	sig := d.Signature()
	types := map[string]*workspace.Type{}
	if d.Impl != nil && d.Impl.Self != nil {
		unify(d.Impl.Self, deref(recv.t), types)
	}
	if len(generics) > 0 {
		bindTurbofish(d, generics, types)
	}
	args := l.args(argn, &sig)
	if sig.Self == workspace.SelfValue {
		if recv.ref && isCopyRef(recv) {
			recv = l.load(recv, n)
		}
		recv = l.takeOut(recv, n)
	}
	return l.callFn(d, &recv, args, types, n)
}

func isCopyRef(v val) bool { return v.root == 0 }

// dispatch calls one of several implementations of a trait method: which one
// is not known.
func (l *lowerer) dispatch(ds []*workspace.Def, recv val, argn []rp.Node, generics []*workspace.Type, n rp.Node) val {
	const most = 3
	sig := ds[0].Signature()
	args := l.args(argn, &sig)
	if l.c.Taught(ds[0]) != nil {
		return l.callFn(ds[0], &recv, args, nil, n) // taught of the trait, or of the first of its types
	}
	if sig.Async {
		f := &future{kind: futFn, def: ds[0], args: args, site: l.callerSite(n), recv: &recv}
		if len(ds) <= most {
			f.others = ds[1:]
		}
		return val{fut: f}
	}
	if len(ds) > most {
		c := &ops.Callee{Path: FuncName(ds[0]), Cut: "dyn"}
		for _, d := range ds {
			c.Reads = append(c.Reads, l.c.Touched(d)...)
		}
		c.Writes = c.Reads
		c.Pure = len(c.Reads) == 0
		v := l.emitCall("."+ds[0].Name, c, append([]val{recv}, args...), n)
		v.t = sig.Result
		return v
	}
	return l.oneOf(len(ds), n, func(i int) val { return l.run(ds[i], &recv, args, nil, n) })
}

// oneOf lowers count alternatives of which one, not known, happens.
func (l *lowerer) oneOf(count int, n rp.Node, alt func(i int) val) val {
	r := l.newResult(true, n)
	var try func(i int)
	try = func(i int) {
		if i == count-1 {
			l.put(r, alt(i), n)
			return
		}
		c := l.value(&ops.Op{Kind: ops.Opaque, Text: "which implementation", Index: i}, n)
		l.ifElse(c, n, func() { l.put(r, alt(i), n) }, func() { try(i + 1) })
	}
	try(0)
	return l.take(r, n)
}

// byNode reports whether an action lowers its arguments itself, closures among them.
func (l *lowerer) byNode(a *knowledge.Action) bool {
	switch a.Kind {
	case "option", "iterator", "apply", "retain", "modify", "entry", "value", "fresh":
		return true
	}
	return false
}

// actMethod does what knowledge says of a method.
func (l *lowerer) actMethod(a *knowledge.Action, recv val, typ *workspace.Type, name string, argn []rp.Node, generics []*workspace.Type, n rp.Node) val {
	switch a.Kind {
	case "option":
		if a.Get("self") != "ref" {
			recv = l.takeOut(recv, n)
		}
		return l.optionMethod(a, recv, typ, name, argn, n)
	case "iterator":
		return l.iteratorMethod(a.Get("how"), recv, typ, name, argn, n)
	case "apply":
		return l.applyContent(a, recv, typ, argn, n)
	case "retain":
		if a.Get("verb") != "" {
			return l.retainSome(a, name, recv, typ, argn, n)
		}
		return l.retain(recv, typ, argn, n)
	case "modify":
		return l.modifyEntry(recv, typ, argn, n)
	case "entry":
		k := l.args(argn, nil)
		return val{v: recv.v, ref: true, root: recv.root, t: entryType(typ), entry: &entry{key: first(k), class: l.class(typ), elem: payload(typ, 1)}}
	case "fresh":
		key := val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "new key"}, n), t: payload(typ, 0)}
		l.verb(a, name, &recv, append([]val{key}, l.args(argn, nil)...), typ, nil, n)
		return key
	case "value":
		if recv.entry == nil {
			break
		}
		if a.Get("how") == "key" {
			return recv.entry.key
		}
		if recv = l.entryValue(recv, n); a.Get("verb") == "" {
			return recv
		}
		return l.verb(a, name, &recv, l.args(argn, nil), recv.t, recv.t, n)
	}
	args := l.args(argn, nil)
	return l.act(a, name, &recv, args, generics, argn, n)
}

// act does what knowledge says of a function or method whose arguments are lowered.
func (l *lowerer) act(a *knowledge.Action, name string, recv *val, args []val, generics []*workspace.Type, argn []rp.Node, n rp.Node) val {
	if l.dead {
		return val{}
	}
	var rt *workspace.Type
	if recv != nil {
		rt = deref(recv.t)
	}
	resultType := func() *workspace.Type {
		if rt2 := a.Get("result"); rt2 != "" {
			return l.knownType(rt2, rt, generics)
		}
		return nil
	}
	switch a.Kind {
	case "convert":
		return l.convert(*recv, rt, n)
	case "same":
		v := *recv
		if l.class(rt) != "lockresult" {
			v.lent = l.lend(v, rt, name, n)
		}
		v.ref, v.mut = true, recv.mut && a.Get("mut") != "no" || a.Get("mut") == "yes"
		if rs := resultType(); rs != nil {
			v.t = rs
		} else if l.class(rt) == "wrapper" && len(rt.Args) > 0 {
			v.t = refTo(rt.Args[0])
		} else {
			v.t = rt
		}
		return v
	case "part":
		return l.part(args, n)
	case "arg":
		if len(args) == 0 {
			return l.opaque(n, "missing argument", nil)
		}
		v := args[0]
		return v
	case "load":
		if rt != nil && l.c.Knowledge.Shares(rt.Name) && name == "clone" {
			v := *recv
			v.lent = nil
			return v
		}
		v := *recv
		v.ref = true
		v = l.load(v, n)
		if rs := resultType(); rs != nil {
			v.t = rs
		} else {
			v.t = cloned(rt)
		}
		return v
	case "store":
		if len(args) == 0 {
			return l.opaque(n, "missing argument", nil)
		}
		l.store(*recv, args[len(args)-1], n)
		return l.unit(n)
	case "verb":
		return l.verb(a, name, recv, args, rt, resultType(), n)
	case "empty":
		t := l.expected
		if of, _, ok := cutLast(name); ok && (t == nil || t.Kind == workspace.TUnknown) {
			t = prim(of)
		}
		if rs := resultType(); rs != nil {
			t = rs
		}
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: "[]"}, n), t: t}
	case "trap":
		l.emit(&ops.Op{Kind: ops.Trap, Text: "trap"}, n)
		return val{}
	case "drop":
		for i, x := range args {
			l.unrun(x, argAt(argn, i, n))
			l.dropNow(x, n)
		}
		return l.unit(n)
	case "scopeguard":
		if len(args) < 2 || args[len(args)-1].clo == nil {
			return l.opaque(n, "scope guard", nil)
		}
		v := args[0]
		v.v = l.plain(v, n)
		v.ref, v.root, v.temp, v.onDrop = false, 0, 0, args[len(args)-1].clo
		return v
	case "defuse":
		v := l.give(first(args), n)
		v.onDrop = nil
		return v
	case "forget":
		v := l.give(first(args), n)
		v.ref, v.root = true, 0 // whoever has it does not drop it
		return v
	case "request":
		return l.request(a, name, recv, args, argn, generics, resultType(), n)
	case "oneway":
		return l.oneway(a, name, recv, args, argn, n)
	case "builder":
		return *recv
	case "endpoint":
		return l.endpoint(args, n)
	case "spawn":
		if len(args) > 0 {
			l.spawn(args[0], "task", false, n)
		}
		return l.unit(n)
	case "timer":
		if len(args) > 0 {
			l.spawn(args[len(args)-1], "timer", a.Get("interval") == "yes", n)
		}
		return l.opaqueQuiet(n)
	case "join":
		return l.joined(args, a.Get("how"), n)
	case "stream":
		v := first(args)
		return val{v: l.plain(v, n), t: generic("awaitlint::Stream", l.elementType(v.t)), ref: v.ref, root: v.root}
	case "all", "each", "next":
		f := &future{kind: map[string]futKind{"all": futAll, "each": futEach, "next": futNext}[a.Kind], name: a.Get("how"), elem: l.elementType(rt), value: recv.v}
		if a.Kind == "next" {
			f.recv = recv
		}
		if a.Kind == "each" {
			f.clo = l.known(args[max(len(args), 1)-1], n).clo
			if f.clo == nil {
				break
			}
		}
		return val{fut: f}
	case "await":
		// It may suspend: on a call inside, or until another message lets it go on (S23).
		var all []val
		if recv != nil {
			all = append(all, l.load(*recv, n))
		}
		v := l.emitCall(lastTwo(name), &ops.Callee{Path: lastTwo(name), Pure: true, Cut: "outside"}, append(all, args...), n)
		v.t = resultType()
		v.fut = &future{kind: futUnknown, name: lastTwo(name), value: v.v, result: v.t, why: strings.ReplaceAll(a.Get("why"), "-", " ")}
		return v
	case "never":
		v := first(args)
		return val{fut: &future{kind: futReady, ready: &v}}
	case "storage":
		return l.storage(a, args, generics, n)
	case knowledge.Does:
		return l.does(a, name, recv, args, nil, false, n)
	}
	// pure, and whatever has no effect here.
	var all []val
	if recv != nil {
		all = append(all, l.load(*recv, n))
	}
	for _, x := range args {
		all = append(all, l.load(x, n))
	}
	v := l.emitCall(lastTwo(name), &ops.Callee{Path: lastTwo(name), Pure: true, Controls: a.Get("asks") == "controllers", Message: a.Get("asks") == "message", Cut: "outside"}, all, n)
	v.t = resultType()
	return v
}

// joined is the future of all futures in its arguments, or in the list that is its one argument.
func (l *lowerer) joined(args []val, how string, n rp.Node) val {
	if len(args) == 1 && args[0].fut == nil && args[0].clo == nil {
		list := args[0]
		if list.parts == nil {
			return val{fut: &future{kind: futAll, name: how, value: list.v, elem: l.elementType(list.t)}}
		}
		args = list.parts
	}
	return val{fut: &future{kind: futJoin, parts: args, name: how}}
}

func (l *lowerer) opaqueQuiet(n rp.Node) val {
	return val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "timer id"}, n)}
}

func (l *lowerer) verb(a *knowledge.Action, name string, recv *val, args []val, rt, result *workspace.Type, n rp.Node) val {
	op := &ops.Op{Kind: ops.Verb, Name: a.Get("verb"), Text: name, Traps: strings.ReplaceAll(a.Get("traps"), "-", " ")}
	place := recv
	if recv == nil && len(args) > 0 {
		place = &args[0]
	}
	if recv != nil {
		op.Args = append(op.Args, recv.v)
		if recv.entry != nil {
			op.Args = append(op.Args, recv.entry.key.v)
		}
	}
	for _, x := range args {
		if x.clo != nil && a.Get("how") == "closure" {
			x = l.apply(x.clo, nil, n)
		}
		switch a.Get("how") {
		case "some":
			x = l.makeVariant("Some", []val{x}, n)
		case "clone":
			x = l.load(x, n)
		}
		x = l.give(x, n)
		op.Args = append(op.Args, l.plain(x, n))
		if op.Name == ops.ListPush || op.Name == ops.ListPushFront {
			l.pushed(*place, l.typ(x))
		}
	}
	if op.Name == ops.MapEntryOr && len(op.Args) == 2 {
		op.Args = append(op.Args, l.value(&ops.Op{Kind: ops.Opaque, Text: "default"}, n))
	}
	if l.dead {
		return val{}
	}
	r := val{v: l.value(op, n), t: result}
	if place != nil && place.ref {
		switch op.Name {
		case ops.MapGet, ops.ListGet, ops.ListFirst, ops.ListLast, ops.MapEntryOr, ops.Iter, ops.Values, ops.Keys, ops.Unwrap, ops.UnwrapErr, ops.IterNext:
			r.ref = true
			// Rust names what hands out mutable access so.
			r.mut = place.mut && strings.HasSuffix(name, "_mut") || op.Name == ops.MapEntryOr || place.mut && (op.Name == ops.Unwrap || op.Name == ops.IterNext)
		}
	}
	if result == nil {
		switch op.Name {
		case ops.Unwrap:
			r.t = payload(rt, 0)
			if recv != nil {
				r.lent = recv.lent
			}
		case ops.UnwrapErr:
			r.t = payload(rt, 1)
		case ops.Take, ops.Replace:
			r.t = rt
			if recv == nil && len(args) > 0 {
				r.t = deref(args[0].t)
			}
		case ops.MapEntryOr:
			if recv != nil && recv.entry != nil {
				r.t = recv.entry.elem
			}
		case ops.Min, ops.Max:
			if len(args) > 0 {
				r.t = args[0].t
			}
		case "collect", "iter.some", "iter.enumerate":
			r.t = l.collected(op.Name, rt)
			r.ref = recv.ref
		}
	}
	if place != nil && place.root != 0 && place.ref && ops.Writes(op.Name) {
		l.out(place.root, r.v, n)
		if place.whole {
			l.grown(place, args, n)
		}
	}
	if l.hasGlue(r.t) && !r.ref && recv != nil {
		l.give(*recv, n)
	}
	if a.Get("how") == "ok" {
		return l.makeVariant("Ok", []val{r}, n)
	}
	return r
}

// grown notes that a local container was given a guard: from now on it owns guards.
func (l *lowerer) grown(place *val, args []val, n rp.Node) {
	elem := slices.IndexFunc(args, func(a val) bool { return !a.ref && l.hasGlue(a.t) })
	switch class := l.class(place.t); {
	case elem < 0 || l.owned(place.root):
	case class == "list" || class == "set" || class == "map":
		t := *deref(place.t)
		t.Args = slices.Repeat([]*workspace.Type{unknownType}, max(len(t.Args), elem+1))
		t.Args[elem] = args[elem].t
		l.retype(place.root, &t)
		l.ownIn(l.declared[place.root], place.root, val{t: &t}, n)
	}
}

// applyContent inlines the closure given to an accessor of a cell.
func (l *lowerer) applyContent(a *knowledge.Action, recv val, typ *workspace.Type, argn []rp.Node, n rp.Node) val {
	content := recv
	content.lent = nil
	content.ref, content.mut = true, a.Get("mut") == "yes"
	if a.Get("how") != "self" && typ != nil && len(typ.Args) > 0 {
		content.t = refTo(typ.Args[0])
		if c := l.class(typ); c != "wrapper" && c != "local" {
			content.t = typ
		}
	}
	if len(argn) == 0 {
		return l.opaque(n, "missing argument", nil)
	}
	f := l.expr(argn[len(argn)-1], true)
	if a.Get("how") == "update" {
		old := l.load(content, n)
		var nv val
		if f.clo != nil {
			nv = l.apply(f.clo, []val{old}, n)
		} else {
			nv = l.opaque(n, "call of a value", []ops.Value{f.v, old.v})
		}
		l.store(content, nv, n)
		return nv
	}
	if f.clo == nil {
		// A function value: what it does to the content is not known.
		v := l.emitCall("(value)", &ops.Callee{Path: "a function value", Cut: "value"}, []val{content, f}, n)
		return v
	}
	return l.apply(f.clo, []val{content}, n)
}

// convert is `x.into()`: the type expected there, by a From of the workspace if there is one.
func (l *lowerer) convert(recv val, from *workspace.Type, n rp.Node) val {
	to := deref(l.expected)
	if to == nil || to.Kind == workspace.TUnknown {
		recv.t = nil
		return recv
	}
	if to.Def != nil && from != nil {
		var fit []*workspace.Def
		for _, d := range l.c.Workspace.OwnMethods(to, "from") {
			if ps := d.Signature().Params; len(ps) == 1 && sameType(deref(ps[0].Type), from) {
				fit = append(fit, d)
			}
		}
		if len(fit) == 1 {
			return l.callFn(fit[0], nil, []val{l.load(recv, n)}, nil, n)
		}
	}
	recv.t = l.expected
	return recv
}

// retain keeps the elements of a list for which a closure holds: a new list
// of those, put in place of the old one.
func (l *lowerer) retain(recv val, typ *workspace.Type, argn []rp.Node, n rp.Node) val {
	kept := l.iteratorMethod("filter", recv, typ, "filter", argn, n)
	if kept.v == 0 || l.dead {
		return val{}
	}
	l.store(val{v: recv.v}, l.load(kept, n), n)
	return l.unit(n)
}

// retainSome is retain of a map or set: the closure sees every element, and
// which of them stay is not known.
func (l *lowerer) retainSome(a *knowledge.Action, name string, recv val, typ *workspace.Type, argn []rp.Node, n rp.Node) val {
	f := l.known(first(l.args(argn, nil)), n)
	if f.clo == nil {
		return l.verb(a, name, &recv, []val{f}, typ, nil, n)
	}
	l.eachIn(recv, n, func(item val) {
		args := []val{item}
		if t := deref(item.t); t != nil && t.Kind == workspace.TTuple && len(t.Args) == 2 {
			args = []val{
				l.proj(item, []ops.Step{{Field: "0"}}, t.Args[0], n),
				l.proj(item, []ops.Step{{Field: "1"}}, t.Args[1], n),
			}
		}
		l.apply(f.clo, args, n)
	})
	if l.dead {
		return val{}
	}
	l.verb(a, name, &recv, nil, typ, nil, n)
	return l.unit(n)
}

// modifyEntry is entry(k).and_modify(f), or map.modify(k, f): f runs on the entry where it is there.
func (l *lowerer) modifyEntry(recv val, typ *workspace.Type, argn []rp.Node, n rp.Node) val {
	if recv.entry == nil && len(argn) == 2 {
		recv.entry = &entry{key: l.expr(argn[0], true), elem: payload(typ, 1)} // map.modify(k, f)
	}
	if recv.entry == nil || len(argn) == 0 {
		return l.unknownCall(".and_modify", &recv, l.args(argn, nil), n, "method")
	}
	f := l.expr(argn[len(argn)-1], true)
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{l.found(recv, n).v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Some", Text: "Some(_)"}}, n)
	l.ifElse(c, n, func() {
		p := l.entryValue(recv, n)
		if f.clo != nil {
			l.apply(f.clo, []val{p}, n)
		} else {
			l.emitCall("(value)", &ops.Callee{Path: "a function value", Cut: "value"}, []val{p, f}, n)
		}
	}, nil)
	return recv
}

// found is the Option that looking up an entry gives, for a match on it.
func (l *lowerer) found(v val, n rp.Node) val {
	if v.entry == nil || v.entry.of != nil || l.dead {
		return v
	}
	of, e := v, *v.entry
	e.of = &of
	return val{v: l.value(&ops.Op{Kind: ops.Verb, Name: ops.MapGet, Args: []ops.Value{v.v, e.key.v}}, n), ref: true, root: v.root, t: v.t, entry: &e}
}

// entryValue is the value of an entry that is there.
func (l *lowerer) entryValue(recv val, n rp.Node) val {
	p := l.proj(val{v: l.found(recv, n).v, ref: true, root: recv.root, mut: true}, []ops.Step{{Variant: "Some", Field: "0"}}, recv.entry.elem, n)
	p.ref = true
	return p
}

// storage is type-keyed storage: one cell a type.
func (l *lowerer) storage(a *knowledge.Action, args []val, generics []*workspace.Type, n rp.Node) val {
	var t *workspace.Type
	if len(generics) > 0 {
		t = generics[0]
	} else if len(args) > 0 {
		t = deref(args[0].t)
	} else {
		t = deref(l.expected)
	}
	name := "storage"
	if t != nil {
		name = lastSegment(t)
	}
	c := l.c.AssumedCell(name, t, "storage of type "+name)
	place := val{v: l.value(&ops.Op{Kind: ops.Cell, Name: c.Name, Mut: true}, n), t: t, ref: true, mut: true}
	if a.Get("how") == "store" && len(args) > 0 {
		l.store(place, args[0], n)
		return l.unit(n)
	}
	return place
}
