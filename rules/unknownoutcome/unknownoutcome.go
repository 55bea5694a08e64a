package unknownoutcome

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
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/survival"
)

//go:embed doc.go
var doc string

// Analyzer reports compensations of calls that may have run.
var Analyzer = &analysis.Analyzer{
	Name: "unknownoutcome", Doc: Rule.Title, Run: rule.Run,
	Requires: survival.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of unknown-outcome.
var Rule = finding.Rule{
	ID:       "unknown-outcome",
	Title:    "a change is taken back although the call may have run",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{703, 755},
	Tags:     []string{"security", "rollback", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help: "take the change back only if the call certainly did not run (a clean reject, or the callee's own error); " +
		"otherwise keep it with a record of what is open, and find out or retry under the same deduplication key",
}

var rule = survival.Rule{Meta: &Rule, Role: finding.RoleWrite, Damages: damages, Level: level, Say: say}

// damages are the compensations of calls that took effect, the worst ending of
// each first.
func damages(c *evidence.Canister, m *effects.Message) []evidence.Damage {
	if len(m.Awaits) == 0 {
		return nil
	}
	var ds []evidence.Damage
	for _, d := range c.Endings(c.Message(m.Input.Func)) {
		if d.Kind == evidence.UndoneAfterAll {
			ds = append(ds, d)
		}
	}
	slices.SortStableFunc(ds, func(a, b evidence.Damage) int { return cmp.Compare(level(b), level(a)) })
	return ds
}

// level: that a call waited too long is an everyday ending; that a callee acts
// and then rejects, or answers what cannot be read, is a fault of its own.
func level(d evidence.Damage) finding.Level {
	switch {
	case d.Cleanup:
		return finding.Warning
	case d.Bounded && d.Ending == evidence.Unknown:
		return finding.Error
	}
	return finding.Note
}

func say(m *effects.Message, d evidence.Damage) survival.Words {
	w := survival.Words{
		Message: fmt.Sprintf("`%s` takes its change of `%s` back on an error of `%s` that may come after the call has run", m.Fn.Ops.Name, d.Place, d.Label),
		Exit:    "taken back here although it may be done",
		Change:  "changed here, before the call",
	}
	switch {
	case d.Cleanup:
		w.Message = fmt.Sprintf("a trap after `%s` has run takes the change of `%s` back: the drop in its cleanup does not know how the call ended", d.Label, d.Place)
	case d.Ending == evidence.Unreadable:
		w.Message = fmt.Sprintf("`%s` takes its change of `%s` back when it cannot read the reply of `%s`, which has run then", m.Fn.Ops.Name, d.Place, d.Label)
	}
	return w
}
