package rustparse

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

// maxProblems is how many problems of one file are listed one by one.
const maxProblems = 100

func (t *Tree) problem(start, end uint32, format string, args ...any) {
	t.Problems = append(t.Problems, Problem{
		Span:    t.place(start, end),
		Message: fmt.Sprintf(format, args...),
	})
}

// findProblems lists text that could not be read and tokens that are missing.
// The records are those of the whole file: missing tokens are no nodes.
func (t *Tree) findProblems(records []ctree.Record) {
	covered := uint32(0) // end of the last error: what lies in it is part of it
	kinds := kindOfSymbol()
	for _, r := range records {
		if r.Start < covered {
			continue
		}
		switch {
		case r.Symbol != ctree.ErrorSymbol && kinds[r.Symbol] == MacroDefinition:
			covered = r.End // any tokens may stand in it, not only Rust
		case r.Symbol == ctree.ErrorSymbol:
			t.problem(r.Start, r.End, "unexpected %s%s", t.excerpt(r.Start, r.End), inside(records, r))
			covered = r.End
		case r.Flags&ctree.Missing != 0:
			name := ctree.Names()[r.Symbol]
			what := "`" + name + "`"
			if r.Flags&ctree.Anonymous == 0 {
				what = strings.ReplaceAll(name, "_", " ")
			}
			t.problem(r.Start, r.End, "missing %s%s", what, inside(records, r))
		}
	}
}

// sortProblems puts problems into source order and cuts off a long tail.
func (t *Tree) sortProblems() {
	slices.SortStableFunc(t.Problems, func(a, b Problem) int { return int(a.Span.Start) - int(b.Span.Start) })
	if more := len(t.Problems) - maxProblems; more > 0 {
		last := t.Problems[maxProblems].Span
		t.Problems = t.Problems[:maxProblems:maxProblems]
		t.problem(last.Start, last.End, "and %s that cannot be read", plural(more, "more place", "more places"))
	}
}

// inside says in what a record lies, "" for the file itself.
func inside(records []ctree.Record, r ctree.Record) string {
	for r.Parent >= 0 && records[r.Parent].Symbol != ctree.ErrorSymbol {
		r = records[r.Parent]
		if kind := kindOfSymbol()[r.Symbol]; kind != SourceFile {
			name := kindName(kind)
			article := "a"
			if strings.ContainsRune("aeiou", rune(name[0])) {
				article = "an"
			}
			if strings.HasSuffix(name, "s") { // arguments, parameters
				article = "the"
			}
			return fmt.Sprintf(" in %s %s", article, name)
		}
	}
	return ""
}

// excerpt quotes the beginning of a piece of text, of its first line at most.
func (t *Tree) excerpt(start, end uint32) string {
	const most = 30 // characters
	text := strings.TrimSpace(t.text[start:end])
	if text == "" {
		return "end of text"
	}
	short, _, _ := strings.Cut(text, "\n")
	short = strings.TrimRight(short, "\r")
	if utf8.RuneCountInString(short) > most {
		short = string([]rune(short)[:most])
	}
	if len(short) < len(text) {
		short += "…"
	}
	return "`" + strings.ToValidUTF8(short, "\ufffd") + "`"
}
