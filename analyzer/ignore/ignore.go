// Package ignore reads the comments by which sources silence findings:
//
//	// awaitlint: ignore[stale-write, stale-check] -- the ledger refuses the second
//
// Behind code such a comment is about its line. On a line of its own it is about the
// statement, arm, field or item that follows, all of it.
package ignore

import (
	"regexp"
	"strings"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// A Comment is one such comment.
type Comment struct {
	Span rp.Span
	// Rules are the names between the brackets, nil if the comment cannot be
	// read: it begins as one and goes on otherwise.
	Rules  []string
	Reason string
	// Covers is the code it is about, nowhere if none follows.
	Covers rp.Span
}

// Silences reports whether c is about what a rule says of the code at s.
func (c Comment) Silences(rule string, s rp.Span) bool {
	if s.File == nil || s.File != c.Covers.File || s.Start < c.Covers.Start || s.Start >= c.Covers.End {
		return false
	}
	for _, r := range c.Rules {
		if r == rule {
			return true
		}
	}
	return false
}

var form = regexp.MustCompile(`^awaitlint:\s*ignore\s*\[([^\]]*)\]\s*(?:--\s*(.*))?$`)

// Comments returns the comments of a file, in source order.
func Comments(t *rp.Tree) []Comment {
	if !strings.Contains(t.File.Text, "awaitlint:") {
		return nil
	}
	var out []Comment
	for n := rp.Node(1); int(n) < t.Len(); n++ {
		if t.Kind(n) != rp.LineComment || int(t.End(n)) > len(t.File.Text) {
			continue
		}
		// With a third slash it is documentation.
		text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(t.Text(n), "//")), "awaitlint:")
		if !ok {
			continue
		}
		c := Comment{Span: t.Span(n), Covers: covered(t, n)}
		if m := form.FindStringSubmatch("awaitlint:" + strings.TrimSpace(text)); m != nil {
			for name := range strings.SplitSeq(m[1], ",") {
				if name = strings.TrimSpace(name); name != "" {
					c.Rules = append(c.Rules, name)
				}
			}
			c.Reason = strings.TrimSpace(m[2])
		}
		out = append(out, c)
	}
	return out
}

// covered is the code that a comment is about.
func covered(t *rp.Tree, n rp.Node) rp.Span {
	text := t.File.Text
	begin := strings.LastIndexByte(text[:t.Start(n)], '\n') + 1
	if strings.TrimSpace(text[begin:t.Start(n)]) != "" {
		return rp.Span{File: t.File, Start: uint32(begin), End: t.Start(n)}
	}
	for s := t.Next(n); s != 0; s = t.Next(s) {
		switch t.Kind(s) {
		case rp.LineComment, rp.BlockComment, rp.AttributeItem:
			continue
		}
		return t.Span(s)
	}
	return rp.Span{}
}
