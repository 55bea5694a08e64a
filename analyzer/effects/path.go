package effects

import "golang.org/x/tools/go/ssa"

// After reports whether control can get from just after a to b.
func (m *Message) After(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && m.index[a] < m.index[b] {
		return true
	}
	return m.fromEnd(a.Block())[b.Block().Index]
}

// fromEnd returns which blocks can follow the end of b.
func (m *Message) fromEnd(b *ssa.BasicBlock) []bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.reach[b]; r != nil {
		return r
	}
	r := make([]bool, len(m.Fn.SSA.Blocks))
	work := m.succs(b)
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if !r[x.Index] {
			r[x.Index] = true
			work = append(work, m.succs(x)...)
		}
	}
	m.reach[b] = r
	return r
}

// succs returns the successors of b along edges that can be taken.
func (m *Message) succs(b *ssa.BasicBlock) []*ssa.BasicBlock {
	return m.live.succs(b)
}

// AfterWithout reports whether control can get from just after a to b
// without passing any of avoid in between.
func (m *Message) AfterWithout(a, b ssa.Instruction, avoid ...ssa.Instruction) bool {
	if !m.After(a, b) {
		return false
	}
	if len(avoid) == 0 {
		return true
	}
	stop := map[*ssa.BasicBlock][]int{}
	for _, x := range avoid {
		if x != nil {
			stop[x.Block()] = append(stop[x.Block()], m.index[x])
		}
	}
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
		for _, i := range stop[s.b] {
			if i >= s.from && i < end {
				end = i
			}
		}
		if s.b == b.Block() && m.index[b] >= s.from && m.index[b] <= end {
			return true
		}
		if end < len(s.b.Instrs) {
			continue
		}
		for _, n := range m.succs(s.b) {
			if !seen[n.Index] {
				seen[n.Index] = true
				work = append(work, state{n, 0})
			}
		}
	}
	return false
}

// CommitsBetween returns the awaits at which a segment may end on a way from
// a to b that does not pass a again: those that put b in a later segment than a.
func (m *Message) CommitsBetween(a, b ssa.Instruction) []*Await {
	var out []*Await
	for _, w := range m.Awaits {
		if w.Commits() && w.Instr != b && m.After(a, w.Instr) && m.AfterWithout(w.Instr, b, a) {
			out = append(out, w)
		}
	}
	return out
}

// SameSegment reports whether control can get from a to b without a commit in between.
func (m *Message) SameSegment(a, b ssa.Instruction) bool {
	var commits []ssa.Instruction
	for _, w := range m.Awaits {
		if w.Commits() && w.Instr != a && w.Instr != b {
			commits = append(commits, w.Instr)
		}
	}
	return m.AfterWithout(a, b, commits...)
}

// First returns the awaits that can commit before any other does.
func (m *Message) First() []*Await {
	if m.Err != nil {
		return nil
	}
	var out []*Await
	for _, w := range m.Awaits {
		if !w.Commits() {
			continue
		}
		first := true
		for _, v := range m.Awaits {
			if v != w && v.Commits() && v.Instr.Block().Dominates(w.Instr.Block()) && m.After(v.Instr, w.Instr) {
				first = false
			}
		}
		if first {
			out = append(out, w)
		}
	}
	return out
}
