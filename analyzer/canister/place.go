package canister

import (
	"sort"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Place is a cell and fields of it, as a user names it: "ledger::STATE.fees".
// Elements of containers have no name: the fields end before a map or list.
type Place struct {
	Cell   *Cell
	Fields []string
	// Unknown is the first name that the type before it does not have, "" if all is well.
	Unknown string
	// Known are the fields there are instead.
	Known []string
}

// Places returns the places that a text names: none, one, or one for each cell
// of that name. A cell may be named with as much of its path as tells it apart;
// a whole path, with the crate, means that one.
func (c *Canister) Places(text string) []Place {
	path, rest, dotted := strings.Cut(text, ".")
	var all []Place
	for _, d := range c.allStatics() {
		if !means(path, d) {
			continue
		}
		cell := c.CellOf(d)
		if cell == nil {
			continue
		}
		p := Place{Cell: cell}
		if dotted {
			c.fields(&p, strings.Split(rest, "."))
		}
		if d.Path() == path {
			return []Place{p}
		}
		all = append(all, p)
	}
	return all
}

// fields follows names into the type of a cell as far as types tell.
func (c *Canister) fields(p *Place, names []string) {
	t := p.Cell.Type
	for _, name := range names {
		var whole bool
		if t, whole = c.content(t); whole {
			// From here on the element decides whether the name is right.
			_, f := c.Workspace.Field(t, name)
			c.unknown(p, t, name)
			if t = f; p.Unknown != "" {
				return
			}
			names = nil
			continue
		}
		if c.unknown(p, t, name); p.Unknown != "" {
			return
		}
		if names != nil {
			p.Fields = append(p.Fields, name)
		}
		_, t = c.Workspace.Field(t, name)
	}
}

// unknown notes that a struct of the workspace has no field of that name.
func (c *Canister) unknown(p *Place, t *workspace.Type, name string) {
	if t == nil || t.Kind != workspace.TPath || t.Def == nil || t.Def.Kind != workspace.Struct {
		return
	}
	if f, _ := c.Workspace.Field(t, name); f != nil {
		return
	}
	p.Unknown = name
	for _, f := range t.Def.Members {
		p.Known = append(p.Known, f.Name)
	}
}

// content goes through wrappers to what they hold. element reports that this
// is an element of a map, list or set.
func (c *Canister) content(t *workspace.Type) (inner *workspace.Type, element bool) {
	for t != nil && len(t.Args) > 0 && (t.Def == nil || t.Kind != workspace.TPath) {
		switch c.Knowledge.Class(t.Name) {
		case "wrapper", "local", "once", "stablecell", "option":
			t = t.Args[0]
		case "map", "stablemap":
			if len(t.Args) < 2 {
				return nil, true
			}
			t, element = t.Args[1], true
		case "set", "list", "stablelist":
			t, element = t.Args[0], true
		default:
			if t.Kind == workspace.TPath {
				return t, element
			}
			t = t.Args[0] // a reference, slice or array
		}
	}
	return t, element
}

// CellNames lists the paths of all cells of the canister that are declared.
func (c *Canister) CellNames() []string {
	var names []string
	for _, d := range c.allStatics() {
		if c.CellOf(d) != nil {
			names = append(names, d.Name)
		}
	}
	sort.Strings(names)
	return names
}

// allStatics lists the statics of the modules the canister reaches, in source order, crate by crate.
func (c *Canister) allStatics() []*workspace.Def {
	if c.statics == nil {
		c.statics = []*workspace.Def{}
		for _, cr := range c.Reach {
			c.statics = append(c.statics, cr.Statics()...)
		}
	}
	return c.statics
}

// means reports whether a path, or its end, is that of a static.
func means(path string, d *workspace.Def) bool {
	last := path[strings.LastIndex(path, ":")+1:]
	return last == d.Name && (last == path || strings.HasSuffix("::"+d.Path(), "::"+path))
}
