package guarddropped

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strings"

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

// Analyzer reports guards that end before the await they were made for.
var Analyzer = &analysis.Analyzer{
	Name: "guarddropped", Doc: Rule.Title, Run: run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of guard-dropped.
var Rule = finding.Rule{
	ID:       "guard-dropped",
	Title:    "a guard is dropped before the await it should cover",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{667, 362},
	Tags:     []string{"security", "guard", "await"},
	Severity: "8.1",
	Doc:      page.Markdown(doc),
	Help:     "bind the guard to a name (`let _guard = …`) in the block that holds the await, and let it live until the work is done",
}

func run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[race.Model].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if !m.Input.Lasts {
			continue
		}
		seen := map[ops.Site]bool{}
		for _, d := range waiting(m).Dropped() {
			if f := report(canister, model, m, d); f != nil && !seen[d.Made] {
				seen[d.Made] = true
				out = append(out, f)
				pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: Rule.ID, Message: f.Message})
			}
		}
	}
	return out, nil
}

// waiting is the view of a message that may end a guard too early. One that
// never waits itself may have started a task that does.
func waiting(m *effects.Message) *effects.Message {
	guards, tasks := false, false
	ops.Walk(m.Input.Func.Body, func(op *ops.Op) {
		guards = guards || op.Kind == ops.Guard
		tasks = tasks || op.Kind == ops.Spawn
	})
	if guards && tasks {
		return m.Whole()
	}
	return m
}

// report makes a finding of a guard that ends too early, nil where that is as it was meant.
//
// A guard that is made and dropped with nothing done in between can only have
// been meant for what follows. One under which state was used was meant for
// that, unless the model shows a race between this use and a later write.
func report(canister *effects.Canister, model *evidence.Canister, view *effects.Message, d *effects.Dropped) *finding.Finding {
	f := &finding.Finding{}
	shown := witness(f, model, view, d)
	tasks := slices.DeleteFunc(slices.Clone(d.Tasks), func(t *ops.Op) bool { return covered(canister, t, d.Take.Place) })
	switch {
	case len(d.Used) > 0 && !(shown != nil && d.Refuses):
		return nil
	case len(d.Awaits) == 0 && len(tasks) == 0:
		return nil
	}
	fn := view.Input.Func
	if shown == nil {
		f.Segments = model.Segments(model.Message(fn))
	}
	sites := fn.Sites
	at := sites[d.Made]
	f.Rule, f.Level, f.Entry, f.Function, f.Assumed = Rule.ID, Rule.Level, view.Entry(), cmp.Or(at.Func, fn.Name), fn.Assumed
	f.Help = Rule.Help
	f.Primary = finding.Label{Role: finding.RoleGuard, Span: at.Span, Text: "made here, to change `" + d.Take.Place.String() + "`"}
	for _, drop := range d.Drops {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleExit, Span: sites[drop.Site].Span, Text: "dropped here, which undoes that"})
	}
	if len(d.Awaits) > 0 {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleCommit, Span: sites[seen(view, d.Awaits[0].Op.Site, d.Made)].Span, Text: "the segment commits here, and nobody is kept out"})
		f.Message = fmt.Sprintf("%s is dropped before `%s` waits: it keeps nobody out", named(d), fn.Name)
		if len(d.Used) > 0 {
			f.Message = fmt.Sprintf("%s ends before `%s` waits, although `%s`, which it covered, is changed after that", named(d), fn.Name, shown.Write.Place)
		}
	} else {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleCommit, Span: sites[tasks[0].Site].Span, Text: "this task waits, without it"})
		f.Message = fmt.Sprintf("%s is dropped while the task that `%s` starts still waits: it keeps nobody out", named(d), fn.Name)
		f.Help = "move the guard into the task: `let _guard = guard;` inside an `async move` block takes it along, `let _ = guard;` does not"
	}
	if byAttribute(fn, d) {
		f.Help = "take the guard in the body of the method: what a guard function of the attribute makes is dropped when it returns"
	}
	if !d.Again {
		f.Edits = mend(at.Span, sites[d.Bind.Site].Span, d)
	}
	return f
}

// covered reports whether a task takes or was given a lock on the place itself.
func covered(c *effects.Canister, task *ops.Op, p effects.Place) bool {
	for _, m := range c.Messages {
		if m.Input.Func == task.Task {
			return slices.ContainsFunc(m.Locks(), func(l *effects.Lock) bool { return l.Place.Across(p) })
		}
	}
	return false
}

// witness asks the model what can happen in the gaps that the guard leaves
// open, and puts a race it confirms into f: one between what was done under the guard
// and a later write, or any at all where nothing was. It returns that race, nil for none.
func witness(f *finding.Finding, model *evidence.Canister, m *effects.Message, d *effects.Dropped) *race.Candidate {
	var shown *race.Candidate
	race.Each(m, func(c *race.Candidate, link evidence.Link) bool {
		if len(d.Used) > 0 && !slices.Contains(d.Used, c.Read) ||
			!slices.ContainsFunc(c.Commits, func(w *effects.Await) bool { return slices.Contains(d.Awaits, w) }) {
			return true
		}
		if answer := model.Race(c.Question(model, Rule.ID, link)); answer.Verdict == finding.Confirmed {
			race.Show(f, answer)
			shown = c
		}
		return shown == nil
	})
	return shown
}

// named names the guard: by its type, if that has a name of its own.
func named(d *effects.Dropped) string {
	switch {
	case d.Bind.Name == "":
		return "the scope guard"
	case d.Guard == "" || strings.ContainsAny(d.Guard, "(["):
		return "the guard"
	}
	return "`" + d.Guard + "`"
}

// seen is what happens at site as seen from the innermost function around from that is also around site.
func seen(m *effects.Message, site, from ops.Site) ops.Site {
	f := m.Fn.Ops
	for {
		at := f.SeenFrom(site, from)
		if f.SameFrame(at, from) || f.Sites[from].Caller == 0 {
			return at
		}
		from = f.Sites[from].Caller
	}
}

// byAttribute reports whether the guard was made in a guard function of the
// entry point's attribute, which is called where the entry point is declared.
func byAttribute(f *ops.Func, d *effects.Dropped) bool {
	s := d.Made
	for f.Sites[s].Caller != 0 {
		s = f.Sites[s].Caller
	}
	return f.Sites[s].Span == f.Full
}
