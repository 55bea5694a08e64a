package effects

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// maxPlaces bounds how many places one value may stand for; a value that
// could be more is taken for all of their cells.
const maxPlaces = 8

// A denotation is what a value stands for: the places that it, or a field of
// the aggregate it is, refers to. Copies stand for nothing.
type denotation struct {
	places []Place
	parts  map[string][]Place
}

// denoter computes the denotations of all values of a function, by abstract
// interpretation over its blocks until nothing changes.
type denoter struct {
	m       *Message
	of      map[ssa.Value]denotation
	numbers map[ssa.Value]Key
	changed bool
}

func denote(m *Message, relative bool) *denoter {
	d := &denoter{m: m, of: map[ssa.Value]denotation{}, numbers: map[ssa.Value]Key{}}
	if relative {
		for i, p := range m.Fn.SSA.Params[:min(len(m.Fn.SSA.Params), len(m.Fn.Ops.Params))] {
			if info := m.Fn.Ops.Params[i]; info.Name == "self" || strings.HasPrefix(info.Type, "&") {
				d.add(p, []Place{argument(i)})
			}
		}
	}
	// A loop needs two rounds for a reference carried around it, and one more
	// for each further reference that depends on it.
	for round := 0; round < 6; round++ {
		d.changed = false
		for _, b := range m.Fn.SSA.Blocks {
			for _, instr := range b.Instrs {
				switch x := instr.(type) {
				case *ssa.Phi:
					for _, e := range x.Edges {
						d.add(x, d.of[e].places)
						for f, ps := range d.of[e].parts {
							d.addPart(x, f, ps)
						}
					}
				case *ssa.Call:
					d.call(x)
				}
			}
		}
		if !d.changed {
			break
		}
	}
	return d
}

// merge adds places to set, and widens what gets too large.
func (d *denoter) merge(set, places []Place) []Place {
	for _, p := range places {
		if p.Cell == "" || len(p.Path) > 12 {
			continue
		}
		found := false
		for _, q := range set {
			if found = p.equal(q); found {
				break
			}
		}
		if found {
			continue
		}
		d.changed = true
		if len(set) >= maxPlaces {
			p = Place{Cell: "*"}
			if set[len(set)-1].Cell == "*" {
				d.changed = false
				return set
			}
		}
		set = append(set, p)
	}
	return set
}

func (d *denoter) add(v ssa.Value, places []Place) {
	if len(places) == 0 {
		return
	}
	x := d.of[v]
	x.places = d.merge(x.places, places)
	d.of[v] = x
}

func (d *denoter) addPart(v ssa.Value, field string, places []Place) {
	if len(places) == 0 {
		return
	}
	x := d.of[v]
	if x.parts == nil {
		x.parts = map[string][]Place{}
	}
	x.parts[field] = d.merge(x.parts[field], places)
	d.of[v] = x
}

// extend adds to v the places of base, each with e.
func (d *denoter) extend(v, base ssa.Value, e Elem) {
	for _, p := range d.of[base].places {
		if p.Cell == "*" {
			d.add(v, []Place{p})
			continue
		}
		d.add(v, []Place{p.with(e)})
	}
}

func (d *denoter) call(c *ssa.Call) {
	if _, old, ok := d.m.Fn.Carried(c); ok {
		d.copy(c, old)
		return
	}
	op, args := d.m.Fn.Op(c), c.Call.Args
	if op == nil {
		return
	}
	switch op.Kind {
	case ops.Cell:
		d.add(c, []Place{{Cell: op.Name}})
	case ops.Field:
		d.field(c, args[0], op.Name)
	case ops.Index:
		d.extend(c, args[0], Elem{Key: d.key(args[1])})
	case ops.Proj:
		d.project(c, args[0], op.Path)
	case ops.Make:
		d.aggregate(c, op)
	case ops.Store:
		if len(args) == 3 {
			d.copy(c, args[0])
		}
	case ops.Out:
		d.copy(c, args[1])
		d.addPart(c, element, d.of[args[0]].parts[element])
	case ops.Verb:
		d.verb(c, op)
	}
}

