package rustparse

import (
	"slices"
	"strings"
)

// plan decides how the arguments of the macro with token tree n are to be
// read, and copies them into the buffer. Reading 0 is the likeliest; others
// are tried after it failed. It returns false where there is none (left).
func (m *macroReader) plan(t *Tree, n Node, reading int, newer *newerRust) bool {
	text := t.text
	open, last := t.start[n], t.end[n]-1 // the delimiters
	m.tokens = m.tokens[:0]
	l := lexer{text: text[:last], pos: int(open) + 1}
	for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
		m.tokens = append(m.tokens, tok)
	}
	for i, tok := range m.tokens {
		// Quoted Rust with #holes: no reading, and not worth trying.
		if next := word(text, m.tokens, i+1); text[tok.Start] == '#' && next != "[" && next != "!" {
			return false
		}
	}
	if len(m.tokens) == 0 {
		if reading == 0 {
			t.kind[n] = MacroArgs
		}
		return reading == 0
	}
	s := shape{text: text, tokens: m.tokens, open: open, last: last, m: m, job: macroJob{node: n}}
	s.cuts = newer.find(text, m.tokens)
	s.survey()
	mark := len(m.buf)
	m.edited = nil
	if !s.choose(macroName(t, t.parent[n]), reading) {
		m.buf = m.buf[:mark]
		return false
	}
	m.jobs = append(m.jobs, s.job)
	return true
}

// macroName is the last segment of a macro's path.
func macroName(t *Tree, invocation Node) string {
	name := t.Text(t.Child(invocation, FieldMacro))
	return strings.TrimSpace(name[strings.LastIndexByte(name, ':')+1:])
}

// A shape is what the tokens of one macro look like.
type shape struct {
	text       string
	tokens     []Token
	open, last uint32 // offsets of the delimiters
	m          *macroReader
	job        macroJob

	// Indices of tokens outside all brackets.
	commas, semis, arrows, equals []int

	cuts  []cut
	edits []edit
}

// An edit overwrites bytes of the copy by as many others.
type edit struct {
	at   uint32
	text string
}

// survey notes the separators at the top level.
func (s *shape) survey() {
	depth := 0
	for i := range s.tokens {
		switch s.word(i) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		default:
			if depth != 0 {
				continue
			}
			switch s.word(i) {
			case ",":
				s.commas = append(s.commas, i)
			case ";":
				s.semis = append(s.semis, i)
			case "=>":
				s.arrows = append(s.arrows, i)
			case "=":
				s.equals = append(s.equals, i)
			}
		}
	}
}

func (s *shape) word(i int) string { return word(s.text, s.tokens, i) }

// choose lays out the pieces of a reading.
func (s *shape) choose(name string, reading int) bool {
	var readings []func() bool
	switch {
	case s.isCfgChain():
		readings = []func() bool{s.cfgBranches}
	case s.beginsItem(s.skipAttributes(0)):
		readings = []func() bool{s.items, s.arguments}
	// matches!, assert_matches!, …: what a pattern looks like, some expression
	// does too, so here the name must tell.
	case strings.HasSuffix(name, "matches") && len(s.commas) > 0:
		readings = []func() bool{s.matches, s.arguments}
	case len(s.arrows) > 0 && s.isSelect():
		readings = []func() bool{s.selectArms}
	case len(s.semis) == 1 && s.semis[0] > 0 && s.semis[0] < len(s.tokens)-1 && s.text[s.open] != '{':
		readings = []func() bool{s.repeat, s.statements}
	case len(s.semis) > 0 || s.word(0) == "let":
		readings = []func() bool{s.statements}
	case s.text[s.open] == '{':
		readings = []func() bool{s.arguments, s.statements}
	default:
		readings = []func() bool{s.arguments, s.typesToo}
	}
	return reading < len(readings) && readings[reading]()
}

// isCfgChain: `if #[cfg(…)] { items } else if #[cfg(…)] { … } else { … }`.
func (s *shape) isCfgChain() bool {
	return s.word(0) == "if" && s.word(1) == "#" && s.word(2) == "["
}

