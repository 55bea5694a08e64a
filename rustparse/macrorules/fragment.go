package macrorules

import (
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A scanner finds where fragments end. Its methods take the index of the
// token at which something may begin and return the index behind it, and
// whether there is one.
type scanner struct {
	toks  []token
	steps int
	depth int
}

func (s *scanner) at(i int) token {
	s.steps++
	if i < 0 || i >= len(s.toks) {
		return token{}
	}
	return s.toks[i]
}

func (s *scanner) text(i int) string { return s.at(i).text }

// any reports whether token i is one of the words.
func (s *scanner) any(i int, words ...string) bool {
	text := s.text(i)
	if text == "" {
		return false
	}
	for _, w := range words {
		if text == w {
			return true
		}
	}
	return false
}

// enter counts a level of nesting; it is false where there are too many.
func (s *scanner) enter() bool {
	s.depth++
	return s.depth <= maxNesting && s.steps <= maxSteps
}

// group returns the index behind the bracket group at i, i if there is none.
func (s *scanner) group(i int) int {
	if t := s.at(i); t.close > 0 {
		return t.close + 1
	}
	return i
}

func (s *scanner) fragment(f Fragment, i int) (int, bool) {
	t := s.at(i)
	if i >= len(s.toks) {
		return i, f == Vis
	}
	if t.frag == f || t.frag != 0 && f == TT {
		return i + 1, true
	}
	switch f {
	case Block:
		return s.group(i), t.text == "{"
	case Expr:
		return s.expr(i, false)
	case Ident:
		return i + 1, t.word() && t.text != "_"
	case Item:
		return s.item(i)
	case Lifetime:
		return i + 1, t.kind == rustparse.TokenLifetime
	case Literal:
		return s.literal(i)
	case Meta:
		return s.meta(i)
	case Pat:
		return s.pattern(i, true)
	case PatParam:
		return s.pattern(i, false)
	case Path:
		return s.typePath(i)
	case Stmt:
		return s.stmt(i)
	case TT:
		if t.close > 0 {
			return t.close + 1, true
		}
		return i + 1, !t.closing()
	case Ty:
		return s.typ(i)
	case Vis:
		return s.vis(i), true
	}
	return i, false
}

func (s *scanner) literal(i int) (int, bool) {
	if s.text(i) == "-" {
		i++
		return i + 1, s.at(i).kind == rustparse.TokenNumber
	}
	switch t := s.at(i); t.kind {
	case rustparse.TokenNumber, rustparse.TokenString, rustparse.TokenChar:
		return i + 1, true
	default:
		return i + 1, t.frag == Literal || t.text == "true" || t.text == "false"
	}
}

// vis returns the index behind a visibility, which may be nothing.
func (s *scanner) vis(i int) int {
	if s.at(i).frag == Vis {
		return i + 1
	}
	if s.text(i) != "pub" {
		return i
	}
	if i++; s.text(i) == "(" && s.any(i+1, "crate", "self", "super", "in") {
		return s.group(i)
	}
	return i
}

// meta is what stands in an attribute.
func (s *scanner) meta(i int) (int, bool) {
	i, ok := s.typePath(i)
	if !ok {
		return i, false
	}
	if s.text(i) == "=" {
		return s.expr(i+1, false)
	}
	return s.group(i), true
}

func (s *scanner) stmt(i int) (int, bool) {
	if t := s.at(i); t.frag == Expr || t.frag == Item {
		return i + 1, true
	}
	if s.text(s.attributes(i)) == "let" {
		for i < len(s.toks) && !s.any(i, ";") && !s.at(i).closing() {
			i = max(s.group(i), i+1)
		}
		return i, true
	}
	if end, ok := s.item(i); ok {
		return end, true
	}
	return s.expr(s.attributes(i), false)
}

func (s *scanner) attributes(i int) int {
	for s.text(i) == "#" {
		j := i + 1
		if s.text(j) == "!" {
			j++
		}
		if s.text(j) != "[" {
			return i
		}
		i = s.group(j)
	}
	return i
}

// item ends at the first `;` or braces outside brackets; a `use`, constant,
// static or type only at the `;`.
func (s *scanner) item(i int) (int, bool) {
	i = s.vis(s.attributes(i))
	if s.at(i).frag == Item {
		return i + 1, true
	}
	braces := true
	next := s.at(i + 1)
	switch s.text(i) {
	case "fn", "struct", "enum", "trait", "impl", "mod", "macro_rules", "extern":
	case "union", "auto", "default":
		if !next.word() {
			return i, false
		}
	case "unsafe":
		if !s.any(i+1, "fn", "impl", "trait", "extern", "mod") {
			return i, false
		}
	case "async":
		if !s.any(i+1, "fn", "unsafe") {
			return i, false
		}
	case "const":
		if braces = s.any(i+1, "fn", "unsafe", "async", "extern"); !braces && !next.word() {
			return i, false
		}
	case "use", "static", "type":
		if braces = false; !next.word() && next.text != "::" && next.text != "{" && next.frag == 0 {
			return i, false
		}
	default:
		// A macro call: path!{…} or path!(…);
		end, ok := s.typePath(i)
		if !ok || s.text(end) != "!" {
			return i, false
		}
		if s.at(end + 1).word() {
			end++
		}
		if s.text(end+1) == "{" {
			return s.group(end + 1), true
		}
		end = s.group(end + 1)
		return end + 1, s.text(end) == ";"
	}
	for i < len(s.toks) {
		switch t := s.at(i); {
		case t.text == ";":
			return i + 1, true
		case t.text == "{" && braces:
			return s.group(i), true
		case t.frag == Block && braces:
			return i + 1, true
		case t.closing():
			return i, false
		}
		i = max(s.group(i), i+1)
	}
	return i, false
}

// notExpr are the words no expression begins with.
const notExpr = " as else enum extern fn impl in mod mut pub ref struct trait type use where dyn _ "

// expr is an expression; noStruct where braces are not those of a struct.
func (s *scanner) expr(i int, noStruct bool) (int, bool) {
	if !s.enter() {
		return i, false
	}
	defer func() { s.depth-- }()
	i, ok := s.operand(s.attributes(i), noStruct)
	for ok {
		t := s.at(i)
		if t.kind != rustparse.TokenPunct && t.text != "as" {
			return i, true
		}
		switch t.text {
		case "as":
			end, isType := s.typ(i + 1)
			if !isType {
				return i, true
			}
			i = end
			continue
		case "..", "..=":
			if end, more := s.operand(i+1, noStruct); more {
				i = end
			} else {
				i++
			}
			continue
		case ">":
			if n := s.at(i + 1); (n.text == ">" || n.text == ">=") && !n.space {
				i++
			}
		case "+", "-", "*", "/", "%", "^", "&", "|", "&&", "||", "<<", "==", "!=", "<", "<=", ">=", "=",
			"+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<<=":
		default:
			return i, true
		}
		end, more := s.operand(i+1, noStruct)
		if !more {
			return i, true // what follows is not of this expression
		}
		i = end
	}
	return i, false
}

// operand is an operand with its prefix operators and whatever follows it: fields, calls, `?`.
func (s *scanner) operand(i int, noStruct bool) (int, bool) {
	if !s.enter() {
		return i, false
	}
	defer func() { s.depth-- }()
	t := s.at(i)
	switch {
	case t.frag == Expr || t.frag == Block || t.frag == Literal:
		return s.postfix(i+1, true), true
	case t.frag == Path || t.frag == Ty || t.text == "::" || t.text == "<" && s.at(i).kind == rustparse.TokenPunct:
		return s.path(i, noStruct)
	case t.frag != 0:
		return i, false
	case t.kind == rustparse.TokenNumber || t.kind == rustparse.TokenString || t.kind == rustparse.TokenChar:
		return s.postfix(i+1, true), true
	case t.kind == rustparse.TokenLifetime: // a label
		if s.text(i+1) != ":" {
			return i, false
		}
		return s.operand(i+2, noStruct)
	case t.close > 0:
		return s.postfix(s.group(i), true), true
	}
	switch t.text {
	case "-", "!", "*":
		return s.operand(i+1, noStruct)
	case "&", "&&":
		i++
		if s.text(i) == "raw" && s.any(i+1, "const", "mut") {
			i++
		}
		if s.any(i, "mut", "const") {
			i++
		}
		return s.operand(i, noStruct)
	case "..", "..=":
		if end, ok := s.operand(i+1, noStruct); ok {
			return end, true
		}
		return i + 1, true
	case "|", "||":
		return s.closure(i)
	case "#":
		if end := s.attributes(i); end > i {
			return s.operand(end, noStruct)
		}
		return i, false
	}
	if !t.word() || strings.Contains(notExpr, " "+t.text+" ") {
		return i, false
	}
	switch t.text {
	case "if":
		return s.ifElse(i)
	case "match":
		end, ok := s.expr(i+1, true)
		if !ok || s.text(end) != "{" {
			return i, false
		}
		return s.postfix(s.group(end), true), true
	case "while":
		end, ok := s.expr(i+1, true)
		return s.group(end), ok && s.text(end) == "{"
	case "for":
		if s.text(i+1) == "<" { // for<'a> |x| …
			return s.closure(s.angles(i + 1))
		}
		end, ok := s.pattern(i+1, true)
		if !ok || s.text(end) != "in" {
			return i, false
		}
		end, ok = s.expr(end+1, true)
		return s.group(end), ok && s.text(end) == "{"
	case "let": // of a condition
		end, ok := s.pattern(i+1, true)
		if !ok || s.text(end) != "=" {
			return i, false
		}
		return s.expr(end+1, true)
	case "loop", "unsafe", "const", "try":
		if s.text(i+1) == "{" {
			return s.postfix(s.group(i+1), true), true
		}
		if t.text == "const" || t.text == "loop" || t.text == "unsafe" {
			return i, false
		}
	case "async", "move", "static":
		j := i
		for s.any(j, "async", "move", "static") {
			j++
		}
		if s.text(j) == "{" {
			return s.postfix(s.group(j), true), true
		}
		return s.closure(j)
	case "return", "break", "yield":
		j := i + 1
		if s.at(j).kind == rustparse.TokenLifetime {
			j++
		}
		if end, ok := s.expr(j, noStruct); ok {
			return end, true
		}
		return j, true
	case "continue":
		if s.at(i+1).kind == rustparse.TokenLifetime {
			i++
		}
		return i + 1, true
	}
	return s.path(i, noStruct)
}

func (s *scanner) ifElse(i int) (int, bool) {
	for {
		end, ok := s.expr(i+1, true)
		if !ok || s.text(end) != "{" && s.at(end).frag != Block {
			return i, false
		}
		end = max(s.group(end), end+1)
		if s.text(end) != "else" {
			return s.postfix(end, true), true
		}
		if end++; s.text(end) == "if" {
			i = end
			continue
		}
		return s.postfix(max(s.group(end), end+1), true), s.text(end) == "{" || s.at(end).frag == Block
	}
}

// closure begins at its bars.
func (s *scanner) closure(i int) (int, bool) {
	switch s.text(i) {
	case "||":
		i++
	case "|":
		for i++; s.text(i) != "|"; i = max(s.group(i), i+1) {
			if t := s.at(i); i >= len(s.toks) || t.closing() || t.text == ";" {
				return i, false
			}
		}
		i++
	default:
		return i, false
	}
	if s.text(i) == "->" {
		end, ok := s.typ(i + 1)
		return s.group(end), ok && s.text(end) == "{"
	}
	return s.expr(i, false)
}

// path is a path in an expression, with what may follow: a macro's arguments, a struct's fields.
func (s *scanner) path(i int, noStruct bool) (int, bool) {
	if s.text(i) == "<" {
		if i = s.angles(i); s.text(i) != "::" {
			return i, false
		}
	}
	if s.text(i) == "::" {
		i++
	}
	if t := s.at(i); !t.word() && t.frag != Path && t.frag != Ty {
		return i, false
	}
	for i++; s.text(i) == "::"; i++ {
		if s.text(i+1) == "<" {
			i = s.angles(i+1) - 1
		} else if s.at(i + 1).word() {
			i++
		} else {
			return i, true
		}
	}
	switch {
	case s.text(i) == "!" && s.at(i+1).close > 0:
		i = s.group(i + 1)
	case s.text(i) == "{" && !noStruct:
		i = s.group(i)
	}
	return s.postfix(i, true), true
}

// postfix takes fields, methods, calls, indices and `?`.
func (s *scanner) postfix(i int, ok bool) int {
	for {
		switch t := s.at(i); t.text {
		case ".":
			n := s.at(i + 1)
			if !n.word() && n.kind != rustparse.TokenNumber && n.frag == 0 {
				return i
			}
			i += 2
			if s.text(i) == "::" && s.text(i+1) == "<" {
				i = s.angles(i + 1)
			}
		case "?":
			i++
		case "(", "[":
			i = s.group(i)
		default:
			return i
		}
	}
}

// angles returns the index behind the angle brackets that open at i.
func (s *scanner) angles(i int) int {
	depth := 0
	for i < len(s.toks) {
		switch t := s.at(i); t.text {
		case "<":
			depth++
		case "<<":
			depth += 2
		case ">":
			depth--
		case ";":
			return i
		case ")", "]", "}":
			return i
		}
		i = max(s.group(i), i+1)
		if depth <= 0 {
			return i
		}
	}
	return i
}

// typePath is a path in a type: `a::B<C>`, `Fn(A) -> B`.
func (s *scanner) typePath(i int) (int, bool) {
	if s.text(i) == "<" {
		if i = s.angles(i); s.text(i) != "::" {
			return i, false
		}
	}
	if s.text(i) == "::" {
		i++
	}
	for {
		t := s.at(i)
		if !t.word() && t.frag != Path && t.frag != Ty {
			return i, false
		}
		if t.word() && strings.Contains(" as const dyn else enum extern fn for if impl in let match mod mut pub ref return static struct trait type unsafe use where while _ ", " "+t.text+" ") {
			return i, false
		}
		i++
		if s.text(i) == "::" && (s.text(i+1) == "<" || s.text(i+1) == "(") {
			i++
		}
		switch s.text(i) {
		case "<":
			i = s.angles(i)
		case "(":
			if strings.HasPrefix(t.text, "Fn") { // Fn, FnMut, FnOnce
				i = s.group(i)
				if s.text(i) == "->" {
					return s.typ(i + 1)
				}
				return i, true
			}
		}
		if s.text(i) != "::" || !s.at(i+1).word() {
			return i, true
		}
		i++
	}
}

func (s *scanner) typ(i int) (int, bool) {
	if !s.enter() {
		return i, false
	}
	defer func() { s.depth-- }()
	t := s.at(i)
	if t.frag == Ty {
		if s.text(i+1) == "::" {
			return s.typePath(i)
		}
		return i + 1, true
	}
	switch t.text {
	case "&", "&&":
		if i++; s.at(i).kind == rustparse.TokenLifetime {
			i++
		}
		if s.text(i) == "mut" {
			i++
		}
		return s.typ(i)
	case "*":
		if !s.any(i+1, "const", "mut") {
			return i, false
		}
		return s.typ(i + 2)
	case "(", "[":
		return s.group(i), true
	case "!", "_":
		return i + 1, true
	case "impl", "dyn":
		return s.bounds(i + 1)
	case "for":
		if s.text(i+1) != "<" {
			return i, false
		}
		return s.typ(s.angles(i + 1))
	case "fn", "unsafe", "extern":
		for s.any(i, "unsafe", "extern") || s.at(i).kind == rustparse.TokenString {
			i++
		}
		if s.text(i) != "fn" || s.text(i+1) != "(" {
			return i, false
		}
		if i = s.group(i + 1); s.text(i) == "->" {
			return s.typ(i + 1)
		}
		return i, true
	}
	end, ok := s.typePath(i)
	if ok && s.text(end) == "!" && s.at(end+1).close > 0 {
		end = s.group(end + 1)
	}
	return end, ok
}

// bounds are what follows impl and dyn.
func (s *scanner) bounds(i int) (int, bool) {
	for {
		switch t := s.at(i); {
		case t.kind == rustparse.TokenLifetime:
			i++
		case t.text == "(":
			i = s.group(i)
		default:
			if t.text == "?" {
				i++
			}
			end, ok := s.typ(i)
			if !ok {
				return i, false
			}
			i = end
		}
		if s.text(i) != "+" {
			return i, true
		}
		i++
	}
}

// pattern is a pattern; alternatives with `|` only if alts.
func (s *scanner) pattern(i int, alts bool) (int, bool) {
	if alts && s.text(i) == "|" {
		i++
	}
	for {
		end, ok := s.onePattern(i)
		if !ok || !alts || s.text(end) != "|" {
			return end, ok
		}
		i = end + 1
	}
}

func (s *scanner) onePattern(i int) (int, bool) {
	if !s.enter() {
		return i, false
	}
	defer func() { s.depth-- }()
	t := s.at(i)
	if t.frag == Pat || t.frag == PatParam {
		return i + 1, true
	}
	switch t.text {
	case "&", "&&":
		if i++; s.text(i) == "mut" {
			i++
		}
		return s.onePattern(i)
	case "(", "[":
		return s.group(i), true
	case "_":
		return i + 1, true
	case "..", "..=", "...":
		if end, ok := s.bound(i + 1); ok {
			return end, true
		}
		return i + 1, t.text == ".."
	case "ref", "mut":
		for s.any(i, "ref", "mut") {
			i++
		}
		if !s.at(i).word() {
			return i, false
		}
		return s.named(i + 1)
	case "const":
		return s.group(i + 1), s.text(i+1) == "{"
	}
	if t.word() && s.text(i+1) == "@" {
		return s.named(i + 1)
	}
	i, ok := s.bound(i)
	if !ok {
		return i, false
	}
	switch s.text(i) {
	case "..", "..=", "...":
		if end, more := s.bound(i + 1); more {
			return end, true
		}
		return i + 1, true
	case "(", "{":
		return s.group(i), true
	case "!":
		return s.group(i + 1), s.at(i+1).close > 0
	}
	return i, true
}

// named is what follows the name of a binding.
func (s *scanner) named(i int) (int, bool) {
	if s.text(i) == "@" {
		return s.onePattern(i + 1)
	}
	return i, true
}

// bound is a literal or a path in a pattern.
func (s *scanner) bound(i int) (int, bool) {
	if t := s.at(i); t.frag == Expr || t.frag == Literal {
		return i + 1, true
	}
	if end, ok := s.literal(i); ok {
		return end, true
	}
	if t := s.at(i); !t.word() && t.frag == 0 && t.text != "::" && t.text != "<" {
		return i, false
	}
	return s.typePath(i)
}
