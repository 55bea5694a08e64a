package model

import "slices"

// make builds an aggregate.
func (m *machine) make(msg *message, st *Step) {
	vs := m.w.mem.values.some(len(st.Args))
	var t taint
	for i, r := range st.Args {
		v := m.reg(msg, r)
		if v.isRef() && (st.Name == "[]" || st.Name == "Err") {
			v = m.loadValue(msg, v, st.Site)
		}
		vs[i] = v
		t |= v.t
	}
	switch st.Name {
	case "[]":
		m.set(msg, st.Out, m.w.list(vs).with(t))
		return
	case "()":
		if len(vs) == 0 {
			m.set(msg, st.Out, Unit())
			return
		}
	}
	v := m.w.variant(st.Name, vs...)
	for i, n := range st.Fields {
		if i < len(v.o.fields) {
			v.o.fields[i].name = n
		}
	}
	m.set(msg, st.Out, v.with(t))
}

// match tells whether v matches p, and what the answer depends on. References
// are followed part by part, so that only what decides is read.
func (m *machine) match(msg *message, v Value, p *Pat, site Site) (bool, taint) {
	if p == nil {
		return true, 0
	}
	switch p.Kind {
	case PatAny:
		return true, 0
	case PatOr:
		var t taint
		for _, s := range p.Subs {
			yes, u := m.match(msg, v, s, site)
			t |= u
			if yes {
				return true, t
			}
		}
		return false, t
	case PatConst:
		x := m.loadValue(msg, v, site)
		return m.same(x, p.Const), x.t
	case PatRange:
		x := m.loadValue(msg, v, site)
		n := m.w.asInt(x)
		return (p.Lo.k == vNone || n >= m.w.asInt(p.Lo)) && (p.Hi.k == vNone || n <= m.w.asInt(p.Hi)), x.t
	case PatOpaque:
		x := m.loadValue(msg, v, site)
		a := m.w.opaqueAnswer("pattern "+p.Text, []Value{x})
		return m.w.truth(a), a.t
	case PatVariant:
		x := v
		if v.isRef() {
			x = m.shapeOf(msg, v, site)
		}
		t := x.t | v.t
		if !m.w.isVariant(x, p.Name) {
			return false, t
		}
		yes, u := m.matchSubs(msg, v, p, site)
		return yes, t | u
	}
	return m.matchSubs(msg, v, p, site)
}

// maxChain bounds how many references to references are followed.
const maxChain = 8

// shapeOf reads which variant is at a reference.
func (m *machine) shapeOf(msg *message, v Value, site Site) Value {
	for range maxChain {
		if v.target().cell >= 0 {
			return m.exists(msg, v.target(), site)
		}
		x := m.fetch(v.target())
		if !x.isRef() {
			return x
		}
		v = x
	}
	panic(stop{"a reference leads to itself"})
}

func (m *machine) matchSubs(msg *message, v Value, p *Pat, site Site) (bool, taint) {
	var t taint
	for i, s := range p.Subs {
		if s.Kind == PatAny {
			continue
		}
		x := v
		if i < len(p.Steps) {
			x = m.part(msg, v, elem{variant: p.Steps[i].Variant, field: p.Steps[i].Field}, site)
		}
		yes, u := m.match(msg, x, s, site)
		t |= u
		if !yes {
			return false, t
		}
	}
	return true, t
}

// used tells whether anybody looks at the result of st: a removal whose
// result is ignored asks nothing.
func (msg *message) used(st *Step) bool { return st.Out > 0 }

// A verbClass is a family of verbs that work alike.
type verbClass uint8

const (
	onNumbers verbClass = iota
	onMap
	onList
	onWhole
	onOption
	onOther
	ofRun // what the message or the time is asked for
)

