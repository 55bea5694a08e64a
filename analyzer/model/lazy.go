package model

import (
	"cmp"
	"slices"
)

// A lazy is a piece of the initial state, of an argument or of an answer. It
// gets a shape when somebody looks at it, by a choice of the run's chooser,
// and keeps it for the run and for the serial runs compared with it.
type lazy struct {
	id      int
	origin  origin
	hint    *node // where it lies in the state, for its sort; may be nil
	sort    Sort
	payload bool // the whole payload of a reply
	counts  bool // the length of a list
	index   int  // position in the list it is an element of, plus 1; 0 for others

	shape   shape
	at      int    // how many choices were made when its shape was chosen
	n       int64  // shInt, shBool, shKey
	lo, hi  int64  // shUnknown: it was compared, is at least lo and, if hi is not 0, less than hi
	text    Value  // shText
	name    string // shVariant: which one, "" while only excluded ones are known
	isnt    []string
	kids    []kid
	keys    []keyed
	elems   []*lazy
	fixed   bool // shVariant: it can be no other
	counted bool // shList: the number of elements is chosen; shMap: all entries are
	settled *object
	w       *world
}

type shape uint8

const (
	shUnknown shape = iota
	shInt
	shBool
	shKey
	shText
	shVariant
	shStruct
	shMap
	shList
)

// An origin says where an unknown comes from; it decides which values are tried first.
type origin uint8

const (
	fromState origin = iota
	fromArgA
	fromArgB
	fromReply
	fromOpaque
	fromTime
)

type kid struct {
	name string
	l    *lazy
}

type keyed struct {
	key     Value
	hash    uint32 // of key
	present bool
	at      int // choices made when that was chosen
	l       *lazy
}

// kid returns the part of that name, making it if needed; that is no choice.
func (l *lazy) kid(name string) *lazy {
	for _, k := range l.kids {
		if k.name == name {
			return k.l
		}
	}
	c := l.w.lazy(l.origin, l.hint.find(name))
	c.index = l.index
	c.payload = l.payload && l.shape == shStruct && name == "0" // the only part of an answer of one value
	l.kids = l.w.mem.kids.add(l.kids, kid{name, c})
	return c
}

func (l *lazy) hasKid(name string) bool {
	return slices.ContainsFunc(l.kids, func(k kid) bool { return k.name == name })
}

// A world holds what a run and the serial runs compared with it share: the
// initial state, the arguments, how calls end and what they answer.
type world struct {
	sys      *System
	choices  *chooser
	domain   domain
	nextID   int
	mem      *arena
	cells    []Value
	callers  [2]Value // of A and B
	keys     [2]int   // how many keys of A and B were chosen, at most 3
	args     [2]map[int]Value
	endings  map[string]ending // how a call ended, by callKey
	serial   *chooser          // endings of calls that only the serial run makes; nil in the run itself
	extra    map[string]ending // those
	answers  map[string]Value  // payloads, by callKey
	fetches  memory            // calls without effect, by what they ask
	opaque   memory            // answers of unread functions
	terms    memory            // applications of uninterpreted operations
	looks    bool              // some opaque answer was looked at
	unread   int               // choices about opaque answers
	symbols  map[string]*lazy
	asked    []int   // choices that the next branch may depend on
	decided  []int   // those that the last one did
	bounded  []*lazy // compared, perhaps without being chosen
	now      Value
	alone    bool // one message by itself: at most failures calls fail
	failures int
	plain    bool             // counters are numbers, not tokens
	stirred  bool             // others change the state in every gap
	stirs    map[[2]int]Value // what is there then, by segment and cell
}

// A domain is what is tried for unknown numbers.
type domain struct {
	place, arg []int64
	now        []int64
}

func newWorld(s *System, c *chooser, d domain) *world {
	w := &world{sys: s, choices: c, mem: c.memory(), domain: d, endings: map[string]ending{}, answers: map[string]Value{},
		symbols: map[string]*lazy{}}
	w.args[0], w.args[1] = map[int]Value{}, map[int]Value{}
	w.cells = w.mem.values.some(len(s.cells))
	for i, n := range s.cells {
		w.cells[i] = w.cell(i, n)
	}
	return w
}

