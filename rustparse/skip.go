package rustparse

import "strings"

// withoutTests returns text with the bodies of modules under `#[cfg(test)]`
// blanked out, newlines too: every offset stays, and half of a typical file
// need not be parsed. Whatever is not exactly such a module stays.
func withoutTests(text string) string {
	if !strings.Contains(text, "cfg(test)") {
		return text
	}
	var hidden []byte
	// The last tokens, oldest first, to recognise the attribute.
	var recent [7]string
	attribute := [7]string{"#", "[", "cfg", "(", "test", ")", "]"}
	l := lexer{text: text}
	for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
		copy(recent[:], recent[1:])
		recent[6] = text[tok.Start:tok.End]
		if recent != attribute {
			continue
		}
		after := l
		open, end := testModule(&after)
		if end == 0 && after.pos >= len(text) {
			break // a bracket that nothing closes: no module after it has an end
		}
		if end == 0 {
			continue
		}
		if hidden == nil {
			hidden = []byte(text)
		}
		blank(hidden, []cut{{open + 1, end}}, 0)
		l = after
	}
	if hidden == nil {
		return text
	}
	return string(hidden)
}

// testModule reads what follows the attribute, if it is a module with a body,
// and returns the offsets of its braces; zero if it is anything else.
func testModule(l *lexer) (open, end uint32) {
	next := func() (Token, string) {
		tok := l.next()
		return tok, l.text[tok.Start:tok.End]
	}
	group := func(opening, closing string) (end uint32, ok bool) {
		for depth := 1; depth > 0; {
			tok, word := next()
			if tok.Kind == TokenEnd {
				return 0, false
			}
			switch {
			case tok.Kind != TokenPunct:
			case word == opening:
				depth++
			case word == closing:
				depth--
			}
			end = tok.Start
		}
		return end, true
	}
	tok, word := next()
	for word == "#" || word == "pub" || word == "(" {
		if word == "#" {
			if _, word = next(); word != "[" {
				return 0, 0
			}
			if _, ok := group("[", "]"); !ok {
				return 0, 0
			}
		} else if word == "(" {
			if _, ok := group("(", ")"); !ok {
				return 0, 0
			}
		}
		tok, word = next()
	}
	if word != "mod" {
		return 0, 0
	}
	next()
	if tok, word = next(); word != "{" {
		return 0, 0
	}
	end, ok := group("{", "}")
	if !ok {
		return 0, 0
	}
	return tok.Start, end
}

// withoutOpenString returns text without a raw string that nothing closes,
// and where it begins, -1 if there is none: no Rust can follow it. The grammar
// looks for its end again and again, so texts where that would take long are
// looked at beforehand; others are left to it.
func withoutOpenString(text string) (string, int) {
	const steps = 100_000_000 // about a second of the grammar's time
	if strings.Count(text, "r#")*len(text) < steps {
		return text, -1
	}
	l := lexer{text: text}
	for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
		if tok.Kind == TokenString && int(tok.End) == len(text) && !closed(text[tok.Start:]) {
			return text[:tok.Start], int(tok.Start)
		}
	}
	return text, -1
}

// closed tells whether a string token ends as a raw string that begins so must.
func closed(token string) bool {
	prefix, _, _ := strings.Cut(token, `"`)
	_, hashes, _ := strings.Cut(prefix, "r")
	return len(token) > len(prefix)+1 && strings.HasSuffix(token[len(prefix)+1:], `"`+hashes)
}
