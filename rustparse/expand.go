package rustparse

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// A call of a macro whose definition is known is replaced by what it stands
// for. The text of the expansion is added behind that of the file and parsed
// there; a list of origins leads back from it to the file.

// maxExpanded bounds the bytes of all expansions of a file.
const maxExpanded = 4 << 20

// An Expansion is the text a macro call stands for.
type Expansion struct {
	Call Node // a MacroInvocation
	As   ExpansionKind
	Text string
	// Parts are the pieces of Text that were copied from the call's arguments, in order
	// and apart; the rest is the macro's own.
	Parts []Part
	// Fragments are ranges of Text that were taken for one fragment, in any order.
	Fragments []Fragment
}

// An ExpansionKind says what is expected where a macro call stands.
type ExpansionKind uint8

const (
	Statements ExpansionKind = iota // or an expression: what stands in a block
	Items
	TypeOf
	PatternOf
)

// A Part is text that was copied: Src is its offset, as of [Tree.Start].
type Part struct {
	At, End uint32 // in Expansion.Text
	Src     uint32
}

// A Fragment is a range of text that is one fragment to whoever matches
// tokens. What Kind means is the matcher's affair.
type Fragment struct {
	Start, End uint32
	Kind       uint8
}

// An expanded is one expansion in the text of a tree.
type expanded struct {
	start, end uint32
	call       Span
	root       int // the expansion that this one is within at last, perhaps itself
	depth      int // how many expansions it is within
	bytes      uint32
}

// An origin says where a piece of expanded text comes from.
type origin struct {
	start, end uint32
	src        uint32 // in the file
	mark       int    // whose own text it was before, 0 for that of the file, which src is for
}

// Source returns the text that Start and End count in: that of the file, and
// that of its expansions.
func (t *Tree) Source() string { return t.text }

// Arguments returns the range of a macro call's arguments, without the
// delimiters, and the fragments in it.
func (t *Tree) Arguments(call Node) (start, end uint32, fragments []Fragment) {
	for n := t.first[call]; n != 0; n = t.next[n] {
		if t.field[n] != FieldMacro && t.kind[n] != LineComment && t.kind[n] != BlockComment && t.end[n] >= t.start[n]+2 {
			start, end = t.start[n]+1, t.end[n]-1
		}
	}
	return start, end, t.fragmentsIn(start, end)
}

func (t *Tree) fragmentsIn(start, end uint32) []Fragment {
	from := sort.Search(len(t.fragments), func(i int) bool { return t.fragments[i].Start >= start })
	to := sort.Search(len(t.fragments), func(i int) bool { return t.fragments[i].Start >= end })
	return t.fragments[from:to]
}

// ExpandedFrom returns how many expansions n is in, and how many bytes the
// outermost of them has brought forth so far.
func (t *Tree) ExpandedFrom(n Node) (depth, bytes int) {
	i := t.expansionAt(t.start[n])
	if i < 0 {
		return 0, 0
	}
	e := t.expansions[i]
	return e.depth + 1, int(t.expansions[e.root].bytes)
}

// Mark returns 0 for a word that the file's text has, else a number of the
// expansion it is of the macro's own text of: equal names with different
// marks are different variables.
func (t *Tree) Mark(n Node) int { return t.markAt(t.start[n]) }

func (t *Tree) markAt(at uint32) int {
	if o := t.originAt(at); o != nil {
		return o.mark
	}
	return t.expansionAt(at) + 1
}

// expansionAt returns the expansion that holds an offset, -1 if none does.
func (t *Tree) expansionAt(at uint32) int {
	if int(at) < len(t.File.Text) || len(t.expansions) == 0 {
		return -1
	}
	return sort.Search(len(t.expansions), func(i int) bool { return t.expansions[i].start > at }) - 1
}

