package lower

import (
	"fmt"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A future is a value that awaiting runs. Futures of the workspace run in
// place when awaited; requests become commit points.
type future struct {
	kind   futKind
	def    *workspace.Def // futFn, with recv, args and types
	others []*workspace.Def
	recv   *val
	args   []val
	types  map[string]*workspace.Type
	site   ops.Site
	clo    *closure // futBlock
	req    *ops.RequestInfo
	reqArg []ops.Value
	result *workspace.Type
	parts  []val // futJoin, futOneOf; futUnknown: the futures it was given
	name   string
	value  ops.Value       // futUnknown: the value that is awaited; futAll, futEach, futNext: the list; futRequest: the call that is sent already
	elem   *workspace.Type // futAll, futEach, futNext: of its elements
	ready  *val
	does   *knowledge.Action // futDoes, with name, args, result
	commit ops.Commit
	path   string // futUnknown: of the callee, "" where its type is not known
	// straight: awaiting futUnknown does not suspend.
	straight bool
	why      string // futUnknown: what is known of it all the same
	open     bool   // futOneOf: or something else
	named    bool   // a name it is bound to is used
}

type futKind uint8

const (
	futFn futKind = iota + 1
	futBlock
	futRequest
	futJoin
	futUnknown
	futReady
	futDoes
	futOneOf // one of parts, which is not known
	futAll   // every future of a list; name says whether the first error ends it ("try")
	futEach  // clo on every element of a list, one after the other
	futNext  // the next future of a list
	futChain // what comes of the future parts[0]: clo on its output, as name says
)

func (l *lowerer) await(n rp.Node) val {
	t := l.tree()
	kids := t.Children(n)
	if len(kids) == 0 {
		return l.opaque(n, "await", nil)
	}
	return l.awaiting(l.expr(kids[0], true), n)
}

// awaitSite is the word `await`, where tree positions allow it.
func (l *lowerer) awaitSite(n rp.Node) ops.Site {
	fr := l.frame()
	s := span(fr.tree, n)
	if text := s.File.Text[s.Start:s.End]; len(text) > 5 && text[len(text)-5:] == "await" {
		s.Start = s.End - 5
	}
	return l.siteOf(ops.SiteInfo{Span: s, Func: fr.name, Caller: fr.caller})
}

func (l *lowerer) awaitValue(v val, n rp.Node) val {
	if l.dead {
		return val{}
	}
	v = l.known(v, n)
	f := v.fut
	if f == nil {
		if v.clo != nil {
			v = val{v: l.plain(v, n)}
		}
		if d := l.ofFuture(v.t, "into_future"); d != nil {
			return l.awaitValue(l.callMethod(d, v, nil, nil, n), n)
		}
		if d := l.ofFuture(v.t, "poll"); d != nil {
			return l.awaitPolled(d, v, n)
		}
		if a := l.c.Knowledge.Own(l.class(deref(v.t)), "await"); a != nil {
			return l.awaitValue(l.act(a, lastSegment(v.t), &v, nil, nil, nil, n), n)
		}
		// A future this analysis lost sight of, or something of an outside type.
		r := l.awaitOp(v.v, ops.May, &ops.Wait{For: l.awaited(v, n), Cause: "is a future that was lost sight of"}, n)
		return r
	}
	switch f.kind {
	case futFn:
		if len(f.others) > 0 {
			ds := append([]*workspace.Def{f.def}, f.others...)
			return l.oneOf(len(ds), n, func(i int) val { return l.run(ds[i], f.recv, f.args, nil, n) })
		}
		if cut := l.whyNotInline(f.def, f.recv, f.args); cut != "" && cut != "pure" {
			r := l.callOut(f.def, f.recv, f.args, f.types, cut, n)
			a := l.awaitOp(r.v, ops.May, &ops.Wait{For: FuncName(f.def), Cause: "is left out here: " + cut, Apart: NameSpan(f.def)}, n)
			a.t = r.t
			return a
		}
		return l.run(f.def, f.recv, f.args, f.types, n)
	case futBlock:
		r := l.closureBody(f.clo, f.args, bodyOf(f.clo), n)
		if r.fut != nil && r.v == 0 {
			return l.awaitValue(r, n)
		}
		return r
	case futRequest:
		r := l.awaitOp(l.sent(f, n), ops.Must, &ops.Wait{For: f.req.API, Cause: "is sent", Calls: []*ops.RequestInfo{f.req}}, n)
		r.t = f.result
		return r
	case futJoin:
		return l.awaitJoin(f, n)
	case futReady:
		return *f.ready
	case futDoes:
		return l.perform(f, n)
	case futOneOf:
		ways := len(f.parts)
		if f.open {
			ways++
		}
		return l.oneOf(ways, n, func(i int) val {
			if i == len(f.parts) {
				return l.awaitValue(val{v: f.value}, n)
			}
			return l.awaitValue(f.parts[i], n)
		})
	case futAll, futEach:
		return l.awaitEach(f, n)
	case futNext:
		return l.awaitNext(f, n)
	case futChain:
		return l.awaitChain(f, n)
	case futUnknown:
		if f.straight {
			return val{v: f.value, t: f.result}
		}
		// An outside function or method: it may call, and may run what it was given.
		l.mayAwait(f.parts, n, f.value)
		req := val{v: l.value(&ops.Op{Kind: ops.Request, Args: []ops.Value{f.value}, Request: &ops.RequestInfo{Method: f.name, API: f.name}}, n)}
		w := &ops.Wait{For: "`" + f.name + "`", Cause: f.why, Known: f.why != "", Path: f.path}
		if w.Cause == "" {
			w.Cause = "is not known"
		}
		r := l.awaitOp(req.v, ops.May, w, n)
		r.t = f.result
		return r
	}
	return l.opaque(n, "await", nil)
}

// mayAwait lowers futures given to a function that may run them.
func (l *lowerer) mayAwait(futs []val, n rp.Node, decides ...ops.Value) {
	for _, p := range futs {
		c := l.value(&ops.Op{Kind: ops.Opaque, Text: "whether it is run", Args: decides}, n)
		l.ifElse(c, n, func() { l.awaitValue(p, n) }, nil)
	}
}

// awaitOp emits the operation at which a segment ends, for the reason in w.
func (l *lowerer) awaitOp(v ops.Value, c ops.Commit, w *ops.Wait, n rp.Node) val {
	if l.dead {
		return val{}
	}
	w.Commit, w.Site = c, l.awaitSite(n)
	l.suspends = l.suspends || c != ops.Never
	if in := l.waiting; in != nil {
		if l.f.Sites[w.Site] == l.f.Sites[in.wait.Site] {
			w.Site = in.wait.Site
		}
		in.inner = append(in.inner, w)
	}
	op := &ops.Op{Kind: ops.Await, Args: []ops.Value{v}, Commit: c, Wait: w, Site: w.Site}
	return val{v: l.value(op, n)}
}

// ofFuture finds the method by which a type of the workspace says what awaiting
// one of its values does, nil where it is no such type.
func (l *lowerer) ofFuture(t *workspace.Type, method string) *workspace.Def {
	if t = deref(t); t == nil || t.Kind != workspace.TPath || t.Def == nil {
		return nil
	}
	if ds := l.c.Workspace.Methods(t, method); len(ds) == 1 && ds[0].Impl != nil && ds[0].Impl.Trait != nil {
		return ds[0]
	}
	return nil
}

// awaitPolled awaits a future that is written by hand: it is polled until it is
// ready, and each time it is not, the segment ends until something wakes it (S23).
func (l *lowerer) awaitPolled(poll *workspace.Def, v val, n rp.Node) val {
	if v.root == 0 {
		it := l.newVar("", true, v.t, n)
		l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{l.plain(v, n)}}, n)
		v.root, v.whole = it, true
	}
	res := l.newResult(true, n)
	l.labelled(ops.Loop, n, func(end ops.Label) {
		at := v
		at.v, at.ref, at.mut = l.value(&ops.Op{Kind: ops.Ref, Var: v.root, Mut: true}, n), true, true
		context := val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "context of a poll"}, n)}
		p := l.run(poll, &at, []val{context}, nil, n)
		ready := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{p.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Ready", Text: "Ready(_)"}}, n)
		l.ifElse(ready, n, func() {
			l.put(res, l.proj(p, []ops.Step{{Variant: "Ready", Field: "0"}}, payload(p.t, 0), n), n)
			l.breakTo(end, n)
		}, nil)
		l.awaitOp(p.v, ops.May, &ops.Wait{For: FuncName(poll), Cause: "may not be ready", Known: true}, n)
	})
	return l.take(res, n)
}

