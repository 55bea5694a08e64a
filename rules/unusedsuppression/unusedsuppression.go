package unusedsuppression

import (
	_ "embed"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules/internal/page"
)

//go:embed doc.go
var doc string

// Rule is the metadata of unused-suppression. There is no analyzer: which
// comments silence something is known only when all rules have run, so the driver compares.
var Rule = finding.Rule{
	ID:      "unused-suppression",
	Title:   "a comment silences nothing",
	Level:   finding.Note,
	Default: true,
	CWE:     []int{1164},
	Tags:    []string{"maintenance"},
	Doc:     page.Markdown(doc),
	Help:    "remove the comment, or move it to the line above what it is about",
}
