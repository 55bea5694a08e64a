package effects

import (
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Slice is the backward data slice of a value: everything inside the
// message that it is computed from.
type Slice struct {
	Reads  []*Access // of state
	Awaits []*ssa.Call
	Params []*ssa.Parameter
	values map[ssa.Value]bool
}

// Has reports whether v is part of the slice.
func (s *Slice) Has(v ssa.Value) bool { return s.values[v] }

// Any reports whether some value of the slice has a property.
func (s *Slice) Any(is func(ssa.Value) bool) bool {
	for v := range s.values {
		if is(v) {
			return true
		}
	}
	return false
}

// Depends reports whether the slice has a read of a place the same as p.
func (s *Slice) Depends(p Place) bool {
	for _, r := range s.Reads {
		if r.Place.Same(p) {
			return true
		}
	}
	return false
}

// maxSlice bounds the steps of one slice; beyond it the slice is cut short.
const maxSlice = 20000

// Slice computes the backward data slice of v. It tells the fields of local
// aggregates apart, ends at reads of state (what selected the place
// read is no part of it) and at the answers of inter-canister calls.
func (m *Message) Slice(v ssa.Value) *Slice { return m.slice(v, nil, false) }

// SlicePart is the slice of the part of v that lies at path, outermost field first.
func (m *Message) SlicePart(v ssa.Value, path []string) *Slice { return m.slice(v, path, false) }

// SliceWithChoices is the slice of v with that of the conditions which chose among the values
// it may be: of `if paid { Done } else { Open }` that of paid.
func (m *Message) SliceWithChoices(v ssa.Value) *Slice { return m.slice(v, nil, true) }

func (m *Message) slice(v ssa.Value, path []string, choices bool) *Slice {
	s := &slicer{m: m, choices: choices, out: &Slice{values: map[ssa.Value]bool{}}, seen: map[string]bool{}, reads: map[*Access]bool{}}
	s.visit(v, path)
	return s.out
}

type slicer struct {
	m *Message
	// choices: what chose among the edges of a phi is followed too.
	choices bool

	out   *Slice
	seen  map[string]bool
	reads map[*Access]bool
	steps int
}

// visit adds v to the slice, or only the part of v that lies at path (outermost
// field first).
func (s *slicer) visit(v ssa.Value, path []string) {
	if len(path) > 8 {
		path = path[:8]
	}
	key := v.Name() + "." + strings.Join(path, ".")
	if s.seen[key] || s.steps > maxSlice {
		return
	}
	s.seen[key] = true
	s.steps++
	s.out.values[v] = true
	switch x := v.(type) {
	case *ssa.Parameter:
		s.out.Params = append(s.out.Params, x)
	case *ssa.Phi:
		for i, e := range x.Edges {
			if s.m.live == nil || s.m.live.Blocks[x.Block().Preds[i].Index] {
				s.visit(e, path)
			}
		}
		if s.choices {
			for _, c := range s.m.Deciding(x) {
				s.visit(c, nil)
			}
		}
	case *ssa.Call:
		if changed, old, ok := s.m.Fn.Carried(x); ok {
			s.part(changed, nil)
			s.part(old, path)
		} else if op := s.m.Fn.Op(x); op != nil {
			s.call(x, op, path)
		}
	}
}

func (s *slicer) all(args []ssa.Value) {
	for _, a := range args {
		if len(s.m.Places(a)) == 0 {
			s.visit(a, nil)
		}
	}
}

func (s *slicer) call(c *ssa.Call, op *ops.Op, path []string) {
	for _, a := range s.m.at[c] {
		if a.Read && !s.reads[a] {
			s.reads[a] = true
			s.out.Reads = append(s.out.Reads, a)
		}
	}
	args := c.Call.Args
	switch op.Kind {
	case ops.Await:
		s.await(c, args)
	case ops.Field:
		s.part(args[0], append([]string{op.Name}, path...))
	case ops.Proj:
		var in []string
		for _, step := range op.Path {
			in = append(in, stepName(step))
		}
		s.part(args[0], append(in, path...))
	case ops.Index, ops.Load, ops.Cast:
		if op.Kind == ops.Index {
			path = nil
		}
		s.part(args[0], path)
	case ops.Make:
		s.aggregate(args, op, path)
	case ops.Store:
		if len(args) == 3 {
			s.update(args, path)
		}
	case ops.Out:
		s.part(args[0], nil)
		s.part(args[1], path)
	case ops.Verb:
		s.verb(args, op, path)
	default:
		s.all(args)
	}
}

// stepName names a step so that it meets the field of a Make: the payload of a variant is
// field "0" of it.
func stepName(s ops.Step) string { return s.Field }

// part visits the part of a local value; a place was read where it was
// consumed, not here.
func (s *slicer) part(v ssa.Value, path []string) {
	if len(s.m.Places(v)) == 0 {
		s.visit(v, path)
	}
}

// await follows a future that is not a call: its result is computed here.
func (s *slicer) await(c *ssa.Call, args []ssa.Value) {
	s.out.Awaits = append(s.out.Awaits, c)
	for _, a := range s.m.Awaits {
		if a.Instr == c && len(a.Requests) > 0 {
			return
		}
	}
	s.all(args)
}

func (s *slicer) aggregate(args []ssa.Value, op *ops.Op, path []string) {
	if len(path) > 0 {
		for i, a := range args {
			if fieldName(op, i) == path[0] {
				s.part(a, path[1:])
				return
			}
		}
	}
	s.all(args)
}

// update follows base' = update(base, target, value): into value for what lies in the
// target, into base for the rest.
func (s *slicer) update(args []ssa.Value, path []string) {
	base, target, value := args[0], args[1], args[2]
	rel, known := s.within(base, target)
	if !known {
		s.visit(base, path)
		s.part(value, nil)
		return
	}
	n := min(len(rel), len(path))
	for i := range n {
		if rel[i] != path[i] {
			s.visit(base, path)
			return
		}
	}
	if len(rel) <= len(path) {
		s.part(value, path[len(rel):])
		return
	}
	s.visit(base, path)
	s.part(value, nil)
}

// within returns the fields that lead from base to target.
func (s *slicer) within(base, target ssa.Value) (path []string, known bool) {
	for range 16 {
		if target == base {
			return path, true
		}
		c, ok := target.(*ssa.Call)
		op := s.m.callOp(target)
		if !ok || op == nil {
			return nil, false
		}
		switch op.Kind {
		case ops.Field:
			path = append([]string{op.Name}, path...)
		case ops.Proj:
			var in []string
			for _, step := range op.Path {
				in = append(in, stepName(step))
			}
			path = append(in, path...)
		default:
			return nil, false
		}
		target = c.Call.Args[0]
	}
	return nil, false
}

// verb follows the operands of a verb. Keys only select; the payload of
// an unwrapped value is field "0" of it.
func (s *slicer) verb(args []ssa.Value, op *ops.Op, path []string) {
	e, known := verbs[op.Name]
	switch {
	case op.Name == ops.Unwrap || op.Name == ops.UnwrapErr:
		s.part(args[0], append([]string{"0"}, path...))
	case known && e.part == keyed:
		for i, a := range args {
			if i != 1 && len(s.m.Places(a)) == 0 {
				s.visit(a, nil)
			}
		}
	case known && len(args) > 0 && len(s.m.Places(args[0])) > 0:
		// The old content of a place: what is written there is not in it.
		if e.value > 0 {
			return
		}
		s.all(args)
	default:
		s.all(args)
	}
}

// Deciding returns the conditions of the branches that choose an edge of a phi.
func (m *Message) Deciding(phi *ssa.Phi) []ssa.Value {
	var conds []ssa.Value
	top := phi.Block().Idom()
	seen := map[*ssa.BasicBlock]bool{phi.Block(): true}
	var up func(b *ssa.BasicBlock)
	up = func(b *ssa.BasicBlock) {
		if seen[b] {
			return
		}
		seen[b] = true
		if branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			if v, _, ok := m.Fn.Cond(branch); ok {
				conds = append(conds, v)
			}
		}
		if b != top {
			for _, p := range b.Preds {
				up(p)
			}
		}
	}
	for _, p := range phi.Block().Preds {
		up(p)
	}
	return conds
}

// FlowsInto reports whether v is among what w is computed from.
func (m *Message) FlowsInto(v, w ssa.Value) bool { return m.Slice(w).Has(v) }
