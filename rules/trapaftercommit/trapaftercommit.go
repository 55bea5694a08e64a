package trapaftercommit

import (
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

// Analyzer reports traps after a commit.
var Analyzer = &analysis.Analyzer{
	Name: "trapaftercommit", Doc: Rule.Title, Run: rule.Run,
	Requires: survival.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of trap-after-commit.
var Rule = finding.Rule{
	ID:       "trap-after-commit",
	Title:    "a trap behind a commit point keeps half of the work",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{248, 460, 617},
	Tags:     []string{"security", "trap", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help:     "check before the first await what can be checked; behind it return an error and put the earlier change right instead of trapping",
}

var rule = survival.Rule{
	Meta: &Rule, Role: finding.RoleTrap, Damages: damages, Matters: matters, Say: say,
}

// damages are the traps in later segments that keep a change of an earlier
// one, or lose the bookkeeping of a call that took effect.
func damages(c *evidence.Canister, m *effects.Message) []evidence.Damage {
	var ds []evidence.Damage
	em := c.Message(m.Input.Func)
	for _, op := range survival.LateTraps(m) {
		d, ok := c.TrapAt(em, op.Site)
		// A trap that no run reaches counts only where it would cost something.
		if ok && (d.Verdict == finding.Confirmed || d.Owed || d.Undone) && (d.Undone || !survival.Quarantined(m, d)) {
			ds = append(ds, d)
		}
	}
	return ds
}

// matters reports whether a trap does harm. What it keeps must be owed to the
// call, or it must forget what a call did; a bare counter of attempts matters
// only if the message can never end well: then nobody meant it to stay.
func matters(d evidence.Damage, t evidence.Table) bool {
	if d.Owed || d.Undone {
		return true
	}
	for _, e := range t.Endings {
		if e.Name == evidence.Success {
			return false
		}
	}
	return true
}

func say(m *effects.Message, d evidence.Damage) survival.Words {
	w := survival.Words{Exit: "a trap here takes back this segment only", Change: "changed here, and committed"}
	switch {
	case d.Undone:
		w.Message = fmt.Sprintf("a trap here undoes the bookkeeping of `%s` in `%s`, but not what the call did", d.Label, m.Fn.Ops.Name)
	case d.Place != "":
		w.Message = fmt.Sprintf("a trap here leaves `%s` of `%s` half done: the change of `%s` was committed before the call", m.Fn.Ops.Name, d.Label, d.Place)
	default:
		w.Message = fmt.Sprintf("a trap here leaves `%s` half done", m.Fn.Ops.Name)
	}
	if d.Place != "" && !d.Undone {
		w.Message = fmt.Sprintf("`%s` keeps its change of `%s` although it traps here", m.Fn.Ops.Name, d.Place)
	}
	return w
}
