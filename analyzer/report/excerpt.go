package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A mark is a label on one line of source.
type mark struct {
	line       int
	start, end int // byte offsets into the line, end exclusive and > start where the line has room
	primary    bool
	text       string
}

// A block is the marks of one file, by line and column.
type block struct {
	file  *rustparse.File
	marks []mark
}

// blocksOf groups the labels of a finding by file, the primary's file first,
// the others in the order in which labels name them. Labels without a place
// have nothing to point at and are left out.
func blocksOf(f *finding.Finding) []block {
	var blocks []block
	add := func(l finding.Label, primary bool) {
		if l.Span.File == nil {
			return
		}
		i := slices.IndexFunc(blocks, func(b block) bool { return b.file == l.Span.File })
		if i < 0 {
			i = len(blocks)
			blocks = append(blocks, block{file: l.Span.File})
		}
		blocks[i].add(markOf(l, primary))
	}
	add(f.Primary, true)
	for _, l := range f.Labels {
		add(l, false)
	}
	for _, b := range blocks {
		slices.SortStableFunc(b.marks, func(x, y mark) int {
			return cmp.Or(cmp.Compare(x.line, y.line), cmp.Compare(x.start, y.start), cmp.Compare(y.end, x.end))
		})
	}
	return blocks
}

// add adds a mark; one on the very same text joins the mark that is there.
func (b *block) add(m mark) {
	for i := range b.marks {
		old := &b.marks[i]
		if old.line != m.line || old.start != m.start || old.end != m.end {
			continue
		}
		if m.text != "" && !strings.Contains(old.text, m.text) {
			old.text = strings.TrimPrefix(old.text+"; "+m.text, "; ")
		}
		old.primary = old.primary || m.primary
		return
	}
	b.marks = append(b.marks, m)
}

// markOf clips a label to the first line of its span that holds text.
func markOf(l finding.Label, primary bool) mark {
	at := locate(l.Span)
	line := lineText(l.Span.File, at.line)
	m := mark{line: at.line, start: min(at.column-1, len(line)), primary: primary, text: printable(l.Text)}
	if at.endLine == at.line {
		m.end = min(at.endColumn-1, len(line))
	} else {
		m.end = max(m.start, len(strings.TrimRight(line, " \t")))
	}
	return m
}

// An excerptWriter renders blocks of source with a gutter as wide as the
// largest line number of the finding.
type excerptWriter struct {
	painter
	gutter  int // cells of a line number
	width   int // cells of a whole line
	primary style
	out     *strings.Builder
}

// digits returns the gutter width that the blocks need.
func digits(blocks []block) int {
	n := 1
	for _, b := range blocks {
		for _, m := range b.marks {
			n = max(n, len(itoa(m.line)))
		}
	}
	return n
}

// frame writes one line of the left margin: "44 | text", "   | text".
func (w *excerptWriter) frame(number, bar, text string) {
	margin := padLeft(number, w.gutter) + " " + bar
	w.out.WriteString(w.paint(frameStyle, margin))
	if text != "" {
		w.out.WriteString(" " + text)
	}
	w.out.WriteByte('\n')
}

// block writes the excerpt of one file: each marked line with its labels, one
// line between two marked ones shown, more as a gap.
func (w *excerptWriter) block(b block) {
	w.frame("", "|", "")
	last := 0
	for i := 0; i < len(b.marks); {
		j := i
		for j < len(b.marks) && b.marks[j].line == b.marks[i].line {
			j++
		}
		line := b.marks[i].line
		switch {
		case last == 0 || line == last+1:
		case line == last+2:
			w.source(last+1, lineText(b.file, last+1), nil)
		default:
			w.frame("", "⋮", "")
		}
		w.source(line, lineText(b.file, line), b.marks[i:j])
		last = line
		i = j
	}
	w.frame("", "|", "")
}

// source writes one source line and, below it, its marks.
func (w *excerptWriter) source(number int, text string, marks []mark) {
	room := max(w.width-w.gutter-3, 20)
	shown := expand(text)
	spans := make([]cells, len(marks))
	for i, m := range marks {
		from, to := shown.column[m.start], shown.column[m.end]
		spans[i] = cells{from: from, to: max(to, from+1), mark: m}
	}
	line := clipLine(shown.text, spans, room)
	w.frame(itoa(number), "|", strings.TrimRight(line, " "))
	for _, row := range w.labels(spans, room) {
		w.frame("", "|", row)
	}
}

