package workspace

import (
	"bytes"
	"strings"
)

// A listing is one fenced code block of a Markdown text.
type listing struct {
	line int // of the opening fence, 1-based
	// text is the whole Markdown text with everything outside the block
	// blanked, so that positions in it are positions in the Markdown file.
	text string
}

// listings returns the Rust blocks of a Markdown text: those marked as Rust,
// and unmarked ones that hold a function.
func listings(text string) []listing {
	var all []listing
	type block struct {
		fence      string
		quote      bool // inside `>`
		rust, bare bool
		line       int
		start      int
	}
	var open *block
	emit := func(end int) {
		if body := text[open.start:end]; open.rust || open.bare && strings.Contains(body, "fn ") {
			all = append(all, listing{open.line, blankOutside(text, open.start, end, open.quote)})
		}
		open = nil
	}
	at, n := 0, 0
	for line := range strings.Lines(text) {
		start := at
		at += len(line)
		n++
		trimmed := strings.TrimSpace(line)
		quote := strings.HasPrefix(trimmed, ">")
		if open == nil && quote || open != nil && open.quote {
			trimmed = strings.TrimLeft(trimmed, "> \t")
		}
		fence := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		if fence == "" {
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "~"))]
		}
		if len(fence) < 3 {
			continue
		}
		info := strings.TrimSpace(trimmed[len(fence):])
		switch {
		case open != nil:
			if info == "" && fence[0] == open.fence[0] && len(fence) >= len(open.fence) {
				emit(start)
			}
		case !strings.Contains(info, "`"):
			lang, _, _ := strings.Cut(strings.ToLower(info), ",")
			lang = strings.Trim(strings.Fields(lang + " -")[0], "{}.")
			open = &block{fence: fence, quote: quote, line: n, start: at}
			open.rust, open.bare = lang == "rust" || lang == "rs", info == ""
		}
	}
	if open != nil {
		emit(len(text))
	}
	return all
}

// blankOutside returns text with all but [start,end) turned to spaces.
// Inside, quote marks and rustdoc's hidden-line marks (`# `) are blanked too.
func blankOutside(text string, start, end int, quote bool) string {
	b := []byte(text)
	blank(b[:start])
	blank(b[end:])
	body := b[start:end]
	for len(body) > 0 {
		line := body
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line = body[:i+1]
		}
		body = body[len(line):]
		i := 0
		for i < len(line) && (line[i] == ' ' || line[i] == '\t' || quote && line[i] == '>') {
			if line[i] == '>' {
				line[i] = ' '
			}
			i++
		}
		// No line of Rust starts with a lone `#`.
		if i < len(line) && line[i] == '#' && (i+1 == len(line) || bytes.IndexByte([]byte(" \r\n"), line[i+1]) >= 0) {
			line[i] = ' '
		}
	}
	return string(b)
}

func blank(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
}

// readHyphens reads the hyphen in `thread-local!` as the underscore it stands
// for. ok is false if there is none.
func readHyphens(text string) (plain string, ok bool) {
	plain = strings.ReplaceAll(text, "thread-local!", "thread_local!")
	return plain, plain != text
}

// dropStars blanks the emphasis marks that a word processor left in a
// listing: of each run of stars the largest even number, so that a single
// star (`**x*`: a dereference in bold) stays. ok is false if there are none.
func dropStars(text string) (plain string, ok bool) {
	b := []byte(text)
	for i := 0; i < len(b); {
		n := 0
		for i+n < len(b) && b[i+n] == '*' {
			n++
		}
		if n < 2 {
			i += n + 1
			continue
		}
		ok = true
		for j := range n - n%2 {
			b[i+j] = ' '
		}
		i += n
	}
	return string(b), ok
}
