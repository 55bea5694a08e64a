// Package macrorules expands macro_rules! macros: it matches the tokens of a
// call against the rules of a definition and writes the text the call stands
// for. It follows "Macros by example" of the Rust reference.
//
// What is left out: the metavariable expressions `${…}` and `$$`, and the
// ambiguities rustc refuses: of two ways to match, the greedy one is taken.
// Fragments are found by scanning tokens (fragment.go), which accepts more
// than Rust but ends where Rust's parser does.
package macrorules

import (
	"errors"

	"github.com/awaitlint/awaitlint/rustparse"
)

// Why a call was not expanded.
var (
	ErrDefinition = errors.New("macro definition not understood")
	ErrNoRule     = errors.New("no rule of the macro matches")
	ErrTooLarge   = errors.New("expansion too large")
)

const (
	// maxText bounds the bytes of one expansion.
	maxText = 256 << 10
	// maxSteps bounds the work of one expansion: tokens looked at and written.
	maxSteps = 1 << 20
	// maxNesting bounds how deep brackets, repetitions and expressions nest.
	maxNesting = 200
)

// A Macro is the definition of one macro_rules! macro.
type Macro struct {
	rules []rule
}

// A rule is one `(matcher) => { body }`.
type rule struct {
	matcher, body []part
}

// A part is one element of a matcher or body.
type part struct {
	kind partKind
	tok  token // of partToken: the token; of partRepeat: the separator, if it has text
	// name of a variable, and in matchers the fragment it takes
	name string
	frag Fragment
	// of a repetition
	sub []part
	op  byte // * + or ?
	// vars are the names of all variables in sub.
	vars []string
}

type partKind uint8

const (
	partToken partKind = iota
	partVar
	partRepeat
	partCrate // $crate, in bodies
)

// A Fragment is the kind of a macro variable: `expr`, `ty`, …
type Fragment uint8

// The fragments of the Rust reference; numbers are those of [rustparse.Fragment].
const (
	_ Fragment = iota
	Block
	Expr
	Ident
	Item
	Lifetime
	Literal
	Meta
	Pat
	PatParam
	Path
	Stmt
	TT
	Ty
	Vis
)

var fragments = map[string]Fragment{
	"block": Block, "expr": Expr, "expr_2021": Expr, "ident": Ident, "item": Item, "lifetime": Lifetime,
	"literal": Literal, "meta": Meta, "pat": Pat, "pat_param": PatParam, "path": Path, "stmt": Stmt,
	"tt": TT, "ty": Ty, "vis": Vis,
}

// Read reads a definition from its text, `macro_rules! name { … }`. The error
// is ErrDefinition.
func Read(text string) (*Macro, error) {
	toks, ok := lex(text, 0, uint32(len(text)), nil)
	if !ok {
		return nil, ErrDefinition
	}
	i := 0
	for i < len(toks) && toks[i].close == 0 {
		i++
	}
	if i == len(toks) {
		return nil, ErrDefinition
	}
	m := &Macro{}
	end := toks[i].close
	for i++; i < end; {
		// (matcher) => {body} ;
		matcher, body := i, toks[i].close+2
		if toks[i].close == 0 || body >= end || toks[body-1].text != "=>" || toks[body].close == 0 {
			return nil, ErrDefinition
		}
		r := reader{toks: toks}
		rule := rule{matcher: r.parts(matcher+1, toks[matcher].close, true, 0), body: r.parts(body+1, toks[body].close, false, 0)}
		if r.failed {
			return nil, ErrDefinition
		}
		m.rules = append(m.rules, rule)
		if i = toks[body].close + 1; i < end {
			if toks[i].text != ";" {
				return nil, ErrDefinition
			}
			i++
		}
	}
	return m, nil
}

// A reader reads the parts of matchers and bodies.
type reader struct {
	toks   []token
	failed bool
}

func (r *reader) text(i, end int) string {
	if i < end {
		return r.toks[i].text
	}
	return ""
}

func (r *reader) parts(i, end int, matcher bool, depth int) (parts []part) {
	if depth > maxNesting {
		r.failed = true
	}
	for i < end && !r.failed {
		next := r.text(i+1, end)
		switch t := r.toks[i]; {
		case t.text != "$" || next == "":
			parts = append(parts, part{kind: partToken, tok: t})
			i++
		case next == "(":
			p := part{kind: partRepeat}
			closing := r.toks[i+1].close
			p.sub = r.parts(i+2, closing, matcher, depth+1)
			p.vars = variables(nil, p.sub)
			i = closing + 1
			op := r.text(i, end)
			if !isRepeat(op) {
				if op == "" {
					r.failed = true
					return nil
				}
				p.tok = r.toks[i]
				i++
				op = r.text(i, end)
			}
			if !isRepeat(op) {
				r.failed = true
				return nil
			}
			p.op = op[0]
			i++
			parts = append(parts, p)
		case r.toks[i+1].kind != rustparse.TokenWord:
			r.failed = true // ${…} and $$
			return nil
		case next == "crate" && !matcher:
			parts = append(parts, part{kind: partCrate, tok: t})
			i += 2
		case matcher:
			frag := fragments[r.text(i+3, end)]
			if r.text(i+2, end) != ":" || frag == 0 {
				r.failed = true
				return nil
			}
			parts = append(parts, part{kind: partVar, name: next, frag: frag})
			i += 4
		default:
			parts = append(parts, part{kind: partVar, name: next, tok: t})
			i += 2
		}
	}
	return parts
}

func isRepeat(op string) bool { return op == "*" || op == "+" || op == "?" }

func variables(names []string, parts []part) []string {
	for _, p := range parts {
		switch p.kind {
		case partVar:
			names = append(names, p.name)
		case partRepeat:
			names = append(names, p.vars...)
		}
	}
	return names
}

// A Call is one call of a macro.
type Call struct {
	// Text holds the arguments from Start to End, the delimiters left out.
	Text       string
	Start, End uint32
	// Fragments are ranges of the arguments that an earlier expansion took for
	// one fragment: they are one token. In order; of those that begin at
	// the same place the largest counts.
	Fragments []rustparse.Fragment
	// Crate is what $crate stands for.
	Crate string
}

// Expand returns what the first rule that matches makes of a call; Call and As
// of the result are left to the caller. The error is ErrNoRule or ErrTooLarge.
func (m *Macro) Expand(c Call) (*rustparse.Expansion, error) {
	toks, ok := lex(c.Text, c.Start, c.End, c.Fragments)
	if !ok {
		return nil, ErrNoRule
	}
	s := &scanner{toks: toks}
	for _, r := range m.rules {
		b := bindings{}
		s.depth = 0
		i, ok := s.match(r.matcher, 0, b)
		if s.steps > maxSteps {
			return nil, ErrTooLarge
		}
		if !ok || i != len(toks) {
			continue
		}
		w := writer{call: &c, toks: toks, steps: s.steps}
		if !w.write(r.body, b, "") {
			return nil, ErrNoRule
		}
		if w.full() {
			return nil, ErrTooLarge
		}
		return &rustparse.Expansion{Text: string(w.out), Parts: w.parts, Fragments: w.frags}, nil
	}
	return nil, ErrNoRule
}
