// Package rustparse reads Rust source text into a syntax tree. It never fails:
// it gives a tree, and the problems met. It knows one file at a time, and
// nothing about what names mean.
//
// Parsing is tree-sitter's, with two additions: the arguments of macros are
// parsed too (macros.go), and Rust newer than the grammar is made readable to
// it (newer.go).
package rustparse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

const (
	// maxText is the size in bytes beyond which a file is not read: tree-sitter
	// needs some twenty bytes of memory for one of text.
	maxText = 16 << 20
	// maxDepth is how many levels a tree may have, so that whoever walks it may
	// recurse. Deeper nodes become one Error node.
	maxDepth = 4000
)

// A Parser parses one file after another. It is for one goroutine at a time;
// give each worker its own, and Close it.
type Parser struct {
	// SkipTests leaves the bodies of modules under #[cfg(test)] empty. They
	// are not parsed at all, which saves their share of the time.
	SkipTests bool

	c *ctree.Parser
	// Reused from file to file.
	last  []Node  // of each node, while a tree is built: its last child
	depth []int32 // of each node
	macro macroReader
}

// NewParser returns a parser. What it holds is freed by Close.
func NewParser() *Parser { return &Parser{c: ctree.New()} }

// Close frees the memory of the parser. The trees it made stay good.
func (p *Parser) Close() { p.c.Close() }

// Parse reads one text. Path is what problems and findings show.
func Parse(path, text string) *Tree {
	p := NewParser()
	defer p.Close()
	return p.Parse(path, text)
}

// Parse reads one text. Path is what problems and findings show.
func (p *Parser) Parse(path, text string) *Tree {
	t := &Tree{File: &File{Path: path, Text: text}, text: text}
	if len(text) > maxText {
		t.unread(fmt.Sprintf("the file is larger than %d MB and was not read", maxText>>20))
		return t
	}
	if first, count := invalidUTF8(text); count > 0 {
		t.problem(uint32(first), uint32(first+1), "%s", plural(count, "byte that is not UTF-8", "bytes that are not UTF-8"))
	}
	if p.SkipTests {
		text = withoutTests(text)
	}
	text, open := withoutOpenString(text)
	if open >= 0 {
		t.problem(uint32(open), uint32(len(t.File.Text)), "the raw string is never closed")
	}
	records, newer, err := p.records(text)
	if err != nil {
		t.unread(err.Error())
		return t
	}
	p.build(t, records)
	t.findProblems(records) // they are gone with the next parse
	p.readMacros(t, 1, &newer)
	newer.mend(t)
	t.sortProblems()
	return t
}

// records parses text, and once more with newer Rust hidden where the first
// try met text it could not read.
func (p *Parser) records(text string) ([]ctree.Record, newerRust, error) {
	var newer newerRust
	records, err := p.c.Parse(text)
	if err != nil || !broken(records) {
		return records, newer, err
	}
	plain := countBroken(records)
	hidden, found := newer.hideFile(text, records)
	if !found {
		return records, newer, nil
	}
	if records, err = p.c.Parse(hidden); err == nil && countBroken(records) < plain {
		return records, newer, nil
	}
	records, err = p.c.Parse(text)
	return records, newerRust{}, err
}

func broken(records []ctree.Record) bool {
	return slices.ContainsFunc(records, isBroken)
}

func isBroken(r ctree.Record) bool {
	return r.Symbol == ctree.ErrorSymbol || r.Flags&ctree.Missing != 0
}

func countBroken(records []ctree.Record) (n int) {
	for _, r := range records {
		if isBroken(r) {
			n++
		}
	}
	return n
}

// build fills t from the records of a whole file.
func (p *Parser) build(t *Tree, records []ctree.Record) {
	t.reserve(len(records)+2, true)
	p.last, p.depth = append(p.last[:0], 0), append(p.depth[:0], 0)
	t.add(0, 0, 0, 0) // node 0 is no node
	root := Node(0)
	if len(records) == 0 || records[0].Symbol == ctree.ErrorSymbol { // nothing could be read
		root = p.addNode(t, SourceFile, 0, 0, 0)
	}
	p.graft(t, records, 0, 0, root)
	// The grammar's root leaves out white space around the first and last item.
	t.start[t.Root()], t.end[t.Root()] = 0, uint32(len(t.File.Text))
}