// sent is the call a future stands for, sent now unless it is already (eager calls, §1.3).
func (l *lowerer) sent(f *future, n rp.Node) ops.Value {
	if f.value != 0 {
		return f.value
	}
	return l.value(&ops.Op{Kind: ops.Request, Args: f.reqArg, Request: f.req}, n)
}

// materialize makes a future a value.
func (l *lowerer) materialize(v val, n rp.Node) val {
	f := v.fut
	if f == nil || l.dead {
		return v
	}
	switch f.kind {
	case futRequest:
		return val{v: l.sent(f, n), fut: f}
	case futJoin:
		var parts []ops.Value
		for _, p := range f.parts {
			if p.fut != nil {
				p = l.materialize(p, n)
			}
			if p.v != 0 {
				parts = append(parts, p.v)
			}
		}
		return val{v: l.value(&ops.Op{Kind: ops.Join, Name: f.name, Args: parts}, n)}
	case futUnknown:
		return val{v: f.value}
	}
	return val{v: l.held(v, n)}
}

// awaitJoin awaits several futures at once (M10). Requests go out together;
// bodies of the workspace are lowered one after the other.
func (l *lowerer) awaitJoin(f *future, n rp.Node) val {
	requests := true
	var parts []val
	for _, p := range f.parts {
		if p.fut != nil && p.fut.kind == futJoin {
			parts = append(parts, p.fut.parts...)
		} else {
			parts = append(parts, p)
		}
	}
	for _, p := range parts {
		if p.fut == nil || p.fut.kind != futRequest {
			requests = false
		}
	}
	if f.name == "select" && !requests {
		// All begin, one ends: which one is not known.
		return l.oneOf(len(parts), n, func(i int) val { return val{v: l.plain(l.awaitValue(parts[i], n), n)} })
	}
	if requests {
		j := l.materialize(val{fut: &future{kind: futJoin, parts: parts, name: f.name}}, n)
		w := &ops.Wait{For: "all of several futures", Cause: "are sent"}
		for _, p := range parts {
			if p.fut != nil && p.fut.req != nil {
				w.Calls = addCall(w.Calls, p.fut.req)
			}
		}
		return l.awaitOp(j.v, ops.Must, w, n)
	}
	all := func(each func(r val)) val {
		typ := &workspace.Type{Kind: workspace.TTuple}
		var args []ops.Value
		for _, p := range parts {
			r := p
			if p.fut != nil || p.v != 0 {
				r = l.awaitValue(p, n)
			}
			if l.dead {
				return val{}
			}
			each(r)
			if f.name == "try" {
				r = l.proj(r, []ops.Step{{Variant: "Ok", Field: "0"}}, payload(r.t, 0), n)
			}
			args = append(args, l.plain(r, n))
			typ.Args = append(typ.Args, r.t)
		}
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: "()", Args: args}, n), t: typ}
	}
	if f.name != "try" {
		return all(func(val) {})
	}
	return l.orError(n, all)
}

