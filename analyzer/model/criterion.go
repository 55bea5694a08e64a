package model

import (
	"slices"
	"strings"
)

// A result is the judgement of one run.
type result struct {
	verdict Verdict
	reason  string
	atGap   bool
	reads   []ExampleRead
	late    Site
}

// judge runs A with B nested and decides whether it is a violation: all of
// touched, not claimed, not just compensated, and not explained must hold.
func (r *race) judge(w *world, gap int) result {
	n := playNested(w, r.q, gap, nil)
	r.out.Steps += n.m.steps
	r.segments = max(r.segments, n.a.seg)
	for _, h := range n.a.hit {
		r.reached = r.reached || h.changed
	}
	if !n.atGap {
		return result{reason: whyNoGap}
	}
	res := result{atGap: true}
	stale := r.stale(n)
	if stale == 0 {
		res.reason = whyUntouched
		if n.a.own == 0 {
			res.reason = whyNoRead
		}
		return res
	}
	linked, late := r.linked(n, stale)
	if linked == 0 {
		res.reason = whyUnused
		return res
	}
	res.late = late
	res.reads = r.reads(n, linked)
	claim := r.claimed(w, n, linked)
	if claim == claimBlind {
		res.reason = whyClaimed
		return res
	}
	if r.compensated(w, n) {
		res.reason = whyCleaned
		return res
	}
	if r.explained(w, n) {
		res.reason = whySerial
		return res
	}
	res.verdict, res.reason = Confirmed, "violation"
	switch {
	case claim == claimChecked:
		res.verdict, res.reason = Possible, "the key is created again while A holds its entry"
	case n.m.effects:
		res.verdict, res.reason = Possible, "code that was not read may change state"
	case w.askedApart():
		res.verdict, res.reason = Possible, "a condition that was not read may be a lock"
	}
	return res
}

// stale returns the reads of A before the gap that B's net change hits (4.1).
func (r *race) stale(n *nested) taint {
	var t taint
	for i := 0; i < n.sources && i < maxSources-1; i++ {
		s := n.m.sources[i]
		if s.kind != srcRead || s.msg != n.a {
			continue
		}
		if changed(n.gapCells, n.bCells, s.place, s.shape) {
			t |= taint(1) << i
		}
	}
	return t
}

// changed compares a place in two states; of one that was only asked for its
// presence or variant, only that.
func changed(before, after []Value, p place, shape bool) bool {
	x, okx := peek(before[p.cell], p.path)
	y, oky := peek(after[p.cell], p.path)
	if okx != oky {
		return true
	}
	if !shape {
		return !equal(x, y)
	}
	x, y = settle(x), settle(y)
	if x.k == vNone || y.k == vNone {
		return x.k != y.k
	}
	if x.k == vAgg && y.k == vAgg {
		return x.o.name != y.o.name
	}
	if x.k == vAgg || y.k == vAgg {
		return isDefault(x) != isDefault(y) || x.k == vLazy || y.k == vLazy
	}
	return x.k == vLazy && y.k == vLazy && x.l != y.l
}

// linked returns those of the stale reads that reach a late write made after
// the gap, by data or by a branch on the way to it (4.1).
func (r *race) linked(n *nested, stale taint) (taint, Site) {
	var t taint
	var late Site
	for _, h := range n.a.hit {
		if !h.late {
			continue
		}
		reach := h.t | h.ctl
		switch r.q.Link {
		case ByData:
			reach = h.t
		case ByBranch:
			reach = h.ctl
		}
		if l := reach & stale; l != 0 {
			t |= l
			late = h.site
		}
	}
	return t, late
}

func (r *race) reads(n *nested, linked taint) []ExampleRead {
	var data taint
	for _, h := range n.a.hit {
		if h.late {
			data |= h.t
		}
	}
	var rs []ExampleRead
	for i, s := range n.m.sources {
		if bit := taint(1) << i; linked&bit != 0 {
			rs = append(rs, ExampleRead{Site: s.site, Place: r.s.place(s.place), Segment: s.seg, Check: data&bit == 0})
		}
	}
	return rs
}

type claim uint8

const (
	claimNone claim = iota
	claimChecked
	claimBlind
)

// claimed judges keys that A had removed before the gap and B created anew
// (4.2). It speaks only when every read that counts lies in such an entry.
func (r *race) claimed(w *world, n *nested, linked taint) claim {
	var taken []place
	for i := range w.cells {
		diff(w.cells[i], n.gapCells[i], place{cell: i}, func(p place, old, new Value) {
			if len(p.path) > 0 && p.path[len(p.path)-1].isKey() && old.k != vNone && new.k == vNone {
				taken = append(taken, p)
			}
		})
	}
	got := claimNone
	for i, s := range n.m.sources {
		if linked&(taint(1)<<i) == 0 {
			continue
		}
		c := claimNone
		for _, p := range taken {
			if s.place.overlaps(p) {
				c = max(c, r.recreated(n, p))
			}
		}
		if c == claimNone {
			return claimNone
		}
		if got == claimNone || c < got {
			got = c
		}
	}
	return got
}

