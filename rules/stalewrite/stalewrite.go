package stalewrite

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

// Analyzer reports stale writes.
var Analyzer = &analysis.Analyzer{
	Name: "stalewrite", Doc: Rule.Title, Run: rule.Run,
	Requires: race.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of stale-write.
var Rule = finding.Rule{
	ID:       "stale-write",
	Title:    "a value read before an await is written back after it",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{362, 367, 662},
	Tags:     []string{"security", "race", "await"},
	Severity: "8.1",
	Doc:      page.Markdown(doc),
	Help:     "read the value again after the await and change what is there then, or make the change before the call",
}

var rule = race.Rule{Meta: &Rule, Propose: propose, Say: say, Link: evidence.ByData}

func propose(m *effects.Message) []*race.Candidate {
	writes, _ := race.StaleWrites(m)
	return writes
}

func say(c *race.Candidate) race.Words {
	place := c.Write.Place
	return race.Words{
		Message: fmt.Sprintf("`%s` writes `%s` from a value read before the await: what other messages change there meanwhile is lost",
			c.Message.Fn.Ops.Name, place),
		Read:  fmt.Sprintf("`%s` is read here, in an earlier segment", c.Read.Place),
		Write: "written back from the old value",
	}
}