// cell is an unknown content of a cell.
func (w *world) cell(i int, n *node) Value {
	l := w.lazy(fromState, n)
	if w.sys.filled[i] {
		l.shape, l.name, l.fixed = shVariant, "Some", true
	}
	return Value{k: vLazy, l: l}
}

// stir replaces what other messages may have changed in the gap before a
// segment by unknown contents, the same in all runs of the world.
func (w *world) stir(cells []Value, seg int) {
	if w.stirs == nil {
		w.stirs = map[[2]int]Value{}
	}
	for i := range cells {
		if !w.sys.shared[i] {
			continue
		}
		at := [2]int{seg, i}
		v, ok := w.stirs[at]
		if !ok {
			v = w.cell(i, w.sys.cells[i])
			w.stirs[at] = v
		}
		cells[i] = v
	}
}

func (w *world) lazy(o origin, h *node) *lazy {
	w.nextID++
	l := w.mem.lazies.one()
	l.id, l.origin, l.hint, l.w = w.nextID, o, h, w
	if h != nil {
		l.sort = h.sort
	}
	return l
}

// A stop ends a run about which nothing can be said.
type stop struct{ reason string }

func giveUp(reason string) { panic(stop{reason}) }

// asInt makes v a number.
func (w *world) asInt(v Value) int64 {
	defer w.ask(v)
	v = settle(v)
	switch v.k {
	case vInt, vBool, vKey:
		return v.n
	case vLazy:
		w.chooseInt(v.l)
		return v.l.n
	case vAgg: // a newtype around a number
		if p, ok := v.o.part("0"); ok && (v.o.base == nil || len(v.o.fields) > 0 || v.o.base.hasKid("0")) {
			return w.asInt(p)
		}
		return w.asInt(w.term("int", v))
	case vDefault:
		return 0
	case vUnit, vNone:
		return 0
	}
	return w.asInt(w.term("int", v))
}

// truth makes v a bool; it is the only way to branch.
func (w *world) truth(v Value) bool {
	defer w.ask(v)
	v = settle(v)
	switch v.k {
	case vBool, vInt:
		return v.n != 0
	case vDefault:
		return false
	case vLazy:
		if v.l.lo != 0 || v.l.hi != 0 {
			return w.asInt(v) != 0
		}
		v.l.shape = shBool
		v.l.n = int64(w.choose(v.l, 2))
		w.looked(v.l)
		return v.l.n != 0
	}
	return w.truth(w.term("bool", v))
}

// looked notes that a choice about an opaque answer was made.
func (w *world) looked(l *lazy) {
	if l.origin == fromOpaque {
		w.looks = true
		w.unread++
	}
}

// isVariant tells whether v is the variant name.
func (w *world) isVariant(v Value, name string) bool {
	defer w.ask(v)
	v = settle(v)
	switch v.k {
	case vAgg:
		if v.o.name == "" && v.o.base != nil {
			return true // a struct read as itself
		}
		return sameVariant(v.o.name, name)
	case vDefault:
		return name == "None" || name == "false"
	case vLazy:
		return w.chooseVariant(v.l, name)
	case vText:
		if len(v.o.fields) == 0 && !isOptionLike(name) {
			return sameVariant(v.o.name, name)
		}
	}
	return w.truth(w.term("is "+name, v))
}

func isOptionLike(name string) bool {
	switch name {
	case "Some", "None", "Ok", "Err":
		return true
	}
	return false
}

// sameVariant compares names that may be written with more or less of their path.
func sameVariant(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	return len(a) > len(b)+2 && a[len(a)-len(b):] == b && a[len(a)-len(b)-2:len(a)-len(b)] == "::"
}

var opposite = map[string]string{"Some": "None", "None": "Some", "Ok": "Err", "Err": "Ok"}

func (w *world) chooseVariant(l *lazy, name string) bool {
	if l.shape == shVariant && l.name != "" {
		return sameVariant(l.name, name)
	}
	if l.shape == shVariant && slices.ContainsFunc(l.isnt, func(n string) bool { return sameVariant(n, name) }) {
		return false
	}
	if l.shape != shUnknown && l.shape != shVariant {
		return l.shape == shStruct
	}
	l.shape = shVariant
	w.looked(l)
	if l.payload && w.alone && (name == "Ok" || name == "Err") {
		return w.choosePayload(l) == name
	}
	if other := opposite[name]; other != "" {
		first := "Some"
		if name == "Ok" || name == "Err" {
			first = "Ok"
		}
		if w.choose(l, 2) == 0 {
			l.name = first
		} else {
			l.name = opposite[first]
		}
		return l.name == name
	}
	if w.choose(l, 2) == 0 {
		l.name = name
		return true
	}
	l.isnt = append(l.isnt, name)
	return false
}

