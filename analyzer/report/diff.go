package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A change is a run of whole lines before and after the edits that touch them.
type change struct {
	file     *rustparse.File
	line     int // of the first old line, 1-based
	old, new []string
}

// changesOf applies edits to the lines they touch. It returns nil if they
// overlap or lie outside their file: a mend that cannot be applied is not shown.
func changesOf(edits []finding.Edit) []change {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(pathOf(a.Span), pathOf(b.Span)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	var out []change
	for i := 0; i < len(edits); {
		file := edits[i].Span.File
		if file == nil {
			return nil
		}
		text := file.Text
		from := lineStart(text, int(edits[i].Span.Start))
		to := from
		at := from
		var changed strings.Builder
		j := i
		for ; j < len(edits) && edits[j].Span.File == file; j++ {
			s, e := int(edits[j].Span.Start), int(edits[j].Span.End)
			if s > e || e > len(text) || s < at {
				return nil
			}
			if j > i && s > to {
				break // another place
			}
			changed.WriteString(text[at:s] + edits[j].New)
			at = e
			to = lineEnd(text, e)
		}
		changed.WriteString(text[at:to])
		c := change{file: file, line: file.Position(uint32(from)).Line, old: splitLines(text[from:to])}
		if changed.Len() > 0 {
			c.new = splitLines(changed.String())
		}
		out = append(out, c)
		i = j
	}
	return out
}

func lineStart(text string, at int) int {
	return strings.LastIndexByte(text[:min(at, len(text))], '\n') + 1
}

// lineEnd returns the offset of the line break at or after at, or the end.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

func splitLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// edits writes the mend of a finding as a diff.
func (w *noteWriter) edits() {
	changes := changesOf(w.finding.Edits)
	if len(changes) == 0 {
		return
	}
	w.head("mend, as a diff", "")
	for _, c := range changes {
		w.under(w.paint(frameStyle, printable(c.file.Path+":"+itoa(c.line))))
		for _, l := range c.old {
			w.under(w.paint(removeStyle, clip("- "+expand(l).text, w.width-w.gutter-3)))
		}
		for _, l := range c.new {
			w.under(w.paint(addStyle, clip("+ "+expand(l).text, w.width-w.gutter-3)))
		}
	}
}
