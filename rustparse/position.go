package rustparse

import (
	"sort"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// A lineTable holds the offsets at which lines begin. It is made on first use.
type lineTable struct {
	once   sync.Once
	starts []uint32
}

const bom = "\ufeff"

// lineStarts returns where lines begin: after each \n. The first line begins
// behind a byte order mark, which no editor shows.
func (f *File) lineStarts() []uint32 {
	f.lines.once.Do(func() {
		starts := make([]uint32, 1, 1+strings.Count(f.Text, "\n"))
		if strings.HasPrefix(f.Text, bom) {
			starts[0] = uint32(len(bom))
		}
		for i := 0; ; {
			n := strings.IndexByte(f.Text[i:], '\n')
			if n < 0 {
				break
			}
			i += n + 1
			starts = append(starts, uint32(i))
		}
		f.lines.starts = starts
	})
	return f.lines.starts
}

// line returns the 0-based line of an offset, and where it begins. Offsets
// beyond the text count as its end.
func (f *File) line(off uint32) (line int, start, at uint32) {
	starts := f.lineStarts()
	at = max(min(off, uint32(len(f.Text))), starts[0])
	line = sort.Search(len(starts), func(i int) bool { return starts[i] > at }) - 1
	return line, starts[line], at
}

// Position returns line and column of an offset.
func (f *File) Position(off uint32) Position {
	line, start, at := f.line(off)
	return Position{Line: line + 1, Column: int(at-start) + 1}
}

// UTF16Column returns the 1-based column of an offset in UTF-16 code units,
// as editors and SARIF count. An invalid byte counts as one.
func (f *File) UTF16Column(off uint32) int {
	_, start, at := f.line(off)
	col := 1
	for _, r := range f.Text[start:at] {
		col += utf16.RuneLen(r)
	}
	return col
}

// Lines returns the number of lines. A text that ends in a newline has an
// empty last line.
func (f *File) Lines() int { return len(f.lineStarts()) }

// Line returns the text of the n-th line, counted from 1, without its
// newline; "" beyond the text.
func (f *File) Line(n int) string {
	starts := f.lineStarts()
	if n < 1 || n > len(starts) {
		return ""
	}
	text := f.Text[starts[n-1]:]
	if n < len(starts) {
		text = f.Text[starts[n-1] : starts[n]-1]
	}
	return strings.TrimSuffix(text, "\r")
}

// Text returns the text of s, "" for nowhere.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	end := min(s.End, uint32(len(s.File.Text)))
	return s.File.Text[min(s.Start, end):end]
}

// Position returns where s begins, and zero for nowhere.
func (s Span) Position() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(s.Start)
}

// invalidUTF8 returns the offset of the first byte that is no UTF-8, or -1,
// and how many there are.
func invalidUTF8(text string) (first, count int) {
	if utf8.ValidString(text) {
		return -1, 0
	}
	first = -1
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				if first < 0 {
					first = i
				}
				count++
			}
		}
	}
	return first, count
}
