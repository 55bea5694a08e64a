package report

import (
	"strconv"
	"unicode/utf16"
)

// Constants of the hash by which GitHub code scanning recognises an alert
// after edits elsewhere (`primaryLocationLineHash`). They must stay as they
// are, or every open alert is closed and opened again.
const (
	hashWindow = 100    // code units a line's hash looks at
	hashFactor = 37     // of the polynomial
	hashEnd    = 0xFFFF // stands for the end of the file
)

// lineHashes returns, for each line of text, the hash GitHub computes when a
// SARIF file is uploaded: a polynomial over the next 100 UTF-16 code units that
// are no space or tab, counted from the start of the line, with all line
// endings as line feeds; then ":" and how often that hash has occurred so far.
// Element 0 is line 1.
func lineHashes(text string) []string {
	var units []uint16
	var starts []int // of lines, in units
	atStart, afterCR := true, false
	add := func(u uint16) {
		if atStart {
			starts = append(starts, len(units))
		}
		atStart = u == '\n'
		units = append(units, u)
	}
	for _, r := range text {
		switch {
		case r == ' ', r == '\t', r == '\n' && afterCR:
			afterCR = false
		case r == '\r':
			afterCR = true
			add('\n')
		default:
			afterCR = false
			if r1, r2 := utf16.EncodeRune(r); r1 != '\uFFFD' {
				add(uint16(r1))
				add(uint16(r2))
			} else {
				add(uint16(r))
			}
		}
	}
	add(hashEnd)

	seen := map[uint64]int{}
	out := make([]string, len(starts))
	for i, start := range starts {
		var h uint64
		for k := range hashWindow {
			h *= hashFactor // wraps at 64 bits
			if start+k < len(units) {
				h += uint64(units[start+k])
			}
		}
		seen[h]++
		out[i] = strconv.FormatUint(h, 16) + ":" + strconv.Itoa(seen[h])
	}
	return out
}
