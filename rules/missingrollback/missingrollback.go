package missingrollback

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/survival"
)

//go:embed doc.go
var doc string

// Analyzer reports missing rollbacks.
var Analyzer = &analysis.Analyzer{
	Name: "missingrollback", Doc: Rule.Title, Run: rule.Run,
	Requires: survival.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of missing-rollback.
var Rule = finding.Rule{
	ID:       "missing-rollback",
	Title:    "a change that anticipates a call stays when the call fails",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{460, 703, 755},
	Tags:     []string{"security", "rollback", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help:     "undo the change on this way out, relative to what is there then, or record what is owed so that it can be made good later",
}

var rule = survival.Rule{Meta: &Rule, Role: finding.RoleExit, Damages: damages, Say: say}

// damages are the exits of failed calls that leave an owed change.
func damages(c *evidence.Canister, m *effects.Message) []evidence.Damage {
	var ds []evidence.Damage
	if len(m.Awaits) == 0 {
		return nil
	}
	for _, d := range c.Endings(c.Message(m.Input.Func)) {
		// A lock that others turn back at is lock-leak's, and one that its Drop
		// keeps is kept on purpose.
		if d.Kind == evidence.Forgotten && survival.LeakedLock(c, m, d.Change) == nil && !survival.ByDrop(m, d.Change) {
			ds = append(ds, d)
		}
	}
	return ds
}

func say(m *effects.Message, d evidence.Damage) survival.Words {
	fn := m.Fn.Ops
	in := cmp.Or(fn.Sites[fn.Common(d.Change, d.Call)].Func, fn.Name)
	return survival.Words{
		Message: fmt.Sprintf("`%s` changes `%s` before `%s` and leaves it so when the call fails", in, d.Place, d.Label),
		Exit:    fmt.Sprintf("left here after a failed call, with `%s` not put right", d.Place),
		Change:  "changed here, before the call",
	}
}
