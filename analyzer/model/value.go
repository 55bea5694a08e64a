package model

import (
	"fmt"
	"strconv"
	"strings"
)

// A Value is an immutable value of a run. The zero Value is "nothing there"
// (an absent map entry, an unassigned variable).
type Value struct {
	k vkind
	n int64 // bool, int, number of a key
	t taint // what it was computed from
	o *object
	l *lazy // vLazy; of a vInt an unknown that it was computed from, if any
}

type vkind uint8

const (
	vNone vkind = iota
	vUnit
	vBool
	vInt
	vKey     // one of the numbered keys (1 is p, 2 is q, …)
	vText    // a literal, or the application of an uninterpreted operation
	vAgg     // tuple, struct, variant; see object
	vList    // object.items over object.base
	vMap     // object.entries over object.base
	vRef     // object.place
	vFuture  // object.call, or the futures in object.items joined
	vLazy    // not looked at yet; see lazy
	vDefault // the default of a type nobody has told yet: 0, false, None, empty
)

// A taint is a set of sources: bit i is the i-th source (read event,
// argument, or answer) of the run. The last bit stands for all further ones.
type taint uint64

const maxSources = 64

// An object is the part of a value that does not fit into a word. It is never
// changed after it was made.
type object struct {
	name    string // vAgg: "Some", "()", "State"; vText: the text
	fields  []field
	items   []Value   // vList: behind base
	front   []Value   // vList: before base, first element last
	entries []entry   // vMap: what differs from base
	base    *lazy     // vAgg, vMap, vList: whatever is not said here; nil for nothing
	place   *place    // vRef
	call    *callSpec // vFuture
}

type field struct {
	name string
	v    Value
}

// An entry is a key of a map; an absent entry has the zero Value.
type entry struct {
	key, v Value
	hash   uint32 // of the key
}

func entryOf(key, v Value) entry { return entry{key, v, hashOfKey(key)} }

// Unit, Bool, Int, Text and Variant build values for constants and tests.
func Unit() Value           { return Value{k: vUnit} }
func Int(n int64) Value     { return Value{k: vInt, n: n} }
func Text(s string) Value   { return Value{k: vText, o: &object{name: s}} }
func Default() Value        { return Value{k: vDefault} }
func keyValue(n int) Value  { return Value{k: vKey, n: int64(n)} }
func (v Value) isRef() bool { return v.k == vRef }

func Bool(b bool) Value {
	if b {
		return Value{k: vBool, n: 1}
	}
	return Value{k: vBool}
}

// Variant is the aggregate name with unnamed parts.
func Variant(name string, parts ...Value) Value {
	o := &object{name: name}
	if len(parts) > 0 {
		o.fields = make([]field, len(parts))
	}
	for i, p := range parts {
		o.fields[i] = field{strconv.Itoa(i), p}
	}
	return Value{k: vAgg, o: o}
}

var (
	noneValue = Variant("None")
	emptyMap  = Value{k: vMap, o: &object{}}
	emptyList = Value{k: vList, o: &object{}}
)

// variant is Variant for values of a run.
func (w *world) variant(name string, parts ...Value) Value {
	o := w.mem.objects.one()
	o.name = name
	if len(parts) > 0 {
		o.fields = w.mem.fields.some(len(parts))
	}
	for i, p := range parts {
		o.fields[i] = field{strconv.Itoa(i), p}
	}
	return Value{k: vAgg, o: o}
}

func (w *world) some(v Value) Value { return w.variant("Some", v) }

func (w *world) option(v Value) Value {
	if v.k == vNone {
		return noneValue
	}
	return w.some(v)
}

// list is the list of vs, which it keeps.
func (w *world) list(vs []Value) Value {
	o := w.mem.objects.one()
	o.items = vs
	return Value{k: vList, o: o}
}

func (w *world) ref(p place) Value {
	r := w.mem.refs.one()
	r.at = p
	r.object.place = &r.at
	return Value{k: vRef, o: &r.object}
}

// object is a copy of o, to be changed before anybody sees it.
func (w *world) object(o object) *object {
	c := w.mem.objects.one()
	*c = o
	return c
}

// cloned is a copy of vs with room for more.
func (w *world) cloned(vs []Value, more int) []Value {
	c := w.mem.values.some(len(vs) + more)
	return c[:copy(c, vs)]
}