// choosePayload decides whether the payload of a reply is the callee's error,
// while a failure is still to spend.
func (w *world) choosePayload(l *lazy) string {
	l.name = "Ok"
	if w.failures > 0 && w.choices.choose(2) == 1 {
		w.failures--
		l.name = "Err"
	}
	return l.name
}

// key makes v something that can be looked up by: nothing in it stays open.
func (w *world) key(v Value) Value {
	v = settle(v)
	switch v.k {
	case vLazy:
		w.chooseKey(v.l)
		return settle(v)
	case vAgg, vText:
		if v.o.base != nil && len(v.o.fields) == 0 && v.o.name == "" {
			return w.structKey(v)
		}
		if whole, ok := w.rejoined(v.o); ok {
			return whole.with(v.t)
		}
		o := w.object(object{name: v.o.name, base: v.o.base, fields: w.mem.fields.some(len(v.o.fields))})
		for i, f := range v.o.fields {
			o.fields[i] = field{f.name, w.key(f.v)}
		}
		v.o = o
	}
	return v
}

// rejoined returns the key that a tuple was taken apart from: `first_key_value`,
// `let (at, id) = key`, `remove(&(at, id))`.
func (w *world) rejoined(o *object) (Value, bool) {
	if o.name != "()" || len(o.fields) < 2 {
		return Value{}, false
	}
	whole := settle(o.fields[0].v)
	if whole.k != vKey && whole.k != vInt {
		return Value{}, false
	}
	for _, f := range o.fields[1:] {
		part := slices.ContainsFunc(w.terms.all, func(r remembered) bool {
			return f.v.k == vLazy && r.answer.l == f.v.l && r.name == "."+f.name && equal(r.args[0], whole)
		})
		if !part {
			return Value{}, false
		}
	}
	return whole, true
}

// structKey keys by a record nobody has spelled out: by its identity.
func (w *world) structKey(v Value) Value {
	id := v.l
	if id == nil {
		id = v.o.base
	}
	k := id.kid("{key}")
	if k.shape == shUnknown {
		w.chooseKey(k)
	}
	return settle(Value{k: vLazy, l: k, t: v.t})
}

func (w *world) chooseKey(l *lazy) {
	if l.sort == SortInt {
		w.pickKey(l)
		l.shape = shInt
		return
	}
	l.shape = shKey
	w.pickKey(l)
}

// pickKey chooses a key. The first key of A is always p: by symmetry
// the other choice tells nothing new.
func (w *world) pickKey(l *lazy) {
	w.looked(l)
	switch {
	case l.origin == fromTime || l.lo != 0 || l.hi != 0:
		w.chooseInt(l)
	case l.index > 0:
		l.n = int64(l.index)
	case l.origin == fromArgA || l.origin == fromArgB:
		l.n = w.argKey(l)
	default:
		l.n = int64(1 + w.choose(l, 3)) // or somebody else altogether
	}
}

// argKey chooses the key that is an argument: each of a message is another one,
// or else one that it has already; those of B are those of A, or else others.
func (w *world) argKey(l *lazy) int64 {
	role := l.origin - fromArgA
	w.keys[role] = min(w.keys[role]+1, 3)
	switch n := w.keys[role]; {
	case n > 1:
		return int64(n - w.choose(l, n))
	case role == 0:
		return 1
	}
	return int64(1 + w.choose(l, 2))
}

// choose makes a choice about l.
func (w *world) choose(l *lazy, n int) int {
	v := w.choices.choose(n)
	l.at = w.choices.at
	return v
}

// ask notes that a branch may depend on what was chosen for v.
func (w *world) ask(v Value) {
	if v.l != nil && v.l.at > 0 {
		w.asked = append(w.asked, v.l.at-1)
	}
}

