package workspace

import (
	"slices"
	"strings"
)

// A Namespace is one of Rust's: a name can stand for a type or module, a
// value, and a macro at the same time.
type Namespace uint8

const (
	TypeNS Namespace = iota
	ValueNS
	MacroNS
	// AnyNS takes the first namespace, in this order, that has the name.
	AnyNS
)

const numNamespaces = int(AnyNS)

// in reports whether d is a name of namespace ns.
func (d *Def) in(ns Namespace) bool {
	switch d.Kind {
	case Fn, Const, Static:
		return ns == ValueNS
	case Macro:
		return ns == MacroNS
	case Variant:
		return ns != MacroNS
	case Struct:
		return ns == TypeNS || ns == ValueNS && !d.braced()
	}
	return ns == TypeNS
}

// An answer is what a name stands for. The zero answer is "nothing".
type answer struct {
	def *Def
	ext string // outside path
	// maybe are outside paths it can be, through globs of outside modules.
	maybe []string
	// pending: not known yet, an import that may give it is not resolved.
	pending bool
}

func (a answer) none() bool { return a.def == nil && a.ext == "" && !a.pending }

// A lookup is one search for a name. It ends on cycles of globs because each
// module is looked at once.
type lookup struct {
	name string
	ns   Namespace
	from *Module // who looks: decides what globs show it; nil sees everything
	// without is the import being resolved, which cannot give its own name.
	without *use
	// force says which pending imports are taken as giving nothing: 1 globs, 2 all.
	force int
	seen  []*Module
}

// in looks for the name among the items and imports of m.
func (k *lookup) in(m *Module) answer {
	if slices.Contains(k.seen, m) {
		return answer{}
	}
	k.seen = append(k.seen, m)
	through := len(k.seen) > 1 // by a glob, which shows only what is visible
	visible := func(pub bool) bool { return pub || !through || k.from == nil || k.from.inside(m) }
	for _, d := range m.Items[k.name] {
		if d.in(k.ns) && visible(d.Pub) {
			return answer{def: d}
		}
	}
	pending := false
	for _, u := range m.named[k.name] {
		switch {
		case u == k.without || !visible(u.pub):
		case u.done:
			a := u.found[k.ns]
			if k.ns == TypeNS && a.ext != "" && len(u.path) > 1 && u.path[0] == u.name {
				// `use anyhow::anyhow`: a macro or function named like its crate does
				// not hide the crate.
				continue
			}
			if !a.none() {
				return a
			}
		case k.force < 2:
			pending = true
		}
	}
	if pending {
		return answer{pending: true}
	}
	if m.Parent == nil && k.ns == MacroNS {
		if d := m.Crate.macros[k.name]; d != nil {
			return answer{def: d}
		}
	}
	var maybe []string
	for _, u := range m.globs {
		switch {
		case u == k.without || !visible(u.pub):
		case !u.done:
			pending = pending || k.force < 1
		default:
			a := k.open(u.found[TypeNS])
			if !a.none() && !a.pending {
				return a
			}
			pending = pending || a.pending
			maybe = append(maybe, a.maybe...)
		}
	}
	return answer{pending: pending, maybe: maybe}
}

// open looks for the name in what a glob opens.
func (k *lookup) open(a answer) answer {
	switch {
	case a.ext != "":
		return answer{maybe: []string{a.ext + "::" + k.name}}
	case a.def == nil:
	case a.def.mod != nil:
		return k.in(a.def.mod)
	default:
		if v := a.def.variant(k.name); v != nil && v.in(k.ns) {
			return answer{def: v}
		}
	}
	return answer{}
}

// variant returns the variant of an enum, or of the enum an alias names.
func (d *Def) variant(name string) *Def {
	if d.Kind == TypeAlias {
		if t := d.declared(); t != nil && t.Def != nil {
			d = t.Def
		}
	}
	if d.Kind != Enum {
		return nil
	}
	return d.Member(name)
}

