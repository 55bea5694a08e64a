package workspace

import (
	"cmp"
	"maps"
	"slices"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// Functions returns every function of the crate in a fixed order: those of
// modules, the provided methods of traits, those inside other functions' bodies,
// and last those of impl blocks. Some have no body.
func (c *Crate) Functions() []*Def {
	var out []*Def
	add := func(d *Def) {
		switch d.Kind {
		case Fn:
			out = append(out, d)
		case Trait:
			for _, m := range d.Members {
				if m.Kind == Fn {
					out = append(out, m)
				}
			}
		}
	}
	c.eachItem(add)
	for _, im := range c.Impls {
		for _, d := range im.Items {
			add(d)
		}
	}
	return out
}

// Statics returns every static of the crate in the order of Functions.
func (c *Crate) Statics() []*Def {
	var out []*Def
	c.eachItem(func(d *Def) {
		if d.Kind == Static {
			out = append(out, d)
		}
	})
	return out
}

// eachItem visits the items of all modules, and then those inside bodies of functions.
func (c *Crate) eachItem(visit func(*Def)) {
	var module func(m *Module)
	module = func(m *Module) {
		for _, d := range m.Order {
			visit(d)
		}
		for _, name := range slices.Sorted(maps.Keys(m.Mods)) {
			module(m.Mods[name])
		}
	}
	if c.Root != nil {
		module(c.Root)
	}
	order := map[*rp.Tree]int{}
	for i, t := range c.Trees {
		order[t] = i
	}
	inner := slices.SortedFunc(maps.Keys(c.blocks), func(a, b blockKey) int {
		return cmp.Or(cmp.Compare(order[a.tree], order[b.tree]), cmp.Compare(a.node, b.node))
	})
	for _, k := range inner {
		module(c.blocks[k])
	}
}
