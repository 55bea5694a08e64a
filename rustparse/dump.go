package rustparse

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Dump writes n and all below it as an S-expression, one node on a line with
// its field, its place (line:column, the end exclusive) and, of leaves, the text.
func (t *Tree) Dump(w io.Writer, n Node) error {
	b := bufio.NewWriter(w)
	t.dump(b, n, 0)
	b.WriteString("\n")
	return b.Flush()
}

func (t *Tree) dump(b *bufio.Writer, n Node, depth int) {
	b.WriteString(strings.Repeat("  ", depth))
	if f := t.field[n]; f != 0 {
		b.WriteString(f.String() + ": ")
	}
	span := t.Span(n)
	from, to := t.File.Position(span.Start), t.File.Position(span.End)
	fmt.Fprintf(b, "(%s %d:%d-%d:%d", t.kind[n], from.Line, from.Column, to.Line, to.Column)
	if t.first[n] == 0 {
		if text := t.Text(n); text != "" {
			const most = 60 // bytes
			if len(text) > most {
				text = strings.ToValidUTF8(text[:most], "") + "…"
			}
			fmt.Fprintf(b, " %q", text)
		}
	}
	for c := t.first[n]; c != 0; c = t.next[c] {
		b.WriteString("\n")
		t.dump(b, c, depth+1)
	}
	b.WriteString(")")
}
