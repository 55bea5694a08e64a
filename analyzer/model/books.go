package model

import "strings"

// books are the net changes of a message per place: numbers are summed over
// its segments, other values kept as a multiset of −old +new.
type books map[string]*account

type account struct {
	place place
	sum   int64
	vals  map[string]int
}

// A cellChange is what one segment did to one cell.
type cellChange struct {
	cell          int
	before, after Value
}

// settleUp notes what a segment changed.
func (msg *message) settleUp(before, after []Value) {
	for i := range before {
		if before[i] != after[i] { // most cells of most segments are the same
			msg.net = append(msg.net, cellChange{i, before[i], after[i]})
		}
	}
}

// booksOf are the books of a message that has ended.
func booksOf(s *System, msg *message) books {
	b := books{}
	for _, c := range msg.net {
		diff(c.before, c.after, place{cell: c.cell}, func(p place, old, new Value) { b.enter(s, p, old, new) })
	}
	return b
}

func (b books) enter(s *System, p place, old, new Value) {
	if n := p.node(s); n.isDraw() {
		return
	}
	name := p.name(s.names)
	a := b[name]
	if a == nil {
		a = &account{place: p, vals: map[string]int{}}
		b[name] = a
	}
	old, new = settle(old), settle(new)
	if old.k == vInt && new.k == vInt {
		a.sum += new.n - old.n
		return
	}
	a.move(old, -1)
	a.move(new, 1)
}

func (a *account) move(v Value, by int) {
	if v.k == vNone {
		return
	}
	id := v.identity()
	if a.vals[id] += by; a.vals[id] == 0 {
		delete(a.vals, id)
	}
}

func (b books) equal(c books) bool {
	for _, x := range []struct{ p, q books }{{b, c}, {c, b}} {
		for name, a := range x.p {
			o := x.q[name]
			if o == nil {
				o = &account{}
			}
			if a.sum != o.sum || len(a.vals) != len(o.vals) {
				return false
			}
			for id, n := range a.vals {
				if o.vals[id] != n {
					return false
				}
			}
		}
	}
	return true
}

// diff finds the smallest places at which two values differ. It chooses
// nothing: what neither run looked at is the same on both sides.
func diff(a, b Value, p place, emit func(p place, old, new Value)) {
	if equal(a, b) {
		return
	}
	a, b = settle(a), settle(b)
	switch {
	case a.k == vMap && b.k == vMap && a.o.base == b.o.base:
		diffMaps(a.o, b.o, p, emit)
	case (a.k == vAgg || a.k == vLazy) && (b.k == vAgg || b.k == vLazy) && comparable(a, b):
		diffFields(a, b, p, emit)
	default:
		emit(p, a, b)
	}
}

// comparable: two aggregates of one type and variant that share what they do
// not spell out, or of which one is spelled out whole. Two unknowns are not
// taken apart: one may be a part of the other.
func comparable(a, b Value) bool {
	name := func(v Value) string {
		if v.k == vAgg {
			return v.o.name
		}
		return ""
	}
	if name(a) != name(b) && name(a) != "" && name(b) != "" {
		return false
	}
	if isOptionLike(name(a)) != isOptionLike(name(b)) {
		return false
	}
	x, y := baseOf(a), baseOf(b)
	return len(partNames(a))+len(partNames(b)) > 0 && (x == y || x == nil || y == nil)
}

func baseOf(v Value) *lazy {
	if v.k == vLazy {
		return v.l
	}
	return v.o.base
}

// partNames are the fields that v spells out.
func partNames(v Value) []string {
	var ns []string
	if v.k == vAgg {
		for _, f := range v.o.fields {
			// What is unknown knows the fields of a variant by its name too.
			ns = append(ns, f.name[strings.LastIndexByte(f.name, '/')+1:])
		}
	}
	return ns
}

func partOf(v Value, e elem) Value {
	switch {
	case v.k == vAgg && v.o.base == nil:
		x, _ := v.o.part(e.field)
		return x
	case v.k == vAgg:
		x, _ := v.o.part(e.part())
		return x
	case v.k == vLazy:
		return Value{k: vLazy, l: v.l.kid(e.part())}
	}
	return Value{}
}

func diffFields(a, b Value, p place, emit func(place, Value, Value)) {
	seen := map[string]bool{}
	found := false
	variant := ""
	if a.k == vAgg && isOptionLike(a.o.name) {
		variant = a.o.name
	}
	for _, v := range []Value{a, b} {
		if l := baseOf(v); l != nil && l.shape == shVariant {
			variant = l.name
		}
	}
	for _, ns := range [][]string{partNames(a), partNames(b)} {
		for _, n := range ns {
			if seen[n] {
				continue
			}
			seen[n] = true
			e := elem{variant: variant, field: n}
			diff(partOf(a, e), partOf(b, e), p.extend(e), func(q place, x, y Value) {
				found = true
				emit(q, x, y)
			})
		}
	}
	if !found {
		emit(p, a, b)
	}
}

func diffMaps(a, b *object, p place, emit func(place, Value, Value)) {
	var keys []Value
	for _, o := range []*object{a, b} {
		for _, e := range o.entries {
			dup := false
			for _, k := range keys {
				dup = dup || equal(k, e.key)
			}
			if !dup {
				keys = append(keys, e.key)
			}
		}
	}
	for _, k := range keys {
		x, okx := a.lookup(k)
		y, oky := b.lookup(k)
		if okx != oky { // overwritten or removed without a look
			emit(p.extend(elem{key: k}), x, y)
			continue
		}
		diff(x, y, p.extend(elem{key: k}), emit)
	}
}
