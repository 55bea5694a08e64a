package model

import "strings"

// A place is a part of a cell or of a local variable of a message.
type place struct {
	cell int // index of the cell; -1 for a local
	msg  *message
	slot Slot
	path []elem
}

// An elem leads from a value to a part of it.
type elem struct {
	variant string // the payload of which variant, "" for plain fields
	field   string
	key     Value // for entries and elements; the zero Value for fields
}

func (e elem) isKey() bool { return e.key.k != vNone }

// part is the name a lazy or an aggregate knows the field by.
func (e elem) part() string {
	if e.variant != "" && e.variant != "Some" && e.variant != "Ok" {
		return e.variant + "/" + e.field
	}
	return e.field
}

// pathName is part for an [Elem].
func pathName(e Elem) string { return elem{variant: e.Variant, field: e.Field}.part() }

func (e elem) same(f elem) bool {
	if e.isKey() != f.isKey() {
		return false
	}
	if e.isKey() {
		return equal(e.key, f.key)
	}
	return e.field == f.field && sameVariantOrNone(e.variant, f.variant)
}

func sameVariantOrNone(a, b string) bool { return a == b || a == "" || b == "" || sameVariant(a, b) }

func (p place) same(q place) bool {
	return len(p.path) == len(q.path) && p.within(q)
}

// within tells whether p is q or a part of it.
func (p place) within(q place) bool {
	if p.cell != q.cell || p.msg != q.msg || p.slot != q.slot || len(p.path) < len(q.path) {
		return false
	}
	for i := range q.path {
		if !p.path[i].same(q.path[i]) {
			return false
		}
	}
	return true
}

func (p place) overlaps(q place) bool { return p.within(q) || q.within(p) }

// extend is place.extend for places of a run.
func (w *world) extend(p place, e elem) place {
	path := w.mem.elems.some(len(p.path) + 1)
	copy(path, p.path)
	path[len(p.path)] = e
	p.path = path
	return p
}

func (p place) extend(e elem) place {
	path := make([]elem, len(p.path), len(p.path)+1)
	copy(path, p.path)
	p.path = append(path, e)
	return p
}

// name writes the place as a user would: BALANCES[p].amount.
func (p place) name(cells []string) string {
	var b strings.Builder
	if p.cell >= 0 && p.cell < len(cells) {
		b.WriteString(cells[p.cell])
	} else if p.cell >= 0 {
		b.WriteString("cell")
	} else {
		b.WriteString("local")
	}
	for _, e := range p.path {
		switch {
		case e.isKey():
			b.WriteString("[" + e.key.String() + "]")
		case e.variant == "Some" || e.variant == "Ok":
		case e.field == "0" && e.variant != "":
		default:
			b.WriteString("." + e.field)
		}
	}
	return b.String()
}

func (p place) String() string { return p.name(nil) }

// detached is p without values of a run: it may outlive the run, and finds the
// same in another one.
func (p place) detached() place {
	path := make([]elem, len(p.path))
	for i, e := range p.path {
		e.key = e.key.detached()
		path[i] = e
	}
	p.path, p.msg = path, nil
	return p
}

// node is the static place of p, nil for locals.
func (p place) node(s *System) *node {
	if p.cell < 0 {
		return nil
	}
	n := s.cells[p.cell]
	for _, e := range p.path {
		if e.isKey() {
			n = n.find("[]")
		} else {
			n = n.find(e.part())
		}
	}
	return n
}

// down returns the part of v that e leads to; the zero Value where there is none.
func (w *world) down(v Value, e elem) Value {
	v = settle(v)
	if e.isKey() {
		return w.downKey(v, e.key).with(v.t)
	}
	switch v.k {
	case vNone:
		return v
	case vAgg, vText:
		if e.variant == "" && e.field == "0" && isOptionLike(v.o.name) {
			return v // an answer is a tuple of one value, which nobody made one
		}
		if x, ok := v.o.part(e.field); ok && v.o.base == nil {
			return x.with(v.t)
		}
		if x, ok := v.o.part(e.part()); ok {
			return x.with(v.t)
		}
		if v.o.name == "None" {
			return Value{}
		}
	case vLazy:
		if v.l.shape == shUnknown && e.variant == "" {
			v.l.shape = shStruct
		}
		return Value{k: vLazy, l: v.l.kid(e.part()), t: v.t}
	case vDefault:
		return v
	case vInt, vKey, vBool:
		if e.field == "0" && e.variant == "" {
			return v // a newtype the value was already taken out of
		}
	}
	return w.term("."+e.part(), v)
}

