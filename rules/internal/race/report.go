package race

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/proof"
	"github.com/awaitlint/awaitlint/rustparse"
)

// Words are what a rule says of a candidate.
type Words struct {
	Message string // names the damage
	Read    string // on the read's span
	Write   string // on the late write's, which is the primary span
}

// A Rule is what the three rules about late writes differ in.
type Rule struct {
	Meta    *finding.Rule
	Propose func(*effects.Message) []*Candidate
	Say     func(*Candidate) Words
	// Link is how the read must reach the late write in the run that shows it.
	Link evidence.Link
}

// Requires is what the analyzers of these rules need.
// Model is the analyzer that gives the segment model of a canister.
var Model = proof.Analyzer

var Requires = []*analysis.Analyzer{effects.Analyzer, proof.Analyzer}

// Run asks the model about each candidate of each message and reports what it
// does not refute. The result holds the refuted ones too.
func (r *Rule) Run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[proof.Analyzer].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		for _, c := range r.Propose(m) {
			f := r.finding(c)
			r.prove(model, c, f)
			out = append(out, f)
			if f.Verdict != finding.Refuted {
				pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: r.Meta.ID, Message: f.Message})
			}
		}
	}
	return out, nil
}

// prove adds what the model says: a race it shows is an error, one it can
// neither show nor refute a warning.
func (r *Rule) prove(model *evidence.Canister, c *Candidate, f *finding.Finding) {
	Show(f, model.Race(c.Question(model, r.Meta.ID, r.Link)))
	if f.Verdict == finding.CannotTell {
		if l := heldOff(c); l != nil {
			f.Verdict, f.Reason = finding.Refuted, fmt.Sprintf("`%s` is held meanwhile, and keeps everybody out who could write `%s`", l.Place, c.Read.Place)
		} else if w := claimed(c); w != nil {
			f.Verdict, f.Reason = finding.Refuted, fmt.Sprintf("`%s` is changed in the segment of the check already: who looks next finds it so", w.Place)
		}
	}
	f.Level = r.Meta.Level
	if f.Verdict != finding.Confirmed {
		f.Level = min(f.Level, finding.Warning)
	}
}

// Question is what the model is asked about a candidate. link is how the read must reach the late write.
func (c *Candidate) Question(model *evidence.Canister, rule string, link evidence.Link) evidence.Candidate {
	return evidence.Candidate{
		Rule: rule, Message: model.Message(c.Message.Input.Func),
		Read: c.Read.Op.Site, Commit: c.Commits[0].Op.Site, Write: c.Write.Op.Site,
		Link: link, Also: sameText(c.Message.Input.Func, c.Write.Op.Site),
	}
}

// Each calls f with every stale write and stale check of a message, and how its
// read must reach its write, until f returns false.
func Each(m *effects.Message, f func(*Candidate, evidence.Link) bool) {
	writes, _ := StaleWrites(m)
	for _, c := range writes {
		if !f(c, evidence.ByData) {
			return
		}
	}
	for _, c := range StaleChecks(m) {
		if !f(c, evidence.ByBranch) {
			return
		}
	}
}

// Whole is the effects of a message of the model, nil where they are not known.
func Whole(c *effects.Canister, of *evidence.Message) *effects.Message {
	for _, m := range c.Messages {
		if m.Input.Func == of.Func {
			if w := m.Whole(); w.Err == nil {
				return w
			}
		}
	}
	return nil
}

// Show puts the answer of the model into a finding.
func Show(f *finding.Finding, race evidence.Race) {
	f.Verdict, f.Reason, f.Witness = race.Verdict, race.Reason, race.Witness
	f.Interferers, f.Observers = race.Interferers, race.Observers
	f.Survives, f.Lost = race.Survives, race.Lost
	f.Cost = race.Cost
}

// sameText are the other operations of a function that one text was lowered to:
// a helper called twice, a drop at each end of a scope. That one of them can
// never be reached (the drop of a guard that was disarmed) leaves no doubt.
func sameText(f *ops.Func, at ops.Site) []ops.Site {
	var same []ops.Site
	for s, info := range f.Sites {
		if s != int(at) && info.Span == f.Sites[at].Span {
			same = append(same, ops.Site(s))
		}
	}
	return same
}

// finding describes a candidate without its proof.
func (r *Rule) finding(c *Candidate) *finding.Finding {
	m, words := c.Message, r.Say(c)
	write := m.Fn.Ops.Sites[c.Write.Op.Site]
	f := &finding.Finding{
		Rule: r.Meta.ID, Message: words.Message, Place: c.Write.Place.String(), Entry: m.Entry(), Function: cmp.Or(write.Func, m.Fn.Ops.Name),
		Primary: finding.Label{Role: finding.RoleWrite, Span: write.Span, Text: words.Write},
		Assumed: m.Fn.Ops.Assumed,
		Help:    r.Meta.Help,
	}
	role := finding.RoleRead
	if c.Check != nil {
		role = finding.RoleCheck
	}
	f.Labels = append(f.Labels,
		finding.Label{Role: role, Span: span(m, c.Read.Op), Text: words.Read},
		finding.Label{Role: finding.RoleCommit, Span: span(m, c.Commits[0].Op), Text: commit(c.Commits[0])})
	if c.Before != nil {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleChange, Span: span(m, c.Before.Op), Text: "changed before the call"})
	}
	slices.SortStableFunc(f.Labels, func(a, b finding.Label) int {
		return cmp.Or(cmp.Compare(path(a.Span), path(b.Span)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return f
}

// commit says that other messages can run at an await.
func commit(a *effects.Await) string {
	if a.Op.Commit == ops.May {
		return "the segment may commit here; then other messages run"
	}
	return "the segment commits here; other messages run"
}

func span(m *effects.Message, op *ops.Op) rustparse.Span { return m.Fn.Ops.Sites[op.Site].Span }

func path(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Path
}
