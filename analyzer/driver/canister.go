package driver

import (
	"maps"
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/lower"
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
	crates := map[*workspace.Crate]*Crate{}
	for _, w := range c.Reach {
		crate := crateOf(w)
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

// anonymous reports whether no principal sends messages of kind k.
func anonymous(k canister.Kind) bool {
	switch k {
	case canister.Heartbeat, canister.Timer, canister.LowMemory, canister.Task:
		return true
	}
	return false
}

// crateOf lists the files and functions of a crate.
func crateOf(w *workspace.Crate) *Crate {
	c := &Crate{Name: w.Name}
	for _, tree := range w.Trees {
		c.Files = append(c.Files, tree.File)
	}
	add := func(d *workspace.Def) {
		if d.Kind == workspace.Fn {
			c.Functions = append(c.Functions, Function{Path: d.Module.Path() + "::" + lower.FuncName(d), Span: nameSpan(d)})
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

// nameSpan is where a function is named in its declaration.
func nameSpan(d *workspace.Def) rustparse.Span {
	n := d.Node
	if name := d.Tree.Child(n, rustparse.FieldName); name != 0 {
		n = name
	}
	return rustparse.Span{File: d.Tree.File, Start: d.Tree.Start(n), End: d.Tree.End(n)}
}
