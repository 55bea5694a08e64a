package canister

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// CellOf returns the state cell a static is, nil for a static that is a
// constant: no interior mutability and never assigned. The first of two cells
// of a name that is asked for has the bare name.
func (c *Canister) CellOf(d *workspace.Def) *Cell {
	if cell, ok := c.cells[d]; ok {
		return cell
	}
	var cell *Cell
	if c.IsCell(d) {
		cell = &Cell{Name: d.Name, Def: d, Type: staticType(d)}
		if !declaredState(c.Knowledge, d) {
			cell.Assumed = "`" + d.Name + "` is a plain static that is assigned: taken as a state cell"
		}
		if other, taken := c.names[d.Name]; taken && other != d {
			cell.Name = strings.TrimPrefix(d.Module.Path()+"::"+d.Name, "crate::")
			if d.Module.Crate != c.Crate || cell.Name == d.Name {
				cell.Name = d.Module.Crate.Name + "::" + cell.Name
			}
		}
		c.names[cell.Name] = d
	}
	c.cells[d] = cell
	return cell
}

// IsCell reports whether a static is a state cell. Unlike [Canister.CellOf] it
// gives no name to it.
func (c *Canister) IsCell(d *workspace.Def) bool {
	c.survey.mu.Lock()
	defer c.survey.mu.Unlock()
	return c.survey.stateIndex(d) > 0
}

// CellNamed returns the cell of that name among those that were asked for so
// far, nil if there is none.
func (c *Canister) CellNamed(name string) *Cell {
	if d := c.names[name]; d != nil {
		return c.cells[d]
	}
	return c.assumed[name]
}

// stateIndex returns 0 for a static that is a constant, else 1 + its index in statics.
func (s *survey) stateIndex(d *workspace.Def) int {
	i, ok := s.state[d]
	if !ok {
		if declaredState(s.know, d) || d.Module.Crate.Kind == workspace.Listing && assigned(d) {
			s.statics = append(s.statics, d)
			i = len(s.statics)
		}
		s.state[d] = i
	}
	return i
}

// declaredState reports whether a static is declared such that it can change.
func declaredState(k *knowledge.Base, d *workspace.Def) bool {
	return d.Macro != "" || d.Tree.ChildOfKind(d.Node, rp.MutableSpecifier) != 0 || interior(k, staticType(d), 0)
}

func staticType(d *workspace.Def) *workspace.Type {
	if n := d.Tree.Child(d.Node, rp.FieldType); n != 0 {
		return d.ScopeOf().Type(d.Tree, n)
	}
	return nil
}

// interior reports whether a static of this type can change: a wrapper with interior mutability anywhere near its surface.
func interior(k *knowledge.Base, t *workspace.Type, depth int) bool {
	if t == nil || depth > 3 {
		return false
	}
	if t.Kind == workspace.TPath && t.Def == nil {
		switch k.Class(t.Name) {
		case "wrapper", "once", "atomic", "stablemap", "stablecell", "stablelist":
			return true
		}
	}
	if t.Kind == workspace.TPath && t.Def != nil && t.Def.Kind == workspace.Struct {
		for _, f := range t.Def.Members {
			if interior(k, workspace.FieldType(f), depth+1) {
				return true
			}
		}
	}
	for _, a := range t.Args {
		if interior(k, a, depth+1) {
			return true
		}
	}
	return false
}

// assigned reports whether some code of its crate assigns a bare static.
func assigned(d *workspace.Def) bool {
	for _, t := range d.Module.Crate.Trees {
		for n := rp.Node(1); int(n) < t.Len(); n++ {
			k := t.Kind(n)
			if k != rp.AssignmentExpression && k != rp.CompoundAssignmentExpr {
				continue
			}
			if l := t.Child(n, rp.FieldLeft); t.Kind(l) == rp.Identifier && t.Text(l) == d.Name {
				return true
			}
		}
	}
	return false
}