// classOf is onNumbers for steps that are no verbs.
func classOf(st *Step) verbClass {
	if st.Kind != Verb {
		return onNumbers
	}
	switch st.Name {
	case MapGet, MapGetCopy, MapContains, MapInsert, SetInsert, MapRemove, SetRemove, MapEntryOr:
		return onMap
	case ListPush, ListPushFront, ListPop, ListPopFront, ListGet, ListFirst, ListLast, ListRemove, ListContains, Extend:
		return onList
	case Swap, GetOrInsert, IterSome, IterEnumerate, Collect:
		return onOther
	case Len, IsEmpty, Clear, Iter, Keys, Values, Retain, Drain, IterNext, ReadAll, WriteAll, Replace, Take:
		return onWhole
	case Unwrap, UnwrapErr, OkOpt, ErrOpt, Decode, IsCleanReject:
		return onOption
	case Caller, Now, Recovering:
		return ofRun
	}
	return onNumbers
}

func (m *machine) verb(msg *message, st *Step, class verbClass) {
	switch class {
	case onMap:
		m.mapVerb(msg, st)
	case onList:
		m.listVerb(msg, st)
	case onOther:
		m.otherVerb(msg, st)
	case onWhole:
		m.wholeVerb(msg, st)
	case onOption:
		m.optionVerb(msg, st)
	case ofRun:
		m.askRun(msg, st)
	default:
		m.numberVerb(msg, st)
	}
}

func (m *machine) askRun(msg *message, st *Step) {
	switch st.Name {
	case Caller:
		m.set(msg, st.Out, m.w.caller(msg.role, msg.p.Func.Anonymous).with(m.argSource(msg, callerArg)))
	case Now:
		m.set(msg, st.Out, m.w.time())
	case Recovering:
		m.set(msg, st.Out, Bool(msg.recovering))
	}
}

// callerArg is the source of what depends on the sender.
const callerArg = -1

func (m *machine) mapVerb(msg *message, st *Step) {
	recv := m.reg(msg, arg(st, 0))
	key := m.w.key(m.freeze(msg, m.load(msg, arg(st, 1), st.Site), st.Site))
	if !recv.isRef() {
		m.mapValueVerb(msg, st, recv, key)
		return
	}
	r := m.part(msg, recv, elem{key: key}, st.Site).with(key.t)
	p := r.target()
	switch st.Name {
	case MapContains:
		v := m.exists(msg, p, st.Site)
		m.set(msg, st.Out, Bool(v.k != vNone).with(v.t|key.t))
	case MapGet:
		v := m.exists(msg, p, st.Site)
		if v.k == vNone {
			m.set(msg, st.Out, noneValue.with(v.t|key.t))
		} else {
			m.set(msg, st.Out, m.w.some(r.with(v.t)).with(v.t|key.t))
		}
	case MapGetCopy:
		if v := m.exists(msg, p, st.Site); v.k == vNone {
			m.set(msg, st.Out, noneValue.with(v.t|key.t))
			return
		}
		v := m.loadValue(msg, r, st.Site)
		m.set(msg, st.Out, m.w.some(v).with(v.t))
	case MapInsert, MapRemove:
		old := Value{}
		if msg.used(st) {
			if old = m.exists(msg, p, st.Site); old.k != vNone {
				old = m.loadValue(msg, r, st.Site)
			}
		}
		x := Value{}
		if st.Name == MapInsert {
			x = m.freeze(msg, m.load(msg, arg(st, 2), st.Site), st.Site)
			if x.k == vUnit { // a map to nothing is no set: its entries are pairs
				x = m.w.variant("()").with(x.t)
			}
		}
		m.write(msg, p, x, st.Site)
		m.set(msg, st.Out, m.w.option(old).with(old.t))
	case SetInsert, SetRemove:
		old := Value{}
		if msg.used(st) {
			old = m.exists(msg, p, st.Site)
		}
		there := old.k != vNone
		if st.Name == SetInsert {
			m.write(msg, p, Unit().with(key.t), st.Site)
			there = !there
		} else {
			m.write(msg, p, Value{}, st.Site)
		}
		m.set(msg, st.Out, Bool(there).with(old.t))
	case MapEntryOr:
		v := m.exists(msg, p, st.Site)
		if v.k == vNone {
			x := m.freeze(msg, m.load(msg, arg(st, 2), st.Site), st.Site)
			m.write(msg, p, x.with(v.t), st.Site)
		}
		m.set(msg, st.Out, r)
	}
}

