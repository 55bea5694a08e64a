package guardbypassed

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

// Analyzer reports writes that a guard of somebody else does not keep out.
var Analyzer = &analysis.Analyzer{
	Name: "guardbypassed", Doc: Rule.Title, Run: run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of guard-bypassed.
var Rule = finding.Rule{
	ID:       "guard-bypassed",
	Title:    "a write that passes by the guard under which others use the state",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{667, 362, 820},
	Tags:     []string{"security", "race", "guard", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help:     "take the same guard, with a key that covers what is written, or refuse while somebody holds it",
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		canister: pass.ResultOf[effects.Analyzer].(*effects.Canister),
		model:    pass.ResultOf[race.Model].(*evidence.Canister),
	}
	var out []*finding.Finding
	for _, m := range c.canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		for _, l := range m.Locks() {
			race.Each(m, func(cand *race.Candidate, link evidence.Link) bool {
				if covered(m, l, cand) {
					out = append(out, c.bypasses(m, l, cand, link)...)
				}
				return true
			})
			for _, cand := range ofItem(m, l) {
				out = append(out, c.bypasses(m, l, cand, evidence.ByBranch)...)
			}
		}
	}
	for _, f := range out {
		if f.Verdict != finding.Refuted {
			pass.Report(analysis.Diagnostic{Pos: c.canister.Pos(f.Primary.Span), Category: Rule.ID, Message: f.Message})
		}
	}
	return out, nil
}

// covered reports whether l is held from the read of a candidate to its write, and is not
// itself what is read and written.
func covered(m *effects.Message, l *effects.Lock, c *race.Candidate) bool {
	own := len(c.Write.Place.Path) >= len(l.Place.Path) && c.Write.Place.Same(l.Place)
	return !own && m.Spans(l, c.Read.Instr, c.Write.Instr)
}

type checker struct {
	canister *effects.Canister
	model    *evidence.Canister
}

// bypasses asks the model about every message that can write, in the gap, what was read under l.
func (c *checker) bypasses(m *effects.Message, l *effects.Lock, cand *race.Candidate, link evidence.Link) []*finding.Finding {
	question := cand.Question(c.model, Rule.ID, link)
	var out []*finding.Finding
	for _, rival := range c.model.Rivals(question) {
		b := race.Whole(c.canister, rival)
		if b == nil {
			continue
		}
		question.With = rival
		answer := c.model.Race(question)
		doubt := answer.Verdict == finding.Possible || answer.Verdict == finding.CannotTell
		for _, at := range changes(b, l, cand, answer) {
			// What was not shown is worth a word only about a lock of the very item.
			if answer.Verdict != finding.Refuted && (doubt && !meantFor(l, cand.Read.Place) || b.Privileged(at.Instr)) {
				continue
			}
			out = append(out, c.finding(m, l, cand, b, at, answer))
		}
	}
	return out
}

// meantFor reports whether a lock is plainly meant to protect a place: a value or closure
// gives it back, and both are of one item.
func meantFor(l *effects.Lock, p effects.Place) bool {
	return (l.Kind == effects.LockValue || l.Kind == effects.LockScope) && item(l, p) != nil
}

// item is the place of the item in p that has the key of the lock, nil if there is none.
func item(l *effects.Lock, p effects.Place) *effects.Place {
	for _, e := range l.Place.Path {
		if e.Field != "" || e.Key.Known == effects.KeyAny {
			continue
		}
		for i, o := range p.Path {
			if o.Field == "" && o.Key.Number == e.Key.Number {
				return &effects.Place{Cell: p.Cell, Path: p.Path[:i+1]}
			}
		}
	}
	return nil
}

// ofItem returns what a message checks of an item under the lock of that item, before
// it changes another part of it behind an await. One candidate for each part.
func ofItem(m *effects.Message, l *effects.Lock) []*race.Candidate {
	var out []*race.Candidate
	seen := map[string]bool{}
	for _, w := range m.Accesses {
		if !w.Write || w.Callee || !meantFor(l, w.Place) || w.Place.Same(l.Place) {
			continue
		}
		if !slices.ContainsFunc(l.Held, func(a *effects.Await) bool { return m.After(a.Instr, w.Instr) }) {
			continue
		}
		whole := item(l, w.Place)
		for _, check := range m.Checks(w.Instr) {
			slice := m.SliceWithChoices(check.Cond)
			if m.AsksWho(slice) {
				continue // who may do it, not what is done
			}
			for _, r := range slice.Reads {
				if seen[r.Place.String()] || r.Presence || !whole.Holds(r.Place) || r.Place.Same(w.Place) || !m.Spans(l, r.Instr, w.Instr) {
					continue
				}
				if commits := m.CommitsBetween(r.Instr, w.Instr); len(commits) > 0 {
					seen[r.Place.String()] = true
					out = append(out, &race.Candidate{Message: m, Read: r, Check: &check, Commits: commits, Write: w})
				}
			}
		}
	}
	return out
}

