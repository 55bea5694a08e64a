package model

import (
	"slices"
	"strings"
	"sync"
)

// A node is a static place: a cell and a path of fields, all keys of a map or
// list being one. It carries what all programs of the canister tell of it.
type node struct {
	name   string
	parent *node
	kids   map[string]*node
	sort   Sort
	keys   Sort // what it is indexed by

	pushed, read, written bool // a list is pushed to; anything else is done to it
	draws                 int  // reads that are followed by an increment in the same segment
	loads                 int
	stores                int // writes that are no increments
	increments            int
	tallies               int // stores of what was there plus something
}

// child returns the node below n; nil below nil.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	if c := n.kids[name]; c != nil {
		return c
	}
	c := &node{name: name, parent: n}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	n.kids[name] = c
	return c
}

// find is child without making one: the search never changes a System.
func (n *node) find(name string) *node {
	if n == nil {
		return nil
	}
	return n.kids[name]
}

func (n *node) keySort() Sort {
	if n == nil {
		return SortUnknown
	}
	return n.keys
}

func (n *node) is(s Sort) {
	if n != nil && n.sort == SortUnknown {
		n.sort = s
	}
}

// isLog tells whether n is a list that is only pushed to: its order tells nobody anything.
func (n *node) isLog() bool {
	return n != nil && n.pushed && !n.anyUse()
}

// anyUse tells whether n, a part of it or something around it is read or overwritten.
func (n *node) anyUse() bool {
	for p := n; p != nil; p = p.parent {
		if p.read || p.written {
			return true
		}
	}
	return n.usedBelow()
}

func (n *node) usedBelow() bool {
	for _, k := range n.kids {
		if k.read || k.written || k.usedBelow() {
			return true
		}
	}
	return false
}

// isDraw tells whether n is a counter that gives fresh numbers: every read is
// followed by an increment in the same segment, and nothing else is done to it.
func (n *node) isDraw() bool {
	return n != nil && n.increments > 0 && n.stores == 0 && n.draws == n.loads && n.loads > 0 && n.parentQuiet()
}

// spoil notes a use that a fresh number is not put to.
func (sc *scan) spoil(n *node) {
	if n != nil && !sc.look {
		n.stores++
	}
}

// isTally tells whether n is a number that things are only added to, and that no
// message that can change state looks at: a metric. Entries of a map are none: a
// balance is looked at by whoever it belongs to.
func (n *node) isTally() bool {
	for p := n; p != nil; p = p.parent {
		if p.name == "[]" {
			return false
		}
	}
	return n != nil && n.tallies > 0 && n.stores == n.tallies && n.loads == 2*(n.increments+n.tallies) // loaded, then added to
}

func (n *node) parentQuiet() bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.read || p.written {
			return false
		}
	}
	return true
}

// A System is a canister as the model sees it: its cells, and what all its
// programs tell about them. What it tells does not change after NewSystem;
// it is safe for concurrent use.
type System struct {
	names    []string
	byName   map[string]int
	cells    []*node
	refs     []Value // to the cells
	consts   []int64
	programs []*Program
	effects  map[*CallInfo]bool // whether a call counts as effectful
	feet     map[*Program]*footprint
	filled   []bool   // by cell: an Option that is Some from the start, see fill
	shared   []bool   // by cell: some program may write it
	walked   sync.Map // by program: what pathsOf found
}

// NewSystem collects the static facts over all programs of a canister that
// can change state. The observers only look: their footprint is known, but
// what they read is no reason to keep the order of a log.
func NewSystem(programs []*Program, observers ...*Program) *System {
	s := &System{byName: map[string]int{}, effects: map[*CallInfo]bool{}, feet: map[*Program]*footprint{}, programs: programs}
	consts := map[int64]bool{}
	for _, p := range programs {
		sc := newScan(s, p, consts)
		sc.find(p.Func.Body)
		sc.pairDraws()
		sc.lookedAt()
	}
	for _, p := range observers {
		sc := newScan(s, p, consts)
		sc.look = true
		sc.find(p.Func.Body)
	}
	s.fill(observers)
	for _, name := range s.names {
		s.shared = append(s.shared, slices.ContainsFunc(programs, func(p *Program) bool { return s.Writes(p, name) }))
	}
	for n := range consts {
		s.consts = append(s.consts, n)
	}
	sortInts(s.consts)
	return s
}

