package rustparse

import (
	"slices"
	"sort"

	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

// Macro arguments are tokens to the grammar. Here they are parsed again, all
// of a file together: each is copied into one buffer inside a wrapper that
// makes it an ordinary piece of Rust, the buffer is parsed, and the nodes of
// each piece are moved to where the text really stands. Macros inside them
// are the next round's. What kind of arguments a macro has is told from its
// tokens (macroshape.go), not from its name.

// maxRounds bounds how deep macros in macros are read.
const maxRounds = 6

// A macroReader holds what is reused from file to file.
type macroReader struct {
	tokens []Token
	buf    []byte
	jobs   []macroJob
	edited []byte // copy of the present macro's token tree, nil before it is made
	spare  []byte // its memory
}

// A macroJob is one macro call to read.
type macroJob struct {
	node   Node // its TokenTree
	kind   Kind // what that becomes
	pieces []piece
	done   bool
}

// A piece is a part of macro arguments in the buffer.
type piece struct {
	buf, end uint32 // its range in the buffer
	src      uint32 // where it stands in the file
	// What the parser must have made of the wrapper, exactly, for the piece to
	// have been read as what it is: a node of this kind and range, the parent
	// of the piece's nodes. With kind 0 the piece is one node of kind want.
	holder              Kind
	holderAt, holderEnd uint32
	want                Kind
	single              bool   // exactly one node, comments and attributes apart
	slack               uint32 // how far its last node may reach into the wrapper
	role                pieceRole
	group               int // which arm of a select!, which branch of a cfg_if!
}

// A pieceRole says where the nodes of a piece go.
type pieceRole uint8

const (
	roleChild   pieceRole = iota // below the macro's node
	rolePattern                  // of a select arm
	roleValue
	roleCondition
	roleBody
	roleBranch // of #[cfg] branches
)

// readMacros replaces the token trees of all macro calls in t from a node on.
func (p *Parser) readMacros(t *Tree, from Node, newer *newerRust) {
	m := &p.macro
	for round := 0; ; round++ {
		m.jobs, m.buf = m.jobs[:0], m.buf[:0]
		end := Node(t.Len())
		for n := from; n < end; n++ {
			if t.kind[n] != TokenTree || t.kind[t.parent[n]] != MacroInvocation || t.end[n] < t.start[n]+2 {
				continue
			}
			if round == maxRounds || !m.plan(t, n, 0, newer) {
				t.OpaqueMacros = append(t.OpaqueMacros, t.parent[n])
			}
		}
		if len(m.jobs) == 0 {
			break
		}
		from = end
		p.runJobs(t, newer)
	}
	slices.SortFunc(t.OpaqueMacros, func(a, b Node) int { return int(t.start[a]) - int(t.start[b]) })
}

// runJobs parses the buffer and takes the jobs' nodes from it. A job that
// failed is tried alone: its text may have spoilt its neighbours', and each
// has other readings.
func (p *Parser) runJobs(t *Tree, newer *newerRust) {
	m := &p.macro
	var failed []Node
	if records, err := p.c.Parse(string(m.buf)); err == nil {
		t.reserve(len(records), false)
		p.takeAll(t, records)
	}
	for _, job := range m.jobs {
		if !job.done {
			failed = append(failed, job.node)
		}
	}
	alone := len(m.jobs) > 1
	for _, n := range failed {
		if !p.readAlone(t, n, alone, newer) {
			t.OpaqueMacros = append(t.OpaqueMacros, t.parent[n])
		}
	}
}

// readAlone tries the readings of one macro, the first of them only if again.
func (p *Parser) readAlone(t *Tree, n Node, again bool, newer *newerRust) bool {
	m := &p.macro
	reading := 1
	if again {
		reading = 0
	}
	for ; ; reading++ {
		m.jobs, m.buf = m.jobs[:0], m.buf[:0]
		if !m.plan(t, n, reading, newer) {
			return false
		}
		records, err := p.c.Parse(string(m.buf))
		if err != nil {
			return false
		}
		if p.takeAll(t, records); m.jobs[0].done {
			return true
		}
	}
}

// takeAll gives every job its nodes, where the records have them unbroken.
func (p *Parser) takeAll(t *Tree, records []ctree.Record) {
	m := &p.macro
	for i := range m.jobs {
		job := &m.jobs[i]
		job.done = true
		for _, piece := range job.pieces {
			if _, _, ok := piece.find(records); !ok {
				job.done = false
				break
			}
		}
		if job.done {
			p.take(t, job, records)
		}
	}
}

// find returns the range of records that are the piece, and whether they are
// what the piece is meant to be.
func (q *piece) find(records []ctree.Record) (from, to int, ok bool) {
	kinds := kindOfSymbol()
	from = sort.Search(len(records), func(i int) bool { return records[i].Start >= q.buf })
	// What begins at the same byte but reaches further lies around the piece.
	for from < len(records) && records[from].Start == q.buf && records[from].End > q.end+q.slack {
		from++
	}
	top := 0 // nodes that count
	for to = from; to < len(records) && records[to].Start < q.end; to++ {
		r := records[to]
		if isBroken(r) || r.End > q.end+q.slack {
			return 0, 0, false
		}
		if int(r.Parent) >= from {
			continue // below another node of the piece
		}
		kind := kinds[r.Symbol]
		if kind != LineComment && kind != BlockComment && kind != AttributeItem {
			top++
		}
		if q.holder == 0 {
			if kind != q.want || r.Start != q.buf || r.End != q.end {
				return 0, 0, false
			}
			continue
		}
		if r.Parent < 0 {
			return 0, 0, false
		}
		h := records[r.Parent]
		if h.Symbol == ctree.ErrorSymbol || kinds[h.Symbol] != q.holder || h.Start != q.holderAt || h.End != q.holderEnd {
			return 0, 0, false
		}
	}
	if to < len(records) && records[to].Start < q.holderEnd && isBroken(records[to]) {
		return 0, 0, false // a missing token right behind
	}
	if from == to { // a piece has tokens, so they were lost
		return 0, 0, false
	}
	return from, to, top == 1 || !q.single
}

// take hangs the nodes of a job below its macro.
func (p *Parser) take(t *Tree, job *macroJob, records []ctree.Record) {
	node := job.node
	t.kind[node] = job.kind
	group, parent := -1, node
	for _, q := range job.pieces {
		switch q.role {
		case roleChild:
			parent = node
		case rolePattern, roleValue, roleCondition, roleBody, roleBranch:
			if q.group != group {
				group = q.group
				kind := MacroSelectArm
				if q.role == roleBranch {
					kind = MacroItems
				}
				parent = p.addNode(t, kind, 0, q.src, q.src)
				p.link(t, parent, node)
			}
		}
		from, to, _ := q.find(records)
		if q.role == rolePattern { // the arm holds the pattern itself
			from++
		}
		first := Node(t.Len())
		p.graft(t, records[from:to], int32(from), int64(q.src)-int64(q.buf), parent)
		srcEnd := q.src + q.end - q.buf
		for n := first; int(n) < t.Len(); n++ {
			t.end[n] = min(t.end[n], srcEnd) // less than it was only where there is slack
			if t.parent[n] != parent || t.kind[n] == 0 {
				continue
			}
			if parent != node {
				t.end[parent] = t.end[n]
			}
			if k := t.kind[n]; q.role.field() != 0 && k != LineComment && k != BlockComment && k != AttributeItem {
				t.field[n] = q.role.field()
			}
		}
	}
	switch job.kind {
	case MacroArgs:
		t.nameArguments(node)
	case MacroItems:
		t.findStatics(node)
	}
}

func (r pieceRole) field() Field {
	switch r {
	case rolePattern:
		return FieldPattern
	case roleValue:
		return FieldValue
	case roleCondition:
		return FieldCondition
	case roleBody:
		return FieldBody
	}
	return 0
}

// nameArguments turns the arguments `name = value` of a macro, which parse as
// assignments but assign nothing, into FieldInitializers.
func (t *Tree) nameArguments(args Node) {
	for n := t.first[args]; n != 0; n = t.next[n] {
		if t.kind[n] != AssignmentExpression {
			continue
		}
		left, right := t.Child(n, FieldLeft), t.Child(n, FieldRight)
		if t.kind[left] != Identifier || right == 0 {
			continue
		}
		t.kind[n] = FieldInitializer
		t.kind[left], t.field[left] = FieldIdentifier, FieldField
		t.field[right] = FieldValue
	}
}

// findStatics makes items that are all statics MacroStatics.
func (t *Tree) findStatics(items Node) {
	for n := t.first[items]; n != 0; n = t.next[n] {
		switch t.kind[n] {
		case StaticItem, AttributeItem, InnerAttributeItem, LineComment, BlockComment:
		default:
			return
		}
	}
	t.kind[items] = MacroStatics
}