// changes are the writes by b that pass by the lock: that of the run that shows it, or
// those that are made without asking for it, one for each function that should have.
func changes(b *effects.Message, l *effects.Lock, cand *race.Candidate, answer evidence.Race) []*effects.Access {
	var out []*effects.Access
	seen := map[ops.Site]bool{}
	for _, a := range b.Accesses {
		if !a.Write || a.Op == nil || a.Place.Cell == "*" {
			continue
		}
		if answer.Change != 0 {
			if a.Op.Site == answer.Change {
				return []*effects.Access{a}
			}
			continue
		}
		if !a.Place.Across(cand.Read.Place) || !partOf(a, item(l, cand.Read.Place)) || b.Asks(l, a.Instr) {
			continue
		}
		if at := responsible(cand.Message, l, b, a); !seen[at] {
			seen[at] = true
			out = append(out, a)
		}
	}
	return out
}

// holding is a site in the function of m that holds a lock: where it gives it back.
func holding(m *effects.Message, l *effects.Lock) ops.SiteInfo {
	if len(l.Releases) == 0 {
		return ops.SiteInfo{}
	}
	return m.Fn.Ops.Sites[l.Releases[len(l.Releases)-1].Site()]
}

// partOf reports whether a changes an item that is there, or a part of it; whatever it changes, where
// there is no item.
func partOf(a *effects.Access, item *effects.Place) bool {
	if item == nil {
		return true
	}
	creates := a.Op.Kind == ops.Verb && (a.Op.Name == ops.MapInsert || a.Op.Name == ops.MapEntryOr)
	return len(a.Place.Path) > len(item.Path) || len(a.Place.Path) == len(item.Path) && !creates
}

// responsible is where a change is made in the function that should have taken the
// lock: one that is called from where the one that holds it is called from, else the change itself.
func responsible(m *effects.Message, l *effects.Lock, b *effects.Message, at *effects.Access) ops.Site {
	sites, holder := b.Fn.Ops.Sites, ""
	if s := holding(m, l); s.Caller != 0 {
		holder = cmp.Or(m.Fn.Ops.Sites[s.Caller].Func, m.Fn.Ops.Name)
	}
	for s := at.Op.Site; sites[s].Caller != 0; s = sites[s].Caller {
		if cmp.Or(sites[sites[s].Caller].Func, b.Fn.Ops.Name) == holder {
			return s
		}
	}
	return at.Op.Site
}

func (c *checker) finding(m *effects.Message, l *effects.Lock, cand *race.Candidate, b *effects.Message, at *effects.Access, answer evidence.Race) *finding.Finding {
	site := b.Fn.Ops.Sites[responsible(m, l, b, at)]
	f := &finding.Finding{
		Rule: Rule.ID, Level: Rule.Level, Entry: b.Entry(), Function: cmp.Or(site.Func, b.Fn.Ops.Name),
		Assumed: append(slices.Clone(b.Fn.Ops.Assumed), m.Fn.Ops.Assumed...), Help: Rule.Help,
	}
	race.Show(f, answer)
	if f.Verdict != finding.Confirmed {
		f.Level = finding.Warning
	}
	f.Interferers = []finding.Endpoint{b.Entry()}
	lock, place, waiter := named(l), at.Place.String(), cmp.Or(holding(m, l).Func, m.Fn.Ops.Name)
	f.Primary = finding.Label{Role: finding.RoleWrite, Span: site.Span}
	switch {
	case !b.Asks(l, at.Instr):
		f.Message = fmt.Sprintf("`%s` changes `%s` without %s, under which `%s` uses it across an await", f.Function, place, lock, waiter)
		f.Primary.Text = "changed here, whoever holds " + lock
	case l.Shared:
		f.Message = fmt.Sprintf("%s lets several in at a time, but `%s`, which `%s` uses under it, is one for all", lock, place, waiter)
		f.Primary.Text = "changed here, by several at a time"
		f.Help = "take a guard that lets one in at a time for what is changed, before it is looked at"
	default:
		f.Message = fmt.Sprintf("%s keeps out who has the same `%s`, but `%s`, which `%s` uses under it, is shared with others", lock, key(l), place, waiter)
		f.Primary.Text = fmt.Sprintf("the key `%s` of %s does not cover this", key(l), lock)
		f.Help = "lock what is changed: a guard for the whole, or with the key by which it is changed"
	}
	sites := m.Fn.Ops.Sites
	label := func(role finding.Role, s ops.Site, text string) {
		f.Labels = append(f.Labels, finding.Label{Role: role, Span: sites[s].Span, Text: text})
	}
	if l.Take != nil {
		label(finding.RoleGuard, l.Take.Op.Site, fmt.Sprintf("`%s` takes %s", waiter, lock))
	}
	label(finding.RoleRead, cand.Read.Op.Site, fmt.Sprintf("`%s` reads `%s` under it", waiter, cand.Read.Place))
	label(finding.RoleCommit, cand.Commits[0].Op.Site, "its segment commits here, and the lock is held")
	label(finding.RoleExit, cand.Write.Op.Site, "it goes on with what it read")
	return f
}

// named names a lock for a sentence.
func named(l *effects.Lock) string {
	if l.Guard != "" {
		return "`" + l.Guard + "`"
	}
	return "the lock `" + l.Place.String() + "`"
}

// key is what the place of a lock is selected by.
func key(l *effects.Lock) string {
	for _, e := range slices.Backward(l.Place.Path) {
		if e.Field == "" {
			return e.Key.Text
		}
	}
	return l.Place.String()
}
