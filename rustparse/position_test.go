package rustparse

import "testing"

func TestPositions(t *testing.T) {
	f := &File{Text: "\ufeffab\r\nπ𝄞x\n\n\xff!"}
	tests := []struct {
		off            uint32
		line, col, u16 int
	}{
		{0, 1, 1, 1}, // a byte order mark has no column
		{3, 1, 1, 1}, {5, 1, 3, 3},
		{7, 2, 1, 1}, {9, 2, 3, 2}, {13, 2, 7, 4},
		{15, 3, 1, 1}, {16, 4, 1, 1}, {17, 4, 2, 2}, {18, 4, 3, 3},
		{99, 4, 3, 3}, // beyond the text: its end
	}
	for _, test := range tests {
		if got, want := f.Position(test.off), (Position{test.line, test.col}); got != want {
			t.Errorf("offset %d: %v, want %v", test.off, got, want)
		}
		if got := f.UTF16Column(test.off); got != test.u16 {
			t.Errorf("offset %d: UTF-16 column %d, want %d", test.off, got, test.u16)
		}
	}
	for i, want := range []string{"", "ab", "π𝄞x", "", "\xff!", ""} {
		if got := f.Line(i); got != want {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
	}
	if f.Lines() != 4 {
		t.Errorf("%d lines", f.Lines())
	}
	s := Span{File: f, Start: 7, End: 9}
	if s.Text() != "π" || (Span{}).Text() != "" || (Span{File: f, Start: 90, End: 99}).Text() != "" {
		t.Error("text of spans")
	}
}

func TestEmptyFile(t *testing.T) {
	f := &File{}
	if f.Position(0) != (Position{1, 1}) || f.Line(1) != "" || f.Lines() != 1 {
		t.Error("an empty file has one empty line")
	}
}
