package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// A CensusView says what of a census to show.
type CensusView struct {
	// List names one list of sites to show instead of the counts: "awaits"; "" for the counts.
	List string
	// All shows every line of long lists, not the first ten.
	All bool
}

const censusTop = 10

// Census writes a census for people.
func (t Text) Census(w io.Writer, c *finding.Census, v CensusView) error {
	var out strings.Builder
	if v.List != "" {
		for _, s := range c.Sites {
			if s.List == v.List {
				out.WriteString(siteLine(s) + "\n")
			}
		}
	} else {
		cw := &censusWriter{painter: painter(t.Color), out: &out, all: v.All}
		cw.crate(c.Total)
		cw.line("calls of macros of the workspace", c.Macros, "")
		cw.table(c.Crates, t.width())
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// siteLine is "src/lib.rs:4:12 withdraw: awaits transfer: must, a knowledge entry (…)".
func siteLine(s finding.Site) string {
	p := s.Span.Position()
	line := fmt.Sprintf("%s:%d:%d", pathOf(s.Span), p.Line, p.Column)
	if s.Function != "" {
		line += " " + s.Function
	}
	line += ": " + s.Name + ": " + s.Class
	if len(s.Places) > 0 {
		line += ": " + strings.Join(s.Places, ", ")
	}
	if s.Cause != "" {
		line += " · " + s.Cause
	}
	if s.Reason != "" && s.Reason != s.Cause {
		line += " · " + s.Reason
	}
	return printable(line)
}

// A censusWriter writes counts.
type censusWriter struct {
	painter
	out *strings.Builder
	all bool
}

func (w *censusWriter) crate(c finding.Crate) {
	fmt.Fprintf(w.out, "%s · %s", plural(c.Files, "file"), plural(c.Lines, "line"))
	if c.Problems > 0 {
		w.out.WriteString(" · " + plural(c.Problems, "problem"))
	}
	w.out.WriteString("\n")
	w.line("functions with a body", c.Functions, "")
	w.line("entry points and tasks", c.EntryPoints, "")
	w.line("entry attributes in the text", c.Endpoints, "")
	w.list("no entry point", c.NoEntry)
	w.line("awaits", c.Awaits, share(c.Awaits, "known", "must", "may", "never"))
	w.list("known from", c.AwaitsRest)
	w.list("not known", c.AwaitsOpen)
	w.line("accesses to state", c.Accesses, share(followed(c.Accesses), "closer than the cell", "place", "whole"))
	w.list("no closer", c.AccessesOpen)
	w.line("constructs not understood", finding.Tally{}, itoa(c.Opaque.Sum()))
	w.list("", c.Opaque)
	w.line("calls of what is not known", finding.Tally{}, itoa(c.Unresolved.Sum()))
	w.list("", c.Unresolved)
	w.line("functions left out of messages", finding.Tally{}, itoa(c.LeftOut.Sum()))
	w.list("", c.LeftOut)
}

// share is the part that the named counts are of the whole.
func share(t finding.Tally, what string, names ...string) string {
	n := 0
	for _, name := range names {
		n += t.Of(name)
	}
	if t.Sum() == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s", percent(n, t.Sum()), what)
}

// followed are the accesses that the analysis means to know: not those in log macros.
func followed(t finding.Tally) finding.Tally {
	return slices.DeleteFunc(slices.Clone(t), func(c finding.Count) bool { return c.Name == "skipped" })
}

// percent rounds down: 100 % is said of nothing less.
func percent(n, of int) string { return fmt.Sprintf("%d.%d %%", n*100/of, n*1000/of%10) }

// line writes one tally in a line.
func (w *censusWriter) line(what string, t finding.Tally, extra string) {
	var parts []string
	for _, c := range t {
		parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.Count))
	}
	if extra != "" {
		parts = append(parts, extra)
	}
	sum := ""
	if len(t) > 0 {
		sum = itoa(t.Sum()) + ": "
	}
	if len(parts) == 0 {
		parts = []string{"none"}
	}
	w.out.WriteString(w.paint(headStyle, what) + "  " + sum + printable(strings.Join(parts, " · ")) + "\n")
}

