package model

import (
	"slices"
	"strings"
)

// A result is what one run came to as a whole.
type result struct {
	reason string
	atGap  bool
	told   bool // some late write was come to with something stale that leads to it
}

// judge decides for each late write of a run of A with B nested whether it is
// a violation: all of touched, not claimed, not just compensated, and not
// explained must hold.
func (p *Pair) judge(w *world, n *nested, ph phase) result {
	p.steps += n.m.steps
	p.gaps = max(p.gaps, n.a.seg)
	p.note(n.a)
	if n.atGap && n.a.status == trapped {
		p.trapped[n.a.whyAt] = true
	}
	if !n.atGap {
		return result{reason: whyNoGap}
	}
	stale := staleReads(n)
	if stale == 0 {
		if n.a.own == 0 {
			return result{reason: whyNoRead, atGap: true}
		}
		return result{reason: whyUntouched, atGap: true}
	}
	v := &verdicts{p: p, w: w, n: n}
	told := false
	for i, h := range n.a.hit {
		if !h.late || slices.ContainsFunc(n.a.hit[:i], func(g hit) bool { return g.late && g.site == h.site }) {
			continue
		}
		late := p.late[h.site]
		if late == nil {
			continue
		}
		for link := range late.links {
			l := &late.links[link]
			if l.confirmed != nil {
				told = true
				continue
			}
			linked := linkedReads(n, h.site, Link(link), stale)
			if linked != 0 {
				l.told++
				told = true
			}
			verdict, reason := v.of(h.site, linked)
			switch verdict {
			case Confirmed:
				l.confirmed, l.runs = p.example(n, ph, linked, h.site), p.runs+1
			case Possible:
				if l.possible == nil {
					l.possible, l.why = p.example(n, ph, linked, h.site), reason
				}
			default:
				if l.reasons == nil {
					l.reasons = map[string]int{}
				}
				l.reasons[reason]++
			}
		}
	}
	return result{whyJudged, true, told}
}

func (p *Pair) example(n *nested, ph phase, linked taint, late Site) *Example {
	return &Example{Gap: ph.gap, a: p.a, b: p.b, script: slices.Clone(p.c.script[:p.c.at]), round: ph.round, Reads: p.reads(n, linked, late), Late: late}
}

// note enters which late writes were reached.
func (p *Pair) note(a *message) {
	for _, h := range a.hit {
		if late := p.late[h.site]; late != nil {
			late.passed = true
			late.reached = late.reached || h.changed
		}
	}
}

// verdicts judges the late writes of one run; what they share is found out once.
type verdicts struct {
	p *Pair
	w *world
	n *nested

	saga    bool // compensated was asked
	cleaned bool
	orders  []order // serial runs with the same calls and replies
	ran     bool
}

// An order is a serial run that differs from the nested one in state only.
type order struct {
	differs []*node // the places; nil for one that is not known
}

func (v *verdicts) of(late Site, linked taint) (Verdict, string) {
	if linked == 0 {
		return Refuted, whyUnused
	}
	claim := v.p.claimed(v.w, v.n, linked)
	if claim == claimBlind {
		return Refuted, whyClaimed
	}
	if !v.saga {
		v.saga, v.cleaned = true, v.p.compensated(v.w, v.n)
	}
	if v.cleaned {
		return Refuted, whyCleaned
	}
	if v.explained(late) {
		return Refuted, whySerial
	}
	switch {
	case claim == claimChecked:
		return Possible, "the key is created again while A holds its entry"
	case v.n.m.effects:
		return Possible, "code that was not read may change state"
	case v.w.askedApart():
		return Possible, "a condition that was not read may be a lock"
	}
	return Confirmed, ""
}