// mapValueVerb works on a map that is no place (a copy).
func (m *machine) mapValueVerb(msg *message, st *Step, recv, key Value) {
	v := m.w.entry(recv, key)
	t := recv.t | key.t | v.t
	switch st.Name {
	case MapContains, SetRemove:
		m.set(msg, st.Out, Bool(v.k != vNone).with(t))
	case SetInsert:
		m.set(msg, st.Out, Bool(v.k == vNone).with(t))
	case MapEntryOr:
		m.set(msg, st.Out, v.with(t))
	default:
		m.set(msg, st.Out, m.w.option(v).with(t))
	}
}

// at returns the value of a receiver and what reading it adds, or for a
// value the value itself.
func (m *machine) at(msg *message, r Reg, site Site) Value {
	return m.loadValue(msg, m.reg(msg, r), site)
}

// target returns the place a verb writes to; ok is false for a temporary.
func (m *machine) target(msg *message, r Reg) (place, bool) {
	v := m.reg(msg, r)
	if !v.isRef() {
		return place{}, false
	}
	p := v.target()
	if p.cell < 0 {
		if y := m.peekLocal(p); y.isRef() {
			p = y.target()
		}
	}
	return p, true
}

func (m *machine) listVerb(msg *message, st *Step) {
	p, isPlace := m.target(msg, arg(st, 0))
	switch st.Name {
	case ListPush, ListPushFront, Extend:
		m.push(msg, st, p, isPlace)
		return
	}
	v := m.at(msg, arg(st, 0), st.Site)
	if m.looksLikeMap(v) {
		m.endOfMap(msg, st, v, p, isPlace)
		return
	}
	items := m.w.items(v)
	pick := func(i int) {
		switch {
		case i < 0 || i >= len(items):
			m.set(msg, st.Out, noneValue.with(v.t))
		case isPlace && st.Name != ListPop && st.Name != ListPopFront && st.Name != ListRemove:
			m.set(msg, st.Out, m.w.some(m.w.ref(m.w.extend(p, elem{key: Int(int64(i))})).with(v.t)).with(v.t))
		default:
			m.set(msg, st.Out, m.w.some(items[i].with(v.t)).with(v.t))
		}
	}
	cut := func(i int) {
		if i >= 0 && i < len(items) && isPlace {
			rest := append(m.w.cloned(items[:i], len(items)-i), items[i+1:]...)
			m.write(msg, p, m.w.list(rest).with(v.t), st.Site)
		}
	}
	switch st.Name {
	case ListContains:
		x := m.load(msg, arg(st, 1), st.Site)
		found := false
		for _, it := range items {
			if m.same(it, x) {
				found = true
				break
			}
		}
		m.set(msg, st.Out, Bool(found).with(v.t|x.t))
	case ListGet:
		i := m.load(msg, arg(st, 1), st.Site)
		pick(int(m.w.asInt(i)))
	case ListFirst:
		pick(0)
	case ListLast:
		pick(len(items) - 1)
	case ListPop:
		pick(len(items) - 1)
		cut(len(items) - 1)
	case ListPopFront:
		pick(0)
		cut(0)
	case ListRemove:
		i := int(m.w.asInt(m.load(msg, arg(st, 1), st.Site)))
		if i < 0 || i >= len(items) {
			msg.ctl |= v.t
			m.trap(msg, st.Site, "there is no such element")
			return
		}
		m.set(msg, st.Out, items[i].with(v.t))
		cut(i)
	}
}

// push appends without looking at what is there.
func (m *machine) push(msg *message, st *Step, p place, isPlace bool) {
	m.set(msg, st.Out, Unit())
	if !isPlace {
		return
	}
	var xs []Value
	if st.Name == Extend {
		xs = m.w.items(m.at(msg, arg(st, 1), st.Site))
	} else {
		xs = []Value{m.freeze(msg, m.load(msg, arg(st, 1), st.Site), st.Site)}
	}
	old := m.fetch(p)
	if st.Name == Extend && (settle(old).k == vMap || p.node(m.sys) != nil && p.node(m.sys).sort == SortMap) {
		for _, x := range xs {
			k := x
			val := Unit()
			if x.k == vAgg && len(x.o.fields) == 2 {
				k, val = x.o.fields[0].v, x.o.fields[1].v
			}
			m.write(msg, m.w.extend(p, elem{key: m.w.key(k)}), val, st.Site)
		}
		return
	}
	o := m.w.object(*m.w.asList(old).o)
	var t taint
	for _, x := range xs {
		t |= x.t
	}
	if st.Name == ListPushFront {
		o.front = append(m.w.cloned(o.front, len(xs)), xs...)
	} else {
		o.items = append(m.w.cloned(o.items, len(xs)), xs...)
	}
	m.write(msg, p, Value{k: vList, o: o, t: old.t&msg.own | t}, st.Site)
}