// orError gives Ok of what body gives, or the first Err among the results
// that body hands to its argument.
func (l *lowerer) orError(n rp.Node, body func(each func(r val)) val) val {
	res := l.newResult(true, n)
	l.labelled(ops.Block, n, func(end ops.Label) {
		v := body(func(r val) {
			if l.dead || r.v == 0 {
				return
			}
			c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{r.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Err", Text: "Err(_)"}}, n)
			l.ifElse(c, n, func() {
				l.put(res, l.makeVariant("Err", []val{l.proj(r, []ops.Step{{Variant: "Err", Field: "0"}}, payload(r.t, 1), n)}, n), n)
				l.breakTo(end, n)
			}, nil)
		})
		if !l.dead {
			l.put(res, l.makeVariant("Ok", []val{v}, n), n)
		}
	})
	return l.take(res, n)
}

// awaitEach awaits the futures of a list, or runs a closure on each element,
// once a turn of a loop. That join_all sends what it can in one segment (S20)
// is not told: the turns are the replies, in some order.
func (l *lowerer) awaitEach(f *future, n rp.Node) val {
	run := func(each func(r val)) val {
		acc, it := l.newVar("", true, nil, n), l.newVar("", true, nil, n)
		l.emit(&ops.Op{Kind: ops.Set, Var: acc, Args: []ops.Value{l.value(&ops.Op{Kind: ops.Make, Name: "[]"}, n)}}, n)
		iv := l.value(&ops.Op{Kind: ops.Verb, Name: ops.Iter, Args: []ops.Value{f.value}}, n)
		l.emit(&ops.Op{Kind: ops.Set, Var: it, Args: []ops.Value{iv}}, n)
		var elem *workspace.Type
		l.labelled(ops.Loop, n, func(lab ops.Label) {
			r := l.next(it, f.elem, false, lab, n)
			if f.kind == futEach {
				r = l.apply(f.clo, []val{r}, n)
			}
			if r = l.awaitValue(r, n); l.dead {
				return
			}
			each(r)
			if f.name == "try" {
				r = l.proj(r, []ops.Step{{Variant: "Ok", Field: "0"}}, payload(r.t, 0), n)
			}
			elem = r.t
			rv := l.value(&ops.Op{Kind: ops.Ref, Var: acc, Mut: true}, n)
			o := l.value(&ops.Op{Kind: ops.Verb, Name: ops.ListPush, Args: []ops.Value{rv, l.plain(r, n)}}, n)
			l.out(acc, o, n)
		})
		if f.kind == futEach {
			return l.unit(n)
		}
		return val{v: l.value(&ops.Op{Kind: ops.Get, Var: acc}, n), t: listOf(elem)}
	}
	if f.name == "try" {
		return l.orError(n, run)
	}
	return run(func(val) {})
}

// awaitNext takes one future out of a list and awaits it: Some of its output, or None.
func (l *lowerer) awaitNext(f *future, n rp.Node) val {
	o := val{v: l.value(&ops.Op{Kind: ops.Verb, Name: ops.IterNext, Args: []ops.Value{f.value}}, n), t: optionOf(f.elem)}
	if root := f.recv; root != nil {
		l.out(root.root, o.v, n)
	}
	res := l.newResult(true, n)
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{o.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: "Some", Text: "Some(_)"}}, n)
	l.ifElse(c, n, func() {
		r := l.awaitValue(l.proj(o, []ops.Step{{Variant: "Some", Field: "0"}}, f.elem, n), n)
		l.put(res, l.makeVariant("Some", []val{r}, n), n)
	}, func() { l.put(res, l.makeVariant("None", nil, n), n) })
	return l.take(res, n)
}

