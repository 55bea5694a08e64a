package report

import (
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Timeline is one entry point as `awaitlint segments` shows it.
type Timeline struct {
	Entry    finding.Endpoint
	Segments []finding.Segment
	// Touched says who else works on the places of the message while it waits;
	// empty if it never waits.
	Touched []Touched
	Guards  []string // what the message holds while it waits
	Assumed []string
}

// Touched is a place that other entry points can reach in a gap.
type Touched struct {
	Place     string
	Writers   []finding.Endpoint
	Observers []finding.Endpoint // they read it and do not write it
}

// Segments writes timelines, one block each.
func (t Text) Segments(w io.Writer, timelines []Timeline) error {
	var out strings.Builder
	for i, line := range timelines {
		if i > 0 {
			out.WriteByte('\n')
		}
		t.timeline(&out, line)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (t Text) timeline(out *strings.Builder, line Timeline) {
	p := painter(t.Color)
	s := &segmentWriter{painter: p, home: line.Entry.Span.File, width: t.width(), out: out}
	calls := 0
	for _, g := range line.Segments {
		if g.Index == 0 {
			calls++
		}
	}
	head := []string{line.Entry.Kind}
	if at := whereabouts(line.Entry.Span); at != "" {
		head = append(head, at)
	}
	head = append(head, plural(calls, "call"), plural(len(line.Segments), "atomic execution"))
	out.WriteString(p.paint(headStyle, printable(line.Entry.Name)) + "  " + printable(strings.Join(head, " · ")) + "\n")
	s.segments(line.Segments)
	for _, touched := range line.Touched {
		s.touched(touched)
	}
	if calls > 0 {
		guards := "none"
		if len(line.Guards) > 0 {
			guards = strings.Join(line.Guards, "; ")
		}
		s.aside("guards: " + guards)
	}
	for _, a := range line.Assumed {
		s.aside("assumed: " + a)
	}
}

func (t Text) width() int {
	if t.Width > 0 {
		return t.Width
	}
	return defaultWidth
}

// A segmentWriter writes rows of a timeline.
type segmentWriter struct {
	painter
	home   *rustparse.File // lines of other files are shown with their name
	indent string
	width  int
	out    *strings.Builder
}

// segments writes the table of a finding.
func (w *noteWriter) segments(rows []finding.Segment) {
	s := &segmentWriter{painter: w.painter, home: w.finding.Primary.Span.File, indent: w.indent(), width: w.width, out: w.out}
	s.segments(rows)
}

// Columns of a timeline: " 1  41–48   reads …            trap here: …".
const (
	trapColumn   = 46 // where "trap here" stands if there is room
	changeIndent = 4  // of the fates of changes, below what is done
)

// segments writes the rows; the lines of code stand in one column.
func (s *segmentWriter) segments(rows []finding.Segment) {
	wide := 5
	for _, r := range rows {
		wide = max(wide, displayWidth(s.lines(r.Span)))
	}
	for i, r := range rows {
		if r.Index == 0 {
			s.callee(r)
			continue
		}
		s.segment(r, wide)
		if r.Call != "" {
			at := ""
			if i+1 < len(rows) && rows[i+1].Index == 0 {
				at = s.lines(rows[i+1].Span)
			}
			s.call(r, at, wide)
		}
	}
}

// segment writes what one segment of the message does.
func (s *segmentWriter) segment(r finding.Segment, wide int) {
	var does []string
	if len(r.Reads) > 0 {
		does = append(does, "reads  "+strings.Join(r.Reads, ", "))
	}
	if len(r.Writes) > 0 {
		does = append(does, "writes "+strings.Join(r.Writes, ", "))
	}
	if len(does) == 0 {
		does = append(does, "–")
	}
	lead := " " + padLeft(itoa(r.Index), 1) + "  " + pad(s.lines(r.Span), wide) + "   "
	trap := ""
	if r.IfTrap != "" {
		trap = "trap here: " + printable(r.IfTrap)
	}
	var body []string
	left := displayWidth(lead)
	for _, d := range does {
		body = append(body, wrapHang(printable(d), s.room()-left, len("writes "))...)
	}
	for i, b := range body {
		text := lead + b
		if i > 0 {
			text = strings.Repeat(" ", left) + b
		}
		if i == 0 && trap != "" && displayWidth(text)+2 <= trapColumn && trapColumn+displayWidth(trap) <= s.room() {
			text = pad(text, trapColumn) + s.paint(faintStyle, trap)
			trap = ""
		}
		s.put(text)
	}
	if trap != "" {
		for _, l := range wrapHang(trap, s.room()-left, 2) {
			s.put(strings.Repeat(" ", left) + s.paint(faintStyle, l))
		}
	}
	s.changes(r.Changes, left)
}

// call writes the await that ends a segment.
func (s *segmentWriter) call(r finding.Segment, at string, wide int) {
	if at == "" {
		at = s.lastLine(r.Span)
	}
	what := printable(r.Call)
	if r.Wait != "" {
		what += ", " + printable(r.Wait)
	}
	commit := map[string]string{
		"must":  "── commits " + itoa(r.Index) + " ──",
		"may":   "── may commit " + itoa(r.Index) + " ──",
		"never": "no segment ends here",
	}[r.Commit]
	lead := " ─  " + pad(at, wide) + "   "
	const commitColumn = 44
	if text := pad(lead+what, commitColumn); displayWidth(text)+2+displayWidth(commit) <= s.room() {
		s.put(text + "  " + s.paint(frameStyle, commit))
		return
	}
	left := displayWidth(lead)
	for i, l := range wrapHang(what, s.room()-left, 2) {
		if i > 0 {
			lead = strings.Repeat(" ", left)
		}
		s.put(lead + l)
	}
	s.put(strings.Repeat(" ", left) + s.paint(frameStyle, commit))
}

// callee writes the execution that a call causes elsewhere.
func (s *segmentWriter) callee(r finding.Segment) {
	said := r.IfTrap
	if said == "" {
		said = "its own execution: stays if it replies, whatever happens after"
	}
	if r.Call != "" {
		said = r.Call + ": " + said
	}
	const lead = "    callee  "
	for i, l := range wrapHang(printable(said), s.room()-len(lead), 0) {
		if i == 0 {
			s.put(lead + l)
		} else {
			s.put(strings.Repeat(" ", len(lead)) + l)
		}
	}
	s.changes(r.Changes, len(lead))
}

// changes writes what became of each write in the ending of a finding.
func (s *segmentWriter) changes(changes []finding.Change, left int) {
	t := table{columns: []column{{flexible: true}, {gap: 3}, {gap: 2}}}
	for _, c := range changes {
		fate := tableCell{c.Fate, plain}
		switch c.Fate {
		case "committed", "committed in the callee":
			fate.style = addStyle
		case "rolled back", "never ran":
			fate.style = removeStyle
		}
		at := ""
		if l := lineIn(s.home, c.Span); l != "" {
			at = "line " + l
		}
		t.row(text(c.Text), fate, tableCell{at, faintStyle})
	}
	for _, l := range t.lines(s.painter, s.room()-left-changeIndent) {
		s.put(strings.Repeat(" ", left+changeIndent) + l)
	}
}

// touched writes who can reach a place in the gap.
func (s *segmentWriter) touched(t Touched) {
	var parts []string
	if len(t.Writers) > 0 {
		parts = append(parts, names(t.Writers)+" can write "+t.Place)
	}
	if len(t.Observers) > 0 {
		parts = append(parts, names(t.Observers)+" can see "+t.Place)
	}
	if len(parts) == 0 {
		parts = append(parts, "nobody else reaches "+t.Place)
	}
	s.aside("in the gap: " + strings.Join(parts, "; "))
}

// names lists entry points by name, with the kind of those that are no updates.
func names(es []finding.Endpoint) string {
	var out []string
	for _, e := range es {
		if e.Kind == "" || e.Kind == "update" {
			out = append(out, e.Name)
		} else {
			out = append(out, e.Name+" ("+e.Kind+")")
		}
	}
	return strings.Join(out, ", ")
}

// aside writes a line below the rows.
func (s *segmentWriter) aside(text string) {
	const left = 4
	for _, l := range wrapHang(printable(text), s.room()-left, 2) {
		s.put(strings.Repeat(" ", left) + l)
	}
}

// wrapHang is wrap with the lines after the first moved right by hang cells.
func wrapHang(text string, width, hang int) []string {
	if displayWidth(text) <= width {
		return []string{text}
	}
	lines := wrap(text, width-hang) // never one line: text is too wide
	for i := 1; i < len(lines); i++ {
		lines[i] = strings.Repeat(" ", hang) + lines[i]
	}
	return lines
}

func (s *segmentWriter) room() int { return s.width - len(s.indent) }

func (s *segmentWriter) put(line string) {
	s.out.WriteString(strings.TrimRight(s.indent+line, " ") + "\n")
}

// lines returns the lines of a span: "41–48", "48", with the file where it is
// not the one the reader looks at.
func (s *segmentWriter) lines(span rustparse.Span) string {
	if span.File == nil {
		return ""
	}
	at := locate(span)
	first, last := at.line, at.endLine
	if at.endColumn == 1 && last > first {
		last-- // the span ends with a line break
	}
	text := lineIn(s.home, span)
	if last > first {
		text += "–" + itoa(last)
	}
	return text
}

// lastLine returns the line a span ends on.
func (s *segmentWriter) lastLine(span rustparse.Span) string {
	if span.File == nil || span.End <= span.Start {
		return ""
	}
	return lineIn(s.home, rustparse.Span{File: span.File, Start: span.End - 1, End: span.End})
}
