package rustparse

import (
	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

// Rust that is newer than the grammar is hidden from it: words are blanked
// out, which keeps every offset, the rest is parsed, and the tree is mended
// afterwards where the words mean something.
//
//	async || …, async move || …        the closure begins at async again (see IsAsync)
//	..5 and ..=5 as patterns           become a RangePattern again
//	&raw const x, &raw mut x           a ReferenceExpression (HasToken(n, "raw"))
//	unsafe extern "C" { safe fn f(); } nothing is lost that the text does not show
//	<const N: usize = 3>               the default is left out
//	impl const Trait for T             nothing is lost
type newerRust struct {
	closures map[uint32]uint32 // where a closure seems to begin, where it does
	ranges   map[uint32]uint32 // where the bound of a range pattern begins, where its dots do
}

// A cut is a byte range to blank out.
type cut struct{ start, end uint32 }

// hideFile returns text with newer Rust blanked out, and whether there was
// any. The records are those of a first parse, which met text it cannot read.
func (r *newerRust) hideFile(text string, records []ctree.Record) (string, bool) {
	unread := make(map[uint32]bool)
	for _, rec := range records {
		if rec.Symbol == ctree.ErrorSymbol {
			unread[rec.Start] = true
		}
	}
	var tokens []Token
	l := lexer{text: text}
	for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
		tokens = append(tokens, tok)
	}
	cuts := r.find(text, tokens)
	for i := 1; i+2 < len(tokens); i++ {
		// Only where the grammar fails: elsewhere the dots belong to an expression.
		dots, bound := tokens[i], tokens[i+1]
		if isRangeBefore(text, tokens, i) && (unread[bound.Start] || unread[dots.Start] || unread[dots.Start+2]) {
			if r.ranges == nil {
				r.ranges = make(map[uint32]uint32)
			}
			r.ranges[bound.Start] = dots.Start
			cuts = append(cuts, cut{dots.Start, dots.End})
		}
	}
	if len(cuts) == 0 {
		return text, false
	}
	hidden := []byte(text)
	blank(hidden, cuts, 0)
	return string(hidden), true
}

// blank overwrites the cuts with spaces; buf[0] is the byte at offset base.
func blank(buf []byte, cuts []cut, base uint32) {
	for _, c := range cuts {
		for i := c.start; i < c.end; i++ {
			buf[i-base] = ' '
		}
	}
}

// isRangeBefore tells whether tokens[i:] is `..bound` or `..=bound` where a
// pattern may stand.
func isRangeBefore(text string, tokens []Token, i int) bool {
	if dots := word(text, tokens, i); dots != ".." && dots != "..=" {
		return false
	}
	switch word(text, tokens, i-1) {
	case "{", "}", "(", "[", ",", "|":
	default:
		return false
	}
	return true
}

// find returns the words to hide in a run of tokens, range patterns apart.
func (r *newerRust) find(text string, tokens []Token) (cuts []cut) {
	for i, tok := range tokens {
		if tok.Kind != TokenWord {
			continue
		}
		next := func(n int) string { return word(text, tokens, i+n) }
		hide := func(n int) { cuts = append(cuts, cut{tokens[i+n].Start, tokens[i+n].End}) }
		switch text[tok.Start:tok.End] {
		case "async":
			bar := 1
			if next(1) == "move" {
				bar = 2
			}
			if next(bar) == "|" || next(bar) == "||" {
				if r.closures == nil {
					r.closures = make(map[uint32]uint32)
				}
				r.closures[tokens[i+1].Start] = tok.Start
				hide(0)
			}
		case "raw":
			// Not of `&raw` alone, which may be a variable.
			if next(-1) == "&" && (next(1) == "const" || next(1) == "mut") {
				hide(0)
				if next(1) == "const" {
					hide(1)
				}
			}
		case "safe":
			if next(1) == "fn" || next(1) == "static" {
				hide(0)
			}
		case "unsafe":
			if next(1) == "extern" && (next(2) == "{" || i+2 < len(tokens) && tokens[i+2].Kind == TokenString && next(3) == "{") {
				hide(0)
			}
		case "const":
			switch before := next(-1); {
			case before == "impl":
				hide(0)
			case (before == "<" || before == ",") && next(2) == ":":
				cuts = append(cuts, constDefault(text, tokens, i+3)...)
			}
		}
	}
	return cuts
}

// constDefault returns the default of a const parameter whose type begins at
// tokens[i], its = included.
func constDefault(text string, tokens []Token, i int) []cut {
	for i < len(tokens) && tokens[i].Kind == TokenWord || word(text, tokens, i) == "::" {
		i++
	}
	if word(text, tokens, i) != "=" {
		return nil
	}
	start, depth := tokens[i].Start, 0
	for i++; i < len(tokens); i++ {
		switch word(text, tokens, i) {
		case "{", "(":
			depth++
		case "}", ")":
			depth--
		case ",", ">":
			if depth == 0 {
				return []cut{{start, tokens[i].Start}}
			}
		case ";":
			return nil
		}
	}
	return nil
}

// word returns the text of tokens[i], "" beyond the ends.
func word(text string, tokens []Token, i int) string {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return text[tokens[i].Start:tokens[i].End]
}

// mend puts what was hidden back into the finished tree.
func (r *newerRust) mend(t *Tree) {
	if len(r.closures) == 0 && len(r.ranges) == 0 {
		return
	}
	for n := Node(1); int(n) < t.Len(); n++ {
		switch t.kind[n] {
		case ClosureExpression:
			if start, ok := r.closures[t.start[n]]; ok {
				t.beginAt(n, start)
			}
		case IntegerLiteral, FloatLiteral, CharLiteral, NegativeLiteral, Identifier, ScopedIdentifier:
			start, ok := r.ranges[t.start[n]]
			if !ok {
				continue
			}
			delete(r.ranges, t.start[n]) // the outermost is met first
			t.add(t.kind[n], 0, t.start[n], t.end[n])
			bound := Node(t.Len() - 1)
			t.first[bound], t.parent[bound] = t.first[n], n
			for c := t.first[n]; c != 0; c = t.next[c] {
				t.parent[c] = bound
			}
			t.first[n], t.kind[n] = bound, RangePattern
			t.beginAt(n, start)
		}
	}
}

// beginAt moves the start of n back, and with it that of what lies around it.
func (t *Tree) beginAt(n Node, start uint32) {
	for ; n != 0 && t.start[n] > start; n = t.parent[n] {
		t.start[n] = start
	}
}
