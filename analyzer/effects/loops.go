package effects

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// LoopsBehind returns the loops that run in a segment that w starts, in block order: work without a
// bound that can be seen, in which the segment may reach its instruction limit (S14a).
func (m *Message) LoopsBehind(w *Await) []*ops.Op {
	var out []*ops.Op
	loops := m.longLoops()
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			c, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if loop := loops[m.Fn.Op(c)]; loop != nil && !slices.Contains(out, loop) && m.live.Has(instr) && m.SameSegment(w.Instr, instr) {
				out = append(out, loop)
			}
		}
	}
	return out
}

// longLoops maps the operations of loops that run from start to end in one segment to
// the outermost such loop.
func (m *Message) longLoops() map[*ops.Op]*ops.Op {
	out := map[*ops.Op]*ops.Op{}
	var visit func(list []*ops.Op)
	visit = func(list []*ops.Op) {
		for _, op := range list {
			if op.Kind == ops.Guard {
				continue
			}
			if op.Kind != ops.Loop || waits(op.Body) {
				visit(op.Body)
				visit(op.Else)
				continue
			}
			ops.Walk(op.Body, func(in *ops.Op) { out[in] = op })
		}
	}
	visit(m.Fn.Ops.Body)
	return out
}