// recreated tells how B created the entry p: blindly, after asking for it, or
// (no claim) with a value computed from what it found.
func (r *race) recreated(n *nested, p place) claim {
	v, _ := peek(n.bCells[p.cell], p.path)
	if v.k == vNone {
		return claimNone
	}
	read := false
	for i, s := range n.m.sources {
		if s.kind != srcRead || s.msg != n.b || !s.place.overlaps(p) {
			continue
		}
		read = true
		if v.t&(taint(1)<<i) != 0 {
			return claimNone
		}
	}
	if read {
		return claimChecked
	}
	return claimBlind
}

// compensated is the saga test (4.3): some call of A failed, and A's books
// and the calls that took effect are those of A alone.
func (r *race) compensated(w *world, n *nested) bool {
	if !n.a.failed {
		return false
	}
	w.serial, w.extra = &chooser{}, map[string]ending{}
	defer func() { w.serial = nil }()
	m := newMachine(w)
	m.marks = n.m.marks
	a := m.newMessage(r.q.A, 0)
	m.play(a)
	r.note(a)
	return a.books.equal(n.a.books) && slices.Equal(m.took(0), n.m.took(0))
}

func (r *race) note(a *message) {
	for _, h := range a.hit {
		r.reached = r.reached || h.changed
	}
}

// took lists the effectful calls that took effect, of one message or of all
// (-1), sorted.
func (m *machine) took(role int) []string {
	var out []string
	for _, c := range m.calls {
		if c.effect && (role < 0 || c.msg.role == role) && (c.oneway || c.took()) {
			out = append(out, c.info.Label+identities(c.args))
		}
	}
	slices.Sort(out)
	return out
}

// explained tells whether A;B or B;A gives the same final state, the same
// calls and the same kind of replies (4.4).
func (r *race) explained(w *world, n *nested) bool {
	defer func() { w.serial = nil }()
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		c := &chooser{}
		for i := 0; i < maxSerial; i++ {
			c.rewind()
			w.serial, w.extra = c, map[string]ending{}
			m, msgs := playSerial(w, r.q, order, nil)
			r.out.Steps += m.steps
			for _, msg := range msgs {
				if msg.role == 0 {
					r.note(msg)
				}
			}
			if r.sameOutcome(n, m, msgs) {
				return true
			}
			if !c.next() {
				break
			}
		}
	}
	return false
}

// playSerial runs the two messages one after the other.
func playSerial(w *world, q RaceQuery, order [2]int, trace *Trace) (*machine, [2]*message) {
	m := newMachine(w)
	m.marks = marksOf(q.Marks)
	m.trace = trace
	var msgs [2]*message
	for i, role := range order {
		p := q.A
		if role == 1 {
			p = q.B
		}
		msgs[i] = m.newMessage(p, role)
		m.play(msgs[i])
	}
	return m, msgs
}

func (r *race) sameOutcome(n *nested, m *machine, msgs [2]*message) bool {
	for _, msg := range msgs {
		other := n.a
		if msg.role == 1 {
			other = n.b
		}
		if msg.refused() != other.refused() {
			return false
		}
	}
	return slices.Equal(n.m.took(-1), m.took(-1)) && r.s.sameState(n.m.cells, m.cells)
}

// refused is the class of a reply: a failure and a trap refuse, everything
// else is done.
func (msg *message) refused() bool {
	if msg.status == trapped {
		return true
	}
	v := settle(msg.reply)
	switch v.k {
	case vBool:
		return v.n == 0
	case vAgg:
		if v.o.name == "Err" || v.o.name == "None" {
			return true
		}
		return msg.p.Func.Refusals[v.o.name]
	}
	return false
}

// sameState compares final states: lists as multisets, since which order was
// promised to whom is not known here, counters that only give fresh numbers not at all.
func (s *System) sameState(a, b []Value) bool {
	for i := range a {
		if !s.sameValue(a[i], b[i], s.cells[i]) {
			return false
		}
	}
	return true
}

func (s *System) sameValue(a, b Value, n *node) bool {
	if equal(a, b) || n.isDraw() {
		return true
	}
	if n == nil {
		return false
	}
	a, b = settle(a), settle(b)
	if a.k == vList && b.k == vList && sameBag(a.o, b.o) {
		return true
	}
	same := true
	diff(a, b, place{}, func(p place, old, new Value) {
		at := n
		for _, e := range p.path {
			if e.isKey() {
				at = at.find("[]")
			} else {
				at = at.find(e.part())
			}
			if at == nil {
				break
			}
		}
		if len(p.path) == 0 || !(at.isDraw() || old.k == vList && new.k == vList && sameBag(old.o, new.o)) {
			same = false
		}
	})
	return same
}

// sameBag compares two lists as multisets: whole, or with one base what was pushed.
func sameBag(a, b *object) bool {
	x, okx := a.whole()
	y, oky := b.whole()
	if okx && oky {
		a, b = &object{items: x}, &object{items: y}
	}
	if a.base != b.base {
		return false
	}
	bag := func(o *object) string {
		var ids []string
		for _, vs := range [][]Value{o.items, o.front} {
			for _, v := range vs {
				ids = append(ids, v.identity())
			}
		}
		slices.Sort(ids)
		return strings.Join(ids, "\x00")
	}
	return bag(a) == bag(b)
}

// askedApart tells whether an unread function that mattered was asked about
// different things in this world: then it may be a lock (4.7).
func (w *world) askedApart() bool {
	if !w.looks {
		return false
	}
	seen := map[string]bool{}
	for _, r := range w.opaque {
		if seen[r.name] {
			return true
		}
		seen[r.name] = true
	}
	return false
}
