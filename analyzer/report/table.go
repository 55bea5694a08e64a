package report

import "strings"

// A table is rows of cells in columns that are as wide as they need to be and
// together no wider than the page.
type table struct {
	columns []column
	rows    [][]tableCell
}

// A column says how its cells stand.
type column struct {
	right bool // numbers and values
	gap   int  // spaces before it
	// flexible columns are narrowed first when the table is too wide; their
	// cells then take several lines.
	flexible bool
}

type tableCell struct {
	text  string
	style style
}

// row adds a row; missing cells are empty.
func (t *table) row(cells ...tableCell) {
	row := make([]tableCell, len(t.columns))
	for i := range min(len(cells), len(row)) {
		row[i] = tableCell{printable(cells[i].text), cells[i].style}
	}
	t.rows = append(t.rows, row)
}

// text is an unstyled cell.
func text(s string) tableCell { return tableCell{text: s} }

// widths returns the width of each column, so that a row fits into room if
// narrowing allows. Columns without text take no space, not even their gap.
func (t *table) widths(room int) []int {
	widths := make([]int, len(t.columns))
	total := 0
	for i, c := range t.columns {
		for _, row := range t.rows {
			widths[i] = max(widths[i], displayWidth(row[i].text))
		}
		if widths[i] > 0 {
			total += widths[i] + c.gap
		}
	}
	for _, narrow := range []struct {
		flexible bool
		least    int
	}{{true, 16}, {false, 8}, {true, 8}} {
		for total > room {
			widest := -1
			for i, c := range t.columns {
				if c.flexible == narrow.flexible && widths[i] > narrow.least && (widest < 0 || widths[i] > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
			total--
		}
	}
	return widths
}

// lines lays the table out in room cells.
func (t *table) lines(p painter, room int) []string {
	widths := t.widths(room)
	var out []string
	for _, row := range t.rows {
		wrapped := make([][]string, len(row))
		height := 1
		for i, c := range row {
			if wrapped[i] = []string{c.text}; displayWidth(c.text) > widths[i] {
				wrapped[i] = wrap(c.text, widths[i])
			}
			height = max(height, len(wrapped[i]))
		}
		for k := range height {
			var line strings.Builder
			blank := 0 // cells owed before the next text
			for i, c := range t.columns {
				if widths[i] == 0 {
					continue
				}
				s := ""
				if k < len(wrapped[i]) {
					s = wrapped[i][k]
				}
				left, right := 0, widths[i]-displayWidth(s)
				if c.right {
					left, right = right, 0
				}
				blank += c.gap + left
				if s != "" {
					line.WriteString(strings.Repeat(" ", max(0, blank)))
					line.WriteString(p.paint(row[i].style, s))
					blank = 0
				}
				blank += right
			}
			out = append(out, line.String())
		}
	}
	return out
}