// inside reports whether m is o or lies in it.
func (m *Module) inside(o *Module) bool {
	for ; m != nil; m = m.Parent {
		if m == o {
			return true
		}
	}
	return false
}

// nearest returns the innermost module with a name around m.
func (m *Module) nearest() *Module {
	for m.Anonymous && m.Parent != nil {
		m = m.Parent
	}
	return m
}

// lexical looks for the name as the first of a path written in m: items and
// imports of m and of the blocks around it, crates, the std prelude.
func (k *lookup) lexical(m *Module) answer {
	var maybe []string
	pending := false
	for at := m; ; at = at.Parent {
		k.seen = k.seen[:0]
		a := k.in(at)
		if a.pending {
			pending = true
		} else if !a.none() {
			return a
		}
		maybe = append(maybe, a.maybe...)
		if !at.Anonymous || at.Parent == nil {
			break
		}
	}
	if pending {
		return answer{pending: true}
	}
	if k.ns == MacroNS {
		if d := m.macro(k.name); d != nil {
			return answer{def: d}
		}
	}
	if k.ns == TypeNS {
		if a := m.Crate.external(k.name); !a.none() {
			a.maybe = maybe
			return a
		}
	}
	if path := std.lookup(k.name, k.ns); path != "" {
		return answer{ext: path, maybe: maybe}
	}
	if len(maybe) == 1 {
		return answer{ext: maybe[0]}
	}
	return answer{maybe: maybe}
}

// macro finds a macro_rules! by textual scope: modules around, then anywhere
// in the crate, then in the crates it depends on (#[macro_use]).
func (m *Module) macro(name string) *Def {
	for at := m; at != nil; at = at.Parent {
		for _, d := range at.Items[name] {
			if d.Kind == Macro {
				return d
			}
		}
	}
	if d := m.Crate.macros[name]; d != nil {
		return d
	}
	for _, dep := range sortedKeys(m.Crate.Deps) {
		if d := m.Crate.Deps[dep].macros[name]; d != nil {
			return d
		}
	}
	return nil
}

// external returns the crate that a first segment names.
func (c *Crate) external(name string) answer {
	if d := c.Deps[name]; d != nil && d.Root != nil {
		return answer{def: d.Root.def}
	}
	if p, ok := c.Extern[name]; ok {
		return answer{ext: underscored(p.Name)}
	}
	if std.crates[name] {
		return answer{ext: "std"}
	}
	return answer{}
}

// A pathTo is a path to be resolved in a module.
type pathTo struct {
	segs   []string
	global bool
	use    *use // the import it belongs to, nil in expressions and types
	force  int
}

// start resolves the leading keywords or the first name of a path, and
// returns how many segments that took. ns is for the case that it is all.
func (p *pathTo) start(m *Module, ns Namespace) (a answer, taken int) {
	root := m.Crate.Root
	switch first := p.segs[0]; {
	case p.global || p.use != nil && p.use.crate:
		if p.use != nil && p.use.crate && first == "self" {
			return answer{def: root.def}, 1
		}
		if a := m.Crate.external(first); !a.none() {
			return a, 1
		}
		if c := m.Crate.beyond(first); c != nil && c.Root != nil && m.Crate.Extern[first] == (Package{}) { // $crate of a macro
			return answer{def: c.Root.def}, 1
		}
		if p.global && m.Crate.Edition < 2018 {
			k := lookup{name: first, ns: pick(len(p.segs) == 1, ns), from: m, without: p.use, force: p.force}
			return k.in(root), 1
		}
		return answer{ext: first}, 1
	case first == "crate" || first == "$crate":
		return answer{def: root.def}, 1
	case first == "self" || first == "super":
		at := m.nearest()
		if first == "super" {
			if at = at.Parent; at == nil {
				return answer{}, 1
			}
			at = at.nearest()
		}
		i := 1
		for i < len(p.segs) && p.segs[i] == "super" {
			if at.Parent == nil {
				return answer{}, i
			}
			at = at.Parent.nearest()
			i++
		}
		return answer{def: at.def}, i
	}
	k := lookup{name: p.segs[0], ns: pick(len(p.segs) == 1, ns), from: m, without: p.use, force: p.force}
	a = k.lexical(m)
	if a.none() && p.use != nil && m.Crate.Edition < 2018 {
		k.seen = nil
		a = k.in(m.Crate.Root)
	}
	if a.none() && len(p.segs) > 1 && p.outside() && (p.use != nil || m.Crate.loose) && len(a.maybe) == 0 {
		a.ext = p.segs[0]
	}
	return a, 1
}