// list writes a tally line by line, the longest part of it only unless all is asked for.
func (w *censusWriter) list(head string, t finding.Tally) {
	if len(t) == 0 {
		return
	}
	if head != "" {
		w.out.WriteString("  " + head + ":\n")
	}
	shown := t
	if !w.all && len(t) > censusTop {
		shown = t[:censusTop]
	}
	for _, c := range shown {
		fmt.Fprintf(w.out, "  %6d  %s\n", c.Count, printable(c.Name))
	}
	if rest := t[len(shown):]; len(rest) > 0 {
		fmt.Fprintf(w.out, "  %6d  in %d more kinds (--all)\n", rest.Sum(), len(rest))
	}
}

// table writes one line for each crate.
func (w *censusWriter) table(crates []finding.Crate, width int) {
	t := &table{columns: []column{{flexible: true}, {right: true, gap: 2}, {right: true, gap: 2}, {right: true, gap: 2}, {right: true, gap: 2}, {right: true, gap: 2}, {right: true, gap: 2}}}
	head := func(s string) tableCell { return tableCell{s, headStyle} }
	t.row(head("crate"), head("lines"), head("functions"), head("lowered"), head("attributes"), head("awaits"), head("accesses"))
	shown := crates
	if !w.all && len(crates) > censusTop {
		shown = crates[:censusTop]
	}
	of := func(n, all int) tableCell { return text(fmt.Sprintf("%d/%d", n, all)) }
	for _, c := range shown {
		name := c.Name
		if name == "" {
			name = "(files of no crate)"
		}
		t.row(text(name), text(itoa(c.Lines)), text(itoa(c.Functions.Sum())), text(itoa(c.Functions.Of("lowered"))),
			of(c.Endpoints.Sum()-c.Endpoints.Of("not understood"), c.Endpoints.Sum()),
			of(c.Awaits.Of("must")+c.Awaits.Of("may")+c.Awaits.Of("never"), c.Awaits.Sum()),
			of(c.Accesses.Of("place")+c.Accesses.Of("whole"), followed(c.Accesses).Sum()))
	}
	w.out.WriteString("\n")
	for _, line := range t.lines(w.painter, width) {
		w.out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if rest := len(crates) - len(shown); rest > 0 {
		fmt.Fprintf(w.out, "%d more (--all); attributes accounted for, awaits known, accesses known closer than the cell, of all\n", rest)
	} else {
		w.out.WriteString("attributes accounted for, awaits known, accesses known closer than the cell, of all\n")
	}
}

// A CensusDocument is what `awaitlint stats --format json` writes.
type CensusDocument struct {
	Version int             `json:"version"` // as JSONVersion
	Total   finding.Crate   `json:"total"`
	Crates  []finding.Crate `json:"crates"` // worst first
	Macros  finding.Tally   `json:"macros"` // as in finding.Census
	// Sites are those of the list that was asked for, none otherwise.
	Sites []CensusSite `json:"sites,omitempty"`
}

// A CensusSite is a [finding.Site] with its place as people count it.
type CensusSite struct {
	List     string   `json:"list"`
	Path     string   `json:"path"`
	Start    uint32   `json:"start"` // byte offsets, the end exclusive
	End      uint32   `json:"end"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in bytes
	Crate    string   `json:"crate"`
	Function string   `json:"function"`
	Class    string   `json:"class"`
	Name     string   `json:"name"`
	Places   []string `json:"places,omitempty"`
	Cause    string   `json:"cause,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

// Census writes a census for programs: a [CensusDocument].
func (JSON) Census(w io.Writer, c *finding.Census, v CensusView) error {
	doc := CensusDocument{Version: JSONVersion, Total: c.Total, Crates: orEmpty(c.Crates), Macros: c.Macros}
	for _, s := range c.Sites {
		if s.List != v.List {
			continue
		}
		p := s.Span.Position()
		doc.Sites = append(doc.Sites, CensusSite{
			List: s.List, Path: pathOf(s.Span), Start: s.Span.Start, End: s.Span.End, Line: p.Line, Column: p.Column,
			Crate: s.Crate, Function: s.Function, Class: s.Class, Name: s.Name, Places: s.Places, Cause: s.Cause, Reason: s.Reason,
		})
	}
	return writeJSON(w, doc)
}
