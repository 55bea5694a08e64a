package driver

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Run runs rules over the canisters of a workspace, then over the functions
// that none of their messages reaches. Findings are reported for
// the files that the user named, unless opt says otherwise.
func Run(ws *workspace.Workspace, canisters []*canister.Canister, rules []Rule, opt Options) *Result {
	if opt.InScope == nil && ws != nil {
		opt.InScope = ws.InScope
	}
	w := &work{lower.NewWork(canisters)}
	guarded := func(c *canister.Canister, prepare func() *Target) (t *Target, notices []Notice) {
		defer func() {
			if p := recover(); p != nil {
				t, notices = nil, []Notice{caught("", c.Name(), p)}
			}
		}()
		return prepare(), nil
	}
	parts := each(len(canisters), opt.Jobs, func(i int) func() part {
		return func() part {
			t, notices := guarded(canisters[i], func() *Target { return w.target(canisters[i], w.Canister(canisters[i])) })
			return examine(t, notices, rules, opt.observer(i))
		}
	})
	rest := each(len(canisters), opt.Jobs, func(i int) func() part {
		c := canisters[len(canisters)-1-i] // what calls across crates comes first
		t, notices := guarded(c, func() *Target { return w.rest(c) })
		return func() part {
			return examine(t, notices, rules, opt.observer(len(canisters)-1-i))
		}
	})
	for i := range rest {
		parts[len(parts)-1-i].add(rest[i])
	}
	return result(parts, opt)
}

// A work lowers the canisters of one run.
type work struct{ *lower.Work }

// Prepare lowers the messages of c.
func Prepare(c *canister.Canister) *Target {
	w := &work{lower.NewWork([]*canister.Canister{c})}
	return w.target(c, w.Canister(c))
}

// PrepareAll lowers the messages of each canister, in order, and then the
// functions that none of them reaches: all that [Run] looks at.
func PrepareAll(canisters []*canister.Canister) []*Target {
	w := &work{lower.NewWork(canisters)}
	var all []*Target
	for _, c := range canisters {
		all = append(all, w.target(c, w.Canister(c)))
	}
	for _, c := range slices.Backward(canisters) {
		if t := w.rest(c); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// rest are the functions no message reaches that are looked at with c, nil if there are none.
func (w *work) rest(c *canister.Canister) *Target {
	messages := w.Rest(c)
	if len(messages) == 0 {
		return nil
	}
	t := w.target(c, messages)
	// The entry points are lowered again, which is cheaper than to keep them all.
	t.Around = func() []effects.Input { return inputs(lower.Canister(c)) }
	return t
}

func inputs(messages []*lower.Message) []effects.Input {
	var all []effects.Input
	for _, m := range messages {
		all = append(all, effects.Input{
			Entry:     finding.Endpoint{Name: m.Entry.Name, Kind: m.Entry.Kind.String(), Span: m.Entry.Span},
			Func:      m.Func,
			Lasts:     m.Entry.Kind.Commits() && !m.Entry.Kind.Lifecycle(),
			Anonymous: anonymous(m.Entry.Kind),
			Assumed:   m.Assumed,
		})
	}
	return all
}

// target makes messages of c, and the crates they come from, ready to be analysed.
func (w *work) target(c *canister.Canister, messages []*lower.Message) *Target {
	t := &Target{Name: c.Name(), Messages: inputs(messages)}
	out := leftOut(t.Messages)
	crates := map[*workspace.Crate]*Crate{}
	for _, cr := range c.Reach {
		crate := crateOf(cr, func(d *workspace.Def) func() *ops.Func {
			if !out[lower.NameSpan(d)] {
				return nil
			}
			return func() *ops.Func { return alone(lower.Function(c, d)) }
		})
		for _, dep := range cr.Deps {
			if d := crates[dep]; d != nil {
				crate.Deps = append(crate.Deps, d)
			}
		}
		crates[cr] = crate
		t.Crates = append(t.Crates, crate)
	}
	return t
}

// alone takes away what the calls back into f were supposed to do: all of it
// is in f already, so that a summary of f is the least one.
func alone(f *ops.Func) *ops.Func {
	ops.Walk(f.Body, func(op *ops.Op) {
		if c := op.Callee; c != nil && c.Cut == "recursion" {
			c.Reads, c.Writes = nil, nil
		}
	})
	return f
}

// leftOut are the functions that messages call and that are not lowered in
// place there (recursion, size, several implementations): their summaries travel
// as Facts.
func leftOut(messages []effects.Input) map[rustparse.Span]bool {
	out := map[rustparse.Span]bool{}
	for _, m := range messages {
		ops.Walk(m.Func.Body, func(op *ops.Op) {
			if c := op.Callee; c != nil && !c.Pure && c.Decl.File != nil {
				out[c.Decl] = true
			}
		})
	}
	return out
}

// anonymous reports whether no principal sends messages of kind k.
func anonymous(k canister.Kind) bool {
	switch k {
	case canister.Heartbeat, canister.Timer, canister.LowMemory, canister.Task:
		return true
	}
	return false
}

// crateOf lists the files and functions of a crate; lowered gives the
// operations of those that need a summary.
func crateOf(w *workspace.Crate, lowered func(*workspace.Def) func() *ops.Func) *Crate {
	c := &Crate{Name: w.Name}
	for _, tree := range w.Trees {
		c.Files = append(c.Files, tree.File)
	}
	for _, d := range w.Functions() {
		c.Functions = append(c.Functions, Function{Path: d.Module.Path() + "::" + lower.FuncName(d), Span: lower.NameSpan(d), Lower: lowered(d)})
	}
	return c
}
