package driver

import (
	"maps"
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Run runs rules over the canisters of a workspace. Findings are reported for
// the files that the user named, unless opt says otherwise.
func Run(ws *workspace.Workspace, canisters []*canister.Canister, rules []Rule, opt Options) *Result {
	if opt.InScope == nil && ws != nil {
		opt.InScope = ws.InScope
	}
	return run(len(canisters), func(i int) (t *Target, notices []Notice) {
		defer func() {
			if p := recover(); p != nil {
				t, notices = nil, []Notice{caught("", canisters[i].Name(), p)}
			}
		}()
		return Prepare(canisters[i]), nil
	}, rules, opt)
}

// Prepare lowers the messages of c.
func Prepare(c *canister.Canister) *Target {
	t := &Target{Name: c.Name()}
	for _, m := range lower.Canister(c) {
		t.Messages = append(t.Messages, effects.Input{
			Entry:     finding.Endpoint{Name: m.Entry.Name, Kind: m.Entry.Kind.String(), Span: m.Entry.Span},
			Func:      m.Func,
			Lasts:     m.Entry.Kind.Commits() && !m.Entry.Kind.Lifecycle(),
			Anonymous: anonymous(m.Entry.Kind),
		})
	}
	out := leftOut(t.Messages)
	crates := map[*workspace.Crate]*Crate{}
	for _, w := range c.Reach {
		crate := crateOf(w, func(d *workspace.Def) func() *ops.Func {
			if !out[lower.NameSpan(d)] {
				return nil
			}
			return func() *ops.Func { return alone(lower.Function(c, d)) }
		})
		for _, dep := range w.Deps {
			if d := crates[dep]; d != nil {
				crate.Deps = append(crate.Deps, d)
			}
		}
		crates[w] = crate
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
	add := func(d *workspace.Def) {
		if d.Kind == workspace.Fn {
			c.Functions = append(c.Functions, Function{Path: d.Module.Path() + "::" + lower.FuncName(d), Span: lower.NameSpan(d), Lower: lowered(d)})
		}
	}
	var module func(m *workspace.Module)
	module = func(m *workspace.Module) {
		for _, d := range m.Order {
			add(d)
		}
		for _, name := range slices.Sorted(maps.Keys(m.Mods)) {
			module(m.Mods[name])
		}
	}
	if w.Root != nil {
		module(w.Root)
	}
	for _, impl := range w.Impls {
		for _, d := range impl.Items {
			add(d)
		}
	}
	return c
}