func (m *machine) wholeVerb(msg *message, st *Step) {
	p, isPlace := m.target(msg, arg(st, 0))
	switch st.Name {
	case Len, IsEmpty:
		v := m.at(msg, arg(st, 0), st.Site)
		n := m.size(v)
		if st.Name == IsEmpty {
			n = Bool(m.w.asInt(n) == 0)
		}
		m.set(msg, st.Out, n.with(v.t))
	case Iter, Keys, Values, Drain:
		m.iterate(msg, st, p, isPlace)
	case IterNext:
		v := m.fetchOr(msg, p, isPlace, arg(st, 0))
		items := m.w.items(v)
		if len(items) == 0 {
			m.set(msg, st.Out, noneValue.with(v.t))
			return
		}
		m.set(msg, st.Out, m.w.some(items[0]).with(v.t))
		if isPlace {
			m.write(msg, p, m.w.list(items[1:]).with(v.t), st.Site)
		}
	case Retain:
		v := m.at(msg, arg(st, 0), st.Site)
		if isPlace {
			if m.w.truth(m.w.opaqueAnswer("retain", []Value{v})) {
				m.write(msg, p, Default().with(v.t), st.Site)
			}
		}
	case Clear:
		if isPlace {
			m.write(msg, p, Default(), st.Site)
		}
	case ReadAll:
		args := m.loadAll(msg, st.Args, st.Site)
		m.set(msg, st.Out, m.w.term(st.Name, args...))
	case WriteAll:
		args := m.loadAll(msg, st.Args, st.Site)
		x := m.w.term(st.Name, args...)
		if isPlace {
			m.write(msg, p, x, st.Site)
		}
		m.set(msg, st.Out, m.w.term("result", args...))
	case Replace, Take:
		old := Value{}
		if msg.used(st) {
			old = m.at(msg, arg(st, 0), st.Site)
		}
		x := Default()
		if st.Name == Replace {
			x = m.freeze(msg, m.load(msg, arg(st, 1), st.Site), st.Site)
		}
		if isPlace {
			m.write(msg, p, x, st.Site)
		}
		m.set(msg, st.Out, old)
	}
}

func (m *machine) fetchOr(msg *message, p place, isPlace bool, r Reg) Value {
	if isPlace {
		return m.fetch(p)
	}
	return m.reg(msg, r)
}

// size is the number of elements or entries; that of an unknown list is not chosen yet.
func (m *machine) size(v Value) Value {
	if m.looksLikeMap(v) {
		return Int(int64(len(m.w.allKeys(v))))
	}
	v = m.w.asList(v)
	added := len(v.o.items) + len(v.o.front)
	if v.o.base == nil {
		return Int(int64(added))
	}
	n := Value{k: vLazy, l: m.w.length(v.o.base)}
	if added > 0 {
		n = Int(m.w.asInt(n) + int64(added))
	}
	return n
}

func (m *machine) looksLikeMap(v Value) bool {
	v = settle(v)
	switch v.k {
	case vMap:
		return true
	case vLazy:
		return v.l.sort == SortMap || v.l.shape == shMap
	}
	return false
}