// detached is a copy of v that holds nothing of a run but what is known of v.
func (v Value) detached() Value {
	v = settle(v)
	switch v.k {
	case vLazy:
		v.l = &lazy{}
	case vText, vAgg, vList, vMap, vRef, vFuture:
		o := &object{name: v.o.name}
		for _, f := range v.o.fields {
			o.fields = append(o.fields, field{f.name, f.v.detached()})
		}
		for _, x := range v.o.items {
			o.items = append(o.items, x.detached())
		}
		if v.k == vRef || v.k == vFuture { // no key holds one
			v.k = vAgg
		}
		v.o = o
	}
	return v
}

// target is the place a reference leads to.
func (v Value) target() place { return *v.o.place }

// Int returns the number v is, if it is one.
func (v Value) Int() (int64, bool) {
	v = settle(v)
	return v.n, v.k == vInt
}

// with returns v with further sources.
func (v Value) with(t taint) Value {
	v.t |= t
	return v
}

// settle returns what is known of a lazy value so far, as a plain value where
// that is possible. It never chooses anything.
func settle(v Value) Value {
	if v.k != vLazy {
		return v
	}
	l := v.l
	switch l.shape {
	case shInt:
		return Value{k: vInt, n: l.n, t: v.t}
	case shBool:
		return Value{k: vBool, n: l.n, t: v.t}
	case shKey:
		return Value{k: vKey, n: l.n, t: v.t}
	case shText:
		return Value{k: vText, o: l.text.o, t: v.t}
	case shVariant:
		if l.name != "" {
			return Value{k: vAgg, o: l.object(), t: v.t}
		}
	case shStruct:
		return Value{k: vAgg, o: l.object(), t: v.t}
	case shMap:
		return Value{k: vMap, o: l.object(), t: v.t}
	case shList:
		return Value{k: vList, o: l.object(), t: v.t}
	}
	return v
}

// object is the value of l as far as it is known: all of it still in l.
func (l *lazy) object() *object {
	name := ""
	if l.shape == shVariant {
		name = l.name
	}
	if l.settled == nil || l.settled.name != name {
		o := l.w.mem.objects.one()
		o.name, o.base = name, l
		l.settled = o
	}
	return l.settled
}

// whole returns the items of a list whose length is known, else false.
func (o *object) whole() ([]Value, bool) {
	if len(o.front) == 0 && o.base == nil {
		return o.items[:len(o.items):len(o.items)], true
	}
	var items []Value
	for i := len(o.front) - 1; i >= 0; i-- {
		items = append(items, o.front[i])
	}
	if o.base != nil {
		if !o.base.counted {
			return nil, false
		}
		for _, e := range o.base.elems {
			items = append(items, Value{k: vLazy, l: e})
		}
	}
	return append(items, o.items...), true
}

// part returns the field of that name if it is known or can be named without
// a choice.
func (o *object) part(name string) (Value, bool) {
	for i := range o.fields {
		if o.fields[i].name == name {
			return o.fields[i].v, true
		}
	}
	if o.base != nil {
		return Value{k: vLazy, l: o.base.kid(name)}, true
	}
	return Value{}, false
}

// lookup finds the entry of a key without choosing: known is false when the
// base was not asked about it yet.
func (o *object) lookup(key Value) (v Value, known bool) {
	hash := hashOfKey(key)
	for i := range o.entries {
		if e := &o.entries[i]; sameHash(e.hash, hash) && equal(e.key, key) {
			return o.entries[i].v, true
		}
	}
	if o.base == nil {
		return Value{}, true
	}
	for i := range o.base.keys {
		if k := &o.base.keys[i]; sameHash(k.hash, hash) && equal(k.key, key) {
			if k.present {
				return Value{k: vLazy, l: k.l}, true
			}
			return Value{}, true
		}
	}
	return Value{}, false
}

// hashOfKey is the same for equal keys, 0 where nothing can be said.
func hashOfKey(v Value) uint32 {
	const byDefault = 7
	v = settle(v)
	switch v.k {
	case vNone, vUnit, vDefault:
		return byDefault
	case vBool, vInt:
		if v.n == 0 {
			return byDefault
		}
		return mixed(uint32(v.k), uint32(v.n)^uint32(v.n>>32))
	case vKey:
		return mixed(uint32(v.k), uint32(v.n))
	case vText, vAgg:
		if v.o.base != nil {
			return 0
		}
		if v.k == vAgg && v.o.name == "None" || v.k == vText && v.o.name == "" && len(v.o.fields) == 0 {
			return byDefault
		}
		h := mixed(uint32(v.k), hashOf(v.o.name))
		for i := range v.o.fields { // in any order
			f := &v.o.fields[i]
			part := hashOfKey(f.v)
			if part == 0 {
				return 0
			}
			h += mixed(hashOf(f.name), part)
		}
		return max(h, 1)
	}
	return 0
}

