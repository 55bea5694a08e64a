package stalerollback

import (
	_ "embed"
	"fmt"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/race"
)

//go:embed doc.go
var doc string

// Analyzer reports stale rollbacks.
var Analyzer = &analysis.Analyzer{
	Name: "stalerollback", Doc: Rule.Title, Run: rule.Run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of stale-rollback.
var Rule = finding.Rule{
	ID:       "stale-rollback",
	Title:    "an error path restores a value read before the call",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{362, 703, 662},
	Tags:     []string{"security", "race", "await"},
	Severity: "7.5",
	Doc:      page.Markdown(doc),
	Help:     "undo the change relative to what is there after the call (add back what was taken) and do not restore the old value",
}

var rule = race.Rule{Meta: &Rule, Propose: propose, Say: say, Link: evidence.ByData}

func propose(m *effects.Message) []*race.Candidate {
	_, rollbacks := race.StaleWrites(m)
	return rollbacks
}

func say(c *race.Candidate) race.Words {
	return race.Words{
		Message: fmt.Sprintf("when the call fails, `%s` sets `%s` from a value read before it: what other messages change there meanwhile is lost",
			c.Message.Fn.Ops.Name, c.Write.Place),
		Read:  fmt.Sprintf("`%s` is read here, in an earlier segment", c.Read.Place),
		Write: "restored from the old value",
	}
}
