package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/rustparse"
)

// The words a key may have as its value.
var (
	commits = []string{"never", "may", "must"}
	kinds   = []string{"update", "query", "composite-query", "init", "pre-upgrade", "post-upgrade", "heartbeat", "timer", "inspect-message", "low-memory"}
)

// Parse reads the text of a file.
func Parse(f *rustparse.File) (*Config, error) {
	root, err := tree(f)
	if err != nil {
		return nil, err
	}
	c := &Config{File: f}
	p := &parser{}
	p.table(root, "", map[string]func(*node){
		"function":    p.tables("function", func(n *node) { c.Functions = append(c.Functions, p.function(n)) }),
		"guard":       p.tables("guard", func(n *node) { c.Guards = append(c.Guards, p.guard(n)) }),
		"entry-point": p.tables("entry-point", func(n *node) { c.EntryPoints = append(c.EntryPoints, p.entryPoint(n)) }),
	})
	if err := p.errors.err(); err != nil {
		return nil, err
	}
	return c, nil
}

type parser struct{ errors Errors }

func (p *parser) fail(at rustparse.Span, format string, args ...any) {
	p.errors = append(p.errors, Error{at, fmt.Sprintf(format, args...)})
}

// table hands each key of a table to its reader.
func (p *parser) table(n *node, where string, keys map[string]func(*node)) {
	var names []string
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, m := range n.members {
		if read := keys[m.name]; read != nil {
			read(m.val)
			continue
		}
		p.fail(m.span, "unknown key %q%s%s (there are %s)", m.name, where, nearest.DidYouMean(m.name, names), strings.Join(names, ", "))
	}
}

// tables reads an array of tables.
func (p *parser) tables(key string, read func(*node)) func(*node) {
	return func(n *node) {
		if n.kind != "array" {
			p.fail(n.span, "%s is a list of tables: write [[%s]]", key, key)
			return
		}
		for _, item := range n.items {
			if item.kind != "table" {
				p.fail(item.span, "%s is a list of tables, not of %ss", key, item.kind)
				continue
			}
			read(item)
		}
	}
}

func (p *parser) text(key string, to *Text) func(*node) {
	return func(n *node) {
		switch {
		case n.kind != "string":
			p.fail(n.span, "%s is a string, not %s", key, a(n.kind))
		case strings.TrimSpace(n.text) == "":
			p.fail(n.span, "%s is empty", key)
		default:
			*to = Text{n.text, n.span}
		}
	}
}

func (p *parser) word(key string, to *Text, words []string) func(*node) {
	return func(n *node) {
		p.text(key, to)(n)
		if to.Value != "" && !slices.Contains(words, to.Value) {
			p.fail(to.Span, "%s is %s, not %q%s", key, orList(words), to.Value, nearest.DidYouMean(to.Value, words))
		}
	}
}

// a puts the article before a kind of value.
func a(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

func orList(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (p *parser) texts(key string, to *[]Text) func(*node) {
	return func(n *node) {
		if n.kind != "array" {
			p.fail(n.span, "%s is a list of strings, not %s", key, a(n.kind))
			return
		}
		for _, item := range n.items {
			var t Text
			if p.text("each of "+key, &t)(item); t.Value != "" {
				*to = append(*to, t)
			}
		}
	}
}

func (p *parser) truth(key string, to *bool) func(*node) {
	return func(n *node) {
		if n.kind != "boolean" {
			p.fail(n.span, "%s is true or false, not %s", key, a(n.kind))
			return
		}
		*to = n.text == "true"
	}
}

func (p *parser) required(n *node, table, key string) {
	if n.member(key) == nil {
		p.fail(n.span, "[[%s]] needs the key %q", table, key)
	}
}

func (p *parser) function(n *node) Function {
	var f Function
	p.table(n, " in [[function]]", map[string]func(*node){
		"path": p.path("path", &f.Path, true), "commits": p.word("commits", &f.Commits, commits),
		"reads": p.texts("reads", &f.Reads), "writes": p.texts("writes", &f.Writes),
		"moves-value": p.truth("moves-value", &f.Moves), "returns": p.text("returns", &f.Returns),
		"traps": func(n *node) {
			if n.kind != "boolean" {
				p.text("traps", &f.Traps)(n)
			} else if n.text == "true" {
				p.fail(n.span, `traps is false, or says why in words: "on a full disk"`)
			}
		},
	})
	p.required(n, "function", "path")
	if f.Moves && f.Commits.Value == "never" {
		p.fail(f.Commits.Span, `commits = "never" contradicts moves-value = true: moving value takes a call`)
	}
	for _, t := range slices.Concat(f.Reads, f.Writes) {
		for _, s := range strings.FieldsFunc(t.Value, func(r rune) bool { return r == '.' || r == ':' }) {
			if !identifier(s) {
				p.fail(t.Span, "%q is no place: write a cell, or a cell and fields, as in \"USERS.profile\"", t.Value)
				break
			}
		}
	}
	return f
}

func (p *parser) guard(n *node) Guard {
	var g Guard
	p.table(n, " in [[guard]]", map[string]func(*node){"type": p.path("type", &g.Type, false)})
	p.required(n, "guard", "type")
	return g
}

func (p *parser) entryPoint(n *node) EntryPoint {
	var e EntryPoint
	p.table(n, " in [[entry-point]]", map[string]func(*node){
		"attribute": p.path("attribute", &e.Attribute, false), "kind": p.word("kind", &e.Kind, kinds),
	})
	p.required(n, "entry-point", "attribute")
	p.required(n, "entry-point", "kind")
	return e
}

// path reads a path as Rust writes it, generics left out.
func (p *parser) path(key string, to *Text, star bool) func(*node) {
	return func(n *node) {
		var t Text
		p.text(key, &t)(n)
		if t.Value == "" {
			return
		}
		segs := strings.Split(t.Value, "::")
		for i, s := range segs {
			if s == "*" && star && i > 0 && i == len(segs)-1 {
				continue
			}
			if !identifier(s) {
				p.fail(t.Span, "%q is no path: write names with :: between them, as in \"my_crate::db::save\"", t.Value)
				return
			}
		}
		switch {
		case segs[0] == "crate" || segs[0] == "self" || segs[0] == "super":
			p.fail(t.Span, "%q: write the name of the crate instead of %s", t.Value, segs[0])
		case key != "attribute" && len(segs) < 2:
			p.fail(t.Span, "%q: write the whole path, beginning with the crate: \"my_crate::%s\"", t.Value, t.Value)
		default:
			*to = t
		}
	}
}

// identifier reports whether s can be a name in Rust.
func identifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > 127
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
