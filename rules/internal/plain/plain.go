// Package plain builds the findings of rules that need no run of the model:
// what they report is wrong wherever it stands.
package plain

import (
	"cmp"
	"errors"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/proof"
)

// A Rule is what such rules differ in.
type Rule struct {
	Meta *finding.Rule
	// Find returns what is wrong in the message m of a canister.
	Find func(c *Canister, m *effects.Message) []*finding.Finding
}

// A Canister is what these rules ask.
type Canister struct {
	*effects.Canister
	Model *evidence.Canister
	built map[*effects.Message]*effects.Message
	cells map[*effects.Message]map[string]bool
	reads map[*effects.Message][][]*effects.Access
}

// Built returns m with its effects, also where it never waits and they were
// not computed; nil if they cannot be.
func (c *Canister) Built(m *effects.Message) *effects.Message {
	if errors.Is(m.Err, effects.ErrAtomic) {
		if c.built[m] == nil {
			c.built[m] = effects.New(c.Canister, m.Input)
		}
		m = c.built[m]
	}
	if m.Err != nil {
		return nil
	}
	return m
}

// Cells are the cells that m has to do with.
func (c *Canister) Cells(m *effects.Message) map[string]bool {
	if c.cells[m] == nil {
		c.cells[m] = map[string]bool{}
		ops.Walk(m.Input.Func.Body, func(op *ops.Op) {
			if op.Kind == ops.Cell {
				c.cells[m][op.Name] = true
			}
		})
	}
	return c.cells[m]
}

// Decisions are, for each answer of m and each of its branches, the reads that
// it rests on. m is as [Canister.Built] gives it.
func (c *Canister) Decisions(m *effects.Message) [][]*effects.Access {
	if found, known := c.reads[m]; known {
		return found
	}
	var out [][]*effects.Access
	add := func(v ssa.Value) {
		if reads := restsOn(m, v, map[ssa.Value]bool{}); len(reads) > 1 {
			out = append(out, reads)
		}
	}
	for _, b := range m.Fn.SSA.Blocks {
		switch last := b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.Return:
			for _, v := range last.Results {
				add(v)
			}
		case *ssa.If:
			add(last.Cond)
		}
	}
	c.reads[m] = out
	return out
}

// restsOn are the reads that v is computed from, and those by which one of several
// values becomes v: `a() || b()` rests on both.
func restsOn(m *effects.Message, v ssa.Value, seen map[ssa.Value]bool) []*effects.Access {
	if seen[v] {
		return nil
	}
	seen[v] = true
	s := m.Slice(v)
	out := slices.Clone(s.Reads)
	s.Any(func(x ssa.Value) bool {
		phi, ok := x.(*ssa.Phi)
		if !ok || phi.Block().Idom() == nil {
			return false
		}
		for _, from := range phi.Block().Preds {
			for _, ch := range m.Checks(from.Instrs[len(from.Instrs)-1]) {
				if !ch.Traps && phi.Block().Idom().Dominates(ch.Instr.Block()) {
					out = append(out, restsOn(m, ch.Cond, seen)...)
				}
			}
		}
		return false
	})
	slices.SortFunc(out, func(a, b *effects.Access) int { return cmp.Compare(a.Op.Site, b.Op.Site) })
	return slices.Compact(out)
}

// Analyzer makes r an analyzer.
func (r Rule) Analyzer(name string) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: name, Doc: r.Meta.Title, Run: r.run,
		Requires:   []*analysis.Analyzer{effects.Analyzer, proof.Analyzer},
		ResultType: reflect.TypeFor[[]*finding.Finding](),
	}
}

func (r Rule) run(pass *analysis.Pass) (any, error) {
	c := &Canister{
		Canister: pass.ResultOf[effects.Analyzer].(*effects.Canister), Model: pass.ResultOf[proof.Analyzer].(*evidence.Canister),
		built: map[*effects.Message]*effects.Message{}, cells: map[*effects.Message]map[string]bool{}, reads: map[*effects.Message][][]*effects.Access{},
	}
	var out []*finding.Finding
	for _, m := range c.Messages {
		for _, f := range r.Find(c, m) {
			out = append(out, f)
			if f.Verdict == finding.Refuted {
				continue
			}
			pass.Report(analysis.Diagnostic{Pos: c.Pos(f.Primary.Span), Category: r.Meta.ID, Message: f.Message})
		}
	}
	return out, nil
}

// New begins a finding of m at a site, at the level of its rule.
func New(r *finding.Rule, m *effects.Message, at ops.Site, role finding.Role, text string) *finding.Finding {
	fn := m.Input.Func
	site := fn.Sites[at]
	return &finding.Finding{
		Rule: r.ID, Level: r.Level, Entry: m.Entry(), Function: cmp.Or(site.Func, fn.Name),
		Primary: finding.Label{Role: role, Span: site.Span, Text: text},
		Assumed: fn.Assumed, Help: r.Help,
	}
}

// Label adds a label at a site of the function fn, unless it is the primary's span.
func Label(f *finding.Finding, fn *ops.Func, at ops.Site, role finding.Role, text string) {
	if s := fn.Sites[at].Span; at != 0 && s != f.Primary.Span {
		f.Labels = append(f.Labels, finding.Label{Role: role, Span: s, Text: text})
		slices.SortStableFunc(f.Labels, func(a, b finding.Label) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
}
