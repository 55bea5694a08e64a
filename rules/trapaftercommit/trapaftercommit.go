package trapaftercommit

import (
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
	Meta: &Rule, Role: finding.RoleTrap, Damages: damages, Say: say,
}

// damages are the traps in later segments that keep a change of an earlier
// one, or lose the bookkeeping of a call that took effect.
func damages(c *evidence.Canister, m *effects.Message) []evidence.Damage {
	var ds []evidence.Damage
	em := c.Message(m.Input.Func)
	for _, op := range survival.LateTraps(m) {
		d, ok := c.TrapAt(em, op.Site)
		// What it keeps must be owed to the call, or it must forget what a call
		// did; a bare counter of attempts is meant to stay.
		if ok && (d.Owed || d.Undone || d.Verdict == finding.Confirmed && hopeless(m)) && (d.Undone || !survival.Quarantined(m, d)) {
			ds = append(ds, d)
		}
	}
	return ds
}

// hopeless reports whether a message that waited at all certainly traps: then
// nobody meant the change it leaves behind to stay, be it a bare counter.
func hopeless(m *effects.Message) bool {
	for _, w := range m.Awaits {
		if w.Commits() && slices.ContainsFunc(m.Exits(w, effects.Any), func(x effects.Exit) bool { return !x.Trap }) {
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