// iterate makes the list a for loop walks over: references to the elements
// where the container is a place, else the elements.
func (m *machine) iterate(msg *message, st *Step, p place, isPlace bool) {
	v := m.at(msg, arg(st, 0), st.Site)
	isPlace = isPlace && p.cell >= 0 && st.Name != Drain
	var out []Value
	switch {
	case v.k == vAgg && (v.o.name == ".." || v.o.name == "..="):
		out = m.rangeOf(v)
	case m.looksLikeMap(v):
		for _, e := range m.w.allKeys(v) {
			x := e.v
			if isPlace {
				x = m.w.ref(m.w.extend(p, elem{key: e.key}))
			}
			key := e.key.with(v.t)
			switch {
			case st.Name == Keys || settle(e.v).k == vUnit:
				out = append(out, key)
			case st.Name == Values:
				out = append(out, x.with(v.t))
			default:
				out = append(out, m.w.variant("()", key, x.with(v.t)).with(v.t))
			}
		}
	case v.k == vAgg && (v.o.name == "Some" || v.o.name == "None"):
		if x, ok := v.o.part("0"); ok && v.o.name == "Some" {
			out = []Value{x}
		}
	default:
		for i, it := range m.w.items(v) {
			if isPlace {
				it = m.w.ref(m.w.extend(p, elem{key: Int(int64(i))}))
			}
			out = append(out, it.with(v.t))
		}
	}
	if st.Name == Drain {
		if p, ok := m.target(msg, arg(st, 0)); ok {
			m.write(msg, p, Default().with(v.t), st.Site)
		}
	}
	m.set(msg, st.Out, m.w.list(out).with(v.t))
}

// rangeOf are the numbers of lo..hi; long ranges end the run by the step bound.
func (m *machine) rangeOf(v Value) []Value {
	var lo, hi int64
	if x, ok := v.o.part("0"); ok {
		lo = m.w.asInt(x)
	}
	if x, ok := v.o.part("1"); ok {
		hi = m.w.asInt(x)
	}
	if v.o.name == "..=" {
		hi++
	}
	if hi-lo > maxSteps {
		giveUp("step bound")
	}
	var out []Value
	for ; lo < hi; lo++ {
		out = append(out, Int(lo).with(v.t))
	}
	return out
}

func (m *machine) optionVerb(msg *message, st *Step) {
	v := m.reg(msg, arg(st, 0))
	x := v
	if v.isRef() {
		x = m.shapeOf(msg, v, st.Site)
	}
	t := x.t | v.t
	switch st.Name {
	case Unwrap:
		good := "Ok"
		if s := settle(x); s.k == vDefault || s.k == vAgg && (s.o.name == "Some" || s.o.name == "None") ||
			s.k == vLazy && (s.l.name == "Some" || s.l.name == "None" || s.l.sort == SortOption) {
			good = "Some"
		}
		msg.ctl |= t
		if holdsNoVariant(x) { // what the verb before gave was no Option after all
			m.set(msg, st.Out, v)
			return
		}
		if !m.w.isVariant(x, good) {
			m.trap(msg, st.Site, "unwrap of "+opposite[good])
			return
		}
		m.set(msg, st.Out, m.part(msg, v, elem{variant: good, field: "0"}, st.Site).with(t))
	case UnwrapErr:
		msg.ctl |= t
		if !m.w.isVariant(x, "Err") {
			m.trap(msg, st.Site, "unwrap of Ok")
			return
		}
		m.set(msg, st.Out, m.part(msg, v, elem{variant: "Err", field: "0"}, st.Site).with(t))
	case OkOpt, ErrOpt:
		want := "Ok"
		if st.Name == ErrOpt {
			want = "Err"
		}
		if m.w.isVariant(x, want) {
			m.set(msg, st.Out, m.w.some(m.part(msg, v, elem{variant: want, field: "0"}, st.Site)).with(t))
		} else {
			m.set(msg, st.Out, noneValue.with(t))
		}
	case Decode:
		v = m.loadValue(msg, v, st.Site)
		if m.undecodable(msg, v) {
			m.set(msg, st.Out, m.w.variant("Err", m.w.rejection("unreadable")).with(t))
			return
		}
		m.set(msg, st.Out, m.w.variant("Ok", v).with(t))
	case IsCleanReject:
		x := settle(m.loadValue(msg, v, st.Site))
		if x.k == vAgg && x.o.name == "Err" {
			x, _ = x.o.part("0")
			x = settle(x)
		}
		clean := x.k == vAgg && x.o.name == "reject clean"
		m.set(msg, st.Out, Bool(clean).with(t))
	}
}