// isSelect: arms `pattern = future => body`, and words like `default => body`.
func (s *shape) isSelect() bool {
	for _, e := range s.equals {
		if e < s.arrows[0] || len(s.arrows) > 1 && e < s.arrows[len(s.arrows)-1] {
			return true
		}
	}
	return false
}

// skipAttributes returns the index behind the attributes at token i.
func (s *shape) skipAttributes(i int) int {
	for s.word(i) == "#" {
		j := i + 1
		if s.word(j) == "!" {
			j++
		}
		if s.word(j) != "[" {
			return i
		}
		i = s.close(j) + 1
	}
	return i
}

// close returns the index of the bracket that closes the one at i.
func (s *shape) close(i int) int {
	depth := 0
	for ; i < len(s.tokens); i++ {
		switch s.word(i) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s.tokens) - 1
}

// beginsItem tells whether an item begins at token i.
func (s *shape) beginsItem(i int) bool {
	next := s.word(i + 1)
	switch s.word(i) {
	case "pub", "struct", "enum", "impl", "mod", "use", "trait", "type", "static", "macro_rules":
		return next != "" && next != ","
	case "fn", "union":
		return i+1 < len(s.tokens) && s.tokens[i+1].Kind == TokenWord
	case "extern":
		return next != "," && next != ""
	case "const":
		return next != "{" && next != "|" && next != "||" && next != ""
	case "async", "unsafe":
		switch next {
		case "fn", "impl", "trait", "extern":
			return true
		case "unsafe":
			return s.word(i+2) == "fn"
		}
	}
	return false
}

// arguments: a comma list of expressions. `key => value` gives two, and what
// is no expression but common is made one: `name: value` and `?value` as in
// logging, `{"key": value}` as in JSON.
func (s *shape) arguments() bool {
	for _, i := range s.arrows {
		s.edits = append(s.edits, edit{s.tokens[i].Start, ", "})
	}
	start := true       // of an argument
	var brackets []bool // the open ones, true for JSON objects, which are rewritten into tuples
	for i := range s.tokens {
		w, at := s.word(i), s.tokens[i].Start
		switch w {
		case "(", "[", "{":
			object := w == "{" && i+1 < len(s.tokens) && s.tokens[i+1].Kind == TokenString && s.word(i+2) == ":"
			if object {
				s.edits = append(s.edits, edit{at, "("})
			}
			brackets = append(brackets, object)
		case ")", "]", "}":
			if n := len(brackets) - 1; n >= 0 {
				if brackets[n] {
					s.edits = append(s.edits, edit{at, ")"})
				}
				brackets = brackets[:n]
			}
		case ":":
			if n := len(brackets); n > 0 && brackets[n-1] {
				s.edits = append(s.edits, edit{at, ","})
			} else if n == 0 && i > 0 && s.tokens[i-1].Kind == TokenWord && (i == 1 || s.word(i-2) == ",") {
				s.edits = append(s.edits, edit{at, "="})
			}
		case "?", "%":
			if start {
				s.edits = append(s.edits, edit{at, " "})
			}
		}
		start = w == "," || w == "="
	}
	s.job.kind = MacroArgs
	s.call(0, len(s.tokens), piece{})
	return true
}

// typesToo: a comma list of expressions and generic types, such as
// `&bytes, Option<u64>`.
func (s *shape) typesToo() bool {
	s.job.kind = MacroArgs
	for i := 0; i < len(s.tokens); i++ {
		if end := s.genericType(i); end > i {
			s.put("type A =\n")
			s.copy(s.tokens[i].Start, s.end(end-1), piece{want: GenericType}, 0, 0, "", "\n;\n")
			i = end
			continue
		}
		end := firstFrom(s.commas, i, len(s.tokens))
		if end == i {
			return false
		}
		s.call(i, end, piece{single: true})
		i = end
	}
	return true
}

// genericType returns the index behind the type `a::B<…>` that is the whole
// argument at token i, or i if there is none.
func (s *shape) genericType(i int) int {
	j := i
	for j+1 < len(s.tokens) && s.tokens[j].Kind == TokenWord && s.word(j+1) == "::" {
		j += 2
	}
	if j+1 >= len(s.tokens) || s.tokens[j].Kind != TokenWord || s.word(j+1) != "<" {
		return i
	}
	depth := 0
	for j++; j < len(s.tokens); j++ {
		switch s.word(j) {
		case "<":
			depth++
		case ">":
			depth--
		case ">>":
			depth -= 2
		}
		if depth <= 0 {
			break
		}
	}
	if w := s.word(j + 1); depth != 0 || w != "" && w != "," {
		return i
	}
	return j + 1
}

