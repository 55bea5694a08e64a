package macrorules

import (
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A token is one token of a definition or call, or a fragment as a whole.
type token struct {
	kind       rustparse.TokenKind
	frag       Fragment // of a fragment matched before, else 0
	text       string   // "" of a fragment
	start, end uint32
	close      int  // of an opening bracket: the index of its closing one; else 0
	space      bool // white space or a comment stands before it
}

// lex reads the tokens from start to end, and reports whether brackets pair.
// `>>` is two tokens, as closing angle brackets are.
func lex(text string, start, end uint32, frags []rustparse.Fragment) (toks []token, ok bool) {
	var open []int
	last := start
	add := func(t token) {
		t.space = t.start > last
		last = t.end
		toks = append(toks, t)
	}
	plain := func(start, end uint32) bool {
		for _, r := range rustparse.Tokens(text, start, end) {
			t := token{kind: r.Kind, text: text[r.Start:r.End], start: r.Start, end: r.End}
			switch t.text {
			case "(", "[", "{":
				open = append(open, len(toks))
			case ")", "]", "}":
				n := len(open) - 1
				if n < 0 || !pairs(toks[open[n]].text, t.text) {
					return false
				}
				toks[open[n]].close = len(toks)
				open = open[:n]
			case ">>", ">>=":
				add(token{kind: t.kind, text: ">", start: t.start, end: t.start + 1})
				t.text, t.start = t.text[1:], t.start+1
			}
			add(t)
		}
		return true
	}
	for len(frags) > 0 {
		f := frags[0]
		for len(frags) > 0 && frags[0].Start < max(f.End, f.Start+1) { // inside it, or larger
			if frags[0].Start == f.Start && frags[0].End > f.End {
				f = frags[0]
			}
			frags = frags[1:]
		}
		if f.Start < start || f.End > end || f.Start >= f.End {
			continue
		}
		if !plain(start, f.Start) {
			return nil, false
		}
		add(token{frag: Fragment(f.Kind), start: f.Start, end: f.End})
		start = f.End
	}
	return toks, plain(start, end) && len(open) == 0
}

func pairs(open, close string) bool {
	return strings.Index("([{", open) == strings.Index(")]}", close)
}

func (t token) word() bool    { return t.kind == rustparse.TokenWord }
func (t token) closing() bool { return t.text == ")" || t.text == "]" || t.text == "}" }
