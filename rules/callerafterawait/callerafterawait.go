package callerafterawait

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/proof"
)

//go:embed doc.go
var doc string

// Analyzer reports that a message asks in a later segment who sent it, or what came with it.
var Analyzer = &analysis.Analyzer{
	Name: "callerafterawait", Doc: Rule.Title, Run: run,
	Requires:   []*analysis.Analyzer{effects.Analyzer, proof.Analyzer},
	ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of caller-after-await.
var Rule = finding.Rule{
	ID:       "caller-after-await",
	Title:    "the caller or the attached cycles are asked for after an await",
	Level:    finding.Note,
	Default:  false,
	CWE:      []int{367, 613},
	Tags:     []string{"correctness", "caller", "await"},
	Severity: "3.1",
	Doc:      page.Markdown(doc),
	Help:     "bind it to a name before the first await, and use that",
}

func run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[proof.Analyzer].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || m.Input.Anonymous {
			continue
		}
		for _, b := range m.Fn.SSA.Blocks {
			for _, instr := range b.Instrs {
				if f := report(model, m, instr); f != nil {
					out = append(out, f)
					pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: Rule.ID, Message: f.Message})
				}
			}
		}
	}
	return out, nil
}

// report makes the finding of an instruction that asks behind a commit point, nil for others.
func report(model *evidence.Canister, m *effects.Message, instr ssa.Instruction) *finding.Finding {
	what := asks(m.Fn.Op(instr))
	if what == "" {
		return nil
	}
	commit := behind(m, instr)
	if commit == nil {
		return nil
	}
	fn, op := m.Fn.Ops, m.Fn.Op(instr)
	name := cmp.Or(fn.Sites[op.Site].Func, fn.Name)
	return &finding.Finding{
		Rule: Rule.ID, Level: Rule.Level, Entry: m.Entry(), Function: name,
		Message:  fmt.Sprintf("`%s` asks for %s in a later segment than the one it came to", name, what),
		Primary:  finding.Label{Role: finding.RoleRead, Span: fn.Sites[op.Site].Span, Text: "asked here, behind a commit point"},
		Labels:   []finding.Label{{Role: finding.RoleCommit, Span: fn.Sites[commit.Op.Site].Span, Text: "the segment commits here"}},
		Segments: model.Segments(model.Message(m.Input.Func)), Assumed: fn.Assumed, Help: Rule.Help,
	}
}

// asks names what of its own message an operation asks for, "" if nothing.
func asks(op *ops.Op) string {
	switch {
	case op == nil:
	case op.Kind == ops.Verb && op.Name == ops.Caller:
		return "the caller"
	case op.Kind == ops.Call && op.Callee != nil && op.Callee.Message:
		return "the attached cycles"
	}
	return ""
}

// behind is the first await that may end a segment before instr, nil if none does.
func behind(m *effects.Message, instr ssa.Instruction) *effects.Await {
	for _, w := range m.Awaits {
		if w.Commits() && m.After(w.Instr, instr) {
			return w
		}
	}
	return nil
}
