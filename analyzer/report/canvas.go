package report

import (
	"strings"

	"github.com/rivo/uniseg"
)

// A canvas is a small grid of terminal cells that grows as it is written on.
type canvas struct {
	rows [][]cell
}

// A cell holds one character; the cells right of a wide one hold none.
type cell struct {
	text  string
	style style
	tail  bool // covered by the wide character to the left
}

// put writes text at row and column, over whatever is there.
func (c *canvas) put(row, column int, text string, s style) {
	for len(c.rows) <= row {
		c.rows = append(c.rows, nil)
	}
	state := -1
	for text != "" {
		var cluster string
		var width int
		cluster, text, width, state = uniseg.FirstGraphemeClusterInString(text, state)
		for i := range max(width, 1) {
			for len(c.rows[row]) <= column {
				c.rows[row] = append(c.rows[row], cell{text: " "})
			}
			if i == 0 {
				c.rows[row][column] = cell{text: cluster, style: s}
			} else {
				c.rows[row][column] = cell{tail: true}
			}
			column++
		}
	}
}

// lines returns the rows, coloured, without trailing spaces.
func (c *canvas) lines(p painter) []string {
	var out []string
	for _, row := range c.rows {
		end := len(row)
		for end > 0 && row[end-1].text == " " {
			end--
		}
		var line, run strings.Builder
		current := plain
		for _, cell := range row[:end] {
			if cell.tail {
				continue
			}
			if cell.style != current {
				line.WriteString(p.paint(current, run.String()))
				run.Reset()
				current = cell.style
			}
			run.WriteString(cell.text)
		}
		line.WriteString(p.paint(current, run.String()))
		out = append(out, line.String())
	}
	return out
}
