// Package report turns what one run found into text, JSON and SARIF.
//
// Formatters are pure functions of a [Report]: they read no files, no clock
// and no environment, so equal reports give equal bytes. Positions become
// lines and columns here and nowhere before (byte offsets are the only
// position the analysis knows). Everything that comes from analysed sources
// is escaped for its format.
package report

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Report is all that one run has to say.
type Report struct {
	// Findings in any order; formatters show them by path, offset and rule.
	// Refuted candidates are among them only if the user asked for them, and
	// those that a comment silences for formats that mark them; both count for nothing.
	Findings []*finding.Finding
	// Notices say what could not be read or went wrong.
	Notices []Notice
	// Rules are those that ran.
	Rules []finding.Rule
	// Canisters are the names of what was analysed.
	Canisters []string
	Stats     Stats
	// Version is the tool's own.
	Version string
	// Dir is the absolute folder that relative paths start from, with forward
	// slashes, "" if unknown.
	Dir string
}

// A Notice is something the run could not do: text that could not be read, a
// rule that broke, a limit that was hit.
type Notice struct {
	// Fatal: a whole input or a whole rule is lost, so that silence would
	// be a lie (exit code 2). Otherwise the notice is local.
	Fatal bool
	// Internal: the fault is awaitlint's own.
	Internal bool
	Rule     string         // the rule that broke, "" if none
	Path     string         // the file it is about, "" if none
	Span     rustparse.Span // zero where there is no text
	Message  string         // one lower-case clause
}

// Stats say how much was looked at; a clean result means little without them.
type Stats struct {
	Files, Canisters, EntryPoints, Awaits int
}

// A Format writes a report in one form.
type Format interface {
	// Write renders the whole report; the only errors are those of w.
	Write(w io.Writer, r *Report) error
}

// Exit codes of a run.
const (
	ExitClean    = 0 // nothing at or above warning
	ExitFindings = 1
	ExitTrouble  = 2 // usage, unreadable input or internal error; wins over ExitFindings
)

// ExitCode returns the exit code that the report stands for.
func (r *Report) ExitCode() int {
	for _, n := range r.Notices {
		if n.Fatal {
			return ExitTrouble
		}
	}
	for _, f := range r.Findings {
		if f.Verdict != finding.Refuted && f.Suppressed == nil && f.Level >= finding.Warning {
			return ExitFindings
		}
	}
	return ExitClean
}

// sorted returns the findings by path, offset and rule.
func (r *Report) sorted() []*finding.Finding {
	fs := slices.Clone(r.Findings)
	slices.SortStableFunc(fs, func(a, b *finding.Finding) int {
		return cmp.Or(
			cmp.Compare(pathOf(a.Primary.Span), pathOf(b.Primary.Span)),
			cmp.Compare(a.Primary.Span.Start, b.Primary.Span.Start),
			cmp.Compare(a.Primary.Span.End, b.Primary.Span.End),
			cmp.Compare(a.Rule, b.Rule),
		)
	})
	return fs
}

// pathOf returns the path of a span's file, "" for nowhere.
func pathOf(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Path
}

// whereabouts returns "src/lib.rs:41" for a span, "" for nowhere.
func whereabouts(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Path + ":" + itoa(locate(s).line)
}

// baseName returns the last element of a span's path.
func baseName(s rustparse.Span) string { return path.Base(pathOf(s)) }

// A location is a span as people and other tools count it. Lines and columns
// are 1-based; the end is exclusive.
type location struct {
	path               string
	start, end         uint32 // byte offsets
	line, column       int    // column in bytes
	endLine, endColumn int
	utf16, endUTF16    int // columns in UTF-16 code units
	chars              int // start column in characters
}

// locate resolves a span that lies in a file. Offsets beyond the text are
// taken as its end: a wrong span must not lose a finding.
func locate(s rustparse.Span) location {
	size := uint32(len(s.File.Text))
	start := min(s.Start, size)
	end := min(max(s.End, start), size)
	p, q := s.File.Position(start), s.File.Position(end)
	return location{
		path:  s.File.Path,
		start: start, end: end,
		line: p.Line, column: p.Column,
		endLine: q.Line, endColumn: q.Column,
		utf16: s.File.UTF16Column(start), endUTF16: s.File.UTF16Column(end),
		chars: len([]rune(s.File.Text[int(start)-(p.Column-1):start])) + 1,
	}
}

// lineText returns the 1-based line n of f without its line ending.
func lineText(f *rustparse.File, n int) string {
	return strings.TrimRight(f.Line(n), "\r\n")
}
