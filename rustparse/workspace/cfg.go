package workspace

import (
	_ "embed"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
)

// targetText is `rustc --print cfg --target wasm32-unknown-unknown` of a
// release build: what canisters are built for.
//
//go:embed wasm32.cfg
var targetText string

var targetCfg = func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(targetText) {
		m[strings.TrimSpace(line)] = true
	}
	return m
}()

// Cfg evaluates a configuration predicate as it stands in `cfg(…)`, for a
// release build of the crate for wasm32-unknown-unknown with the enabled
// features. Names nobody sets are false, as for rustc. A predicate that does
// not parse holds: code is rather read than lost.
func (c *Crate) Cfg(predicate string) bool {
	p := cfgParser{text: predicate, features: c.Features}
	v := p.predicate(0)
	return v || p.bad
}

// Enabled reports whether an item with these attributes is part of the build:
// all its cfg attributes hold and it is no test or benchmark.
func (c *Crate) Enabled(attrs []Attr) bool {
	for _, a := range attrs {
		switch lastSegment(a.Path) {
		case "cfg":
			if !c.Cfg(a.Tokens) {
				return false
			}
		case "test", "bench":
			// Also those of test frameworks: #[tokio::test].
			return false
		}
	}
	return true
}

// Attrs returns the outer attributes of node n: those that stand before it
// among its siblings, cfg_attr unfolded. Those of a match arm or of a named
// field of an expression stand in it.
func (c *Crate) Attrs(t *rustparse.Tree, n rustparse.Node) []Attr {
	var attrs []Attr
	switch t.Kind(n) {
	case rustparse.MatchArm, rustparse.FieldInitializer, rustparse.ShorthandFieldInitializer:
		for s := t.FirstChild(n); t.Kind(s) == rustparse.AttributeItem; s = t.Next(s) {
			attrs = c.appendAttr(attrs, t, s)
		}
		return attrs
	}
	for s := t.FirstChild(t.Parent(n)); s != 0 && s != n; s = t.Next(s) {
		switch t.Kind(s) {
		case rustparse.AttributeItem:
			attrs = c.appendAttr(attrs, t, s)
		case rustparse.LineComment, rustparse.BlockComment, rustparse.VisibilityModifier:
		default:
			attrs = nil
		}
	}
	return attrs
}

// appendAttr adds the attribute of an attribute_item or inner_attribute_item.
func (c *Crate) appendAttr(attrs []Attr, t *rustparse.Tree, item rustparse.Node) []Attr {
	n := t.ChildOfKind(item, rustparse.Attribute)
	if n == 0 {
		n = t.FirstChild(item)
	}
	if n == 0 {
		return attrs
	}
	return c.unfold(attrs, t.Text(n), t.Span(n), 0)
}

// unfold adds the attribute written as text, which lies at span.
func (c *Crate) unfold(attrs []Attr, text string, span rustparse.Span, depth int) []Attr {
	path, tokens := splitAttr(text)
	switch path {
	case "unsafe": // #[unsafe(no_mangle)]
		if depth < 8 {
			return c.unfold(attrs, tokens, span, depth+1)
		}
	case "cfg_attr":
		parts := splitCommas(tokens)
		if len(parts) == 0 || depth >= 8 || !c.Cfg(parts[0]) {
			return attrs
		}
		for _, p := range parts[1:] {
			if p != "" {
				attrs = c.unfold(attrs, p, span, depth+1)
			}
		}
		return attrs
	}
	return append(attrs, Attr{Path: path, Tokens: tokens, Span: span})
}

// splitAttr splits `a::b(tokens)` and `a = value`; the tokens of the latter
// are the value without quotes.
func splitAttr(text string) (path, tokens string) {
	text = strings.TrimSpace(text)
	i := strings.IndexAny(text, "([{=")
	if i < 0 {
		return compact(text), ""
	}
	path = compact(text[:i])
	rest := strings.TrimSpace(text[i+1:])
	if text[i] == '=' {
		return path, unquote(rest)
	}
	if n := len(rest); n > 0 && strings.ContainsRune(")]}", rune(rest[n-1])) {
		rest = rest[:n-1]
	}
	return path, strings.TrimSpace(rest)
}

func compact(s string) string { return strings.Join(strings.Fields(s), "") }

// unquote returns the content of a Rust string literal; escapes other than
// those of a file name are left as they are.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "r") {
		return strings.Trim(s[1:], `#"`)
	}
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(s[1 : len(s)-1])
	}
	return s
}

// An Arg is one argument of an attribute: `name = "x"` has the Value x, `composite` has none.
type Arg struct{ Key, Value string }

// Args are the arguments of an attribute, between commas.
func (a Attr) Args() []Arg {
	var args []Arg
	for _, part := range splitCommas(a.Tokens) {
		key, value, _ := strings.Cut(part, "=")
		args = append(args, Arg{strings.TrimSpace(key), unquote(value)})
	}
	return args
}

// splitCommas splits at the commas outside brackets and strings.
func splitCommas(s string) []string {
	var parts []string
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	if rest := strings.TrimSpace(s[start:]); rest != "" {
		parts = append(parts, rest)
	}
	return parts
}

// A cfgParser evaluates `all(…)`, `any(…)`, `not(…)`, `name` and `name = "value"`.
type cfgParser struct {
	text     string
	at       int
	features map[string]bool
	bad      bool
}

const maxCfgNesting = 100

func (p *cfgParser) predicate(depth int) bool {
	name := p.word()
	if name == "" || depth > maxCfgNesting {
		p.bad = true
		return false
	}
	switch {
	case p.take('('):
		var any, all = false, true
		n, first := 0, false
		for !p.take(')') && !p.bad {
			v := p.predicate(depth + 1)
			if n == 0 {
				first = v
			}
			n++
			any, all = any || v, all && v
			if !p.take(',') {
				if !p.take(')') {
					p.bad = true
				}
				break
			}
		}
		switch name {
		case "all":
			return all
		case "any":
			return any
		case "not":
			p.bad = p.bad || n != 1
			return !first
		}
		return false // version(…), accessible(…): unstable, never set
	case p.take('='):
		value := p.literal()
		if name == "feature" {
			return p.features[value]
		}
		return targetCfg[name+`="`+value+`"`]
	}
	return name == "true" || targetCfg[name]
}

func (p *cfgParser) space() {
	for p.at < len(p.text) {
		switch rest := p.text[p.at:]; {
		case strings.HasPrefix(rest, "//"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				p.at += i
			} else {
				p.at = len(p.text)
			}
		case strings.HasPrefix(rest, "/*"):
			if i := strings.Index(rest, "*/"); i >= 0 {
				p.at += i + 2
			} else {
				p.at = len(p.text)
			}
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *cfgParser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *cfgParser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c < 0x80 {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

func (p *cfgParser) literal() string {
	p.space()
	start := p.at
	for p.at < len(p.text) && p.text[p.at] != '"' {
		p.at++
	}
	if p.at >= len(p.text) {
		p.bad = true
		return ""
	}
	p.at++
	for p.at < len(p.text) && p.text[p.at] != '"' {
		if p.text[p.at] == '\\' {
			p.at++
		}
		p.at++
	}
	if p.at >= len(p.text) {
		p.bad = true
		return ""
	}
	p.at++
	return unquote(p.text[start:p.at])
}
