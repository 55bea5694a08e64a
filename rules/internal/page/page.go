// Package page turns the doc.go of a rule into the page that every output shows.
package page

import (
	"go/doc/comment"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// Markdown returns the package comment of a doc.go as Markdown, as a page for
// users: it begins with "Reports …", and its listings are fenced. It panics if
// there is none: a rule without a page is a mistake of its author that the first test shows.
func Markdown(doc string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", doc, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil || f.Doc == nil {
		panic("doc.go has no package comment")
	}
	var p comment.Parser
	printer := comment.Printer{HeadingLevel: 2, HeadingID: func(*comment.Heading) string { return "" }}
	text := string(printer.Markdown(p.Parse(f.Doc.Text())))
	return fence(strings.Replace(text, "Package "+f.Name.Name+" reports", "Reports", 1))
}

var (
	code = regexp.MustCompile("\\\\`(.+?)\\\\`")
	// escaped is what the printer escapes, which between backquotes stands for itself.
	escaped = regexp.MustCompile(`\\([*_<\[\]\\])`)
)

// quoted gives what stands between backquotes, which Go's comments know
// nothing of, back its meaning in Markdown.
func quoted(line string) string {
	return code.ReplaceAllStringFunc(line, func(s string) string {
		return "`" + escaped.ReplaceAllString(code.FindStringSubmatch(s)[1], "$1") + "`"
	})
}

var rust = regexp.MustCompile(`(?m)^(use|#\[\w+|async fn|fn|impl|struct|let) ?`)

// fence puts the listings of a page, which are indented by a tab, between
// fences, so that Rust is shown as Rust.
func fence(text string) string {
	var out, block []string
	flush := func() {
		if len(block) == 0 {
			return
		}
		blank := 0
		for block[len(block)-1-blank] == "" {
			blank++
		}
		code := block[:len(block)-blank]
		lang := "text"
		if rust.MatchString(strings.Join(code, "\n")) {
			lang = "rust"
		}
		out = append(append(append(out, "```"+lang), code...), "```")
		out = append(out, block[len(code):]...)
		block = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		code, indented := strings.CutPrefix(line, "\t")
		if indented || line == "" && len(block) > 0 {
			block = append(block, code)
			continue
		}
		flush()
		out = append(out, quoted(line))
	}
	flush()
	return strings.Join(out, "\n")
}
