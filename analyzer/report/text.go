package report

import (
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// defaultWidth is the width text is laid out for, in terminal cells.
const defaultWidth = 100

// Text is the format people read: one block a finding, after rustc's.
type Text struct {
	Color bool
	Width int // of a line in cells, 0 for 100
}

// Write implements [Format]. Notices are not part of it: the command line
// prints them on standard error with [Text.Notices].
func (t Text) Write(w io.Writer, r *Report) error {
	var out strings.Builder
	for _, f := range r.sorted() {
		if f.Suppressed != nil {
			continue
		}
		t.finding(&out, f)
		out.WriteByte('\n')
	}
	out.WriteString(t.summary(r) + "\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// Notices writes the notices of a report, one line each.
func (t Text) Notices(w io.Writer, r *Report) error {
	p := painter(t.Color)
	var out strings.Builder
	for _, n := range r.Notices {
		head := p.paint(warningStyle, "warning")
		if n.Fatal {
			head = p.paint(errorStyle, "error")
		}
		out.WriteString(head + ": ")
		if at := n.whereabouts(); at != "" {
			out.WriteString(printable(at) + ": ")
		}
		out.WriteString(printable(n.text()) + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// whereabouts returns "path", "path:line:column", or "".
func (n Notice) whereabouts() string {
	if n.Span.File != nil {
		at := locate(n.Span)
		return at.path + ":" + itoa(at.line) + ":" + itoa(at.chars)
	}
	return n.Path
}

// text returns the message, and for a fault of awaitlint's own what to do.
func (n Notice) text() string {
	const internal = "internal error"
	switch {
	case !n.Internal, strings.HasPrefix(n.Message, internal):
		return n.Message
	case n.Rule != "":
		return internal + " in " + n.Rule + ", please report: " + n.Message
	}
	return internal + ", please report: " + n.Message
}

// levelStyle returns the colour of a finding's headline and carets.
func levelStyle(f *finding.Finding) style {
	switch {
	case f.Verdict == finding.Refuted:
		return faintStyle
	case f.Level == finding.Error:
		return errorStyle
	case f.Level == finding.Warning:
		return warningStyle
	}
	return noteStyle
}

// levelWord returns the first word of a finding: its level, or "refuted".
func levelWord(f *finding.Finding) string {
	if f.Verdict == finding.Refuted {
		return f.Verdict.String()
	}
	return f.Level.String()
}

// finding writes one finding.
func (t Text) finding(out *strings.Builder, f *finding.Finding) {
	p := painter(t.Color)
	head := levelWord(f) + "[" + printable(f.Rule) + "]"
	out.WriteString(p.paint(levelStyle(f), head) + p.paint(headStyle, ": "+printable(f.Message)) + "\n")

	blocks := blocksOf(f)
	e := &excerptWriter{painter: p, gutter: digits(blocks), width: t.width(), primary: levelStyle(f), out: out}
	for _, b := range blocks {
		arrow, span := ":::", f.Primary.Span
		if b.file == f.Primary.Span.File {
			arrow = "-->"
		} else {
			for _, l := range f.Labels {
				if l.Span.File == b.file {
					span = l.Span
					break
				}
			}
		}
		at := locate(span)
		where := at.path + ":" + itoa(at.line) + ":" + itoa(at.chars)
		out.WriteString(padLeft("", e.gutter) + p.paint(frameStyle, arrow) + " " + printable(where) + "\n")
		e.block(b)
	}
	n := &noteWriter{excerptWriter: e, finding: f}
	n.write()
}