// outside reports whether the first segment can be the name of a crate that
// no manifest tells of: crates are written in lower case.
func (p *pathTo) outside() bool {
	first := p.segs[0]
	return first != "" && first != "Self" && first == strings.ToLower(first)
}

func pick(last bool, ns Namespace) Namespace {
	if last {
		return ns
	}
	return TypeNS
}

// step resolves the next segment after a.
func (a answer) step(name string, ns Namespace, force int) answer {
	switch {
	case a.ext != "":
		return answer{ext: a.ext + "::" + name}
	case a.def == nil:
		return answer{}
	case a.def.mod != nil:
		k := lookup{name: name, ns: ns, force: force}
		b := k.in(a.def.mod)
		if b.none() && len(b.maybe) == 1 {
			b.ext = b.maybe[0]
		}
		return b
	}
	if v := a.def.variant(name); v != nil && v.in(ns) {
		return answer{def: v}
	}
	return answer{}
}

// resolve resolves a path of modules, items and variants.
func (p *pathTo) resolve(m *Module, ns Namespace) answer {
	if len(p.segs) == 0 { // `use *`, `use {a, b}::*`: not Rust
		return answer{}
	}
	a, i := p.start(m, ns)
	for ; i < len(p.segs) && !a.pending && !a.none(); i++ {
		a = a.step(p.segs[i], pick(i == len(p.segs)-1, ns), p.force)
	}
	if i < len(p.segs) && !a.pending {
		return answer{}
	}
	return a
}

// importAll resolves every import of the crate. Dependencies are done before.
//
// Imports wait for each other: one is resolved when every import that could
// give a name on its path is. Where they wait in a circle, globs that are
// still open are taken as empty, and at last everything left is resolved with
// what is there; so the loop ends.
func (c *Crate) importAll() {
	var todo []waiting
	c.Root.each(func(m *Module) {
		for _, u := range m.uses {
			todo = append(todo, waiting{m, u})
		}
	})
	for _, m := range c.sortedBlocks() {
		for _, u := range m.uses {
			todo = append(todo, waiting{m, u})
		}
	}
	for force := 0; len(todo) > 0; {
		before := len(todo)
		todo = slices.DeleteFunc(todo, func(w waiting) bool { return w.try(force) })
		if len(todo) < before && force < 2 {
			force = 0
			// Chains are mostly written in one direction: take the other next time.
			slices.Reverse(todo)
		} else {
			force++
		}
	}
}

type waiting struct {
	m *Module
	u *use
}

// try resolves an import if nothing it needs is pending.
func (w waiting) try(force int) bool {
	p := pathTo{segs: w.u.path, global: w.u.global, use: w.u, force: force}
	var found [numNamespaces]answer
	for ns := range found {
		a := p.resolve(w.m, Namespace(ns))
		if a.pending {
			if force < 2 {
				return false
			}
			a = answer{}
		}
		if w.u.self && Namespace(ns) != TypeNS && a.def != nil {
			a = answer{}
		}
		found[ns] = a
		if w.u.glob {
			break // what a glob opens is a module or type
		}
	}
	w.u.found, w.u.done = found, true
	return true
}

// each calls f for m and all modules with names in it, in source order.
func (m *Module) each(f func(*Module)) {
	f(m)
	for _, d := range m.Order {
		if d.mod != nil && d.mod.Parent == m { // a loose root is listed in itself, too
			d.mod.each(f)
		}
	}
}