// Forget lets go of the functions that the programs were made from, which a
// canister has many of; no further System can be made of the programs.
func (s *System) Forget() {
	for p := range s.feet {
		p.Func.Body = nil
	}
}

// fill finds the Options that only observers set, which are the hooks of
// install and upgrade, and no program takes away again: they ran before every
// message. Code that was not read is not taken to empty the whole state.
func (s *System) fill(observers []*Program) {
	s.filled = make([]bool, len(s.cells))
	sets := func(ps []*Program, n *node) bool {
		return slices.ContainsFunc(ps, func(p *Program) bool { return s.feet[p].writes[n] })
	}
	for i, n := range s.cells {
		s.filled[i] = n.sort == SortOption && sets(observers, n) && !sets(s.programs, n)
	}
}

func newScan(s *System, p *Program, consts map[int64]bool) *scan {
	foot := newFootprint()
	s.feet[p] = foot
	return &scan{s: s, p: p, regs: make([]*node, p.Func.Regs+1), slots: map[Slot]*node{}, lits: map[Reg]Value{}, sums: map[Reg]*node{}, consts: consts, foot: foot}
}

func sortInts(xs []int64) {
	for i := range xs {
		for j := i; j > 0 && xs[j] < xs[j-1]; j-- {
			xs[j], xs[j-1] = xs[j-1], xs[j]
		}
	}
}

// cell returns the index of a cell, adding it when it is new. Only NewSystem adds.
func (s *System) cell(name string) int {
	if i, ok := s.byName[name]; ok {
		return i
	}
	i := len(s.names)
	s.byName[name] = i
	s.names = append(s.names, name)
	s.cells = append(s.cells, &node{name: name})
	s.refs = append(s.refs, Value{k: vRef, o: &object{place: &place{cell: i}}})
	return i
}

// A scan follows places through one program, without flow: a variable that
// holds a place holds the first one assigned.
type scan struct {
	s      *System
	p      *Program
	regs   []*node
	slots  map[Slot]*node
	lits   map[Reg]Value
	consts map[int64]bool
	seq    int
	site   Site // of the step looked at
	awaits []int
	loads  []access
	incs   []access
	adds   map[Reg]*node // registers that hold place + constant
	sums   map[Reg]*node // registers that hold place + anything
	foot   *footprint
	look   bool // an observer: nothing it does is noted on the places
}

type access struct {
	n   *node
	seq int
}

func (sc *scan) at(r Reg) *node {
	if r <= 0 || int(r) >= len(sc.regs) {
		return nil
	}
	return sc.regs[r]
}

func (sc *scan) put(r Reg, n *node) {
	if r > 0 && int(r) < len(sc.regs) {
		sc.regs[r] = n
	}
}

func (sc *scan) read(n *node) {
	if n != nil {
		sc.foot.read(n, sc.site)
		if sc.look {
			return
		}
		n.read = true
		n.loads++
		sc.loads = append(sc.loads, access{n, sc.seq})
	}
}

func (sc *scan) write(n *node) {
	if n != nil {
		sc.foot.write(n, sc.site)
		if sc.look {
			return
		}
		n.written = true
		n.stores++
	}
}

func (sc *scan) find(steps []*Step) {
	for _, st := range steps {
		sc.seq++
		sc.site = st.Site
		sc.one(st)
		sc.find(st.Body)
		sc.find(st.Else)
	}
}

func arg(st *Step, i int) Reg {
	if i < len(st.Args) {
		return st.Args[i]
	}
	return 0
}

