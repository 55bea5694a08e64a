// Package survival turns what the segment model says about the endings of a
// message into findings, for the rules about what survives a failure.
package survival

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/proof"
)

// Words are what a rule says of a damage.
type Words struct {
	Message string // names the damage
	Exit    string // on the primary span
	Change  string // on the change made before the call
}

// A Rule is what the rules about endings differ in.
type Rule struct {
	Meta *finding.Rule
	Role finding.Role // of the primary span
	// Damages returns what goes wrong in a message, the worst first where
	// several have the same exit.
	Damages func(*evidence.Canister, *effects.Message) []evidence.Damage
	// Matters reports whether a damage is worth a finding, given the table of
	// all endings; nil if all are.
	Matters func(evidence.Damage, evidence.Table) bool
	Say     func(*effects.Message, evidence.Damage) Words
}

// Requires is what the analyzers of these rules need.
var Requires = []*analysis.Analyzer{effects.Analyzer, proof.Analyzer}

// Run reports the damages of every message whose changes last.
func (r *Rule) Run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[proof.Analyzer].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		seen := map[ops.Site]bool{}
		for _, d := range r.Damages(model, m) {
			at := primary(m, d)
			if at == 0 || seen[at] || remembered(m, d) {
				continue
			}
			seen[at] = true
			f := r.finding(model, m, d, at)
			if f == nil {
				continue
			}
			out = append(out, f)
			pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: r.Meta.ID, Message: f.Message})
		}
	}
	return out, nil
}

// primary is the site a damage is reported at: its exit, or the await itself
// where the exit is the end of the body or contains the await, because then
// the result of the call decides nothing.
func primary(m *effects.Message, d evidence.Damage) ops.Site {
	await := awaitOf(m, d.Call)
	if d.Exit == 0 {
		return cmp.Or(await, d.Call)
	}
	exit, call := m.Fn.Ops.Sites[d.Exit].Span, m.Fn.Ops.Sites[cmp.Or(await, d.Call)].Span
	if await != 0 && whatever(m, d) {
		return seenFrom(m, await, d.Exit)
	}
	if await != 0 && exit.File == call.File && exit.Start < call.Start && call.End <= exit.End {
		return await
	}
	return d.Exit
}

// seenFrom is the site at which the function that holds exit waits for what
// happens at site: the await itself, or the call of the helper it stands in.
func seenFrom(m *effects.Message, site, exit ops.Site) ops.Site {
	sites := m.Fn.Ops.Sites
	s := site
	for sites[s].Func != sites[exit].Func || sites[s].Caller != sites[exit].Caller {
		if sites[s].Caller == 0 {
			return site
		}
		s = sites[s].Caller
	}
	return s
}

// remembered reports whether the change that stays only stores what an earlier
// call answered: it anticipates nothing, and is as good as ever.
func remembered(m *effects.Message, d evidence.Damage) bool {
	if d.Undone {
		return false
	}
	for _, a := range m.Accesses {
		if !a.Write || a.Value == nil || a.Op == nil || a.Op.Site != d.Change {
			continue
		}
		s := m.Slice(a.Value)
		if len(s.Awaits) == 0 {
			return false
		}
		for _, r := range s.Reads {
			if !r.Presence && r.Place.Same(a.Place) {
				return false
			}
		}
		return true
	}
	return false
}

// whatever reports whether the exit of a damage is reached however the call
// ends: its result decides nothing there.
func whatever(m *effects.Message, d evidence.Damage) bool {
	// The callee's own error comes in a reply: that the exit follows a reply says nothing.
	if d.Kind == evidence.LostByTrap || d.Ending == evidence.InnerError {
		return false
	}
	for _, w := range m.Awaits {
		for _, r := range w.Requests {
			if r.Site != d.Call {
				continue
			}
			for _, x := range m.Exits(w, effects.Replied) {
				if x.Op != nil && x.Op.Site == d.Exit {
					return true
				}
			}
		}
	}
	return false
}

// awaitOf is the await that answers the call made at a site, 0 if none is known.
func awaitOf(m *effects.Message, call ops.Site) ops.Site {
	for _, w := range m.Awaits {
		for _, r := range w.Requests {
			if r.Site == call {
				return w.Op.Site
			}
		}
	}
	return 0
}

func (r *Rule) finding(model *evidence.Canister, m *effects.Message, d evidence.Damage, at ops.Site) *finding.Finding {
	t := model.Table(model.Message(m.Input.Func), d)
	if r.Matters != nil && !r.Matters(d, t) {
		return nil
	}
	words, fn := r.Say(m, d), m.Fn.Ops
	site := fn.Sites[at]
	f := &finding.Finding{
		Rule: r.Meta.ID, Level: r.Meta.Level, Verdict: d.Verdict, Reason: d.Reason,
		Message: words.Message, Entry: m.Entry(), Function: cmp.Or(site.Func, fn.Name),
		Primary: finding.Label{Role: r.Role, Span: site.Span, Text: words.Exit},
		Assumed: fn.Assumed, Help: r.Meta.Help,
	}
	if d.Verdict != finding.Confirmed {
		f.Level = min(f.Level, finding.Warning)
	}
	label := func(role finding.Role, s ops.Site, text string) {
		if s != 0 && s != at {
			f.Labels = append(f.Labels, finding.Label{Role: role, Span: fn.Sites[s].Span, Text: text})
		}
	}
	label(finding.RoleChange, d.Change, words.Change)
	label(finding.RoleCommit, cmp.Or(awaitOf(m, d.Call), d.Call), "the segment commits here")
	slices.SortStableFunc(f.Labels, func(a, b finding.Label) int {
		return cmp.Compare(a.Span.Start, b.Span.Start)
	})
	f.Segments, f.Endings = t.Segments, t.Endings
	f.Survives, f.Lost, f.Stuck = t.Survives, t.Lost, t.Stuck
	return f
}