func (d *denoter) copy(v, from ssa.Value) {
	x := d.of[from]
	d.add(v, x.places)
	for _, f := range slices.Sorted(maps.Keys(x.parts)) {
		d.addPart(v, f, x.parts[f])
	}
}

func (d *denoter) field(v, base ssa.Value, name string) {
	d.add(v, d.of[base].parts[name])
	for _, p := range d.of[base].places {
		switch {
		case p.Cell == "*":
			d.add(v, []Place{p})
		case len(p.Path) > 0 && p.Path[len(p.Path)-1].Key.Known == KeyAny && (name == "0" || name == "1"):
			// Iterating over a map gives pairs; both halves stand for the entry.
			d.add(v, []Place{p})
		default:
			d.add(v, []Place{p.with(Elem{Field: name})})
		}
	}
}

// project follows the payload of a pattern. An Option or Result in state is
// not told from its payload: a reference to the one stands for a reference to the other.
func (d *denoter) project(v, base ssa.Value, path []ops.Step) {
	places, parts := d.of[base].places, d.of[base].parts
	for _, s := range path {
		if wrapper(s.Variant) {
			places = concat(places, parts[payloadOf(s.Variant)])
			continue
		}
		next := concat(nil, parts[s.Field])
		for _, p := range places {
			if len(p.Path) > 0 && p.Path[len(p.Path)-1].Key.Known == KeyAny && (s.Field == "0" || s.Field == "1") {
				next = append(next, p)
			} else if p.Cell == "*" {
				next = append(next, p)
			} else {
				next = append(next, p.with(Elem{Field: s.Field}))
			}
		}
		places, parts = next, nil
	}
	d.add(v, places)
	for _, f := range slices.Sorted(maps.Keys(parts)) {
		if f != goodPayload && f != badPayload {
			d.addPart(v, f, parts[f])
		}
	}
}

// The parts of an Option or Result that the message makes: a reference in
// Ok is none in Err.
const goodPayload, badPayload = "Ok", "Err"

func payloadOf(variant string) string {
	if strings.HasSuffix(variant, badPayload) {
		return badPayload
	}
	return goodPayload
}

func concat(a, b []Place) []Place { return append(a[:len(a):len(a)], b...) }

// wrapper reports whether a variant is one of Option's or Result's.
func wrapper(variant string) bool {
	switch variant[strings.LastIndex(variant, ":")+1:] {
	case "Some", "Ok", "Err":
		return variant != ""
	}
	return false
}

func (d *denoter) aggregate(c *ssa.Call, op *ops.Op) {
	for i, a := range c.Call.Args {
		x := d.of[a]
		if wrapper(op.Name) {
			payload := payloadOf(op.Name)
			d.addPart(c, payload, x.places)
			for _, f := range slices.Sorted(maps.Keys(x.parts)) {
				if f == goodPayload || f == badPayload {
					d.addPart(c, payload, x.parts[f]) // Ok(Some(x))
				} else {
					d.addPart(c, f, x.parts[f])
				}
			}
			continue
		}
		field := fieldName(op, i)
		if op.Name == "[]" {
			field = element
		}
		d.addPart(c, field, x.places)
	}
}

// fieldName returns the name of the i-th part of an aggregate.
func fieldName(op *ops.Op, i int) string {
	if i < len(op.Fields) {
		return op.Fields[i]
	}
	return strconv.Itoa(i)
}

func (d *denoter) verb(c *ssa.Call, op *ops.Op) {
	args := c.Call.Args
	if len(args) == 0 {
		return
	}
	e := verbs[op.Name]
	held := d.of[args[0]].parts[element]
	switch e.gives {
	case givesKeyed:
		if len(args) > 1 {
			d.extend(c, args[0], Elem{Key: d.key(args[1])})
		}
		d.add(c, held)
	case givesElement:
		d.extend(c, args[0], anyKey)
		d.add(c, held)
	case givesSame:
		d.copy(c, args[0])
		switch op.Name {
		case ops.IterNext:
			d.add(c, held)
		case ops.Unwrap:
			d.add(c, d.of[args[0]].parts[goodPayload])
		case ops.UnwrapErr:
			d.add(c, d.of[args[0]].parts[badPayload])
		}
	case givesList:
		d.addPart(c, element, d.of[args[0]].places)
		d.addPart(c, element, held)
	case givesCopy:
		// A list that the message makes may hold references.
		if e.value > 0 && e.value < len(args) {
			d.addPart(c, element, held)
			d.addPart(c, element, d.of[args[e.value]].places)
		}
	}
}