func mixed(a, b uint32) uint32 { return (a*31+b)*2654435761>>3 | 1 }

func sameHash(a, b uint32) bool { return a == b || a == 0 || b == 0 }

// equal compares without choosing: two lazies nobody looked at are equal only
// if they are the same one.
func equal(a, b Value) bool {
	if a.k == vLazy && b.k == vLazy && a.l == b.l {
		return true
	}
	a, b = settle(a), settle(b)
	if a.k == vDefault || b.k == vDefault {
		return isDefault(a) && isDefault(b)
	}
	if a.k != b.k {
		return false
	}
	switch a.k {
	case vLazy:
		return a.l == b.l
	case vBool, vInt, vKey:
		return a.n == b.n
	case vText:
		return a.o == b.o || a.o.name == b.o.name && equalFields(a.o, b.o)
	case vAgg:
		return a.o == b.o || a.o.name == b.o.name && equalFields(a.o, b.o)
	case vList:
		return a.o == b.o || equalLists(a.o, b.o)
	case vMap:
		return a.o == b.o || equalMaps(a.o, b.o)
	case vRef:
		return a.target().same(b.target())
	case vFuture:
		return a.o == b.o
	}
	return true
}

func isDefault(v Value) bool {
	switch v.k {
	case vDefault:
		return true
	case vBool, vInt:
		return v.n == 0
	case vAgg:
		return v.o.name == "None"
	case vText:
		return v.o.name == "" && len(v.o.fields) == 0
	case vMap:
		return len(v.o.entries) == 0 && v.o.base == nil
	case vList:
		items, ok := v.o.whole()
		return ok && len(items) == 0
	}
	return false
}

func equalFields(a, b *object) bool {
	if len(a.fields) == len(b.fields) {
		// Nearly always both spell out the same parts in the same order.
		i := 0
		for i < len(a.fields) && a.fields[i].name == b.fields[i].name {
			if !equal(a.fields[i].v, b.fields[i].v) {
				return false
			}
			i++
		}
		if i == len(a.fields) {
			return a.base == b.base || i > 0 && sameWidth(a, b)
		}
	}
	for _, o := range []*object{a, b} {
		for _, f := range o.fields {
			x, okx := a.part(f.name)
			y, oky := b.part(f.name)
			if okx != oky || okx && !equal(x, y) {
				return false
			}
		}
	}
	return a.base == b.base || len(a.fields) > 0 && sameWidth(a, b)
}

// sameWidth: two aggregates with different bases agree when the fields that
// are spelled out cover what their bases tell.
func sameWidth(a, b *object) bool {
	for _, o := range []*object{a, b} {
		if o.base == nil {
			continue
		}
		for _, k := range o.base.kids {
			x, okx := a.part(k.name)
			y, oky := b.part(k.name)
			if !okx || !oky || !equal(x, y) {
				return false
			}
		}
	}
	return true
}

