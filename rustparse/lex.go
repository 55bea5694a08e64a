package rustparse

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// A TokenKind is the kind of a [Token].
type TokenKind uint8

const (
	TokenEnd      TokenKind = iota // no token
	TokenWord                      // identifier or keyword, r#x included
	TokenLifetime                  // 'a
	TokenNumber
	TokenString // of every sort, raw, byte and C strings included
	TokenChar
	TokenPunct // the longest operator, or one of ( [ { } ] ) , ; # …
	tokenComment
)

// A Token is one token of Rust text. It is for text that has no tree: the
// arguments of macros that were left opaque, and operators between nodes.
type Token struct {
	Kind       TokenKind
	Start, End uint32
}

// Tokens returns the tokens of text from start to end, comments left out.
func Tokens(text string, start, end uint32) []Token {
	var tokens []Token
	l := lexer{text: text[:end], pos: int(start)}
	for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
		tokens = append(tokens, tok)
	}
	return tokens
}

// Tokens yields the tokens of n's text, delimiters included and comments left out.
func (t *Tree) Tokens(n Node) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		l := lexer{text: t.text[:t.end[n]], pos: int(t.start[n])}
		for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
			if !yield(tok) {
				return
			}
		}
	}
}

// A lexer reads tokens. It accepts any text: what is no Rust is a TokenPunct.
type lexer struct {
	text string // read up to its end
	pos  int
}

// next returns the next token that is no comment.
func (l *lexer) next() Token {
	for {
		for l.pos < len(l.text) && isSpace(l.text[l.pos]) {
			l.pos++
		}
		if l.pos >= len(l.text) {
			return Token{}
		}
		start := l.pos
		kind := l.scan()
		if kind != tokenComment {
			return Token{kind, uint32(start), uint32(l.pos)}
		}
	}
}

// scan moves over one token at l.pos, which is inside the text.
func (l *lexer) scan() TokenKind {
	rest := l.text[l.pos:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "//"):
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			l.pos += i
		} else {
			l.pos = len(l.text)
		}
		return tokenComment
	case strings.HasPrefix(rest, "/*"):
		l.blockComment()
		return tokenComment
	case c == '"':
		l.quoted(1, '"')
		return TokenString
	case c == '\'':
		return l.charOrLifetime()
	case '0' <= c && c <= '9':
		l.number()
		return TokenNumber
	case isWord(c):
		n := 1
		for n < len(rest) && isWord(rest[n]) {
			n++
		}
		if kind := l.prefixed(rest[:n], rest[n:]); kind != TokenEnd {
			return kind
		}
		l.pos += n
		return TokenWord
	}
	l.pos += operatorLen(rest)
	return TokenPunct
}

// prefixed reads a literal or raw identifier that begins with the given word
// (b"…", r#"…"#, cr"…", b'x', r#type); TokenEnd if there is none.
func (l *lexer) prefixed(word, rest string) TokenKind {
	if rest == "" || len(word) > 2 {
		return TokenEnd
	}
	switch word {
	case "b", "c":
		if rest[0] == '"' {
			l.quoted(2, '"')
			return TokenString
		}
		if word == "b" && rest[0] == '\'' {
			l.quoted(2, '\'')
			return TokenChar
		}
	case "r", "br", "cr":
		hashes := 0
		for hashes < len(rest) && rest[hashes] == '#' {
			hashes++
		}
		if hashes < len(rest) && rest[hashes] == '"' {
			body := l.pos + len(word) + hashes + 1
			end := strings.Index(l.text[body:], `"`+strings.Repeat("#", hashes))
			if end < 0 {
				l.pos = len(l.text)
			} else {
				l.pos = body + end + 1 + hashes
			}
			return TokenString
		}
		if word == "r" && hashes == 1 && len(rest) > 1 && isWord(rest[1]) {
			l.pos += 2
			for l.pos < len(l.text) && isWord(l.text[l.pos]) {
				l.pos++
			}
			return TokenWord
		}
	}
	return TokenEnd
}

// quoted moves behind the closing quote, open bytes after l.pos being read.
func (l *lexer) quoted(open int, quote byte) {
	for l.pos += open; l.pos < len(l.text); l.pos++ {
		switch l.text[l.pos] {
		case '\\':
			l.pos++
		case quote:
			l.pos++
			return
		}
	}
	l.pos = len(l.text)
}

func (l *lexer) charOrLifetime() TokenKind {
	rest := l.text[l.pos+1:]
	if rest == "" {
		l.pos++
		return TokenPunct
	}
	if rest[0] == '\\' {
		l.quoted(1, '\'')
		return TokenChar
	}
	_, size := utf8.DecodeRuneInString(rest)
	if size < len(rest) && rest[size] == '\'' {
		l.pos += 2 + size
		return TokenChar
	}
	l.pos++
	for l.pos < len(l.text) && isWord(l.text[l.pos]) {
		l.pos++
	}
	return TokenLifetime
}

// number reads 1, 1_000u64, 0xff, 1.5, 1e-5; of 1..2 and 1.max(2) only the 1.
func (l *lexer) number() {
	word := func() {
		for l.pos < len(l.text) && isWord(l.text[l.pos]) {
			c := l.text[l.pos]
			l.pos++
			if (c == 'e' || c == 'E') && l.pos+1 < len(l.text) &&
				(l.text[l.pos] == '-' || l.text[l.pos] == '+') && isDigit(l.text[l.pos+1]) {
				l.pos++
			}
		}
	}
	hex := strings.HasPrefix(l.text[l.pos:], "0x")
	if hex {
		for l.pos < len(l.text) && isWord(l.text[l.pos]) {
			l.pos++
		}
		return
	}
	word()
	if l.pos+1 < len(l.text) && l.text[l.pos] == '.' && isDigit(l.text[l.pos+1]) {
		l.pos++
		word()
	}
}

func (l *lexer) blockComment() {
	depth := 0
	for l.pos < len(l.text) {
		switch {
		case strings.HasPrefix(l.text[l.pos:], "/*"):
			depth++
			l.pos += 2
		case strings.HasPrefix(l.text[l.pos:], "*/"):
			depth--
			l.pos += 2
			if depth == 0 {
				return
			}
		default:
			l.pos++
		}
	}
}

// operatorLen returns the length of the longest operator s begins with, 1 at least.
func operatorLen(s string) int {
	at := func(i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	switch c, d := s[0], at(1); c {
	case ':':
		if d == ':' {
			return 2
		}
	case '-', '=':
		if d == '>' || d == '=' {
			return 2
		}
	case '<', '>':
		if d == c && at(2) == '=' {
			return 3
		}
		if d == c || d == '=' {
			return 2
		}
	case '&', '|':
		if d == c || d == '=' {
			return 2
		}
	case '!', '+', '*', '/', '%', '^':
		if d == '=' {
			return 2
		}
	case '.':
		if d == '.' {
			if at(2) == '.' || at(2) == '=' {
				return 3
			}
			return 2
		}
	}
	return 1
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWord takes every byte of a multi-byte character for a letter.
func isWord(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf
}
