package macrorules

import (
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A writer writes the body of a rule.
type writer struct {
	call  *Call
	toks  []token // of the call
	steps int
	out   []byte
	parts []rustparse.Part
	frags []rustparse.Fragment
	last  string // the token written last, "?" of a fragment
	edge  bool   // something else than two neighbours of the body follow each other: a space may be needed
	end   uint32 // of the fragment written last, in the call; 0 of a token
}

func (w *writer) full() bool { return w.steps > maxSteps || len(w.out) > maxText }

// write writes parts, behind which the token after stands, and reports
// whether the variables in them repeat as they must.
func (w *writer) write(parts []part, b bindings, after string) bool {
	for i := range parts {
		if w.steps++; w.full() {
			return true // the caller looks
		}
		switch p := &parts[i]; p.kind {
		case partToken:
			w.token(p.tok.text, p.tok.space)
		case partCrate:
			w.token(w.call.Crate, true)
			w.edge = true
		case partVar:
			v := b[p.name]
			switch {
			case v == nil: // of a macro defined by this one
				w.token("$"+p.name, p.tok.space)
			case v.rep:
				return false
			default:
				if p.tok.space {
					w.space()
				}
				w.fragment(v, next(parts[i+1:], after))
			}
		case partRepeat:
			if !w.repeat(p, b, next(parts[i+1:], after)) {
				return false
			}
		}
	}
	return true
}

// next is the token parts begin with, "?" if that is not known.
func next(parts []part, after string) string {
	if len(parts) == 0 {
		return after
	}
	switch p := parts[0]; p.kind {
	case partToken:
		return p.tok.text
	case partRepeat:
		// Whether it comes or not, a separator follows.
		if first := next(p.sub, "?"); ends(first) && ends(next(parts[1:], after)) {
			return first
		}
	}
	return "?"
}

func (w *writer) repeat(p *part, b bindings, after string) bool {
	times := -1
	for _, name := range p.vars {
		v := b[name]
		if v == nil || !v.rep {
			continue
		}
		if times >= 0 && times != len(v.seq) {
			return false
		}
		times = len(v.seq)
	}
	if times < 0 {
		return false
	}
	for k := range times {
		if k > 0 && p.tok.text != "" {
			w.token(p.tok.text, p.tok.space)
		}
		inner := bindings{}
		for _, name := range p.vars {
			v := b[name]
			if v != nil && v.rep {
				v = v.seq[k]
			}
			if v != nil {
				inner[name] = v
			}
		}
		behind := after
		if k < times-1 {
			if behind = p.tok.text; behind == "" {
				behind = next(p.sub, "?")
			}
		}
		w.edge = true
		if !w.write(p.sub, inner, behind) {
			return false
		}
		w.edge = true
		if w.full() {
			return true
		}
	}
	return true
}

func (w *writer) token(text string, space bool) {
	if space || w.edge && w.glues(text) {
		w.space()
	}
	w.edge, w.last, w.end = false, text, 0
	w.out = append(w.out, text...)
}

// glues reports whether text would make another token of what was written last.
func (w *writer) glues(text string) bool {
	if len(w.out) == 0 || text == "" {
		return false
	}
	a, b := w.out[len(w.out)-1], text[0]
	if isWord(a) || a == '\'' || a == '"' || a == '#' {
		return isWord(b) || b == '\'' || b == '"' || b == '#' || a >= '0' && a <= '9' && b == '.'
	}
	return !strings.ContainsRune("()[]{},; \n", rune(a)) && !strings.ContainsRune("()[]{},;", rune(b)) && !isWord(b) && b != '"'
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func (w *writer) space() {
	if n := len(w.out); n > 0 && w.out[n-1] != ' ' && w.out[n-1] != '\n' {
		w.out = append(w.out, ' ')
	}
}

// fragment writes what a variable took. An expression stays one expression
// whatever stands around it, and a type before :: gets its angle brackets.
func (w *writer) fragment(v *binding, after string) {
	if v.from == v.to { // an empty visibility
		return
	}
	first, last := w.toks[v.from], w.toks[v.to-1]
	kind := v.frag
	if first.frag != 0 && v.to == v.from+1 {
		kind = first.frag
	}
	open, closing := "", ""
	switch {
	case kind == Expr && !w.isSimple(v) && !(begins(w.last) && ends(after)):
		open, closing = "(", ")"
	case kind == Ty && after == "::" && w.last != "<" && !w.isPath(v):
		open, closing = "<", ">"
	}
	src := w.call.Text[first.start:last.end]
	lead := src
	if open != "" {
		lead = open
	}
	if n := len(w.out); n > 0 && w.glues(lead) && w.end != first.start {
		w.space() // neighbours in the call stay so: `>` and `>` of a shift
	}
	start := uint32(len(w.out))
	w.out = append(w.out, open...)
	at := uint32(len(w.out))
	w.out = append(w.out, src...)
	w.steps += len(src) / 8
	w.parts = append(w.parts, rustparse.Part{At: at, End: uint32(len(w.out)), Src: first.start})
	w.out = append(w.out, closing...)
	switch v.frag {
	case Ident, TT, Lifetime: // a plain token to whoever matches it next
	default:
		w.frags = append(w.frags, rustparse.Fragment{Start: start, End: uint32(len(w.out)), Kind: uint8(v.frag)})
	}
	w.edge, w.last, w.end = true, "?", last.end
	if closing != "" {
		w.end = 0
	}
}

// begins and ends report whether an expression behind or before a token needs no brackets.
func begins(text string) bool {
	switch text {
	case "", "(", "[", "{", ",", ";", "=", "=>", "return", "}":
		return true
	}
	return false
}

func ends(text string) bool {
	switch text {
	case "", ")", "]", "}", ",", ";":
		return true
	}
	return false
}

// isSimple reports whether the tokens are an operand: a literal, or a path with fields and calls.
func (w *writer) isSimple(v *binding) bool {
	for i := v.from; i < v.to; i++ {
		switch t := w.toks[i]; {
		case t.frag != 0 && v.to > v.from+1:
			return false
		case t.frag != 0:
			// One fragment, again written as it stands: an expression with operators has its own brackets or needs them.
			return t.frag != Expr || oneOperand(w.call.Text[t.start:t.end])
		case t.close > 0:
			if t.text == "{" {
				return false
			}
			i = t.close
		case t.word():
			if strings.Contains(notOperand, " "+t.text+" ") {
				return false
			}
		case t.kind != rustparse.TokenPunct:
		case t.text != "." && t.text != "::" && t.text != "?":
			return false
		}
	}
	return true
}

const notOperand = " if match while for loop unsafe async move return break continue let as yield static const "

// oneOperand reports whether text is a name with fields, or one pair of brackets.
func oneOperand(text string) bool {
	if toks, ok := lex(text, 0, uint32(len(text)), nil); ok && len(toks) > 0 && toks[0].text == "(" {
		return toks[0].close == len(toks)-1
	}
	for i := range len(text) {
		if !isWord(text[i]) && text[i] != '.' && text[i] != ':' {
			return false
		}
	}
	return true
}

func (w *writer) isPath(v *binding) bool {
	for _, t := range w.toks[v.from:v.to] {
		if !t.word() && t.text != "::" {
			return false
		}
	}
	return true
}