// element is the part of a value that stands for all its elements.
const element = "[]"

// key returns the key that v is.
func (d *denoter) key(v ssa.Value) Key {
	if k, ok := d.numbers[v]; ok {
		return k
	}
	k := d.number(d.origin(v, nil, 0))
	if len(k.Number) > 160 {
		k = d.computed(v)
	}
	d.numbers[v] = k
	return k
}

// origin follows copies: what is at path in v, where that was put there
// unchanged, as `id` in `Guard { id }`; v itself if it was computed.
func (d *denoter) origin(v ssa.Value, path []ops.Step, depth int) ssa.Value {
	found := d.part(v, path, depth)
	if found == nil {
		return v
	}
	return found
}

// part returns the value that was put at path of v, nil if that is not known.
func (d *denoter) part(v ssa.Value, path []ops.Step, depth int) ssa.Value {
	if depth > 24 {
		return nil
	}
	if phi, ok := v.(*ssa.Phi); ok {
		return d.either(phi, path, depth)
	}
	op := d.m.callOp(v)
	if op == nil || len(d.of[v].places) > 0 {
		return entire(v, path)
	}
	args := v.(*ssa.Call).Call.Args
	switch op.Kind {
	case ops.Load:
		if len(d.of[args[0]].places) == 0 {
			return d.part(args[0], path, depth+1)
		}
	case ops.Field:
		return d.orSelf(v, path, d.part(args[0], append([]ops.Step{{Field: op.Name}}, path...), depth+1))
	case ops.Proj:
		return d.orSelf(v, path, d.part(args[0], append(op.Path[:len(op.Path):len(op.Path)], path...), depth+1))
	case ops.Store:
		if len(path) > 0 && len(args) == 3 {
			return d.stored(args, path, depth)
		}
	case ops.Make:
		if len(path) == 0 {
			return v
		}
		for i, a := range args {
			if fieldName(op, i) == path[0].Field {
				return d.part(a, path[1:], depth+1)
			}
		}
	}
	return entire(v, path)
}

// orSelf is the part that was found, else v where it is wanted as a whole.
func (d *denoter) orSelf(v ssa.Value, path []ops.Step, found ssa.Value) ssa.Value {
	if found == nil {
		return entire(v, path)
	}
	return found
}

// stored is the part of a local variable after a store into it.
func (d *denoter) stored(args []ssa.Value, path []ops.Step, depth int) ssa.Value {
	s := slicer{m: d.m}
	rel, known := s.within(args[0], args[1])
	if !known {
		return nil
	}
	for i := range min(len(rel), len(path)) {
		if rel[i] != stepName(path[i]) {
			return d.part(args[0], path, depth+1) // another field
		}
	}
	if len(rel) > len(path) {
		return nil
	}
	return d.part(args[2], path[len(rel):], depth+1)
}

func entire(v ssa.Value, path []ops.Step) ssa.Value {
	if len(path) == 0 {
		return v
	}
	return nil
}

// either is the part that all edges agree on; those that make another variant are not meant.
func (d *denoter) either(phi *ssa.Phi, path []ops.Step, depth int) ssa.Value {
	if len(path) == 0 {
		return phi
	}
	var found ssa.Value
	for _, e := range phi.Edges {
		if op := d.m.callOp(e); path[0].Variant != "" && op != nil && op.Kind == ops.Make && last(op.Name) != last(path[0].Variant) {
			continue
		}
		p := d.part(e, path, depth+4)
		if p == nil || found != nil && p != found {
			return nil
		}
		found = p
	}
	return found
}

// computed is the key of a value that is equal to nothing but itself.
func (d *denoter) computed(v ssa.Value) Key {
	text := "…"
	if phi, ok := v.(*ssa.Phi); ok {
		if _, name, ok := strings.Cut(phi.Comment, "_"); ok {
			text = name
		}
	}
	return Key{Number: "v" + v.Name(), Text: text}
}

