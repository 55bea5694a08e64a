package stalecheck

import (
	_ "embed"
	"fmt"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/race"
)

//go:embed doc.go
var doc string

// Analyzer reports stale checks.
var Analyzer = &analysis.Analyzer{
	Name: "stalecheck", Doc: Rule.Title, Run: rule.Run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of stale-check.
var Rule = finding.Rule{
	ID:       "stale-check",
	Title:    "a check made before an await authorises a change made after it",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{367, 362, 662},
	Tags:     []string{"security", "race", "await"},
	Severity: "8.1",
	Doc:      page.Markdown(doc),
	Help:     "make the change that the check is about before the call, and take it back, relative to what is there then, if the call certainly failed",
}

var rule = race.Rule{Meta: &Rule, Propose: race.StaleChecks, Say: say, Link: evidence.ByBranch}

func say(c *race.Candidate) race.Words {
	return race.Words{
		Message: fmt.Sprintf("two messages can both pass the check of `%s` in `%s` before either changes it",
			c.Read.Place, c.Message.Fn.Ops.Name),
		Read:  fmt.Sprintf("`%s` is checked here, in an earlier segment", c.Read.Place),
		Write: "what was checked is changed only here",
	}
}
