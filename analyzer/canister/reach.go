package canister

import (
	"maps"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// ReachFrom is cr and what it reaches, dependencies first.
func (c *Canister) ReachFrom(cr *workspace.Crate) []*workspace.Crate { return c.survey.reach(cr) }

// reach is cr and every workspace or path crate that is linked with it,
// dependencies first.
func (s *survey) reach(cr *workspace.Crate) []*workspace.Crate {
	var order []*workspace.Crate
	seen := map[*workspace.Crate]bool{}
	var visit func(c *workspace.Crate)
	visit = func(c *workspace.Crate) {
		if seen[c] {
			return
		}
		seen[c] = true
		for _, dep := range s.linked(c) {
			visit(dep)
		}
		order = append(order, c)
	}
	visit(cr)
	return order
}

// linked are the dependencies of a crate that its text names: a crate that nothing
// names is not linked, as those that only other programs of the package need.
func (s *survey) linked(c *workspace.Crate) []*workspace.Crate {
	s.mu.Lock()
	defer s.mu.Unlock()
	deps, ok := s.links[c]
	if !ok {
		for _, name := range slices.Sorted(maps.Keys(c.Deps)) {
			for _, t := range c.Trees {
				if strings.Contains(t.File.Text, name) {
					deps = append(deps, c.Deps[name])
					break
				}
			}
		}
		s.links[c] = deps
	}
	return deps
}