// request makes the future of an inter-canister call.
func (l *lowerer) request(a *knowledge.Action, name string, recv *val, args []val, argn []rp.Node, generics []*workspace.Type, result *workspace.Type, n rp.Node) val {
	r := &ops.RequestInfo{API: lastTwo(name), Method: lastOf(name), Bounded: a.Get("wait") == "bounded"}
	switch a.Get("reply") {
	case "result":
		r.Reply = ops.ReplyResult
	case "double":
		r.Reply = ops.ReplyDouble
	}
	r.Effect = effects[a.Get("effect")]
	f := &future{kind: futRequest, req: r, result: result}
	if recv != nil {
		f.reqArg = append(f.reqArg, recv.v)
	}
	if to := a.Get("to"); to != "" {
		r.To = 1 + int(to[0]-'0')
	}
	l.nameCall(r, a, args, argn)
	if r.Effect == ops.EffectUnknown {
		r.Effect = effects[l.c.Knowledge.Call(r.Method)]
	}
	for i, x := range args {
		f.reqArg = append(f.reqArg, l.plain(l.load(x, argAt(argn, i, n)), n))
	}
	if a.Get("sent") == "made" {
		// Eager: it goes out here, awaited or not (ic-cdk 0.5.0 to 0.7.4, §1.3).
		f.value = l.value(&ops.Op{Kind: ops.Request, Args: f.reqArg, Request: f.req}, n)
	}
	return val{fut: f, t: l.requestType()}
}

