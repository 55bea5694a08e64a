package unawaitedcall

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
)

//go:embed doc.go
var doc string

// Analyzer reports calls that nobody awaits.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("unawaitedcall")

// Rule is the metadata of unawaited-call.
var Rule = finding.Rule{
	ID:      "unawaited-call",
	Title:   "a call is built and dropped before it is sent",
	Level:   finding.Warning,
	Default: true,
	CWE:     []int{252, 1164},
	Tags:    []string{"correctness", "await"},
	Doc:     page.Markdown(doc),
	Help:    "await it; if nobody is to wait for the answer, send it one-way or spawn the work",
}

func find(_ *plain.Canister, m *effects.Message) []*finding.Finding {
	fn := m.Input.Func
	var out []*finding.Finding
	for _, u := range fn.Unrun {
		f := plain.New(&Rule, m, u.Site, finding.RoleCall, "nobody awaits this")
		var methods []string
		for _, r := range u.Calls {
			methods = append(methods, "`"+r.Method+"`")
		}
		called := strings.Join(methods, ", ")
		switch {
		case u.Sent:
			f.Message = fmt.Sprintf("`%s` sends %s and never learns how it ended", f.Function, called)
			f.Lost = []string{"the answer of " + called}
			f.Endings = []finding.Ending{{Name: "sent", Survives: []string{called}, Lost: f.Lost, Damage: true}}
			f.Help = "await it, and handle its failure"
		case u.Calls != nil:
			f.Message = fmt.Sprintf("`%s` builds a call of %s and drops it: it is never sent", f.Function, called)
			f.Lost = []string{called}
			f.Endings = []finding.Ending{{Name: "never sent", Lost: f.Lost, Damage: true}}
		default:
			f.Message = fmt.Sprintf("`%s` makes the future of %s and drops it: nothing of it ever runs", f.Function, quoted(u))
			f.Lost = []string{"all that " + quoted(u) + " was to do"}
			f.Endings = []finding.Ending{{Name: "never run", Lost: f.Lost, Damage: true}}
		}
		out = append(out, f)
	}
	return out
}

func quoted(u *ops.Unrun) string {
	if strings.Contains(u.For, " ") || strings.HasPrefix(u.For, "`") {
		return "this " + strings.Trim(u.For, "`")
	}
	return "`" + u.For + "`"
}
