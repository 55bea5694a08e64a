package report

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// A noteWriter writes what stands below the excerpt of a finding: how the
// verdict was reached, what survives, who interferes, how to mend it.
type noteWriter struct {
	*excerptWriter
	finding *finding.Finding
}

func (w *noteWriter) write() {
	f := w.finding
	w.evidence()
	w.outcome()
	if len(f.Segments) > 0 {
		w.head("segments", "")
		w.segments(condense(f))
	}
	w.endings()
	everybody := func(string) bool { return true }
	w.list("can run in the gap", some(endpoints(f.Interferers), shownPeople, everybody))
	w.list("can see it in the gap", some(endpoints(f.Observers), shownPeople, everybody))
	w.list("also in", some(f.AlsoIn, shownPeople, everybody))
	w.note("assumed", strings.Join(f.Assumed, "; "))
	w.note("mend", f.Help)
	w.edits()
	w.note("why", "awaitlint explain "+f.Rule)
}

// evidence writes how the verdict was reached, with the run that shows it.
func (w *noteWriter) evidence() {
	f := w.finding
	said := map[finding.Verdict]string{
		finding.Confirmed:  "confirmed by this run",
		finding.Possible:   "possible by this run",
		finding.CannotTell: "not decided; nearest run",
		finding.Unproved:   "a run",
	}
	if f.Witness != nil && said[f.Verdict] != "" {
		w.witness(said[f.Verdict], f.Witness)
	}
	switch f.Verdict {
	case finding.Confirmed:
		if f.Witness == nil && f.Reason != "" {
			w.note("confirmed", f.Reason)
		}
	case finding.Possible, finding.CannotTell, finding.Refuted:
		w.note(f.Verdict.String(), f.Reason)
	}
}

// outcome writes what the damaging run leaves behind.
func (w *noteWriter) outcome() {
	f := w.finding
	var parts []string
	for _, p := range []struct {
		word  string
		items []string
	}{{"survives", f.Survives}, {"lost", f.Lost}, {"stuck", f.Stuck}} {
		if len(p.items) > 0 {
			parts = append(parts, p.word+": "+strings.Join(some(p.items, shownOutcome, concerns(f)), ", "))
		}
	}
	if len(parts) == 0 {
		return
	}
	first, rest, _ := strings.Cut(strings.Join(parts, ".  "), ": ")
	w.note(first, rest)
}

// endpoints lists entry points as "withdraw (src/lib.rs:41)", with the kind of
// those that are not plain updates.
func endpoints(es []finding.Endpoint) []string {
	var parts []string
	for _, e := range es {
		var about []string
		if e.Kind != "" && e.Kind != "update" {
			about = append(about, e.Kind)
		}
		if at := whereabouts(e.Span); at != "" {
			about = append(about, at)
		}
		s := e.Name
		if len(about) > 0 {
			s += " (" + strings.Join(about, ", ") + ")"
		}
		parts = append(parts, s)
	}
	return parts
}

// indent is the left edge of what stands under a note: two cells right of "=".
func (w *noteWriter) indent() string { return strings.Repeat(" ", w.gutter+3) }

// head writes "= key" with something on the right.
func (w *noteWriter) head(key, rest string) {
	w.frame("", "=", strings.TrimRight(w.paint(headStyle, printable(key))+rest, " "))
}

// note writes "= key: text", wrapped; nothing if there is no text.
func (w *noteWriter) note(key, text string) {
	if text != "" {
		w.keyed(key, wrap(key+": "+printable(text), w.noteRoom()))
	}
}

// list writes "= key: item, item", broken between items; nothing if there is none.
func (w *noteWriter) list(key string, items []string) {
	if len(items) == 0 {
		return
	}
	words := strings.Fields(key + ":")
	for i, item := range items {
		if item = printable(item); i < len(items)-1 {
			item += ","
		}
		words = append(words, item)
	}
	w.keyed(key, wrapWords(words, w.noteRoom()))
}

const hang = 2 // cells by which the lines of a note after the first stand further right

func (w *noteWriter) noteRoom() int { return w.width - w.gutter - 3 - hang }

// keyed writes the lines of a note, the key at the beginning of the first.
func (w *noteWriter) keyed(key string, lines []string) {
	w.frame("", "=", w.paint(headStyle, key)+strings.TrimPrefix(lines[0], key))
	for _, l := range lines[1:] {
		w.out.WriteString(w.indent() + strings.Repeat(" ", hang) + l + "\n")
	}
}

// under writes a line of a table below a note.
func (w *noteWriter) under(line string) {
	w.out.WriteString(strings.TrimRight(w.indent()+line, " ") + "\n")
}