// nameCall notes which method a call is of: as knowledge says, or the argument that names it.
func (l *lowerer) nameCall(r *ops.RequestInfo, a *knowledge.Action, args []val, argn []rp.Node) {
	if c := a.Get("call"); c != "" {
		r.Method = c
	}
	m := a.Get("method")
	if m == "" {
		return
	}
	switch i := int(m[0] - '0'); {
	case i < len(args) && args[i].text != "":
		r.Method = args[i].text
	case i < len(argn):
		r.Method = l.methodName(argn[i])
	}
}

var effects = map[string]ops.Effect{"fetch": ops.EffectFetch, "mutates": ops.EffectMutates, "moves": ops.EffectMovesValue}

func argAt(ns []rp.Node, i int, n rp.Node) rp.Node {
	if i < len(ns) {
		return ns[i]
	}
	return n
}

// methodName is the name of the method called, where it is written out.
func (l *lowerer) methodName(n rp.Node) string {
	t := l.tree()
	if t.Kind(n) == rp.ReferenceExpression {
		if k := t.Child(n, rp.FieldValue); k != 0 {
			n = k
		}
	}
	switch t.Kind(n) {
	case rp.StringLiteral, rp.RawStringLiteral:
		return unquote(t.Text(n))
	case rp.Identifier, rp.ScopedIdentifier:
		if res := l.resolve(n, workspace.ValueNS); res.Def != nil && res.Def.Kind == workspace.Const {
			if v := res.Def.Tree.Child(res.Def.Node, rp.FieldValue); v != 0 && res.Def.Tree.Kind(v) == rp.StringLiteral {
				return unquote(res.Def.Tree.Text(v))
			}
		}
	}
	return oneLine(t.Text(n))
}

// futureMethod is a method of a future known here: the steps of a call builder.
func (l *lowerer) futureMethod(recv val, name string, argn []rp.Node, n rp.Node) (val, bool) {
	f := recv.fut
	if f.kind == futRequest {
		// Whatever is called on a request that is not sent yet builds it further.
		a := l.c.Knowledge.Method("request", name)
		args := l.args(argn, nil)
		next := *f
		next.reqArg = append([]ops.Value{}, f.reqArg...)
		for i, x := range args {
			next.reqArg = append(next.reqArg, l.plain(l.load(x, argAt(argn, i, n)), n))
		}
		if a != nil && a.Kind == "oneway" {
			l.emit(&ops.Op{Kind: ops.Oneway, Args: next.reqArg, Request: f.req}, n)
			return val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "oneway result"}, n), t: resultOf(unitType, unknownType)}, true
		}
		return val{fut: &next, t: recv.t}, true
	}
	if f.kind == futOneOf && !f.open && l.c.Knowledge.Method("request", name) != nil && onlyRequests(f.parts) {
		next := *f
		next.parts = nil
		for _, p := range f.parts {
			r, _ := l.futureMethod(p, name, argn, n)
			next.parts = append(next.parts, r)
		}
		return val{fut: &next}, true
	}
	if f.kind == futUnknown {
		recv.fut = nil
		return val{}, false
	}
	kind, a := "", l.c.Knowledge.Method("future", name)
	if a != nil {
		kind = a.Kind
	}
	switch kind {
	case "same":
		return recv, true
	case "chain":
		next := &future{kind: futChain, name: a.Get("how"), parts: []val{recv}}
		if args := l.args(argn, nil); len(args) > 0 {
			next.clo = l.known(args[len(args)-1], n).clo
		}
		return val{fut: next}, true
	}
	return val{}, false
}

func onlyRequests(vs []val) bool {
	for _, v := range vs {
		if v.fut == nil || v.fut.kind != futRequest {
			return false
		}
	}
	return true
}

