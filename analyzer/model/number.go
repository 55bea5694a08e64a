package model

import "math"

// same is == of the program: it chooses what it must know.
func (m *machine) same(a, b Value) bool {
	w := m.w
	if a.k == vLazy && b.k == vLazy && a.l == b.l {
		return true
	}
	defer w.ask(a)
	defer w.ask(b)
	a, b = settle(a), settle(b)
	if a.k == vLazy && b.k != vLazy {
		a, b = b, a
	}
	if b.k == vLazy {
		switch a.k {
		case vInt:
			return a.n == w.equalOrNot(b, a.n)
		case vBool:
			return (a.n != 0) == w.truth(b)
		case vText:
			if len(a.o.fields) == 0 {
				return w.isText(b.l, a)
			}
			return w.truth(w.term("==", a, b))
		case vLazy:
			return m.sameLazies(a, b)
		case vAgg:
			return m.sameParts(a, b)
		case vDefault:
			return w.truth(w.term("is default", b))
		default:
			w.key(b)
			b = settle(b)
		}
	}
	if a.k == vAgg && b.k == vAgg {
		return m.sameParts(a, b)
	}
	if a.k == vInt && b.k != vInt || b.k == vInt && a.k != vInt {
		if a.k == vText || b.k == vText {
			return w.truth(w.term("==", a, b))
		}
		return m.sameInts(a, b)
	}
	if a.k == vList && b.k == vList {
		x, y := w.items(a), w.items(b)
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !m.same(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	return equal(a, b)
}

// isText: a lazy compared with a literal is that literal or something else.
func (w *world) isText(l *lazy, v Value) bool {
	switch l.shape {
	case shUnknown:
		if w.choices.choose(2) == 0 {
			l.shape, l.text = shText, v
			w.looked(l)
			return true
		}
		l.shape = shVariant
		l.isnt = append(l.isnt, v.o.name)
		return false
	case shVariant:
		return w.chooseVariant(l, v.o.name)
	}
	return false
}

func (m *machine) sameInts(a, b Value) bool {
	if openInt(b) == nil {
		a, b = b, a
	}
	x := m.w.asInt(a)
	return x == m.w.equalOrNot(b, x)
}

func (m *machine) sameLazies(a, b Value) bool {
	w := m.w
	for _, l := range []*lazy{a.l, b.l} {
		switch {
		case l.sort == SortInt:
			return m.sameInts(a, b)
		case l.sort == SortBool:
			return w.truth(a) == w.truth(b)
		}
	}
	return equal(w.key(a), w.key(b))
}

// sameParts compares aggregates variant by variant and part by part.
func (m *machine) sameParts(a, b Value) bool {
	if b.k == vAgg && b.o.base != nil && a.o.base == nil {
		a, b = b, a
	}
	if b.k == vLazy && a.o.base != nil { // both are open: nothing tells
		return m.w.truth(m.w.term("==", a, b))
	}
	if b.k == vLazy || a.o.base != nil && b.k == vAgg {
		// One side is open: ask it for the variant of the other.
		known, open := a, b
		if a.o.base != nil {
			known, open = b, a
		}
		if known.o.name != "()" && known.o.name != "" && !m.w.isVariant(open, known.o.name) {
			return false
		}
		for _, f := range known.o.fields {
			x := m.w.down(open, elem{variant: payloadOf(known.o), field: f.name})
			if !m.same(f.v, x) {
				return false
			}
		}
		return true
	}
	if !sameVariant(a.o.name, b.o.name) || len(a.o.fields) != len(b.o.fields) {
		return false
	}
	for i, f := range a.o.fields {
		if !m.same(f.v, b.o.fields[i].v) {
			return false
		}
	}
	return true
}

// payloadOf is the variant whose payload the fields of o are, "" for plain tuples and structs.
func payloadOf(o *object) string {
	if o.name == "()" || len(o.fields) > 0 && o.fields[0].name != "0" {
		return ""
	}
	return o.name
}

func (m *machine) bin(msg *message, st *Step) {
	a := m.freeze(msg, m.load(msg, arg(st, 0), st.Site), st.Site)
	b := m.freeze(msg, m.load(msg, arg(st, 1), st.Site), st.Site)
	t := a.t | b.t
	var v Value
	switch st.Name {
	case "==":
		v = Bool(m.same(a, b))
	case "!=":
		v = Bool(!m.same(a, b))
	case "<", "<=", ">", ">=":
		v = m.compare(st.Name, a, b)
	case "&", "|", "^":
		v = m.bits(st.Name, a, b)
	default:
		var ok bool
		if v, ok = m.arith(st.Name, a, b); !ok || v.k == vInt && v.n < 0 && st.Overflow {
			msg.ctl |= t
			why := "arithmetic overflow"
			if !ok {
				why = "division by zero"
			}
			if m.trace != nil {
				m.emit(Event{Kind: EvArith, msg: msg, Site: st.Site, Text: st.Name, Left: a, Right: b, Value: v, reg: st.Out})
			}
			m.trap(msg, st.Site, why)
			return
		}
	}
	if m.trace != nil {
		m.emit(Event{Kind: EvArith, msg: msg, Site: st.Site, Text: st.Name, Left: a, Right: b, Value: v, reg: st.Out})
	}
	m.set(msg, st.Out, v.with(t))
}

// uninterpreted tells whether v is a text or the result of an operation the
// machine does not compute: arithmetic on it stays symbolic.
func uninterpreted(v Value) bool {
	v = settle(v)
	return v.k == vText || v.k == vList || v.k == vMap
}

func (m *machine) compare(op string, a, b Value) Value {
	if uninterpreted(a) || uninterpreted(b) {
		return Bool(m.w.truth(m.w.term(op, a, b)))
	}
	if openInt(a) != nil && openInt(b) != nil {
		m.w.asInt(a)
	}
	// All four by "less": a < b, or not b < a.
	if op == ">" || op == "<=" {
		a, b = b, a
	}
	yes := m.w.lessThan(a, b)
	return Bool(yes == (op == "<" || op == ">"))
}

func (m *machine) bits(op string, a, b Value) Value {
	sa, sb := settle(a), settle(b)
	if uninterpreted(sa) || uninterpreted(sb) {
		return m.w.term(op, a, b)
	}
	if sa.k == vBool || sb.k == vBool {
		x, y := m.w.truth(a), m.w.truth(b)
		switch op {
		case "&":
			return Bool(x && y)
		case "|":
			return Bool(x || y)
		}
		return Bool(x != y)
	}
	x, y := m.w.asInt(a), m.w.asInt(b)
	switch op {
	case "&":
		return Int(x & y)
	case "|":
		return Int(x | y)
	}
	return Int(x ^ y)
}

// arith computes; ok is false for a division by zero. What leaves 64 bits
// becomes symbolic. A number remembers an unknown that it was computed from.
func (m *machine) arith(op string, a, b Value) (v Value, ok bool) {
	v, ok = m.calculate(op, a, b)
	if v.k == vInt {
		if v.l = a.l; v.l == nil {
			v.l = b.l
		}
	}
	return v, ok
}

func (m *machine) calculate(op string, a, b Value) (Value, bool) {
	if uninterpreted(a) || uninterpreted(b) {
		v := m.w.variant(op, a, b)
		v.k = vText
		return v, true
	}
	var x, y int64
	if op == "-" || op == "+" {
		x, y = m.w.twoInts(a, b)
	} else {
		x, y = m.w.asInt(a), m.w.asInt(b)
	}
	switch op {
	case "+":
		if y > 0 && x > math.MaxInt64-y {
			return m.w.term(op, a, b), true
		}
		return Int(x + y), true
	case "-":
		if y < 0 && x > math.MaxInt64+y || y > 0 && x < math.MinInt64+y {
			return m.w.term(op, a, b), true
		}
		return Int(x - y), true
	case "*":
		if x != 0 && (x*y/x != y || x == -1 && y == math.MinInt64) {
			return m.w.term(op, a, b), true
		}
		return Int(x * y), true
	case "/", "%":
		if y == 0 {
			return Value{}, false
		}
		if y == -1 {
			return Int(0), true
		}
		if op == "/" {
			return Int(x / y), true
		}
		return Int(x % y), true
	case "<<", ">>":
		if y < 0 || y > 62 || op == "<<" && x > math.MaxInt64>>uint(y) {
			return m.w.term(op, a, b), true
		}
		if op == "<<" {
			return Int(x << uint(y)), true
		}
		return Int(x >> uint(y)), true
	}
	return m.w.term(op, a, b), true
}

func (m *machine) unary(msg *message, st *Step) {
	a := m.load(msg, arg(st, 0), st.Site)
	var v Value
	switch s := settle(a); {
	case st.Name == "!" && s.k != vInt:
		v = Bool(!m.w.truth(a))
	case uninterpreted(a):
		v = m.w.term(st.Name, a)
	case st.Name == "-":
		v = Int(-m.w.asInt(a))
	default:
		v = m.w.term(st.Name, a)
	}
	m.set(msg, st.Out, v.with(a.t))
}

var operators = map[string]string{CheckedAdd: "+", SatAdd: "+", WrapAdd: "+", CheckedSub: "-", SatSub: "-", WrapSub: "-", CheckedMul: "*", SatMul: "*"}

func (m *machine) numberVerb(msg *message, st *Step) {
	if len(st.Args) < 2 {
		m.set(msg, st.Out, m.w.opaqueAnswer("verb "+st.Name, m.loadAll(msg, st.Args, st.Site)))
		return
	}
	a := m.load(msg, arg(st, 0), st.Site)
	b := m.load(msg, arg(st, 1), st.Site)
	op := operators[st.Name]
	var v Value
	switch {
	case op != "":
		v, _ = m.arith(op, a, b)
		neg := v.k == vInt && v.n < 0
		shown := v
		switch st.Name {
		case CheckedAdd, CheckedSub, CheckedMul:
			if neg {
				v = noneValue
			} else {
				v = m.w.some(v.with(a.t | b.t))
			}
		case SatSub, SatAdd, SatMul:
			if neg {
				v.n = 0
				shown = v
			}
		}
		if m.trace != nil {
			m.emit(Event{Kind: EvArith, msg: msg, Site: st.Site, Text: op, Left: a, Right: b, Value: shown, Cut: neg, reg: st.Out})
		}
	case st.Name == Min || st.Name == Max:
		x, y := m.w.asInt(a), m.w.asInt(b)
		if st.Name == Min {
			v = Int(min(x, y))
		} else {
			v = Int(max(x, y))
		}
	default:
		v = m.w.opaqueAnswer("verb "+st.Name, m.loadAll(msg, st.Args, st.Site))
	}
	m.set(msg, st.Out, v.with(a.t|b.t))
}