// graft adds the records, a forest in preorder, under node parent; base is
// the index of records[0] in the whole parse, and shift is added to offsets.
// Missing tokens are left out.
func (p *Parser) graft(t *Tree, records []ctree.Record, base int32, shift int64, parent Node) {
	offset := Node(t.Len()) - Node(base) // from record to node; every record gets a node
	kinds := kindOfSymbol()
	for _, r := range records {
		up := parent
		if r.Parent >= base {
			up = Node(r.Parent) + offset
		}
		kind := Kind(0)
		if r.Symbol == ctree.ErrorSymbol {
			kind = Error
		} else {
			kind = kinds[r.Symbol]
		}
		start, end := uint32(int64(r.Start)+shift), uint32(int64(r.End)+shift)
		if kind == LineComment { // documentation comments include their newline
			for end > start && (t.text[end-1] == '\n' || t.text[end-1] == '\r') {
				end--
			}
		}
		n := p.addNode(t, kind, Field(r.Field), start, end)
		if r.Flags&ctree.Missing != 0 && r.Flags&ctree.Anonymous != 0 || up != 0 && t.kind[up] == 0 || p.depth[up] >= maxDepth {
			// A missing token, or too deep: the index stays, but hangs nowhere.
			t.kind[n] = 0
			if p.depth[up] >= maxDepth && t.kind[up] != Error && t.kind[up] != 0 {
				t.kind[up] = Error
				t.problem(t.start[up], t.end[up], "nested more than %d levels deep", maxDepth)
			}
			continue
		}
		p.link(t, n, up)
	}
}

// addNode appends a node that has no parent yet.
func (p *Parser) addNode(t *Tree, kind Kind, field Field, start, end uint32) Node {
	t.add(kind, field, start, end)
	p.last = append(p.last, 0)
	p.depth = append(p.depth, 0)
	return Node(t.Len() - 1)
}

// link makes n the last child of parent.
func (p *Parser) link(t *Tree, n, parent Node) {
	t.parent[n] = parent
	p.depth[n] = p.depth[parent] + 1
	if parent == 0 {
		return
	}
	if last := p.last[parent]; last != 0 {
		t.next[last] = n
	} else {
		t.first[parent] = n
	}
	p.last[parent] = n
}

// reserve makes room for n more nodes, and no more than that if exact.
func (t *Tree) reserve(n int, exact bool) {
	if exact {
		t.kind, t.field = make([]Kind, 0, n), make([]Field, 0, n)
		t.start, t.end = make([]uint32, 0, n), make([]uint32, 0, n)
		t.parent, t.first, t.next = make([]Node, 0, n), make([]Node, 0, n), make([]Node, 0, n)
		return
	}
	t.kind, t.field = slices.Grow(t.kind, n), slices.Grow(t.field, n)
	t.start, t.end = slices.Grow(t.start, n), slices.Grow(t.end, n)
	t.parent, t.first, t.next = slices.Grow(t.parent, n), slices.Grow(t.first, n), slices.Grow(t.next, n)
}

func (t *Tree) add(kind Kind, field Field, start, end uint32) {
	t.kind = append(t.kind, kind)
	t.field = append(t.field, field)
	t.start = append(t.start, start)
	t.end = append(t.end, end)
	t.parent = append(t.parent, 0)
	t.first = append(t.first, 0)
	t.next = append(t.next, 0)
}

// unread makes t the tree of a text that was not looked at.
func (t *Tree) unread(why string) {
	end := uint32(min(len(t.File.Text), 1<<32-1))
	t.add(0, 0, 0, 0)
	t.add(SourceFile, 0, 0, end)
	t.add(Error, 0, 0, end)
	t.first[1], t.parent[2] = 2, 1
	t.problem(0, 0, "%s", why)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// kindName names a kind for people: "call expression", "source file".
func kindName(k Kind) string { return strings.ReplaceAll(k.String(), "_", " ") }
