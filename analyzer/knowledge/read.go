package knowledge

import (
	"fmt"
	"slices"
	"strings"
)

// An Entry is one thing known, as one line of the data says it.
type Entry struct {
	Sort    string // fn, method, type …: the first word of the line
	Name    string // what it is about
	Meaning string // the third word
	Keys    map[string]string
	Line    string // file:line
}

func (e *Entry) action() *Action { return &Action{Kind: e.Meaning, Keys: e.Keys, Line: e.Line} }

var sorts = []string{"type", "deref", "variant", "method", "fn", "macro", "entry", "export", "call", "refusal", "listing", "looks", "constructor", "lend", "durable", "unsaved"}

// read reads data in the format of the package comment.
func read(name, text string) ([]Entry, error) {
	var all []Entry
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		where := fmt.Sprintf("%s:%d", name, i+1)
		if len(words) < 3 {
			return nil, fmt.Errorf("%s: an entry has a kind, a name and a meaning", where)
		}
		if !slices.Contains(sorts, words[0]) {
			return nil, fmt.Errorf("%s: unknown kind of entry %q", where, words[0])
		}
		keys := map[string]string{}
		for _, w := range words[3:] {
			k, v, ok := strings.Cut(w, "=")
			if !ok {
				return nil, fmt.Errorf("%s: %q is not key=value", where, w)
			}
			keys[k] = v
		}
		for _, n := range braces(words[1]) {
			all = append(all, Entry{Sort: words[0], Name: n, Meaning: words[2], Keys: keys, Line: where})
		}
	}
	return all, nil
}

// braces expands {a,b} groups.
func braces(s string) []string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}
	}
	end := strings.IndexByte(s[open:], '}')
	if end < 0 {
		return []string{s}
	}
	end += open
	var all []string
	for _, alt := range strings.Split(s[open+1:end], ",") {
		all = append(all, braces(s[:open]+alt+s[end+1:])...)
	}
	return all
}