func (sc *scan) one(st *Step) {
	a, b := arg(st, 0), arg(st, 1)
	n := sc.at(a)
	switch st.Kind {
	case Const:
		if st.Const.k == vInt || st.Const.k == vBool {
			sc.lits[st.Out] = st.Const
		}
	case Cell:
		sc.put(st.Out, sc.s.cells[sc.s.cell(st.Name)])
	case Get, Ref:
		sc.put(st.Out, sc.slots[st.Slot])
	case Set:
		if sc.slots[st.Slot] == nil {
			sc.slots[st.Slot] = n
		}
	case Field:
		sc.put(st.Out, n.child(st.Name))
	case Index:
		sc.key(n, b)
		sc.put(st.Out, n.child("[]"))
	case Load, Copy:
		sc.read(n)
		sc.put(st.Out, n)
	case Proj:
		for _, e := range st.Path {
			if e.Variant == "Some" {
				n.is(SortOption)
			}
			if n != nil && n.name == "{option}" {
				n = n.parent
			} else {
				n = n.child(pathName(e))
			}
		}
		sc.put(st.Out, n)
	case Test:
		sc.readTest(n, st.Pat)
	case Bin:
		sc.bin(st, a, b)
	case Verb:
		sc.verb(st, n)
	case Store:
		if inc := sc.adds[b]; inc != nil && inc == n && !sc.look {
			n.increments++
			sc.foot.write(n, sc.site)
			sc.incs = append(sc.incs, access{n, sc.seq})
			return
		}
		sc.consume(st, 1)
		sc.write(n)
		if n != nil && sc.sums[b] == n && !sc.look {
			n.tallies++
		}
		if l, ok := sc.lits[b]; ok && l.k == vBool {
			n.is(SortBool)
		} else if ok {
			n.is(SortInt)
		}
	case Await:
		sc.awaits = append(sc.awaits, sc.seq)
	case If, Assert, Un, Make, Request, Call, Opaque, Return, Oneway, Spawn:
		sc.consume(st, 0)
		if st.Kind == Make && (st.Name == "Ok" || st.Name == "Some") {
			sc.put(st.Out, optionOf(n)) // a reference into the state, handed on in a result
		}
		if st.Kind == Call && st.Callee != nil && st.Callee.MayWrite {
			for _, c := range sc.s.cells {
				c.read, c.written = true, true
			}
			sc.foot.unknown = true
		}
		if st.Task != nil {
			for _, a := range st.Args {
				sc.read(sc.at(a))
			}
		}
	}
}

// consume reads all operands from i on.
func (sc *scan) consume(st *Step, i int) {
	for ; i < len(st.Args); i++ {
		sc.read(sc.at(st.Args[i]))
	}
}

func (sc *scan) constant(c int64) {
	sc.consts[c] = true
	sc.foot.consts = true
}

func (sc *scan) key(n *node, k Reg) {
	if n == nil {
		return
	}
	if l, ok := sc.lits[k]; ok && l.k == vInt {
		n.keys = SortInt
	}
	if kn := sc.at(k); kn != nil {
		sc.read(kn)
	}
}

func (sc *scan) readTest(n *node, p *Pat) {
	sc.read(n)
	if n != nil && p != nil && p.Kind == PatVariant && (p.Name == "Some" || p.Name == "None") {
		n.is(SortOption)
	}
	if n != nil && p != nil && p.Kind == PatConst {
		switch p.Const.k {
		case vInt:
			n.is(SortInt)
			sc.constant(p.Const.n)
		case vBool:
			n.is(SortBool)
		case vText:
			n.is(SortKey)
		}
	}
	if p != nil && p.Kind == PatRange {
		for _, c := range []Value{p.Lo, p.Hi} {
			if c.k == vInt {
				sc.constant(c.n)
			}
		}
		n.is(SortInt)
	}
}

func (sc *scan) bin(st *Step, a, b Reg) {
	sc.consume(st, 0)
	na, nb := sc.at(a), sc.at(b)
	la, oka := sc.lits[a]
	lb, okb := sc.lits[b]
	switch st.Name {
	case "+":
		if na != nil {
			sc.sums[st.Out] = na
		}
		if okb && na != nil {
			sc.add(st.Out, na)
		} else if oka && nb != nil {
			sc.add(st.Out, nb)
		}
		fallthrough
	case "-", "*", "/", "%", "<", ">", "<=", ">=":
		if st.Name != "+" { // a number that is compared is no mere token
			sc.spoil(na)
			sc.spoil(nb)
		}
		na.is(SortInt)
		nb.is(SortInt)
		for _, l := range []struct {
			v  Value
			ok bool
		}{{la, oka}, {lb, okb}} {
			if l.ok && strings.ContainsAny(st.Name, "<>") {
				sc.constant(l.v.n)
			}
		}
	case "==", "!=":
		sc.spoil(na)
		sc.spoil(nb)
		for _, side := range []struct {
			n  *node
			l  Value
			ok bool
		}{{na, lb, okb}, {nb, la, oka}} {
			if !side.ok {
				continue
			}
			if side.l.k == vBool {
				side.n.is(SortBool)
			} else {
				side.n.is(SortInt)
				sc.constant(side.l.n)
			}
		}
	}
}

