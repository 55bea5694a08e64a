package effects

import "strings"

// A Place is a piece of state: a cell and a path into it.
type Place struct {
	Cell string // "*" for "any state at all"
	Path []Elem
}

// An Elem is one step of a path: a field, or an element selected by a key.
type Elem struct {
	Field string // "" if the step is a key
	Key   Key
}

// A Key selects an element of a map, set or list.
type Key struct {
	// Number is the value number: keys of one message with equal numbers are
	// equal. "*" stands for some element that nothing is known of.
	Number string
	Text   string // for people: "caller", "amount", "0"
	Known  Known
}

// Known says what sort of value a key is.
type Known uint8

const (
	KeyComputed Known = iota // depends on state or on an answer
	KeyConst
	KeyCaller
	KeyParam // a parameter, or a function of parameters and constants only
	KeyAny
)

var anyKey = Elem{Key: Key{Number: "*", Text: "*", Known: KeyAny}}

// String returns the place as a reader knows it: "BALANCES[caller].amount".
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.Cell)
	for _, e := range p.Path {
		if e.Field != "" {
			b.WriteString("." + e.Field)
		} else {
			b.WriteString("[" + e.Key.Text + "]")
		}
	}
	return b.String()
}

// with returns p extended by e. It never shares memory with p's path.
func (p Place) with(e Elem) Place {
	path := make([]Elem, len(p.Path)+1)
	copy(path, p.Path)
	path[len(p.Path)] = e
	return Place{p.Cell, path}
}

// equal reports whether p and q are written the same.
func (p Place) equal(q Place) bool {
	if p.Cell != q.Cell || len(p.Path) != len(q.Path) {
		return false
	}
	for i, e := range p.Path {
		if e.Field != q.Path[i].Field || e.Key.Number != q.Path[i].Key.Number {
			return false
		}
	}
	return true
}

// Holds reports whether q is p, or written as a part of it.
func (p Place) Holds(q Place) bool {
	return len(p.Path) <= len(q.Path) && p.equal(Place{q.Cell, q.Path[:len(p.Path)]})
}

// An Overlap says whether two places can share state.
type Overlap uint8

const (
	Disjoint  Overlap = iota
	Maybe             // if two keys happen to be equal
	Contained         // certainly: one is the other, or a part of it
)

// In compares two places of one message, where keys have value numbers in common.
func (p Place) In(q Place) Overlap { return p.compare(q, true) }

// Across compares places of two messages: keys are equal at best by chance,
// except for constants.
func (p Place) Across(q Place) bool { return p.compare(q, false) != Disjoint }

func (p Place) compare(q Place, one bool) Overlap {
	if p.Cell == "*" || q.Cell == "*" {
		return Maybe
	}
	if p.Cell != q.Cell {
		return Disjoint
	}
	result := Contained
	for i := 0; i < len(p.Path) && i < len(q.Path); i++ {
		a, b := p.Path[i], q.Path[i]
		switch {
		case a.Field != "" && b.Field != "":
			if a.Field != b.Field {
				return Disjoint
			}
		case a.Field != "" || b.Field != "":
			result = Maybe // a container seen in two ways
		case a.Key.Known == KeyConst && b.Key.Known == KeyConst:
			if a.Key.Number != b.Key.Number {
				return Disjoint
			}
		case a.Key.Known == KeyAny || b.Key.Known == KeyAny:
			result = Maybe
		case !one || a.Key.Number != b.Key.Number:
			result = Maybe
		}
	}
	return result
}

// distinctNames reports whether p and q differ in keys that are different inputs of the
// message (`from` and `to`, the caller and a parameter): equal only
// if the sender wants it so.
func (p Place) distinctNames(q Place) bool {
	for i := 0; i < len(p.Path) && i < len(q.Path); i++ {
		a, b := p.Path[i].Key, q.Path[i].Key
		if named(a) && named(b) && a.Number != b.Number {
			return true
		}
	}
	return false
}

func named(k Key) bool { return k.Known == KeyCaller || k.Known == KeyParam || k.Known == KeyConst }

// Same reports whether p and q of one message are to be taken for the same
// piece of state, or one for a part of the other: they overlap, and not just
// because two different inputs might be equal.
func (p Place) Same(q Place) bool {
	return p.Cell != "*" && q.Cell != "*" && p.In(q) != Disjoint && !p.distinctNames(q)
}

// parsePlace reads a place of a callee's summary, "CELL.path".
func parsePlace(s string) Place {
	parts := strings.Split(s, ".")
	p := Place{Cell: parts[0]}
	for _, f := range parts[1:] {
		switch {
		case f == "*" || f == "[*]":
			p.Path = append(p.Path, anyKey)
		case strings.HasPrefix(f, "[$"):
			key := anyKey
			key.Key.Number = strings.Trim(f, "[]")
			p.Path = append(p.Path, key)
		case f != "":
			p.Path = append(p.Path, Elem{Field: f})
		}
	}
	return p
}