// stale returns the reads of A before the gap that B's net change hits (4.1).
func staleReads(n *nested) taint {
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

// linkedReads returns those of the stale reads that reach the late write made
// after the gap, by data or by a branch on the way to it (4.1).
func linkedReads(n *nested, late Site, link Link, stale taint) taint {
	var t taint
	for _, h := range n.a.hit {
		if !h.late || h.site != late {
			continue
		}
		switch link {
		case ByData:
			t |= h.t
		case ByBranch:
			t |= h.ctl
		default:
			t |= h.t | h.ctl
		}
	}
	return t & stale
}

func (p *Pair) reads(n *nested, linked taint, late Site) []ExampleRead {
	var data taint
	for _, h := range n.a.hit {
		if h.late && h.site == late {
			data |= h.t
		}
	}
	var rs []ExampleRead
	for i, s := range n.m.sources {
		if bit := taint(1) << i; linked&bit != 0 {
			rs = append(rs, ExampleRead{Site: s.site, Place: p.s.place(s.place), Segment: s.seg, Check: data&bit == 0})
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
func (p *Pair) claimed(w *world, n *nested, linked taint) claim {
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
		for _, q := range taken {
			if s.place.overlaps(q) {
				c = max(c, recreated(n, q))
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
func recreated(n *nested, p place) claim {
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
func (p *Pair) compensated(w *world, n *nested) bool {
	if !n.a.failed {
		return false
	}
	w.serial, w.extra = &chooser{}, map[string]ending{}
	defer func() { w.serial = nil }()
	m := newMachine(w)
	m.marks = n.m.marks
	a := m.newMessage(p.a, 0)
	m.play(a)
	p.note(a)
	return booksOf(p.s, a).equal(booksOf(p.s, n.a)) && slices.Equal(m.took(0), n.m.took(0))
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

// explained tells whether A;B or B;A gives the same calls, the same kind of
// replies and, as far as the late write concerns it, the same final state (4.4):
// what a run does elsewhere is another write's damage.
func (v *verdicts) explained(late Site) bool {
	if !v.ran {
		v.ran = true
		v.serials()
	}
	at := v.p.s.feet[v.p.a].writesAt(late)
	return slices.ContainsFunc(v.orders, func(o order) bool {
		return !slices.ContainsFunc(o.differs, func(d *node) bool { return d == nil || concerns(d, at) })
	})
}

// concerns tells whether a place lies in one of those, or around one; of a late
// write whose places are not known, every place does.
func concerns(n *node, at []*node) bool {
	return len(at) == 0 || slices.ContainsFunc(at, func(m *node) bool { return n.within(m) || m.within(n) })
}

// serials runs both orders until one gives the same outcome altogether.
func (v *verdicts) serials() {
	p, w := v.p, v.w
	defer func() { w.serial = nil }()
	lent := w.mem.locals.mark()
	for _, turn := range [][2]int{{0, 1}, {1, 0}} {
		c := &chooser{}
		for i := 0; i < maxSerial; i++ {
			c.rewind()
			w.serial, w.extra = c, map[string]ending{}
			w.mem.locals.back(lent)
			m := newMachine(w)
			m.marks = p.marks
			msgs := m.serial(p.a, p.b, turn)
			p.steps += m.steps
			p.pay(m)
			for _, msg := range msgs {
				if msg.role == 0 {
					p.note(msg)
				}
			}
			if sameReplies(v.n, msgs) && slices.Equal(v.n.m.took(-1), m.took(-1)) {
				o := order{p.s.differences(v.n.m.cells, m.cells)}
				v.orders = append(v.orders, o)
				if len(o.differs) == 0 {
					return
				}
			}
			if !c.next(rating{fresh: -1}) {
				break
			}
		}
	}
}

// serial runs the two messages one after the other.
func (m *machine) serial(a, b *Program, order [2]int) [2]*message {
	var msgs [2]*message
	for i, role := range order {
		p := a
		if role == 1 {
			p = b
		}
		msgs[i] = m.newMessage(p, role)
		m.play(msgs[i])
	}
	return msgs
}

func sameReplies(n *nested, msgs [2]*message) bool {
	for _, msg := range msgs {
		other := n.a
		if msg.role == 1 {
			other = n.b
		}
		if msg.refused() != other.refused() {
			return false
		}
	}
	return true
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

// differences returns the places at which final states differ, nil for one
// that is not known: lists are compared as multisets, since which order was promised
// to whom is not known here, counters that only give fresh numbers not at all.
func (s *System) differences(a, b []Value) []*node {
	var out []*node
	for i := range a {
		out = append(out, s.difference(a[i], b[i], s.cells[i])...)
	}
	return out
}

func (s *System) difference(a, b Value, n *node) []*node {
	if equal(a, b) || n.isDraw() {
		return nil
	}
	a, b = settle(a), settle(b)
	if a.k == vList && b.k == vList && sameBag(a.o, b.o) {
		return nil
	}
	var out []*node
	diff(a, b, place{}, func(p place, old, new Value) {
		at := n // the part as deep as it is known
		for _, e := range p.path {
			k := at.find(e.part())
			if e.isKey() {
				k = at.find("[]")
			}
			if k == nil {
				break
			}
			at = k
		}
		if at.isDraw() || old.k == vList && new.k == vList && sameBag(old.o, new.o) {
			return
		}
		out = append(out, at)
	})
	return out
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
	for _, r := range w.opaque.all {
		if seen[r.name] {
			return true
		}
		seen[r.name] = true
	}
	return false
}
