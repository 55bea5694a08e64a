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
	add := func(ds []*Def) {
		for _, d := range ds {
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
	}
	var module func(m *Module)
	module = func(m *Module) {
		add(m.Order)
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
	for _, im := range c.Impls {
		add(im.Items)
	}
	return out
}
