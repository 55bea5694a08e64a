package borrowacrossawait

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
	"github.com/awaitlint/awaitlint/rules/internal/proof"
)

//go:embed doc.go
var doc string

// Analyzer reports borrows of state that are alive at a commit point.
var Analyzer = &analysis.Analyzer{
	Name: "borrowacrossawait", Doc: Rule.Title, Run: run,
	Requires:   []*analysis.Analyzer{effects.Analyzer, proof.Analyzer},
	ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of borrow-across-await.
var Rule = finding.Rule{
	ID:       "borrow-across-await",
	Title:    "a borrow of state is alive while the message waits",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{662, 667, 833},
	Tags:     []string{"security", "borrow", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help:     "end the borrow before the await: take what the call needs out of it in a block or closure of its own, and borrow again afterwards",
}

func run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[proof.Analyzer].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		seen := map[ops.Site]bool{}
		for _, b := range m.Borrows() {
			f, at := report(model, m, b)
			if f == nil || seen[at] {
				continue
			}
			seen[at] = true
			out = append(out, f)
			pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: Rule.ID, Message: f.Message})
		}
	}
	return out, nil
}

// report makes the finding of a borrow, and tells the site it stands at: the
// first await the borrow is held at, in the function that has both.
func report(model *evidence.Canister, m *effects.Message, b *effects.Borrow) (*finding.Finding, ops.Site) {
	fn := m.Fn.Ops
	awaits, sure := shown(fn, b)
	at := awaits[0]
	taken := fn.Common(b.Op.Site, b.Awaits[0].Op.Site)
	span := func(s ops.Site) finding.Label { return finding.Label{Span: fn.Sites[s].Span} }

	held := evidence.Held{
		Message: model.Message(m.Input.Func), Place: place(b), Guard: b.Guard, Unique: b.Unique,
		Borrow: span(taken).Span, Await: span(at).Span,
	}
	if b.Use != nil {
		held.Use = span(b.Use.Op.Site).Span
	}
	var clash evidence.Clash
	if held.Place != "" {
		var ok bool
		if clash, ok = model.Clash(held); !ok {
			return nil, 0 // nobody else wants it
		}
	}
	name := cmp.Or(fn.Sites[at].Func, fn.Name)
	f := &finding.Finding{
		Rule: Rule.ID, Level: Rule.Level, Message: message(name, held), Entry: m.Entry(), Function: name,
		Primary: finding.Label{Role: finding.RoleCommit, Span: fn.Sites[at].Span, Text: "the message waits here, and the borrow is alive"},
		Witness: clash.Witness, Interferers: clash.Interferers, Observers: clash.Observers,
		Segments: model.Segments(model.Message(m.Input.Func)), Assumed: fn.Assumed, Help: Rule.Help,
	}
	if !sure {
		f.Level, f.Verdict = finding.Warning, finding.Possible
		f.Reason = "it is not known whether the await ends the segment"
	}
	text := "borrowed here"
	if b.Guard == "" {
		text = "the reference is taken here"
	}
	f.Labels = append(f.Labels, finding.Label{Role: finding.RoleGuard, Span: fn.Sites[taken].Span, Text: text})
	for _, w := range awaits[1:] {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleCommit, Span: fn.Sites[w].Span, Text: "still alive here"})
	}
	if b.Use != nil {
		f.Labels = append(f.Labels, finding.Label{Role: finding.RoleWrite, Span: held.Use, Text: "used here, in a later segment"})
	}
	slices.SortStableFunc(f.Labels, func(x, y finding.Label) int { return cmp.Compare(x.Span.Start, y.Span.Start) })
	return f, at
}

// shown are the awaits of a borrow as its function sees them, each once. sure: a call
// is known to be made at one of them.
func shown(fn *ops.Func, b *effects.Borrow) (sites []ops.Site, sure bool) {
	for _, w := range b.Awaits {
		sure = sure || w.Op.Commit == ops.Must || len(w.Requests) > 0 && w.Op.Wait != nil && w.Op.Wait.Known
		s := fn.Common(w.Op.Site, b.Op.Site)
		if s != w.Op.Site {
			s = fn.AwaitOf(s)
		}
		if !slices.ContainsFunc(sites, func(o ops.Site) bool { return fn.Sites[o].Span == fn.Sites[s].Span }) {
			sites = append(sites, s)
		}
	}
	return sites, sure
}

// place names what is borrowed, up to the first key; "" if it is not known, or
// may be one of several.
func place(b *effects.Borrow) string {
	if len(b.Places) != 1 || b.Places[0].Cell == "*" {
		return ""
	}
	p := b.Places[0]
	for i, e := range p.Path {
		if e.Field == "" {
			p.Path = p.Path[:i]
			break
		}
	}
	return p.String()
}

func message(fn string, h evidence.Held) string {
	what := "state"
	if h.Place != "" {
		what = "`" + h.Place + "`"
	}
	switch {
	case h.Guard == "":
		return fmt.Sprintf("`%s` keeps a `&mut` to %s over the await: other messages change it meanwhile, and what the reference points to may be gone", fn, what)
	case h.Unique:
		return fmt.Sprintf("`%s` holds the %s `%s` of %s while it waits: every message that borrows %s meanwhile traps", fn, kind(h.Guard), h.Guard, what, strings.Replace(what, "state", "it", 1))
	}
	return fmt.Sprintf("`%s` holds the %s `%s` of %s while it waits: every message that changes %s meanwhile traps", fn, kind(h.Guard), h.Guard, what, strings.Replace(what, "state", "it", 1))
}

func kind(guard string) string {
	if strings.HasPrefix(guard, "Ref") {
		return "borrow"
	}
	return "lock"
}
