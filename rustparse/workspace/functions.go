package workspace

// Functions returns every function of the crate in a fixed order: those of
// modules with the methods of traits, those inside other functions' bodies, and last
// those of impl blocks. Some have no body. The slice is shared.
func (c *Crate) Functions() []*Def { return c.functions }

// Statics returns every static of the crate in the order of Functions. The
// slice is shared.
func (c *Crate) Statics() []*Def { return c.statics }

func (c *Crate) listItems() {
	add := func(ds []*Def) {
		for _, d := range ds {
			switch d.Kind {
			case Fn:
				c.functions = append(c.functions, d)
			case Static:
				c.statics = append(c.statics, d)
			}
		}
	}
	module := func(m *Module) {
		add(m.Order)
		for _, d := range m.Order {
			if d.Kind == Trait {
				add(d.Members)
			}
		}
	}
	c.Root.each(module)
	for _, m := range c.sortedBlocks() {
		module(m)
	}
	for _, im := range c.Impls {
		add(im.Items)
	}
}
