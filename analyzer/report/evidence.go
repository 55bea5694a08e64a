package report

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// witness writes a run as a table: message, line, what it does, the state
// after it, and what becomes of the message.
func (w *noteWriter) witness(title string, run *finding.Witness) {
	t := table{columns: []column{
		{},                       // message
		{gap: 1},                 // what it is
		{gap: 2, right: true},    // line
		{gap: 2, flexible: true}, // step
		{gap: 2},                 // arrow
	}}
	places := columns(w.finding)
	for range places {
		t.columns = append(t.columns, column{gap: 2, right: true})
	}
	t.columns = append(t.columns, column{gap: 4, flexible: true}) // event

	head := make([]tableCell, 5, len(t.columns))
	for _, i := range places {
		head = append(head, tableCell{run.Places[i], frameStyle})
	}
	t.row(head...)
	for _, s := range shorten(run.Steps) {
		if s.skipped > 0 {
			t.row(text(""), text(""), text(""), tableCell{"⋮ " + plural(s.skipped, "step"), faintStyle})
			continue
		}
		step := s.WitnessStep
		arrow, event := eventWords(step.Message, step.Event)
		row := []tableCell{
			{step.Message, headStyle}, text(clip(step.What, shownCall)), text(w.line(step.Span)),
			{clip(step.Text, shownStep), w.stepStyle(step.Role)}, text(arrow),
		}
		for _, i := range places {
			value := ""
			if i < len(step.State) {
				value = clip(step.State[i], max(shownValue, shownState/len(places)))
			}
			row = append(row, text(value))
		}
		t.row(append(row, text(event))...)
	}
	lines := t.lines(w.painter, w.width-w.gutter-3)
	w.titled(title, lines)
	for _, l := range wrap(printable(run.Conclusion), w.width-w.gutter-3) {
		if l != "" {
			w.under(l)
		}
	}
}

// titled writes "= title" with the first of lines, a header row, to its right
// where there is room, and the others below.
func (w *noteWriter) titled(title string, lines []string) {
	// The header row is blank on its left: the title takes that room. Escape
	// codes never stand among the leading spaces.
	header := strings.TrimLeft(lines[0], " ")
	free := len(lines[0]) - len(header)
	// Lines below begin two cells right of "=", the title right of "= ".
	if header == "" || displayWidth(title)+2 > free {
		w.head(title, "")
		if header != "" {
			w.under(lines[0])
		}
	} else {
		w.head(title, strings.Repeat(" ", free-displayWidth(title))+header)
	}
	for _, l := range lines[1:] {
		w.under(l)
	}
}

// stepStyle marks the steps that the labels of the finding point at.
func (w *noteWriter) stepStyle(r finding.Role) style {
	if r == w.finding.Primary.Role && r != "" {
		return w.primary
	}
	return plain
}

// line returns the line of a span as the primary's file counts it:
// "44", or "other.rs:44" elsewhere.
func (w *noteWriter) line(s rustparse.Span) string {
	return lineIn(w.finding.Primary.Span.File, s)
}

func lineIn(home *rustparse.File, s rustparse.Span) string {
	switch {
	case s.File == nil:
		return ""
	case s.File == home:
		return itoa(locate(s).line)
	}
	return baseName(s) + ":" + itoa(locate(s).line)
}

// eventWords returns the arrow and the words for what becomes of message m.
func eventWords(m, event string) (arrow, words string) {
	switch event {
	case "suspends":
		return "⟶", m + " waits"
	case "resumes":
		return "⟵", m + " goes on"
	case "cleanup":
		return "", m + " cleans up"
	case "":
		return "", ""
	}
	return "", m + " " + event
}

// longestRun is the number of steps a reader is asked to follow.
const longestRun = 20

// A keptStep is a step, or a number of steps left out.
type keptStep struct {
	finding.WitnessStep
	skipped int
}

// shorten cuts a long run by its least telling steps, those nearest the middle
// first; never by those at which a message begins, nor those the damage needs.
func shorten(steps []finding.WitnessStep) []keptStep {
	drop := make([]bool, len(steps))
	if over := len(steps) - longestRun; over > 0 {
		var plain []int
		for i, s := range steps {
			if i > 0 && i < len(steps)-1 && s.What == "" && s.Weight < 9 {
				plain = append(plain, i)
			}
		}
		off := func(i int) int { return max(len(steps)/2-i, i-len(steps)/2) }
		slices.SortFunc(plain, func(a, b int) int {
			return cmp.Or(cmp.Compare(steps[a].Weight, steps[b].Weight), cmp.Compare(off(a), off(b)), cmp.Compare(a, b))
		})
		for _, i := range plain[:min(over, len(plain))] {
			drop[i] = true
		}
	}
	var out []keptStep
	for i, s := range steps {
		if !drop[i] {
			out = append(out, keptStep{WitnessStep: s})
		} else if n := len(out); n > 0 && out[n-1].skipped > 0 {
			out[n-1].skipped++
		} else {
			out = append(out, keptStep{skipped: 1})
		}
	}
	return out
}

// endings writes the table of endings: the state each leaves, what survives,
// and what is lost or stuck. The row the finding is about is marked.
func (w *noteWriter) endings() {
	rows := condenseEndings(w.finding)
	if len(rows) == 0 {
		return
	}
	w.titled("endings", endingsTable(rows).lines(w.painter, w.width-w.gutter-3))
}

// Endings writes a table of endings by itself.
func (t Text) Endings(w io.Writer, rows []finding.Ending) error {
	var out strings.Builder
	for _, l := range endingsTable(rows).lines(painter(t.Color), t.width()) {
		out.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func endingsTable(rows []finding.Ending) *table {
	var places []string
	for _, r := range rows {
		for _, place := range slices.Sorted(maps.Keys(r.State)) {
			if !slices.Contains(places, place) {
				places = append(places, place)
			}
		}
	}
	t := &table{columns: []column{{}}}
	head := []tableCell{{}}
	for _, place := range places {
		t.columns = append(t.columns, column{gap: 2, right: true})
		head = append(head, tableCell{place, frameStyle})
	}
	t.columns = append(t.columns, column{gap: 3, flexible: true}, column{gap: 2, flexible: true}, column{gap: 2})
	t.row(append(head, tableCell{"survives", frameStyle}, tableCell{"lost / stuck", frameStyle})...)
	for _, r := range rows {
		row := []tableCell{text(r.Name)}
		for _, place := range places {
			row = append(row, text(r.State[place]))
		}
		gone := slices.Clone(r.Lost)
		for _, s := range r.Stuck {
			gone = append(gone, s+" (stuck)")
		}
		mark := tableCell{}
		if r.Damage {
			mark = tableCell{"◀", errorStyle}
		}
		t.row(append(row, text(list(r.Survives)), text(list(gone)), mark)...)
	}
	return t
}

// list joins items, "–" if there are none.
func list(items []string) string {
	if len(items) == 0 {
		return "–"
	}
	return strings.Join(items, ", ")
}

// plural returns "1 step", "2 steps".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
