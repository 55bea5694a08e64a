package census

import (
	"strings"
	"unicode/utf8"
)

// This file is the search of the plain text that the front end is checked
// against. It shares no code with the parser, and is meant to be dumb.

// A hit is an entry attribute, or the word await behind a dot, in plain text.
type hit struct {
	start, end int    // of `#[…]`, or of `await`
	kind       string // "update", "canister_heartbeat"; "" for awaits
	condition  bool   // the attribute stands in a cfg_attr
	quoted     string // "comment" or "string" if it is no code
}

// hooks are the last words of entry attributes (§5).
var hooks = map[string]bool{
	"update": true, "query": true, "init": true, "pre_upgrade": true, "post_upgrade": true,
	"heartbeat": true, "inspect_message": true, "on_low_wasm_memory": true,
}

// search finds entry attributes and awaits in a text.
func search(text string) (endpoints, awaits []hit) {
	if !strings.Contains(text, "#[") && !strings.Contains(text, "# [") && !strings.Contains(text, "await") {
		return nil, nil
	}
	scan(text, func(start, end int, quoted string) {
		part := text[start:end]
		for at := 0; ; {
			i := strings.IndexByte(part[at:], '#')
			if i < 0 {
				break
			}
			at += i + 1
			if h, ok := attribute(text, start+at-1); ok {
				h.quoted = quoted
				endpoints = append(endpoints, h)
			}
		}
		if quoted != "" {
			return
		}
		for at := 0; ; {
			i := strings.Index(part[at:], "await")
			if i < 0 {
				break
			}
			at += i
			if dotBefore(text[:start+at]) && !wordAt(text, start+at+5) {
				awaits = append(awaits, hit{start: start + at, end: start + at + 5})
			}
			at += 5
		}
	})
	return endpoints, awaits
}

// attribute reads `#[path::word…]`, `#[cfg_attr(…, path::word…)]` or an
// attribute with an export name that begins with canister_.
func attribute(text string, at int) (h hit, ok bool) {
	i := skipSpace(text, at+1)
	if i >= len(text) || text[i] != '[' {
		return h, false
	}
	end := closing(text, i)
	if end < 0 {
		return h, false
	}
	inside := text[i+1 : end]
	h = hit{start: at, end: end + 1}
	for n := 0; ; n++ {
		path, rest := leadingPath(inside)
		last := path[strings.LastIndexByte(path, ':')+1:]
		switch {
		case hooks[last]:
			h.kind, h.condition = last, n > 0
			return h, true
		case last == "cfg_attr":
			h.condition = true
		}
		if i := strings.Index(inside, `export_name`); n == 0 && i >= 0 {
			if j := strings.Index(inside[i:], `"canister_`); j >= 0 {
				h.kind = inside[i+j+1:]
				h.kind = h.kind[:strings.IndexAny(h.kind+`" `, `" `)]
				return h, true
			}
		}
		if n == 0 && (last == "no_mangle" || last == "unsafe" && strings.Contains(inside, "no_mangle")) {
			h.kind = exported(text[end:])
			return h, h.kind != ""
		}
		if !h.condition {
			return h, false
		}
		// The next attribute of a cfg_attr stands behind a comma.
		i := strings.IndexByte(rest, ',')
		if i < 0 {
			return h, false
		}
		inside = rest[i+1:]
	}
}

// exported returns the name of the function that follows an attribute, if it
// is that of a hook.
func exported(text string) string {
	text = text[:min(len(text), 300)]
	i := strings.Index(text, "fn canister_")
	if i < 0 || strings.ContainsAny(text[:i], "{};") {
		return ""
	}
	text = text[i+len("fn "):]
	end := 0
	for wordAt(text, end) {
		end++
	}
	if name := text[:end]; hooks[strings.TrimPrefix(name, "canister_")] || name == "canister_global_timer" {
		return name
	}
	return ""
}

// leadingPath returns the path a text begins with, blanks taken out of it.
func leadingPath(s string) (path, rest string) {
	i := 0
	for i < len(s) && (wordAt(s, i) || s[i] == ':' || blank(s[i])) {
		i++
	}
	return strings.Join(strings.Fields(s[:i]), ""), s[i:]
}

// closing returns the offset of the bracket that closes the one at open.
func closing(text string, open int) int {
	depth, quoted := 0, false
	for i := open; i < len(text) && i < open+4096; i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// scan parts a text into code, comments and strings.
func scan(text string, part func(start, end int, quoted string)) {
	start := 0
	flush := func(end int, quoted string) {
		if end > start {
			part(start, end, quoted)
		}
		start = end
	}
	// Strings are part of the code around them, so that attributes stay in
	// one piece; what lies in one that is longer than a line is quoted.
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "//"):
			flush(i, "")
			for i < len(text) && text[i] != '\n' {
				i++
			}
			flush(i, "comment")
		case strings.HasPrefix(text[i:], "/*"):
			flush(i, "")
			i = blockEnd(text, i)
			flush(i, "comment")
		case c == '"':
			end := stringEnd(text, i+1)
			if strings.Contains(text[i:end], "#[") || strings.Contains(text[i:end], "await") {
				flush(i, "")
				flush(end, "string")
			}
			i = end
		case c == 'r' && (i == 0 || !wordAt(text, i-1) || text[i-1] == 'b' && (i < 2 || !wordAt(text, i-2))):
			if end := rawEnd(text, i); end > 0 {
				flush(i, "")
				i = end
				flush(i, "string")
			} else {
				i++
			}
		case c == '\'':
			i = charEnd(text, i)
		default:
			i++
		}
	}
	flush(len(text), "")
}

// blockEnd returns where a block comment ends; they nest.
func blockEnd(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch {
		case strings.HasPrefix(text[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(text[i:], "*/"):
			i += 2
			if depth--; depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return i
}

func stringEnd(text string, i int) int {
	for i < len(text) {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
		i++
	}
	return len(text)
}

// rawEnd returns where the raw string at i ends, 0 if there is none.
func rawEnd(text string, i int) int {
	j := i + 1
	for j < len(text) && text[j] == '#' {
		j++
	}
	if j >= len(text) || text[j] != '"' {
		return 0
	}
	close := `"` + text[i+1:j]
	if k := strings.Index(text[j+1:], close); k >= 0 {
		return j + 1 + k + len(close)
	}
	return len(text)
}

// charEnd returns where the character literal or lifetime at i ends.
func charEnd(text string, i int) int {
	if i+1 < len(text) && text[i+1] == '\\' {
		for j := i + 3; j < len(text) && j < i+14; j++ {
			if text[j] == '\'' {
				return j + 1
			}
		}
		return i + 2
	}
	_, size := utf8.DecodeRuneInString(text[i+1:])
	if j := i + 1 + size; size > 0 && j < len(text) && text[j] == '\'' {
		return j + 1
	}
	return i + 1 // a lifetime
}

func dotBefore(s string) bool {
	s = strings.TrimRight(s, " \t\r\n")
	return strings.HasSuffix(s, ".")
}

func wordAt(s string, i int) bool {
	return i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z')
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipSpace(s string, i int) int {
	for i < len(s) && blank(s[i]) {
		i++
	}
	return i
}