// originAt returns where the byte at an offset comes from; nil if it is of the
// file or the text of the macro expanded there.
func (t *Tree) originAt(at uint32) *origin {
	if int(at) < len(t.File.Text) {
		return nil
	}
	i := sort.Search(len(t.origins), func(i int) bool { return t.origins[i].end > at })
	if i == len(t.origins) || t.origins[i].start > at {
		return nil
	}
	return &t.origins[i]
}

// place returns the span of a range of t.text.
func (t *Tree) place(start, end uint32) Span {
	i := t.expansionAt(start)
	if i < 0 {
		return Span{File: t.File, Start: start, End: end}
	}
	s := t.expansions[i].call
	from, to := t.originAt(start), t.originAt(max(end, start+1)-1)
	if from != nil && to != nil && from.mark == 0 && to.mark == 0 {
		a, b := from.src+start-from.start, to.src+end-to.start
		if a <= b && s.Start <= a && b <= s.End {
			s.Start, s.End = a, b
		}
	}
	s.Expanded = Range{start, end}
	return s
}

// Expand puts expansions into t, in the place of the calls' arguments, and
// reports which of them could be read as what they should be; other calls
// stay as they are. Each call must be a node of t, not expanded yet.
func (p *Parser) Expand(t *Tree, list []*Expansion) []bool {
	read := make([]bool, len(list))
	jobs := t.addText(list)
	p.last, p.depth = grow(p.last, t.Len()), grow(p.depth, t.Len())
	for _, e := range list {
		for n := t.parent[e.Call]; n != 0; n = t.parent[n] {
			p.depth[e.Call]++
		}
	}
	from := Node(t.Len())
	var newer newerRust
	p.graftExpansions(t, list, jobs, read, &newer)
	if slices.Contains(read, false) {
		for i := range list { // alone: a broken one may have spoilt others
			if !read[i] && len(jobs[i].text) > 0 {
				p.graftExpansions(t, list[i:i+1], jobs[i:i+1], read[i:i+1], &newer)
			}
		}
	}
	p.readMacros(t, from, &newer)
	newer.mend(t)
	t.OpaqueMacros = slices.DeleteFunc(t.OpaqueMacros, func(n Node) bool {
		return t.kind[n] == 0 || t.ChildOfKind(n, MacroExpansion) != 0
	})
	return read
}

func grow[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// An expansionJob is one expansion that is being put into a tree.
type expansionJob struct {
	at   uint32 // in t.text
	text string // "" if there is no room for it
}

// addText appends the texts of expansions to that of t.
func (t *Tree) addText(list []*Expansion) []expansionJob {
	var b strings.Builder
	b.WriteString(t.text)
	jobs := make([]expansionJob, len(list))
	for i, e := range list {
		if b.Len()-len(t.File.Text)+len(e.Text) > maxExpanded {
			continue
		}
		b.WriteByte('\n')
		at := uint32(b.Len())
		b.WriteString(e.Text)
		b.WriteByte('\n')
		jobs[i] = expansionJob{at, e.Text + "\n"}
		x := expanded{start: at, end: uint32(b.Len()), call: t.Span(e.Call), root: len(t.expansions)}
		if around := t.expansionAt(t.start[e.Call]); around >= 0 {
			x.root, x.depth = t.expansions[around].root, t.expansions[around].depth+1
		}
		t.expansions = append(t.expansions, x)
		t.expansions[x.root].bytes += uint32(len(e.Text))
		var fragments []Fragment
		for _, f := range e.Fragments {
			fragments = append(fragments, Fragment{f.Start + at, f.End + at, f.Kind})
		}
		for _, part := range e.Parts {
			end := part.Src + part.End - part.At
			t.addOrigins(part.Src, end, at+part.At)
			for _, f := range t.fragmentsIn(part.Src, end) {
				if f.End <= end {
					fragments = append(fragments, Fragment{f.Start - part.Src + at + part.At, f.End - part.Src + at + part.At, f.Kind})
				}
			}
		}
		slices.SortStableFunc(fragments, func(a, b Fragment) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
		})
		t.fragments = append(t.fragments, fragments...)
	}
	t.text = b.String()
	return jobs
}

