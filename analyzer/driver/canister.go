package driver

import (
	"slices"
	"time"

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
	w := lower.NewWork(canisters)
	parts := each(opt.workers(), func(yield func(func() part) bool) {
		for i, c := range canisters {
			if !yield(func() part {
				return prepared(c, opt.Clock, func() *Target { return target(c, c.Reach, w.Canister(c)) }).examine(rules, opt, i)
			}) {
				return
			}
		}
	})
	var of []*part // the canisters' parts that the rest belongs to
	rest := each(opt.workers(), func(yield func(func() part) bool) {
		for i, c := range slices.Backward(canisters) {
			for _, cr := range slices.Backward(c.Reach) {
				// Lowered one after the other: each function is to be in one message.
				p := prepared(c, opt.Clock, func() *Target { return left(w, c, cr) })
				if p.target == nil && p.notices == nil {
					continue
				}
				of = append(of, parts[i])
				if !yield(func() part { return p.examine(rules, opt, i) }) {
					return
				}
			}
		}
	})
	for i, p := range rest {
		of[i].add(p)
	}
	r := result(parts, rules, opt)
	r.Findings = silence(r.Findings, canisters, rules, opt)
	return r
}

// A preparation is a target, or what became of it.
type preparation struct {
	target  *Target
	notices []Notice
	spent   Spent
}

func prepared(c *canister.Canister, clock func() time.Duration, prepare func() *Target) (p preparation) {
	defer func() {
		if v := recover(); v != nil {
			p.notices = []Notice{caught("", c.Name(), v)}
		}
	}()
	defer p.spent.stopwatch(clock)(lowering)
	p.target = prepare()
	return p
}

// examine analyses the target, if there is one, of the canister with index i.
func (q preparation) examine(rules []Rule, opt Options, i int) part {
	p := part{notices: q.notices, spent: q.spent}
	if q.target != nil {
		analyze(&p, q.target, rules, opt, i)
	}
	return p
}

// Prepare lowers the messages of c.
func Prepare(c *canister.Canister) *Target { return target(c, c.Reach, lower.Canister(c)) }

// PrepareAll lowers the messages of each canister, in order, and then the
// functions that none of them reaches: all that [Run] looks at.
func PrepareAll(canisters []*canister.Canister) []*Target {
	w := lower.NewWork(canisters)
	var all []*Target
	for _, c := range canisters {
		all = append(all, target(c, c.Reach, w.Canister(c)))
	}
	for _, c := range slices.Backward(canisters) {
		for _, cr := range slices.Backward(c.Reach) {
			if t := left(w, c, cr); t != nil {
				all = append(all, t)
			}
		}
	}
	return all
}

// left are the functions of a crate that no message reaches and that are looked
// at with c, nil if there are none.
func left(w *lower.Work, c *canister.Canister, cr *workspace.Crate) *Target {
	messages := w.Rest(c, cr)
	if messages == nil {
		return nil
	}
	t := target(c, c.ReachFrom(cr), messages)
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
			Looks:     m.Entry.Kind.Looks(),
			Anonymous: anonymous(m.Entry.Kind),
			Repeats:   m.Repeats,
			Assumed:   m.Assumed,
		})
	}
	return all
}

// target makes messages of c, and the crates they come from, ready to be analysed.
func target(c *canister.Canister, from []*workspace.Crate, messages []*lower.Message) *Target {
	t := &Target{Name: c.Name(), Messages: inputs(messages)}
	t.Declared = func(cell string, path []string) effects.Declaration {
		return effects.Declaration(c.Declared(cell, path))
	}
	out := leftOut(t.Messages)
	crates := map[*workspace.Crate]*Crate{}
	for _, cr := range from {
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
			c.Reads, c.Writes, c.Summed = nil, nil, true
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
