package canister

import (
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Declaration is what the source says of a place.
type Declaration struct {
	// Span is the name of the field, or of the static if the place is all of a
	// cell or an element of it; no file if it is not known.
	Span rustparse.Span
	// Durable: it is in stable memory.
	Durable bool
	// Unsaved: serialization leaves it out, or something around it.
	Unsaved bool
}

// Declared returns what is declared of a place: a cell by its name, and the names of
// fields, "" for an element of a container.
func (c *Canister) Declared(cell string, path []string) Declaration {
	of := c.CellNamed(cell)
	if of == nil || of.Def == nil {
		return Declaration{}
	}
	d := Declaration{Span: nameOf(of.Def)}
	t := of.Type
	for _, name := range append(path[:len(path):len(path)], "") {
		d.Durable = d.Durable || c.durable(t)
		t, _ = c.content(t)
		if name == "" {
			continue // content went to the element already
		}
		f, ft := c.Workspace.Field(t, name)
		if f == nil {
			break
		}
		t = ft
		d.Span = nameOf(f)
		for _, a := range f.Attrs {
			for _, arg := range a.Args() {
				d.Unsaved = d.Unsaved || c.Knowledge.Unsaved(a.Path+"::"+arg.Key)
			}
		}
	}
	return d
}

// durable reports whether a type, or what it wraps, keeps its content in stable memory.
func (c *Canister) durable(t *workspace.Type) bool {
	for depth := 0; t != nil && depth < 8; depth++ {
		if t.Kind == workspace.TPath && c.Knowledge.Durable(t.Name) {
			return true
		}
		if len(t.Args) == 0 || t.Kind == workspace.TPath && t.Def != nil {
			return false
		}
		t = t.Args[0]
	}
	return false
}