// addOrigins notes that the text from start to end was copied to an offset.
func (t *Tree) addOrigins(start, end, to uint32) {
	for at := start; at < end; {
		o := origin{start: to + at - start, src: at}
		next := end
		if int(at) >= len(t.File.Text) {
			i := sort.Search(len(t.origins), func(i int) bool { return t.origins[i].end > at })
			switch {
			case i < len(t.origins) && t.origins[i].start <= at:
				from := t.origins[i]
				next = min(end, from.end)
				o.src, o.mark = from.src+at-from.start, from.mark
			default:
				if i < len(t.origins) {
					next = min(end, t.origins[i].start)
				}
				o.mark = t.expansionAt(at) + 1
			}
		}
		o.end = to + next - start
		t.origins = append(t.origins, o)
		at = next
	}
}

// graftExpansions parses expansions together and takes those that can be read.
func (p *Parser) graftExpansions(t *Tree, list []*Expansion, jobs []expansionJob, read []bool, newer *newerRust) {
	var buf []byte
	pieces := make([]piece, len(list))
	for i, e := range list {
		if !read[i] && jobs[i].text != "" {
			buf, pieces[i] = wrap(buf, e.As, jobs[i], t.text, newer)
		}
	}
	records, err := p.c.Parse(string(buf))
	if err != nil {
		return
	}
	t.reserve(len(records), false)
	for i, e := range list {
		q := &pieces[i]
		if read[i] || q.end == 0 {
			continue
		}
		from, to := 0, 0
		if strings.TrimSpace(jobs[i].text) != "" {
			ok := false
			if from, to, ok = q.find(records); !ok {
				continue
			}
		}
		read[i] = true
		t.dropArguments(e.Call)
		x := p.addNode(t, MacroExpansion, 0, jobs[i].at, jobs[i].at+uint32(len(jobs[i].text)))
		p.last[e.Call] = t.Child(e.Call, FieldMacro)
		p.link(t, x, e.Call)
		p.graft(t, records[from:to], int32(from), int64(q.src)-int64(q.buf), x)
	}
}

// wrap appends the text of a job inside what makes it a piece of Rust.
func wrap(buf []byte, as ExpansionKind, job expansionJob, text string, newer *newerRust) ([]byte, piece) {
	q := piece{src: job.at}
	open, closing, holder := "fn a() {\n", "}\n", Block
	switch as {
	case Items:
		open, holder = "mod a {\n", DeclarationList
	case TypeOf:
		open, closing, holder = "type A =\n", ";\n", TypeItem
	case PatternOf:
		open, closing, holder = "fn a() { match f() {\n", "=> {} } }\n", 0
		q.want = MatchPattern
	}
	at := uint32(len(buf))
	buf = append(buf, open...)
	q.buf = uint32(len(buf))
	buf = append(buf, job.text...)
	q.end = uint32(len(buf))
	if cuts := newer.find(text, Tokens(text, job.at, job.at+uint32(len(job.text)))); len(cuts) > 0 {
		blank(buf[q.buf:], cuts, job.at)
	}
	if q.want != 0 { // exactly the pattern
		q.end -= uint32(len(job.text) - len(strings.TrimRight(job.text, " \n")))
	}
	buf = append(buf, closing...)
	if q.holder = holder; holder != 0 {
		q.holderAt, q.holderEnd = at+uint32(len(open))-2, uint32(len(buf))-1
		if holder == TypeItem {
			q.holderAt = at
		}
	}
	return buf, q
}

// dropArguments unhooks everything but the path from a macro call.
func (t *Tree) dropArguments(call Node) {
	var drop func(n Node)
	drop = func(n Node) {
		for c := t.first[n]; c != 0; c = t.next[c] {
			drop(c)
		}
		t.kind[n] = 0
	}
	path := Node(0)
	for c := t.first[call]; c != 0; c = t.next[c] {
		if t.field[c] == FieldMacro {
			path = c
		} else {
			drop(c)
		}
	}
	t.first[call] = path
	t.next[path] = 0
}