func (w *world) downKey(v Value, key Value) Value {
	switch v.k {
	case vList:
		return w.element(v, key)
	case vLazy:
		if v.l.shape == shUnknown && v.l.sort == SortList {
			return w.element(v, key)
		}
	}
	return w.entry(v, key)
}

func (w *world) element(v Value, key Value) Value {
	items := w.items(v)
	if i := w.asInt(key); i >= 0 && i < int64(len(items)) {
		return items[i]
	}
	return Value{}
}

// peek is down along a path without choosing anything: unknown parts stay
// lazies, entries nobody asked for give the zero Value and known false.
func peek(v Value, path []elem) (Value, bool) {
	for _, e := range path {
		v = settle(v)
		switch {
		case v.k == vNone:
			return v, true
		case e.isKey() && v.k == vMap:
			x, known := v.o.lookup(e.key)
			if !known {
				return Value{}, false
			}
			v = x
		case e.isKey() && v.k == vList:
			items, known := v.o.whole()
			if !known {
				return Value{}, false
			}
			if e.key.n < 0 || e.key.n >= int64(len(items)) {
				return Value{}, true
			}
			v = items[e.key.n]
		case e.isKey():
			return Value{}, v.k != vLazy
		case v.k == vAgg:
			x, ok := v.o.part(e.part())
			if !ok {
				x, ok = v.o.part(e.field)
			}
			if !ok {
				return Value{}, true
			}
			v = x
		case v.k == vLazy:
			v = Value{k: vLazy, l: v.l.kid(e.part())}
		case v.k == vDefault:
			return v, true
		case e.field == "0" && e.variant == "":
		default:
			return Value{}, true
		}
	}
	return v, true
}

// put returns v with the part at path replaced by x; the zero Value removes
// an entry. ok is false where the path leads through something absent.
func (w *world) put(v Value, path []elem, x Value) (out Value, ok bool) {
	if len(path) == 0 {
		return x, true
	}
	e := path[0]
	old := Value{}
	if len(path) > 1 {
		if old = w.down(v, e); old.k == vNone {
			return v, false
		}
	}
	x, ok = w.put(old, path[1:], x)
	if !ok {
		return v, false
	}
	v = settle(v)
	if e.isKey() {
		return w.putKey(v, e.key, x)
	}
	return w.putField(v, e, x), true
}

func (w *world) putField(v Value, e elem, x Value) Value {
	o := w.mem.objects.one()
	switch v.k {
	case vAgg:
		*o = *v.o
	case vLazy:
		if e.variant != "" {
			w.isVariant(v, e.variant)
			v = settle(v)
			if v.k == vAgg {
				*o = *v.o
				break
			}
		} else if v.l.shape == shUnknown {
			v.l.shape = shStruct
		}
		o.base = v.l
	case vInt, vKey, vBool:
		if e.field == "0" && e.variant == "" {
			return x
		}
	}
	name := e.field
	if o.base != nil {
		name = e.part()
	}
	fields := w.mem.fields.some(len(o.fields) + 1)
	o.fields = fields[:copy(fields, o.fields)]
	for i := range o.fields {
		if o.fields[i].name == name {
			o.fields[i].v = x
			return Value{k: vAgg, o: o, t: v.t}
		}
	}
	o.fields = append(o.fields, field{name, x})
	return Value{k: vAgg, o: o, t: v.t}
}

func (w *world) putKey(v Value, key, x Value) (Value, bool) {
	if v.k == vList || v.k == vLazy && v.l.shape == shUnknown && v.l.sort == SortList {
		items := w.cloned(w.items(v), 0)
		i := w.asInt(key)
		if i < 0 || i >= int64(len(items)) {
			return v, false
		}
		if x.k == vNone {
			items = append(items[:i], items[i+1:]...)
		} else {
			items[i] = x
		}
		return w.list(items).with(v.t), true
	}
	m := w.asMap(v)
	o := w.object(object{base: m.o.base, entries: w.mem.entries.some(len(m.o.entries) + 1)[:0]})
	for _, e := range m.o.entries {
		if !equal(e.key, key) {
			o.entries = append(o.entries, e)
		}
	}
	if x.k != vNone || o.base != nil {
		o.entries = append(o.entries, entryOf(key, x))
	}
	return Value{k: vMap, o: o, t: v.t}, true
}
