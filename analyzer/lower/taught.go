package lower

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Functions that knowledge describes whole ("does"): their effects stand where
// they are called, their bodies are not read.

// taughtMethod returns the entry of kind does of a method of an outside type.
func (l *lowerer) taughtMethod(t *workspace.Type, name string) *knowledge.Action {
	if t == nil || t.Kind != workspace.TPath || t.Def != nil || t.Name == "" {
		return nil
	}
	return l.c.Knowledge.Taught(t.Name + "::" + name)
}

// does lowers a call of a function that is described whole. One that can
// suspend is a future, and does what it does when that is awaited.
func (l *lowerer) does(a *knowledge.Action, name string, recv *val, args []val, result *workspace.Type, async bool, n rp.Node) val {
	if l.dead {
		return val{}
	}
	if recv != nil {
		args = append([]val{*recv}, args...)
	}
	if r := a.Get("result"); r != "" {
		result = l.knownType(r, nil, nil)
	}
	commit := waits[a.Get("commits")]
	if async && a.Get("commits") == "" {
		commit = ops.May
	}
	if !async && commit != ops.Never && result != nil && a.Get("result") == "" {
		result = l.c.Workspace.AssocType(result, "Output") // of the future that it gives
	}
	f := &future{kind: futDoes, does: a, name: name, args: args, result: result, commit: commit}
	switch {
	case commit == ops.Must && !slices.ContainsFunc(args, func(x val) bool { return x.clo != nil || x.fut != nil }) && l.lockedType(result) == nil && a.Get("reads") == "" && a.Get("writes") == "" && a.Get("traps") == "":
		// Nothing but a call: it can be joined with others.
		f.kind, f.req = futRequest, l.taughtRequest(f)
		for _, x := range args {
			f.reqArg = append(f.reqArg, l.plain(l.load(x, n), n))
		}
		return val{fut: f, t: l.requestType()}
	case commit != ops.Never || async:
		return val{fut: f}
	}
	v := l.perform(f, n)
	// Whether an outside function is async its entry does not say.
	v.fut = &future{kind: futUnknown, name: lastTwo(name), value: v.v, result: v.t, straight: a.Get("commits") == "never"}
	return v
}

// perform lowers what the function does: it reads and writes in the segment of
// its caller, then waits, then may trap.
func (l *lowerer) perform(f *future, n rp.Node) val {
	a, name := f.does, lastTwo(f.name)
	// What it is given to run, it may run.
	inputs := l.mayRun(nil, f.args, n)
	if f.commit != ops.Never {
		l.mayAwait(futures(f.args), n)
	}
	callee := &ops.Callee{Path: name, Cut: "outside"}
	for _, x := range f.args {
		if x.ref && x.mut {
			callee.Mutates = append(callee.Mutates, len(inputs))
		} else {
			x = l.load(x, n)
		}
		inputs = append(inputs, x)
	}
	for _, p := range l.places(a.List("reads")) {
		inputs = append(inputs, l.load(l.statePlace(p, n), n))
	}
	writes := l.places(a.List("writes"))
	callee.Pure = len(writes) == 0 && callee.Mutates == nil
	v := l.emitCall(name, callee, inputs, n)
	v.t, v.ref = f.result, isRef(f.result)
	for _, p := range writes {
		l.store(l.statePlace(p, n), v, n)
	}
	if f.commit != ops.Never && l.lockedType(f.result) == nil {
		call := l.taughtRequest(f)
		req := l.value(&ops.Op{Kind: ops.Request, Args: []ops.Value{v.v}, Request: call}, n)
		v = l.awaitOp(req, f.commit, &ops.Wait{For: name, Cause: "is described so", Known: true, Calls: []*ops.RequestInfo{call}}, n)
		v.t = f.result
	}
	if l.lockedType(f.result) != nil {
		v = l.acquire(f.result, inputs, f.commit != ops.Never, n)
	}
	if why := a.Get("traps"); why != "" && !l.dead {
		text := lastOf(f.name) + ", " + strings.ReplaceAll(why, "-", " ")
		ok := l.value(&ops.Op{Kind: ops.Opaque, Text: "whether it traps", Args: []ops.Value{v.v}}, n)
		l.emit(&ops.Op{Kind: ops.Assert, Args: []ops.Value{ok}, Text: text, Traps: text}, n)
	}
	return v
}

var waits = map[string]ops.Commit{"may": ops.May, "must": ops.Must}

func (l *lowerer) taughtRequest(f *future) *ops.RequestInfo {
	r := &ops.RequestInfo{API: lastTwo(f.name), Method: lastOf(f.name), Effect: effects[f.does.Get("effect")], Reply: ops.ReplyResult}
	// Functions that call give a Result, unless their type says otherwise.
	switch inner := payload(f.result, 0); {
	case f.result == nil && f.commit == ops.May:
		r.Reply = ops.ReplyPlain
	case f.result == nil:
	case lastSegment(f.result) != "Result":
		r.Reply = ops.ReplyPlain
	case inner != nil && lastSegment(inner) == "Result":
		r.Reply = ops.ReplyDouble
	}
	return r
}

// places are the places an entry names, as far as this canister has them.
func (p *program) places(texts []string) []canister.Place {
	var all []canister.Place
	for _, text := range texts {
		if ps := p.c.Places(text); len(ps) == 1 {
			all = append(all, ps[0])
		}
	}
	return all
}

// statePlace is the place itself.
func (l *lowerer) statePlace(p canister.Place, n rp.Node) val {
	v := val{v: l.value(&ops.Op{Kind: ops.Cell, Name: p.Cell.Name}, n), t: p.Cell.Type, ref: true}
	for _, name := range p.Fields {
		v = l.fieldOf(v, name, l.fieldType(v.t, name), n)
	}
	return v
}
