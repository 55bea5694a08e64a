package shadow

import (
	"fmt"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A shape is what a first walk over a function finds out for the emitter.
type shape struct {
	table []*ops.Op // operations in order of appearance; 0 unused
	pos   map[*ops.Op]int
	uses  []int // by Value; 2 stands for "many"
	// hoistVal and hoistVar mark what is used outside the list that defines
	// it; lowering should not do that, and it does no harm here.
	hoistVal []bool
	hoistVar []bool
	labels   map[ops.Label]bool // with a break or continue
	guards   map[ops.Var][]*ops.Op
	// root is the variable a chain of places starts at, 0 for none.
	root []ops.Var
	// alias is the variable whose inside a variable refers to, where it is
	// set once from a chain that starts there.
	alias  map[ops.Var]ops.Var
	blocks int

	f       *ops.Func
	lists   []int // enclosing operation lists, innermost last
	nlists  int
	defVal  []int // list that defines it, 0 for none
	defVar  []int
	sets    map[ops.Var]int
	inGuard int
}

// measure walks f once. It fails where f is not well formed or too large.
func measure(f *ops.Func) (*shape, error) {
	s := &shape{
		f: f, table: make([]*ops.Op, 1, 64), pos: map[*ops.Op]int{},
		uses: make([]int, f.Values), hoistVal: make([]bool, f.Values), hoistVar: make([]bool, len(f.Vars)),
		labels: map[ops.Label]bool{}, guards: map[ops.Var][]*ops.Op{},
		root: make([]ops.Var, f.Values), alias: map[ops.Var]ops.Var{},
		defVal: make([]int, f.Values), defVar: make([]int, len(f.Vars)), sets: map[ops.Var]int{}, blocks: 1,
	}
	if err := s.list(f.Body); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	for v, n := range s.sets {
		if n > 1 {
			delete(s.alias, v)
		}
	}
	for _, bodies := range s.guards {
		// The body is built again at each drop; the bound counts it once more.
		for _, g := range bodies {
			s.blocks += 2 + len(g.Body)/4
		}
	}
	if s.blocks > MaxBlocks {
		return nil, fmt.Errorf("%s: %w (about %d blocks, the bound is %d)", f.Name, ErrTooLarge, s.blocks, MaxBlocks)
	}
	return s, nil
}

func (s *shape) list(list []*ops.Op) error {
	s.nlists++
	s.lists = append(s.lists, s.nlists)
	defer func() { s.lists = s.lists[:len(s.lists)-1] }()
	for _, op := range list {
		if err := s.op(op); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) op(op *ops.Op) error {
	if _, seen := s.pos[op]; seen {
		return fmt.Errorf("operation %d appears twice", s.pos[op])
	}
	s.pos[op] = len(s.table)
	s.table = append(s.table, op)
	for _, a := range op.Args {
		if a <= 0 || int(a) >= s.f.Values || s.defVal[a] == 0 {
			return fmt.Errorf("operation %d uses value %d before its definition", s.pos[op], a)
		}
		if s.uses[a] < 2 {
			s.uses[a]++
		}
		if !s.inScope(s.defVal[a]) {
			s.hoistVal[a] = true
		}
		if s.inGuard > 0 {
			// The body of a guard is built at every drop.
			s.uses[a] = 2
			s.hoistVal[a] = true
		}
	}
	if op.Var != 0 {
		if int(op.Var) >= len(s.f.Vars) || op.Var < 0 {
			return fmt.Errorf("operation %d names variable %d, which does not exist", s.pos[op], op.Var)
		}
		if op.Kind == ops.Declare && s.defVar[op.Var] == 0 {
			s.defVar[op.Var] = s.lists[len(s.lists)-1]
		} else if s.defVar[op.Var] == 0 || !s.inScope(s.defVar[op.Var]) || s.inGuard > 0 || op.Kind == ops.Declare {
			s.hoistVar[op.Var] = true
		}
	}
	if op.Out != 0 {
		if int(op.Out) >= s.f.Values || op.Out < 0 || s.defVal[op.Out] != 0 {
			return fmt.Errorf("operation %d defines value %d again", s.pos[op], op.Out)
		}
		s.defVal[op.Out] = s.lists[len(s.lists)-1]
	}
	s.rootOf(op)
	return s.control(op)
}

// rootOf follows chains of places that start at a variable.
func (s *shape) rootOf(op *ops.Op) {
	switch op.Kind {
	case ops.Ref, ops.Get:
		s.root[op.Out] = op.Var
	case ops.Field, ops.Index, ops.Proj:
		s.root[op.Out] = s.root[op.Args[0]]
	case ops.Verb:
		switch op.Name {
		case ops.MapGet, ops.MapEntryOr, ops.ListGet, ops.ListFirst, ops.ListLast, ops.Iter, ops.Values, ops.IterNext, ops.Unwrap:
			if op.Out != 0 && len(op.Args) > 0 {
				s.root[op.Out] = s.root[op.Args[0]]
			}
		}
	case ops.Set:
		s.sets[op.Var]++
		if r := s.root[op.Args[0]]; r != 0 && r != op.Var {
			s.alias[op.Var] = r
		}
	}
}

func (s *shape) control(op *ops.Op) error {
	switch op.Kind {
	case ops.If:
		s.blocks += 3
	case ops.Block:
		s.blocks++
	case ops.Loop:
		s.blocks += 2
	case ops.Break, ops.Continue:
		s.labels[op.Label] = true
	case ops.Guard:
		s.guards[op.Var] = append(s.guards[op.Var], op)
		s.inGuard++
		defer func() { s.inGuard-- }()
	}
	if err := s.list(op.Body); err != nil {
		return err
	}
	return s.list(op.Else)
}

func (s *shape) inScope(list int) bool {
	for _, l := range s.lists {
		if l == list {
			return true
		}
	}
	return false
}