// awaitChain awaits a future and does with its output what an adapter says:
// "map" runs the closure on it, "then" awaits what the closure gives, "ok" and
// "err" do that for one side of a result only.
func (l *lowerer) awaitChain(f *future, n rp.Node) val {
	v := l.awaitValue(f.parts[0], n)
	if f.clo == nil || l.dead {
		return val{v: l.opaque(n, "adapter of a future", []ops.Value{l.plain(v, n)}).v}
	}
	run := func(x val) val { return l.apply(f.clo, []val{x}, n) }
	side, then := "", f.name == "then"
	switch f.name {
	case "ok", "ok-then":
		side, then = "Ok", f.name == "ok-then"
	case "err", "err-then":
		side, then = "Err", f.name == "err-then"
	}
	if side == "" {
		if r := run(v); then {
			return l.awaitValue(r, n)
		} else {
			return r
		}
	}
	res := l.newResult(true, n)
	c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{v.v}, Pat: &ops.Pat{Kind: ops.PatVariant, Name: side, Text: side + "(_)"}}, n)
	l.ifElse(c, n, func() {
		r := run(l.proj(v, []ops.Step{{Variant: side, Field: "0"}}, payload(v.t, map[string]int{"Ok": 0, "Err": 1}[side]), n))
		if then {
			r = l.awaitValue(r, n)
		} else {
			r = l.makeVariant(side, []val{r}, n)
		}
		l.put(res, r, n)
	}, func() { l.put(res, v, n) })
	return l.take(res, n)
}

func (l *lowerer) oneway(a *knowledge.Action, name string, recv *val, args []val, argn []rp.Node, n rp.Node) val {
	op := &ops.Op{Kind: ops.Oneway, Request: &ops.RequestInfo{API: lastTwo(name), Method: lastOf(name)}}
	l.nameCall(op.Request, a, args, argn)
	op.Request.Effect = effects[l.c.Knowledge.Call(op.Request.Method)]
	for _, x := range args {
		op.Args = append(op.Args, l.plain(x, n))
	}
	l.emit(op, n)
	return val{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "oneway result"}, n), t: resultOf(unitType, unknownType)}
}

// endpoint runs the function an endpoint wrapper is given on the decoded
// argument, and waits for it where it is async: one message with its caller.
func (l *lowerer) endpoint(args []val, n rp.Node) val {
	if len(args) == 0 || args[len(args)-1].clo == nil {
		return l.opaque(n, "endpoint", nil)
	}
	c := args[len(args)-1].clo
	r := l.apply(c, l.freshArgs(c), n)
	if r.fut != nil {
		l.f.Async = true
		r = l.awaitValue(r, n)
	}
	return l.unit(n)
}

// spawn starts work that runs as a message of its own (S32, S34).
func (l *lowerer) spawn(v val, kind string, interval bool, n rp.Node) {
	if l.dead {
		return
	}
	v = l.known(v, n)
	l.taskN++
	e := &canister.Entry{Kind: canister.Task, Interval: interval, Span: span(l.tree(), n)}
	if kind == "timer" {
		e.Kind = canister.Timer
	}
	name := ""
	switch {
	case v.fut != nil && v.fut.kind == futFn:
		name = FuncName(v.fut.def)
		e.Def, e.Span = v.fut.def, NameSpan(v.fut.def)
	case v.clo != nil && v.clo.def != nil:
		name = FuncName(v.clo.def)
		e.Def, e.Span = v.clo.def, NameSpan(v.clo.def)
	default:
		name = fmt.Sprintf("%s of %s", kind, l.f.Name)
		e.Def = l.frame().def
	}
	e.Name = name
	key := taskKey(v, l.tree(), n)
	if started := l.started[key]; started != nil {
		started.entry.Interval = started.entry.Interval || interval
		// The same task is lowered once, also where it starts itself again.
		l.emit(&ops.Op{Kind: ops.Spawn, Task: started.fn}, n)
		return
	}
	if v.fut != nil {
		for i, a := range v.fut.args {
			v.fut.args[i].cell = l.cells[a.v]
		}
	}
	t := &task{entry: e}
	sub := l.fitting(name, func(sub *lowerer) {
		sub.outer, sub.captures = l.env, map[captured]binding{}
		sub.f.Async, sub.f.Span, sub.f.Full = true, e.Span, span(l.tree(), n)
		fr := *l.frame()
		fr.in, fr.ret, fr.labels, fr.caller, fr.name = sub.f, 0, nil, 0, ""
		sub.frames = []*frame{&fr}
		t.fn = sub.f
		l.started[key] = t
		sub.runTask(v, n)
	})
	t.tasks = sub.tasks
	l.made.join(sub.made)
	l.made.started = append(l.made.started, key)
	op := &ops.Op{Kind: ops.Spawn, Task: sub.f}
	for _, p := range sub.f.Params {
		if b, ok := l.lookup(p.Name); ok {
			x := b.val
			if b.v != 0 {
				x.v = l.value(&ops.Op{Kind: ops.Get, Var: b.v}, n)
				l.give(val{root: b.v}, n)
			}
			if x.v != 0 {
				op.Args = append(op.Args, x.v)
			}
		}
	}
	l.emit(op, n)
	l.tasks = append(l.tasks, t)
}