func (sc *scan) add(out Reg, n *node) {
	if sc.adds == nil {
		sc.adds = map[Reg]*node{}
	}
	sc.adds[out] = n
}

func (sc *scan) verb(st *Step, n *node) {
	switch st.Name {
	case MapGet, MapGetCopy, MapContains, MapInsert, SetInsert, MapRemove, SetRemove, MapEntryOr:
		if n != nil {
			n.sort = SortMap // whatever the end of an ordered map was taken for
		}
		sc.key(n, arg(st, 1))
		sc.consume(st, 1)
		switch st.Name {
		case MapGet, MapGetCopy, MapContains:
			if n != nil {
				n.read = n.read || !sc.look
				sc.foot.read(n.child("[]"), sc.site)
			}
		default:
			if n != nil {
				n.written = n.written || !sc.look
				sc.foot.read(n.child("[]"), sc.site)
				sc.foot.write(n.child("[]"), sc.site)
			}
		}
		switch st.Name {
		case MapGet, MapGetCopy:
			sc.put(st.Out, optionOf(n.child("[]")))
		case MapEntryOr:
			sc.put(st.Out, n.child("[]"))
		}
	case ListPush, ListPushFront, Extend:
		n.is(SortList)
		sc.consume(st, 1)
		if n != nil {
			n.pushed = n.pushed || !sc.look
			sc.foot.write(n, sc.site)
		}
	case Len, IsEmpty:
		if n != nil {
			n.read = n.read || !sc.look
			sc.foot.read(n, sc.site)
		}
	case ListPop, ListPopFront, ListRemove, Drain:
		sc.write(n)
		sc.consume(st, 0)
	case ListGet, ListFirst, ListLast, ListContains:
		sc.consume(st, 0)
		sc.put(st.Out, optionOf(n.child("[]")))
	case Unwrap:
		sc.read(n)
		if n != nil && n.name == "{option}" {
			sc.put(st.Out, n.parent)
		} else if n != nil {
			n.is(SortOption)
			sc.put(st.Out, n.child("0"))
		}
	case CheckedAdd, WrapAdd, SatAdd:
		sc.consume(st, 0)
		n.is(SortInt)
		if _, ok := sc.lits[arg(st, 1)]; ok && n != nil {
			sc.add(st.Out, n)
		}
	case CheckedSub, CheckedMul, SatSub, SatMul, WrapSub, Min, Max:
		sc.consume(st, 0)
		for _, a := range st.Args {
			sc.at(a).is(SortInt)
		}
	case Clear, Retain, WriteAll, Replace, Take, Swap, GetOrInsert:
		sc.consume(st, 0)
		sc.write(n)
		if st.Name == Swap {
			sc.write(sc.at(arg(st, 1)))
		}
		if st.Name == GetOrInsert && n != nil {
			sc.put(st.Out, n.child("0"))
		}
	default:
		sc.consume(st, 0)
	}
}

// optionOf is the node of "Option of a reference to n": projecting Some leads back to n.
func optionOf(n *node) *node {
	if n == nil {
		return nil
	}
	return n.child("{option}")
}

// pairDraws finds the reads that an increment in the same segment follows (or
// precedes directly: `c += 1; let id = c`).
func (sc *scan) pairDraws() {
	for _, l := range sc.loads {
		for _, i := range sc.incs {
			if l.n != i.n {
				continue
			}
			lo, hi := min(l.seq, i.seq), max(l.seq, i.seq)
			apart := false
			for _, w := range sc.awaits {
				apart = apart || lo < w && w < hi
			}
			if !apart {
				l.n.draws++
				break
			}
		}
	}
}
