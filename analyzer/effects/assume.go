package effects

import (
	"golang.org/x/tools/go/ssa"
)

// An assumption narrows an exploration: to some blocks, to one side of some
// branches, or by what some values are taken for.
type assumption struct {
	blocks []bool                   // by index; nil for all
	side   map[*ssa.BasicBlock]int  // the only successor that is followed
	value  func(v *ssa.Call) *shape // nil where nothing is assumed
	drops  bool                     // every drop may run
}

// through returns what can be executed in runs that pass b: what is decided on
// the ways around it is not mixed in.
func (m *Message) through(b *ssa.BasicBlock, value func(*ssa.Call) *shape) *Region {
	allowed := m.before(b)
	m.mark(allowed, b)
	return m.assuming(assumption{blocks: allowed, value: value})
}

// taking returns what can be executed in runs that leave b by the given side.
func (m *Message) taking(b *ssa.BasicBlock, side int) *Region {
	allowed := m.before(b)
	allowed[b.Index] = true
	m.mark(allowed, b.Succs[side])
	return m.assuming(assumption{blocks: allowed, side: map[*ssa.BasicBlock]int{b: side}})
}

// before returns the blocks from which b can be reached.
func (m *Message) before(b *ssa.BasicBlock) []bool {
	in := make([]bool, len(m.Fn.SSA.Blocks))
	work := []*ssa.BasicBlock{b}
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		for _, p := range x.Preds {
			if !in[p.Index] && m.live.takes(p, x) {
				in[p.Index] = true
				work = append(work, p)
			}
		}
	}
	return in
}

// mark adds b and what can follow it to set.
func (m *Message) mark(set []bool, b *ssa.BasicBlock) {
	set[b.Index] = true
	for i, yes := range m.fromEnd(b) {
		set[i] = set[i] || yes
	}
}

// prelude tells of instructions whether control can get from them to instr
// without a commit in between.
func (m *Message) prelude(instr ssa.Instruction) func(ssa.Instruction) bool {
	commits := map[*ssa.BasicBlock][]int{}
	for _, w := range m.Awaits {
		if w.Commits() && w.Instr != instr {
			commits[w.Instr.Block()] = append(commits[w.Instr.Block()], m.index[w.Instr])
		}
	}
	// In a block, what stands after the last commit before its end, or before instr.
	after := func(b *ssa.BasicBlock, end int) int {
		from := 0
		for _, i := range commits[b] {
			if i < end {
				from = max(from, i+1)
			}
		}
		return from
	}
	at, end := instr.Block(), m.index[instr]
	first := after(at, end)
	whole := map[*ssa.BasicBlock]int{}
	work := []*ssa.BasicBlock{}
	enter := func(b *ssa.BasicBlock, from int) {
		if from > 0 {
			return
		}
		for _, p := range b.Preds {
			if _, seen := whole[p]; !seen && m.live.takes(p, b) {
				whole[p] = after(p, len(p.Instrs))
				work = append(work, p)
			}
		}
	}
	enter(at, first)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		enter(b, whole[b])
	}
	return func(x ssa.Instruction) bool {
		b, i := x.Block(), m.index[x]
		if b == at && i >= first && i < end {
			return true
		}
		from, ok := whole[b]
		return ok && i >= from
	}
}

func (m *Message) assuming(a assumption) *Region {
	x := m.explorer()
	x.assumed = a
	return x.run()
}

// reaches reports whether control can get, inside r, from just after a to b
// without passing any of avoid.
func (m *Message) reaches(r *Region, a, b ssa.Instruction, avoid []ssa.Instruction) bool {
	type state struct {
		b    *ssa.BasicBlock
		from int
	}
	seen := make([]bool, len(m.Fn.SSA.Blocks))
	work := []state{{a.Block(), m.index[a] + 1}}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		end := len(s.b.Instrs)
		for _, x := range avoid {
			if i := m.index[x]; x.Block() == s.b && i >= s.from && i < end {
				end = i
			}
		}
		if s.b == b.Block() && m.index[b] >= s.from && m.index[b] <= end {
			return true
		}
		if end < len(s.b.Instrs) {
			continue
		}
		for _, n := range r.succs(s.b) {
			if !seen[n.Index] {
				seen[n.Index] = true
				work = append(work, state{n, 0})
			}
		}
	}
	return false
}