// taskKey is what a task runs: the function, closure or block, by its place in the text.
func taskKey(v val, t *rp.Tree, n rp.Node) rp.Span {
	switch {
	case v.fut != nil && v.fut.kind == futFn:
		return NameSpan(v.fut.def)
	case v.fut != nil && v.fut.kind == futBlock:
		return span(v.fut.clo.tree, v.fut.clo.node)
	case v.clo != nil && v.clo.def != nil:
		return NameSpan(v.clo.def)
	case v.clo != nil && v.clo.tree != nil:
		return span(v.clo.tree, v.clo.node)
	}
	return span(t, n)
}

// runTask lowers the body of a task.
func (l *lowerer) runTask(v val, n rp.Node) {
	switch {
	case v.clo != nil:
		c := *v.clo
		if c.node != 0 {
			c.env = nil
			l.outer = v.clo.env
		}
		r := l.apply(&c, l.freshArgs(&c), n)
		if r.fut != nil {
			l.awaitValue(r, n)
		}
	case v.fut != nil && v.fut.kind == futFn:
		f := v.fut
		sig := f.def.Signature()
		args := make([]val, len(f.args))
		for i := range f.args {
			name, t := fmt.Sprintf("arg%d", i), f.args[i].t
			if i < len(sig.Params) {
				name = sig.Params[i].Name
			}
			switch {
			case f.args[i].clo != nil:
				args[i] = f.args[i]
			case f.args[i].cell != nil:
				args[i] = l.sameCell(f.args[i])
			default:
				args[i] = l.param(name, t)
			}
		}
		var recv *val
		if f.recv != nil {
			r := l.param("self", f.recv.t)
			r.ref = true
			recv = &r
		}
		l.inlineArgs(f.def, recv, args, f.types, n)
	case v.fut != nil && v.fut.kind == futBlock:
		c := *v.fut.clo
		l.outer = v.fut.clo.env
		c.env = nil
		l.awaitValue(val{fut: &future{kind: futBlock, clo: &c}}, n)
	case v.fut != nil && v.fut.kind == futDoes:
		f := *v.fut
		f.args = nil
		for i, a := range v.fut.args {
			f.args = append(f.args, l.param(fmt.Sprintf("arg%d", i), a.t))
		}
		l.perform(&f, n)
	default:
		l.opaque(n, "task", nil)
	}
	l.forsaken()
	if !l.dead {
		u := l.unit(n)
		l.unwindTo(0, l.endOf(n))
		l.emit(&ops.Op{Kind: ops.Return, Args: []ops.Value{u.v}}, n)
	}
}

func (l *lowerer) freshArgs(c *closure) []val {
	var args []val
	if c.def != nil {
		for _, p := range c.def.Signature().Params {
			args = append(args, l.param(p.Name, p.Type))
		}
		return args
	}
	if c.tree == nil {
		return nil
	}
	for i := range l.closureParams(c) {
		args = append(args, l.param(fmt.Sprintf("arg%d", i), nil))
	}
	return args
}