// caller returns the sender of message role (0 for A, 1 for B).
func (w *world) caller(role int, anonymous bool) Value {
	if anonymous {
		return self
	}
	if w.callers[role].k == vNone {
		n := 1
		if role == 1 {
			n = 1 + w.choices.choose(2)
		}
		w.keys[role] = 1
		w.callers[role] = keyValue(n)
	}
	return w.callers[role]
}

func (w *world) arg(role int, p *Program, i int) Value {
	if v, ok := w.args[role][i]; ok {
		return v
	}
	l := w.lazy(fromArgA+origin(role), nil)
	if i < len(p.Func.Params) {
		l.sort = p.Func.Params[i].Sort
	}
	v := Value{k: vLazy, l: l}
	w.args[role][i] = v
	return v
}

var self = Text("self")

// time is one instant for all messages of a run: with free times "an older
// stamp overwrites a newer one" would look like a bug.
func (w *world) time() Value {
	if w.now.k == vNone {
		w.now = Value{k: vLazy, l: w.lazy(fromTime, nil)}
		w.now.l.sort = SortInt
	}
	return w.now
}

// entry finds the entry of a concrete key in a map, choosing its presence
// where the base was not asked yet.
func (w *world) entry(m Value, key Value) Value {
	o := w.asMap(m).o
	v, known := o.lookup(key)
	w.ask(key)
	if known {
		if b := o.base; b != nil {
			for _, k := range b.keys {
				if k.at > 0 && equal(k.key, key) {
					w.asked = append(w.asked, k.at-1)
				}
			}
		}
		return v
	}
	b := o.base
	e := keyed{key: key, hash: hashOfKey(key), present: w.mayHold(b, key) && w.choices.choose(2) == 0}
	e.at = w.choices.at
	w.asked = append(w.asked, e.at-1)
	if e.present {
		e.l = w.lazy(b.origin, b.hint.find("[]"))
	}
	b.keys = w.mem.keys.add(b.keys, e)
	v, _ = o.lookup(key)
	return v
}

// mayHold tells whether an entry that nobody asked for yet may be in a map. One
// that was walked over has no further ones, or a serial run would meet more
// than the run did; but a walk tries keys of one piece only, and what a message by
// itself looks for under a key of several pieces may be what it walked over.
func (w *world) mayHold(b *lazy, key Value) bool {
	return (!b.counted || w.alone && key.k == vAgg) && !isFresh(key)
}

// isFresh: a key that holds an id drawn in this run cannot have been there before.
func isFresh(key Value) bool {
	if key.o == nil {
		return false
	}
	if key.k == vText && key.o.name == freshID {
		return true
	}
	return slices.ContainsFunc(key.o.fields, func(f field) bool { return isFresh(f.v) })
}

// freshID names the tokens that counters give (4.6).
const freshID = "new id"

func (w *world) asMap(v Value) Value {
	v = settle(v)
	switch v.k {
	case vMap:
		return v
	case vLazy:
		if v.l.shape == shUnknown {
			v.l.shape = shMap
			return settle(v)
		}
	case vDefault, vNone, vUnit:
		return emptyMap
	case vAgg: // a newtype around a map, or a struct read as one
		if v.o.base != nil && len(v.o.fields) == 0 && v.o.name == "" {
			return settle(Value{k: vLazy, l: asShape(v.o.base.kid("{map}"), shMap), t: v.t})
		}
	case vList: // collected pairs
		o := w.mem.objects.one()
		for _, it := range w.items(v) {
			if it.k == vAgg && len(it.o.fields) == 2 {
				o.entries = append(o.entries, entryOf(w.key(it.o.fields[0].v), it.o.fields[1].v))
			} else {
				o.entries = append(o.entries, entryOf(w.key(it), Unit()))
			}
		}
		return Value{k: vMap, o: o, t: v.t}
	}
	return settle(Value{k: vLazy, l: asShape(w.term("map", v).l, shMap), t: v.t})
}

func asShape(l *lazy, s shape) *lazy {
	if l.shape == shUnknown {
		l.shape = s
	}
	return l
}

