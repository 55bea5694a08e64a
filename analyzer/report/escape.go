package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// tabStop is the width a tab is expanded to, as in rustc.
const tabStop = 4

func itoa(n int) string { return strconv.Itoa(n) }

// unsafeRune reports whether r may change what a terminal shows beyond its own
// cell: controls, bidirectional overrides, invisible marks, line separators.
// The zero-width joiner stays: emoji are built with it.
func unsafeRune(r rune) bool {
	const joiner = '\u200d'
	return unicode.IsControl(r) || r != joiner && unicode.Is(unicode.Cf, r) ||
		unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// printable returns s as it may reach a terminal: one line, with unsafe
// runes and broken UTF-8 written as Rust escapes. Line breaks and tabs become
// a space, for s is a phrase and not source text.
func printable(s string) string {
	plain := true
	for _, r := range s {
		if r == utf8.RuneError || unsafeRune(r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			// the pair is one space
		default:
			b.WriteString(escapeRune(r, s[i:i+size]))
		}
	}
	return b.String()
}

// escapeRune returns text, the UTF-8 form of r, or its escape.
func escapeRune(r rune, text string) string {
	switch {
	case r == utf8.RuneError && len(text) <= 1:
		return fmt.Sprintf(`\x%02x`, text[0])
	case unsafeRune(r):
		return fmt.Sprintf(`\u{%x}`, r)
	}
	return text
}

// An expanded line is a source line as a terminal shows it.
type expanded struct {
	text string
	// column gives, for each byte offset of the source line and its end, the
	// 0-based display column where it begins.
	column []int
}

// expand prepares a source line for display: tabs become spaces, unsafe runes
// escapes, and columns are counted in terminal cells.
func expand(line string) expanded {
	e := expanded{column: make([]int, len(line)+1)}
	var b strings.Builder
	at, state := 0, -1
	for i := 0; i < len(line); {
		var cluster string
		var width int
		cluster, _, width, state = uniseg.FirstGraphemeClusterInString(line[i:], state)
		var shown string
		if cluster == "\t" {
			width = tabStop - at%tabStop
			shown = strings.Repeat(" ", width)
		} else if shown = escapeCluster(cluster); shown != cluster {
			width = displayWidth(shown)
		}
		for j := range len(cluster) {
			e.column[i+j] = at
		}
		b.WriteString(shown)
		at += width
		i += len(cluster)
	}
	e.column[len(line)] = at
	e.text = b.String()
	return e
}

func escapeCluster(cluster string) string {
	var b strings.Builder
	for i, size := 0, 0; i < len(cluster); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(cluster[i:])
		b.WriteString(escapeRune(r, cluster[i:i+size]))
	}
	return b.String()
}

// displayWidth returns the number of terminal cells of s.
func displayWidth(s string) int { return uniseg.StringWidth(s) }

// pad fills s with spaces on the right up to width cells.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-displayWidth(s)))
}

// padLeft fills s with spaces on the left up to width cells.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-displayWidth(s))) + s
}

// clip shortens s to width cells, with an ellipsis where something is gone.
func clip(s string, width int) string {
	if displayWidth(s) <= width {
		return s
	}
	head, _ := splitCells(s, max(0, width-1))
	return head + "…"
}

// splitCells cuts s after at most n cells, never inside a character.
func splitCells(s string, n int) (head, rest string) {
	at, state, i := 0, -1, 0
	for i < len(s) {
		var cluster string
		var width int
		cluster, _, width, state = uniseg.FirstGraphemeClusterInString(s[i:], state)
		if at+width > n {
			break
		}
		at += width
		i += len(cluster)
	}
	return s[:i], s[i:]
}

// wrap breaks s at spaces into lines of at most width cells; a word longer than
// that is cut. There is always at least one line.
func wrap(s string, width int) []string {
	if displayWidth(s) <= width {
		return []string{s}
	}
	return wrapWords(strings.Fields(s), width)
}

// wrapWords is wrap for words that may contain spaces themselves.
func wrapWords(words []string, width int) []string {
	width = max(width, 8)
	var lines []string
	line := ""
	for _, word := range words {
		if line != "" && displayWidth(line)+1+displayWidth(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for displayWidth(word) > width {
			var head string
			head, word = splitCells(word, width)
			lines = append(lines, head)
		}
		line = word
	}
	if line != "" || lines == nil {
		lines = append(lines, line)
	}
	return lines
}
