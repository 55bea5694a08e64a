package guarddropped

import (
	"fmt"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// mend gives a name to a guard that has none, so that it lives to the end of
// its block: nil where it has one, or where what is bound may be an error that
// nobody looks at.
func mend(made, bound rustparse.Span, d *effects.Dropped) []finding.Edit {
	if made.File == nil || bound.File != made.File {
		return nil
	}
	certain := d.Bind.Name != "Result" && d.Bind.Name != "Option"
	t := rustparse.Parse(made.File.Path, made.File.Text)
	n := statement(t, made)
	edit := func(from, to rustparse.Node, text string) []finding.Edit {
		span := rustparse.Span{File: made.File, Start: t.Start(from), End: t.Start(from)}
		if to != 0 {
			span.End = t.End(to)
		}
		return []finding.Edit{{Span: span, New: text}}
	}
	name := unused(t, n)
	switch t.Kind(n) {
	case rustparse.LetDeclaration:
		pattern := t.Child(n, rustparse.FieldPattern)
		if t.Start(t.Child(n, rustparse.FieldValue)) != bound.Start {
			return nil // it is dropped inside of what is bound
		}
		if w := onlyWildcard(t, pattern); w != 0 && (certain || w != pattern) {
			return edit(w, w, name)
		}
	case rustparse.ExpressionStatement:
		if !certain || !strings.HasSuffix(t.Text(n), ";") {
			return nil // the value of the block
		}
		e := t.FirstChild(n)
		switch t.Kind(e) {
		case rustparse.AssignmentExpression:
			if w := t.FirstChild(e); t.Text(w) == "_" && t.Start(t.Child(e, rustparse.FieldRight)) == bound.Start {
				return edit(w, w, "let "+name)
			}
		case rustparse.CallExpression, rustparse.TryExpression:
			if t.Start(e) != bound.Start {
				return nil
			}
			return edit(e, 0, "let "+name+" = ")
		}
	}
	return nil
}

// statement is the innermost statement around a span, 0 if there is none.
func statement(t *rustparse.Tree, s rustparse.Span) rustparse.Node {
	var found rustparse.Node
	n := t.Root()
	for n != 0 {
		if k := t.Kind(n); k == rustparse.LetDeclaration || k == rustparse.ExpressionStatement {
			found = n
		}
		next := rustparse.Node(0)
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			if t.Start(c) <= s.Start && s.End <= t.End(c) {
				next = c
			}
		}
		n = next
	}
	return found
}

// onlyWildcard returns the `_` of a pattern that has exactly one.
func onlyWildcard(t *rustparse.Tree, pattern rustparse.Node) rustparse.Node {
	var found []rustparse.Node
	var walk func(n rustparse.Node)
	walk = func(n rustparse.Node) {
		if t.Kind(n) == rustparse.WildcardPattern {
			found = append(found, n)
		}
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			walk(c)
		}
	}
	walk(pattern)
	if len(found) != 1 {
		return 0
	}
	return found[0]
}

// unused is a name for the guard that the function around n does not use.
func unused(t *rustparse.Tree, n rustparse.Node) string {
	for up := t.Parent(n); up != 0; up = t.Parent(up) {
		if n = up; t.Kind(n) == rustparse.FunctionItem {
			break
		}
	}
	used := map[string]bool{}
	var walk func(n rustparse.Node)
	walk = func(n rustparse.Node) {
		if t.Kind(n) == rustparse.Identifier {
			used[t.Text(n)] = true
		}
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			walk(c)
		}
	}
	walk(n)
	name := "_guard"
	for i := 2; used[name]; i++ {
		name = fmt.Sprintf("_guard_%d", i)
	}
	return name
}