// cells is a mark in display columns, end exclusive.
type cells struct {
	from, to int
	mark
}

// clipLine cuts a line that is wider than room around its marks and moves
// the marks accordingly. Marks outside the window are kept at its edge.
func clipLine(text string, marks []cells, room int) string {
	width := displayWidth(text)
	if width <= room {
		return text
	}
	left := 0
	if len(marks) > 0 {
		first, last, anchor := marks[0].from, marks[0].to, marks[0].from
		for _, m := range marks {
			first, last = min(first, m.from), max(last, m.to)
			if m.primary {
				anchor = m.from
			}
		}
		const lead = 8 // cells kept before the first mark
		switch {
		case last <= room-1: // the beginning of the line will do
		case last-first <= room-lead-2:
			left = max(0, first-lead)
		default:
			left = max(0, anchor-lead)
		}
	}
	cut, shift := text, 0
	if left > 0 {
		head, rest := splitCells(text, left)
		shift = displayWidth(head) - 1 // for the ellipsis
		cut = "…" + rest
	}
	cut = clip(cut, room)
	for i := range marks {
		m := &marks[i]
		m.from = min(max(m.from-shift, 0), room-1)
		m.to = min(max(m.to-shift, m.from+1), room)
	}
	return cut
}

// labels draws the underlines of one line and the words on them. The
// rightmost label stands beside its underline if it fits; the others hang
// below, the rightmost first, as in rustc.
func (w *excerptWriter) labels(marks []cells, room int) []string {
	if len(marks) == 0 {
		return nil
	}
	var c canvas
	end := 0
	for _, primary := range []bool{false, true} { // the primary on top
		for _, m := range marks {
			if m.primary == primary {
				c.put(0, m.from, strings.Repeat(w.line(m), m.to-m.from), w.style(m))
			}
			end = max(end, m.to)
		}
	}
	hanging := slices.DeleteFunc(slices.Clone(marks), func(m cells) bool { return m.text == "" })
	slices.SortStableFunc(hanging, func(a, b cells) int { return cmp.Compare(a.from, b.from) })
	if n := len(hanging); n > 0 {
		if m := hanging[n-1]; m.to == end && end+1+displayWidth(m.text) <= room {
			c.put(0, end+1, m.text, w.style(m))
			hanging = hanging[:n-1]
		}
	}
	w.hang(&c, hanging, room, len(marks) == 1)
	return c.lines(w.painter)
}

// hang writes labels below the underlines, connected by bars; alone says that
// the line has no other mark.
func (w *excerptWriter) hang(c *canvas, marks []cells, room int, alone bool) {
	bars := func(row int, marks []cells) {
		for _, m := range marks {
			c.put(row, m.from, "|", w.style(m))
		}
	}
	row := 1
	if alone && len(marks) == 1 && displayWidth(marks[0].text) <= room {
		// One label and nothing it could be mistaken for: right below.
		m := marks[0]
		c.put(row, max(0, min(m.from, room-displayWidth(m.text))), m.text, w.style(m))
		return
	}
	if len(marks) > 0 {
		bars(row, marks)
		row++
	}
	for i := len(marks) - 1; i >= 0; i-- {
		m := marks[i]
		at := m.from
		const readable = 28 // a narrower column of text is moved left
		if room-at < min(readable, displayWidth(m.text)) {
			free := 0
			if i > 0 {
				free = marks[i-1].from + 2
			}
			at = min(at, max(free, room-max(readable, min(displayWidth(m.text), room/2))))
		}
		for _, text := range wrap(m.text, room-at) {
			bars(row, marks[:i])
			c.put(row, at, text, w.style(m))
			row++
		}
	}
}

func (w *excerptWriter) line(m cells) string {
	if m.primary {
		return "^"
	}
	return "-"
}

func (w *excerptWriter) style(m cells) style {
	if m.primary {
		return w.primary
	}
	return frameStyle
}
