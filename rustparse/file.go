package rustparse

// A File is one source text and where it came from.
type File struct {
	// Path is what the user is shown: relative to the working directory,
	// with forward slashes; "<stdin>" for standard input.
	Path string
	// Text is the whole text, UTF-8 (invalid bytes are kept as they are and
	// reported as a problem). Offsets everywhere are bytes into it.
	Text  string
	lines lineTable
}

// A Position is a place in a file as people count it.
type Position struct {
	Line   int // 1-based
	Column int // 1-based, in bytes (see UTF16Column for the other unit)
}

// A Span is a byte range of a file, End exclusive. The zero Span is "nowhere".
type Span struct {
	File       *File
	Start, End uint32
	// Expanded tells apart what macro calls made at the same place: its range
	// as of [Tree.Start]; zero for text that stands in the file.
	Expanded Range
}

// A Range is a range of bytes, End exclusive.
type Range struct{ Start, End uint32 }

// Range returns the range of s as of [Tree.Start] and [Tree.End].
func (s Span) Range() Range {
	if s.Expanded != (Range{}) {
		return s.Expanded
	}
	return Range{s.Start, s.End}
}

// A Problem is text that could not be read as Rust.
type Problem struct {
	Span    Span
	Message string // one clause, lower case: "expected a closing brace"
}