// undecodable decides whether a reply cannot be read: the callee did it all
// the same (§2.5). Beside the message under test all replies can be read.
func (m *machine) undecodable(msg *message, v Value) bool {
	for i := len(m.calls) - 1; i >= 0; i-- {
		c := m.calls[i]
		if c.msg != msg || c.oneway || !c.done {
			continue
		}
		if a := c.answer; a.k != vLazy || v.k != vLazy || a.l != v.l {
			continue
		}
		free := m.w.alone && m.w.failures > 0 || !m.w.alone && msg.role == 0 && m.w.serial == nil
		if c.ending == endOK && !c.decoded && free && m.w.choices.choose(2) == 1 {
			m.w.failures--
			c.ending, msg.failed = endDecode, true
			m.w.endings[m.w.callKey(c)] = endDecode
		}
		c.decoded = true
		return c.ending == endDecode
	}
	return false
}

// holdsNoVariant: certainly neither an Option nor a Result.
func holdsNoVariant(v Value) bool {
	switch v = settle(v); v.k {
	case vNone, vInt, vBool, vKey, vText, vUnit, vMap, vList:
		return true
	case vAgg:
		if v.o.base != nil && v.o.name == "" { // a struct by its fields
			named := func(name string) bool { return name < "0" || name > "9~" }
			return slices.ContainsFunc(v.o.fields, func(f field) bool { return named(f.name) }) ||
				slices.ContainsFunc(v.o.base.kids, func(k kid) bool { return named(k.name) })
		}
		return !isOptionLike(v.o.name) && v.o.name != "" && v.o.base == nil
	}
	return false
}

// endOfMap gives the first or last entry of an ordered map.
func (m *machine) endOfMap(msg *message, st *Step, v Value, p place, isPlace bool) {
	es := m.w.allKeys(v)
	if len(es) == 0 {
		m.set(msg, st.Out, noneValue.with(v.t))
		return
	}
	e := es[0]
	if st.Name == ListLast || st.Name == ListPop {
		e = es[len(es)-1]
	}
	x := e.v
	if isPlace && (st.Name == ListFirst || st.Name == ListLast) {
		x = m.w.ref(m.w.extend(p, elem{key: e.key}))
	}
	got := m.w.variant("()", e.key.with(v.t), x.with(v.t))
	if settle(e.v).k == vUnit {
		got = e.key
	}
	m.set(msg, st.Out, m.w.some(got.with(v.t)).with(v.t))
	if isPlace && (st.Name == ListPop || st.Name == ListPopFront || st.Name == ListRemove) {
		m.write(msg, m.w.extend(p, elem{key: e.key.with(v.t)}), Value{}, st.Site)
	}
}

// otherVerb are the verbs that move contents or reshape iterators.
func (m *machine) otherVerb(msg *message, st *Step) {
	p, isPlace := m.target(msg, arg(st, 0))
	switch st.Name {
	case Swap:
		q, ok := m.target(msg, arg(st, 1))
		a, b := m.at(msg, arg(st, 0), st.Site), m.at(msg, arg(st, 1), st.Site)
		if isPlace {
			m.write(msg, p, b, st.Site)
		}
		if ok {
			m.write(msg, q, a, st.Site)
		}
		m.set(msg, st.Out, Unit())
	case GetOrInsert:
		r := m.reg(msg, arg(st, 0))
		if !isPlace {
			m.set(msg, st.Out, m.w.down(r, elem{variant: "Some", field: "0"}))
			return
		}
		v := m.shapeOf(msg, r, st.Site)
		if !m.w.isVariant(v, "Some") {
			x := Default()
			if len(st.Args) > 1 {
				x = m.freeze(msg, m.load(msg, arg(st, 1), st.Site), st.Site)
			}
			m.write(msg, p, m.w.some(x).with(v.t), st.Site)
		}
		m.set(msg, st.Out, m.part(msg, r, elem{variant: "Some", field: "0"}, st.Site).with(v.t))
	case IterEnumerate:
		v := m.at(msg, arg(st, 0), st.Site)
		var out []Value
		for i, it := range m.w.items(v) {
			out = append(out, m.w.variant("()", Int(int64(i)), it))
		}
		m.set(msg, st.Out, m.w.list(out).with(v.t))
	default:
		// Collect keeps the elements; "some of them" is tried with all.
		m.set(msg, st.Out, m.at(msg, arg(st, 0), st.Site))
	}
}