// statements: a block. Its braces are the macro's delimiters.
func (s *shape) statements() bool {
	s.job.kind = MacroArgs
	s.edits = append(s.edits, edit{s.open, "{"}, edit{s.last, "}"})
	at := s.put("f(")
	s.copy(s.open, s.last+1, piece{single: true}, at+1, Arguments, "\n)", ";\n")
	return true
}

// repeat: `value; count`.
func (s *shape) repeat() bool {
	s.job.kind = MacroRepeat
	i := s.semis[0]
	s.call(0, i, piece{single: true})
	s.call(i+1, len(s.tokens), piece{single: true})
	return true
}

// items, those of lazy_static! included, whose `ref` is blanked out.
func (s *shape) items() bool {
	s.job.kind = MacroItems
	for i := range s.tokens {
		if s.word(i) == "static" && s.word(i+1) == "ref" && i+3 < len(s.tokens) && s.word(i+3) == ":" {
			s.cuts = append(s.cuts, cut{s.tokens[i+1].Start, s.tokens[i+1].End})
		}
	}
	at := s.put("mod a {\n")
	if s.isUnended() { // the last item of thread_local! needs no semicolon
		s.copy(s.open+1, s.end(len(s.tokens)-1), piece{slack: 2}, at+6, DeclarationList, "\n;}", "\n")
	} else {
		s.copy(s.open+1, s.last, piece{}, at+6, DeclarationList, "\n}", "\n")
	}
	return true
}

// isUnended: the last item is a static or constant without a semicolon.
func (s *shape) isUnended() bool {
	if s.word(len(s.tokens)-1) == ";" {
		return false
	}
	i := 0
	if n := len(s.semis); n > 0 {
		i = s.semis[n-1] + 1
	}
	i = s.skipAttributes(i)
	if s.word(i) == "pub" {
		if i++; s.word(i) == "(" {
			i = s.close(i) + 1
		}
	}
	return s.word(i) == "static" || s.word(i) == "const"
}

// cfgBranches: one group of items for each branch, its condition first.
func (s *shape) cfgBranches() bool {
	s.job.kind = MacroItems
	for i, group := 0, 0; i < len(s.tokens); group++ {
		if s.word(i) == "else" {
			i++
		}
		if s.word(i) == "if" {
			if i++; s.word(i) != "#" || s.word(i+1) != "[" {
				return false
			}
			end := s.close(i + 1)
			s.copy(s.tokens[i].Start, s.end(end), piece{want: AttributeItem, role: roleBranch, group: group}, 0, 0, "", "\n")
			i = end + 1
		}
		if s.word(i) != "{" {
			return false
		}
		end := s.close(i)
		if end > i+1 {
			at := s.put("mod a {\n")
			s.copy(s.end(i), s.tokens[end].Start, piece{role: roleBranch, group: group}, at+6, DeclarationList, "\n}", "\n")
		}
		i = end + 1
	}
	return true
}

// matches: `value, pattern`, perhaps with `if condition`, perhaps with more
// arguments (a message).
func (s *shape) matches() bool {
	s.job.kind = MacroMatches
	cut := s.commas[0]
	end := len(s.tokens)
	if len(s.commas) > 1 {
		end = s.commas[1]
	}
	if cut == 0 || end == cut+1 {
		return false
	}
	at := s.put("match f(")
	from, to := s.around(0, cut)
	s.copy(from, to, piece{single: true}, at+7, Arguments, "\n)", " {\n")
	s.copy(s.tokens[cut+1].Start, s.end(end-1), piece{want: MatchPattern}, 0, 0, "", "\n=> {} }\n")
	if end+1 < len(s.tokens) {
		s.call(end+1, len(s.tokens), piece{})
	}
	return true
}

