package guardtoolate

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/race"
)

//go:embed doc.go
var doc string

// Analyzer reports guards that are taken after an await that they should cover.
var Analyzer = &analysis.Analyzer{
	Name: "guardtoolate", Doc: Rule.Title, Run: run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of guard-too-late.
var Rule = finding.Rule{
	ID:       "guard-too-late",
	Title:    "a guard is taken after the await that separates it from the check it should protect",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{367, 667, 362},
	Tags:     []string{"security", "race", "guard", "await"},
	Severity: "8.1",
	Doc:      page.Markdown(doc),
	Help:     "take the guard before the check, in the same segment, or repeat the check once it is taken",
}

func run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[race.Model].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		taken := locks(m)
		race.Each(m, func(c *race.Candidate, link evidence.Link) bool {
			for _, l := range taken {
				if late(m, l, c) {
					f := report(m, l, c, ask(canister, model, l.place, c, link))
					out = append(out, f)
					if f.Verdict != finding.Refuted {
						pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: Rule.ID, Message: f.Message})
					}
				}
			}
			return true
		})
	}
	return out, nil
}

// A lock is what this rule needs to know of one.
type lock struct {
	name   string
	place  *effects.Lock // whose place is taken
	take   *effects.Access
	made   ops.Site
	covers func(*effects.Access) bool
}

// locks are the guards of a message, and what it locks by hand.
func locks(m *effects.Message) []lock {
	var out []lock
	for _, t := range m.Takings() {
		name := "the scope guard"
		if t.Guard != "" {
			name = "`" + t.Guard + "`"
		}
		out = append(out, lock{name, &effects.Lock{Place: t.Take.Place}, t.Take, t.Made, func(a *effects.Access) bool { return t.Covers(m, a.Instr) }})
	}
	for _, l := range m.Locks() {
		if l.Take == nil || slices.ContainsFunc(out, func(o lock) bool { return o.take == l.Take }) {
			continue
		}
		out = append(out, lock{"the lock `" + l.Place.String() + "`", l, l.Take, l.Take.Op.Site, func(a *effects.Access) bool { return m.Held(l, a.Instr) }})
	}
	return out
}

// late reports whether l is taken in a later segment than the read of a candidate, and
// covers its write.
func late(m *effects.Message, l lock, c *race.Candidate) bool {
	return !c.Write.Place.Same(l.take.Place) && !c.Read.Place.Same(l.take.Place) && l.covers(c.Write) &&
		m.After(c.Read.Instr, l.take.Instr) && !m.SameSegment(c.Read.Instr, l.take.Instr)
}

// ask has the model judge a candidate with those who take the lock too: them it
// would have kept out, had it been taken in time.
func ask(canister *effects.Canister, model *evidence.Canister, l *effects.Lock, c *race.Candidate, link evidence.Link) evidence.Race {
	question := c.Question(model, Rule.ID, link)
	best := evidence.Race{Verdict: finding.Refuted, Reason: "nobody who takes the guard can write what was read"}
	for _, rival := range model.Rivals(question) {
		if b := race.Whole(canister, rival); b == nil || !b.Takes(l) {
			continue
		}
		question.With = rival
		answer := model.Race(question)
		if best.With == nil || answer.Verdict < best.Verdict { // confirmed comes first
			best = answer
		}
	}
	return best
}

func report(m *effects.Message, l lock, c *race.Candidate, answer evidence.Race) *finding.Finding {
	fn := m.Fn.Ops
	site := fn.Sites[l.made]
	f := &finding.Finding{
		Rule: Rule.ID, Level: Rule.Level, Entry: m.Entry(), Function: cmp.Or(site.Func, fn.Name), Assumed: fn.Assumed, Help: Rule.Help,
		Message: fmt.Sprintf("%s is taken too late in `%s`: what it should protect, `%s`, was looked at before an await", l.name, fn.Name, c.Read.Place),
		Primary: finding.Label{Role: finding.RoleGuard, Span: site.Span, Text: "taken only here"},
	}
	race.Show(f, answer)
	if f.Verdict != finding.Confirmed {
		f.Level = finding.Warning
	}
	role := finding.RoleRead
	if c.Check != nil {
		role = finding.RoleCheck
	}
	label := func(role finding.Role, op *ops.Op, text string) {
		f.Labels = append(f.Labels, finding.Label{Role: role, Span: fn.Sites[op.Site].Span, Text: text})
	}
	label(role, c.Read.Op, fmt.Sprintf("`%s` is looked at here", c.Read.Place))
	label(finding.RoleCommit, c.Commits[0].Op, "the segment commits here; other messages pass the same way")
	label(finding.RoleWrite, c.Write.Op, "what was seen then decides about this")
	return f
}