func equalLists(a, b *object) bool {
	x, okx := a.whole()
	y, oky := b.whole()
	if okx && oky {
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if okx != oky || a.base != b.base || len(a.items) != len(b.items) || len(a.front) != len(b.front) {
		return false
	}
	for i := range a.items {
		if !equal(a.items[i], b.items[i]) {
			return false
		}
	}
	for i := range a.front {
		if !equal(a.front[i], b.front[i]) {
			return false
		}
	}
	return true
}

func equalMaps(a, b *object) bool {
	if a.base != b.base {
		return false
	}
	for _, o := range []*object{a, b} {
		for i := range o.entries {
			key := o.entries[i].key
			x, okx := a.lookup(key)
			y, oky := b.lookup(key)
			if okx != oky || !equal(x, y) {
				return false
			}
		}
	}
	return true
}

// String shows v as a reader would write it. Keys are p, q, r…; what nobody
// looked at is "…".
func (v Value) String() string {
	var b strings.Builder
	v.write(&b, false)
	return b.String()
}

// identity is a text equal for equal values and different for different ones.
func (v Value) identity() string {
	var b strings.Builder
	v.write(&b, true)
	return b.String()
}

func (v Value) write(b *strings.Builder, exact bool) {
	v = settle(v)
	switch v.k {
	case vNone:
		b.WriteString("–")
	case vUnit:
		b.WriteString("()")
	case vBool:
		b.WriteString(strconv.FormatBool(v.n != 0))
	case vInt:
		if exact && v.n == 0 {
			b.WriteString("default")
			return
		}
		b.WriteString(strconv.FormatInt(v.n, 10))
	case vKey:
		b.WriteString(keyName(v.n))
	case vText:
		if !exact && len(v.o.fields) > 0 {
			b.WriteString("…")
			return
		}
		if exact {
			b.WriteString("'")
		}
		b.WriteString(v.o.name)
		writeFields(b, v.o, exact)
	case vAgg:
		v.writeAgg(b, exact)
	case vList:
		v.writeList(b, exact)
	case vMap:
		v.writeMap(b, exact)
	case vRef:
		b.WriteString("&" + v.target().String())
	case vFuture:
		b.WriteString("a call")
	case vLazy:
		if exact {
			fmt.Fprintf(b, "?%d", v.l.id)
		} else {
			b.WriteString("…")
		}
	case vDefault:
		if exact {
			b.WriteString("default")
		} else {
			b.WriteString("0")
		}
	}
}

func keyName(n int64) string {
	if n >= 1 && n <= 11 {
		return string(rune('p' + n - 1))
	}
	return "p" + strconv.FormatInt(n, 10)
}

func (v Value) writeAgg(b *strings.Builder, exact bool) {
	name := v.o.name
	if i := strings.LastIndex(name, "::"); i >= 0 && !exact {
		name = name[i+2:]
	}
	if exact && name == "None" {
		b.WriteString("default")
		return
	}
	if name != "()" {
		b.WriteString(name)
	}
	if exact && v.o.base != nil {
		fmt.Fprintf(b, "?%d", v.o.base.id)
	}
	fields := v.o.fields
	if v.o.base != nil && !exact {
		fields = nil
		for _, k := range v.o.base.kids {
			if x, ok := v.o.part(k.name); ok {
				fields = append(fields, field{k.name, x})
			}
		}
		for _, f := range v.o.fields {
			if !v.o.base.hasKid(f.name) {
				fields = append(fields, f)
			}
		}
	}
	if v.o.base != nil && len(fields) == 0 && !exact && name == "" {
		b.WriteString("…")
		return
	}
	writeFields(b, &object{name: v.o.name, fields: fields}, exact)
}

func writeFields(b *strings.Builder, o *object, exact bool) {
	if len(o.fields) == 0 {
		if o.name == "()" {
			b.WriteString("()")
		}
		return
	}
	positional := o.fields[0].name == "0"
	open, end := " { ", " }"
	if positional {
		open, end = "(", ")"
	}
	b.WriteString(open)
	for i, f := range o.fields {
		if i > 0 {
			b.WriteString(", ")
		}
		if !positional {
			b.WriteString(f.name + ": ")
		}
		f.v.write(b, exact)
	}
	b.WriteString(end)
}

func (v Value) writeList(b *strings.Builder, exact bool) {
	items, ok := v.o.whole()
	b.WriteString("[")
	if !ok {
		for i := len(v.o.front) - 1; i >= 0; i-- {
			v.o.front[i].write(b, exact)
			b.WriteString(", ")
		}
		if exact {
			fmt.Fprintf(b, "?%d", v.o.base.id)
		} else {
			b.WriteString("…")
		}
		if len(v.o.items) > 0 {
			b.WriteString(", ")
		}
		items = v.o.items
	}
	for i, it := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		it.write(b, exact)
	}
	b.WriteString("]")
}

func (v Value) writeMap(b *strings.Builder, exact bool) {
	b.WriteString("{")
	n := 0
	item := func(key, val Value) {
		if val.k == vNone && !exact {
			return
		}
		if n > 0 {
			b.WriteString(", ")
		}
		n++
		key.write(b, exact)
		if settle(val).k != vUnit {
			b.WriteString(": ")
			val.write(b, exact)
		}
	}
	if v.o.base != nil && exact {
		fmt.Fprintf(b, "?%d", v.o.base.id)
	}
	if v.o.base != nil && !exact {
		for _, k := range v.o.base.keys {
			if k.present && !v.o.overrides(k.key) {
				item(k.key, Value{k: vLazy, l: k.l})
			}
		}
	}
	for _, e := range v.o.entries {
		item(e.key, e.v)
	}
	b.WriteString("}")
}

func (o *object) overrides(key Value) bool {
	for i := range o.entries {
		if equal(o.entries[i].key, key) {
			return true
		}
	}
	return false
}
