package effects

import (
	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Check is something that decides whether an instruction is reached.
type Check struct {
	Instr ssa.Instruction // the *ssa.If, or the call that traps
	Cond  ssa.Value       // what is tested
	Op    *ops.Op
	// Taken says which side of an If leads on, for the nearest ones.
	Taken bool
	// Traps: an assert, unwrap or the like, not a branch.
	Traps bool
}

// controls holds which branch edges each block depends on.
type controls struct {
	deps  [][]edge // by block
	traps []Check  // asserts and unwraps
}

type edge struct {
	from  *ssa.BasicBlock
	taken bool
}

// newControls computes control dependence (Ferrante, Ottenstein, Warren)
// over the blocks that can be executed. Returns and traps all lead to one virtual exit.
func newControls(m *Message) *controls {
	blocks := m.Fn.SSA.Blocks
	c := &controls{deps: make([][]edge, len(blocks))}
	pdom := postDominators(m)
	for _, b := range blocks {
		if !m.live.Blocks[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			c.trap(m, instr)
		}
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); !ok || len(m.succs(b)) < 2 {
			continue
		}
		for side, s := range b.Succs {
			for x := s.Index; x >= 0 && x != pdom[b.Index]; x = pdom[x] {
				c.deps[x] = append(c.deps[x], edge{b, side == 0})
				if pdom[x] == x {
					break
				}
			}
		}
	}
	return c
}

// trap notes instructions that go on only if something holds.
func (c *controls) trap(m *Message, instr ssa.Instruction) {
	call, ok := instr.(*ssa.Call)
	op := m.callOp(instr)
	if !ok || op == nil || len(call.Call.Args) == 0 {
		return
	}
	if op.Kind == ops.Assert || op.Kind == ops.Verb && (op.Name == ops.Unwrap || op.Name == ops.UnwrapErr) {
		c.traps = append(c.traps, Check{Instr: instr, Cond: call.Call.Args[0], Op: op, Taken: true, Traps: true})
	}
}

// postDominators returns the immediate postdominator of each block, the
// virtual exit being len(blocks); -1 for blocks from which no exit is
// reached. It is the algorithm of Cooper, Harvey and Kennedy on the reversed graph.
func postDominators(m *Message) []int {
	blocks := m.Fn.SSA.Blocks
	exit := len(blocks)
	preds := make([][]int, exit+1) // in the reversed graph: successors
	succs := make([][]int, exit+1)
	add := func(from, to int) {
		succs[from] = append(succs[from], to)
		preds[to] = append(preds[to], from)
	}
	for _, b := range blocks {
		if !m.live.Blocks[b.Index] {
			continue
		}
		ss := m.succs(b)
		if len(ss) == 0 {
			add(b.Index, exit)
		}
		for _, s := range ss {
			add(b.Index, s.Index)
		}
	}
	order := make([]int, 0, exit+1) // postorder of the reversed graph
	number := make([]int, exit+1)
	for i := range number {
		number[i] = -1
	}
	seen := make([]bool, exit+1)
	walk := func(root int) {
		type frame struct{ node, next int }
		stack := []frame{{root, 0}}
		seen[root] = true
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next < len(preds[f.node]) {
				n := preds[f.node][f.next]
				f.next++
				if !seen[n] {
					seen[n] = true
					stack = append(stack, frame{n, 0})
				}
				continue
			}
			number[f.node] = len(order)
			order = append(order, f.node)
			stack = stack[:len(stack)-1]
		}
	}
	walk(exit)
	idom := make([]int, exit+1)
	for i := range idom {
		idom[i] = -1
	}
	idom[exit] = exit
	for changed := true; changed; {
		changed = false
		for i := len(order) - 1; i >= 0; i-- {
			b := order[i]
			if b == exit {
				continue
			}
			best := -1
			for _, s := range succs[b] {
				if number[s] < 0 || idom[s] < 0 {
					continue
				}
				if best < 0 {
					best = s
					continue
				}
				x, y := best, s
				for x != y {
					for number[x] < number[y] {
						x = idom[x]
					}
					for number[y] < number[x] {
						y = idom[y]
					}
				}
				best = x
			}
			if best != idom[b] {
				idom[b] = best
				changed = true
			}
		}
	}
	for i := range idom {
		if idom[i] == exit {
			idom[i] = -1 // the walk up ends at the exit
		}
	}
	return idom[:exit]
}

// Checks returns what decides about reaching instr: the branches it is
// control dependent on, directly or through others, and the asserts and
// unwraps that every way to it passes. Early returns count: what follows `if bad { return }`
// depends on bad.
func (m *Message) Checks(instr ssa.Instruction) []Check {
	var out []Check
	seen := map[edge]bool{}
	blocks := map[*ssa.BasicBlock]bool{}
	var visit func(b *ssa.BasicBlock)
	visit = func(b *ssa.BasicBlock) {
		if blocks[b] {
			return
		}
		blocks[b] = true
		for _, e := range m.controls.deps[b.Index] {
			if !seen[e] {
				seen[e] = true
				branch := e.from.Instrs[len(e.from.Instrs)-1].(*ssa.If)
				if v, op, ok := m.Fn.Cond(branch); ok {
					out = append(out, Check{Instr: branch, Cond: v, Op: op, Taken: e.taken})
				}
			}
			visit(e.from)
		}
	}
	visit(instr.Block())
	for _, t := range m.controls.traps {
		if t.Instr != instr && m.passes(t.Instr, instr) {
			out = append(out, t)
		}
	}
	return out
}

// passes reports whether every way to b passes a.
func (m *Message) passes(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return m.index[a] < m.index[b]
	}
	return a.Block().Dominates(b.Block())
}