// allKeys fixes the content of a map: each of the two keys is asked for.
func (w *world) allKeys(m Value) []entry {
	m = w.asMap(m)
	if m.o.base != nil {
		for n := 1; n <= 2; n++ {
			k := keyValue(n)
			if m.o.base.hint.keySort() == SortInt {
				k = Int(int64(n))
			}
			w.entry(m, k)
		}
		m.o.base.counted = true
	}
	var es []entry
	if m.o.base != nil {
		for _, k := range m.o.base.keys {
			if v, _ := m.o.lookup(k.key); v.k != vNone {
				es = append(es, entry{k.key, v, k.hash})
			}
		}
		// In the order of the keys, not in that in which they were asked for.
		slices.SortStableFunc(es, func(a, b entry) int { return cmp.Compare(a.key.n, b.key.n) })
	}
	for _, e := range m.o.entries {
		if e.v.k != vNone && (m.o.base == nil || !slices.ContainsFunc(m.o.base.keys, func(k keyed) bool { return equal(k.key, e.key) })) {
			es = append(es, e)
		}
	}
	return es
}

func (w *world) asList(v Value) Value {
	v = settle(v)
	switch v.k {
	case vList:
		return v
	case vLazy:
		if v.l.shape == shUnknown {
			v.l.shape = shList
			return settle(v)
		}
	case vDefault, vNone, vUnit:
		return emptyList
	case vMap:
		if v.o.base == nil && len(v.o.entries) == 0 {
			return emptyList
		}
	}
	return settle(Value{k: vLazy, l: asShape(w.term("list", v).l, shList), t: v.t})
}

// items fixes the length of a list and returns its elements.
func (w *world) items(v Value) []Value {
	v = w.asList(v)
	if b := v.o.base; b != nil && !b.counted {
		b.counted = true
		n := w.asInt(Value{k: vLazy, l: w.length(b)})
		for i := 0; i < int(min(n, 2)); i++ { // of a long list, two elements show what there is to show
			e := w.lazy(b.origin, b.hint.find("[]"))
			e.index = i + 1
			b.elems = append(b.elems, e)
		}
	}
	whole, _ := v.o.whole()
	if v.t == 0 {
		return whole
	}
	items := w.cloned(whole, 0)
	for i := range items {
		items[i].t |= v.t
	}
	return items
}

// length is the unknown length of an unknown list.
func (w *world) length(l *lazy) *lazy {
	n := l.kid(lengthOf)
	n.sort, n.counts, n.index = SortInt, true, 0
	return n
}

// lengthOf names the part of a list that is its length.
const lengthOf = "{len}"

// term is the uninterpreted application of op: the same answer for the same
// arguments, and nothing else known. It is no lock, since all it depends on is
// known; so it does not count as an opaque answer.
func (w *world) term(op string, args ...Value) Value {
	i, fresh := w.find(&w.terms, op, args)
	if fresh {
		w.terms.all[i].answer = Value{k: vLazy, l: w.lazy(fromReply, nil)}
	}
	v := w.terms.all[i].answer
	for _, a := range args {
		v.t |= a.t
	}
	return v
}

// A memory is what was asked in a world and answered, in order. It is searched
// by value and not by text, since an unknown that was asked about may have got
// its value in the meantime.
type memory struct {
	all         []remembered
	first, last [16]int32 // by hash of the name: indices in all, plus 1
}

type remembered struct {
	name   string
	args   []Value
	answer Value
	next   int32 // with that hash, as in memory.first
}

// find returns the index of a question, adding it when it is new.
func (w *world) find(m *memory, name string, args []Value) (i int, fresh bool) {
	h := hashOf(name) % uint32(len(m.first))
	for at := m.first[h]; at > 0; at = m.all[at-1].next {
		if r := &m.all[at-1]; r.name == name && slices.EqualFunc(r.args, args, equal) {
			return int(at) - 1, false
		}
	}
	m.all = w.mem.asked.add(m.all, remembered{name: name, args: w.cloned(args, 0)})
	at := int32(len(m.all))
	if m.first[h] == 0 {
		m.first[h] = at
	} else {
		m.all[m.last[h]-1].next = at
	}
	m.last[h] = at
	return int(at) - 1, true
}

func hashOf(name string) uint32 {
	n := len(name)
	if n == 0 {
		return 0
	}
	return uint32(n) + 7*uint32(name[0]) + 31*uint32(name[n/2]) + 17*uint32(name[n-1])
}