// selectArms: `pattern = value => body,` with an optional `, if condition`
// before the arrow and without a value for words like `else`.
func (s *shape) selectArms() bool {
	s.job.kind = MacroSelect
	i := 0
	if len(s.semis) > 0 && s.semis[0] < s.arrows[0] { // `biased;`
		i = s.semis[0] + 1
	}
	for group, arrow := range s.arrows {
		value, valueEnd, condition := 0, arrow, 0
		if e := firstFrom(s.equals, i+1, arrow); e < arrow {
			value = e + 1
		}
		for c := firstFrom(s.commas, i+1, arrow); c < arrow; c = firstFrom(s.commas, c+1, arrow) {
			if s.word(c+1) == "if" {
				valueEnd, condition = c, c+2
			}
		}
		body := arrow + 1
		next := firstFrom(s.commas, body+1, len(s.tokens))
		if s.word(body) == "{" {
			next = s.close(body) + 1
		}
		pattern := arrow
		if value > 0 {
			pattern = value - 1
		}
		if pattern <= i || body >= next || value > 0 && value >= valueEnd || condition > 0 && condition >= arrow {
			return false
		}
		s.put("match x {\n")
		if value == 0 && pattern == i+1 { // a word like `else`: no pattern, and the arm begins with it
			s.edits = append(s.edits, edit{s.tokens[i].Start, strings.Repeat("_", len(s.word(i)))})
		}
		s.copy(s.tokens[i].Start, s.end(pattern-1), piece{want: MatchPattern, role: rolePattern, group: group}, 0, 0, "", "\n=> {} }\n")
		if value > 0 {
			s.call(value, valueEnd, piece{single: true, role: roleValue, group: group})
		}
		if condition > 0 {
			s.call(condition, arrow, piece{single: true, role: roleCondition, group: group})
		}
		s.call(body, next, piece{single: true, role: roleBody, group: group})
		i = next
		if s.word(i) == "," {
			i++
		}
	}
	return i >= len(s.tokens)
}

// call puts `f(tokens i to j);`: expressions with commas between them, or
// one. Comments at the ends belong to the piece.
func (s *shape) call(i, j int, q piece) {
	at := s.put("f(")
	from, to := s.around(i, j)
	s.copy(from, to, q, at+1, Arguments, "\n)", ";\n")
}

// around returns the range of tokens i to j with the comments around them.
func (s *shape) around(i, j int) (from, to uint32) {
	from, to = s.open+1, s.last
	if i > 0 {
		from = s.end(i - 1)
	}
	if j < len(s.tokens) {
		to = s.tokens[j].Start
	}
	return from, to
}

// firstFrom returns the first of the ascending indices that is at least i, or
// otherwise, if there is none.
func firstFrom(indices []int, i, otherwise int) int {
	if n, _ := slices.BinarySearch(indices, i); n < len(indices) {
		return indices[n]
	}
	return otherwise
}

// end returns where token i ends.
func (s *shape) end(i int) uint32 { return s.tokens[i].End }

// put appends wrapper text and returns where it begins.
func (s *shape) put(wrapper string) uint32 {
	at := uint32(len(s.m.buf))
	s.m.buf = append(s.m.buf, wrapper...)
	return at
}

// copy appends the source from start to end as a piece, edited, and the
// wrapper's end: the holder, if any, begins at holderAt and ends with closing.
func (s *shape) copy(start, end uint32, q piece, holderAt uint32, holder Kind, closing, rest string) {
	q.buf, q.src = uint32(len(s.m.buf)), start
	s.edit()
	s.m.buf = append(s.m.buf, s.m.edited[start-s.open:end-s.open]...)
	q.end = uint32(len(s.m.buf))
	s.put(closing)
	q.holder, q.holderAt, q.holderEnd = holder, holderAt, uint32(len(s.m.buf))
	s.put(rest)
	s.job.pieces = append(s.job.pieces, q)
}

// edit brings the edited copy of the macro's text up to date.
func (s *shape) edit() {
	if s.m.edited == nil {
		s.m.edited = append(s.m.spare[:0], s.text[s.open:s.last+1]...)
		s.m.spare = s.m.edited
	}
	blank(s.m.edited, s.cuts, s.open)
	for _, e := range s.edits {
		copy(s.m.edited[e.at-s.open:], e.text)
	}
	s.cuts, s.edits = s.cuts[:0], s.edits[:0]
}