// number numbers v: equal numbers mean equal values. A read of state is
// numbered by its instruction, since the next one may give something else.
func (d *denoter) number(v ssa.Value) Key {
	switch x := v.(type) {
	case *ssa.Parameter:
		for i, p := range d.m.Fn.SSA.Params {
			if p == x && i < len(d.m.Fn.Ops.Params) {
				return Key{Number: "p" + strconv.Itoa(i), Text: d.m.Fn.Ops.Params[i].Name, Known: KeyParam}
			}
		}
	case *ssa.Call:
		op := d.m.Fn.Op(x)
		if op == nil || len(d.of[x].places) > 0 {
			break
		}
		switch op.Kind {
		case ops.Const:
			return Key{Number: "c" + op.Text, Text: op.Text, Known: KeyConst}
		case ops.Verb:
			if op.Name == ops.Caller {
				return Key{Number: "caller", Text: "caller", Known: KeyCaller}
			}
		case ops.Load:
			if len(d.of[x.Call.Args[0]].places) == 0 {
				return d.key(x.Call.Args[0])
			}
		case ops.Field, ops.Proj:
			if part := d.partOf(x, op); part != nil {
				return d.key(part)
			}
			return d.pure(x, op)
		case ops.Bin, ops.Un, ops.Cast, ops.Make:
			return d.pure(x, op)
		case ops.Call:
			if op.Callee != nil && op.Callee.Pure {
				return d.pure(x, op)
			}
		}
	}
	return d.computed(v)
}

// partOf returns what a field or projection takes out of an aggregate that the
// message itself made: `Args { who, .. }.who` is who. nil if that is not known.
func (d *denoter) partOf(c *ssa.Call, op *ops.Op) ssa.Value {
	path := op.Path
	if op.Kind == ops.Field {
		path = []ops.Step{{Field: op.Name}}
	}
	var v ssa.Value = c.Call.Args[0]
	for _, s := range path {
		made := d.m.callOp(v)
		for made != nil && made.Kind == ops.Load {
			v = v.(*ssa.Call).Call.Args[0]
			made = d.m.callOp(v)
		}
		if made == nil || made.Kind != ops.Make || s.Variant != "" && made.Name != s.Variant {
			return nil
		}
		i := slices.Index(made.Fields, s.Field)
		if i < 0 && len(made.Fields) == 0 {
			if n, err := strconv.Atoi(s.Field); err == nil {
				i = n
			}
		}
		args := v.(*ssa.Call).Call.Args
		if i < 0 || i >= len(args) {
			return nil
		}
		v = args[i]
	}
	return v
}

// pure numbers a function of its operands.
func (d *denoter) pure(c *ssa.Call, op *ops.Op) Key {
	var b, t strings.Builder
	b.WriteString(intName(op))
	if op.Kind != ops.Cast {
		t.WriteString(op.Name)
	}
	known := KeyParam
	var texts []string
	for _, a := range c.Call.Args {
		if len(d.of[a].places) > 0 {
			return d.computed(c)
		}
		k := d.key(a)
		if k.Known == KeyComputed || k.Known == KeyAny {
			known = KeyComputed
		}
		b.WriteString("(" + k.Number + ")")
		texts = append(texts, k.Text)
	}
	text := "…"
	switch {
	case op.Kind == ops.Make && op.Name == "()":
		text = "(" + strings.Join(texts, ", ") + ")"
	case op.Kind == ops.Make && len(texts) == 0:
		text = op.Name
	case op.Kind == ops.Make || op.Kind == ops.Call:
		text = op.Name + op.Text + "(" + strings.Join(texts, ", ") + ")"
	case op.Kind == ops.Field:
		text = texts[0] + "." + op.Name
	case op.Kind == ops.Bin && len(texts) == 2:
		text = texts[0] + " " + op.Name + " " + texts[1]
	case len(texts) == 1:
		text = texts[0]
	}
	return Key{Number: b.String(), Text: text, Known: known}
}

// intName identifies a pure operation without its operands.
func intName(op *ops.Op) string {
	s := strconv.Itoa(int(op.Kind)) + op.Name + "\x00" + op.Text
	for _, p := range op.Path {
		s += "." + p.Variant + "." + p.Field
	}
	return s
}
