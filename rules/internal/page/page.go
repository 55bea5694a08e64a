// Package page turns the doc.go of a rule into the page that every output shows.
package page

import (
	"go/doc/comment"
	"go/parser"
	"go/token"
)

// Markdown returns the package comment of a doc.go as Markdown. It panics if
// there is none: a rule without a page is a mistake of its author that the first test shows.
func Markdown(doc string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", doc, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil || f.Doc == nil {
		panic("doc.go has no package comment")
	}
	var p comment.Parser
	printer := comment.Printer{HeadingLevel: 2, HeadingID: func(*comment.Heading) string { return "" }}
	return string(printer.Markdown(p.Parse(f.Doc.Text())))
}
