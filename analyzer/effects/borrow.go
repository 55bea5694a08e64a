package effects

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Borrow is a reference to state, or a guard that lends it, that a message
// holds while it waits.
type Borrow struct {
	Op *ops.Op // the Guard, or the Cell that the reference was taken of
	// Guard is the type of the value that lends ("RefMut"), "" for a plain reference.
	Guard string
	// Unique: no other borrow goes with it.
	Unique bool
	// Places is what is borrowed; none where that is not known.
	Places []Place
	Awaits []*Await // those it is held at, in block order
	// Use is the first access through a plain reference behind an await.
	Use *Access
}

// Borrows returns what m holds borrowed at a commit point, in the order of its
// operations. A guard is held from where it is made to its drop. A plain reference
// is held as long as it is still used, and counts where m writes through it: it
// is a &mut then, and the state has no RefCell or lock that would tell.
func (m *Message) Borrows() []*Borrow {
	var all []*Borrow
	lent := map[*ops.Op]*Borrow{}
	armed := ops.Armed(m.Fn.Ops)
	for _, w := range m.Awaits {
		for _, g := range armed[w.Op] {
			if g.Lend == ops.NoLend || !w.Commits() {
				continue
			}
			b := lent[g]
			if b == nil {
				b = &Borrow{Op: g, Guard: g.Name, Unique: g.Lend == ops.Unique}
				lent[g] = b
				all = append(all, b)
			}
			b.Awaits = append(b.Awaits, w)
		}
	}
	for _, block := range m.Fn.SSA.Blocks {
		if !m.live.Blocks[block.Index] {
			continue
		}
		for _, instr := range block.Instrs {
			c, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			switch op := m.Fn.Op(c); {
			case op == nil:
			case op.Kind == ops.Guard && lent[op] != nil:
				lent[op].Places = m.Places(c.Call.Args[0])
			case op.Kind == ops.Cell && op.Mut:
				if b := m.reference(c, op); b != nil {
					all = append(all, b)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Borrow) int { return int(a.Op.Site) - int(b.Op.Site) })
	return all
}

// reference is the borrow that the reference cell is, nil if it is not held at
// a commit point or nothing is written through it.
func (m *Message) reference(cell *ssa.Call, op *ops.Op) *Borrow {
	b := &Borrow{Op: op, Unique: true}
	writes := false
	var through []*Access
	var walk func(v ssa.Value)
	seen := map[ssa.Value]bool{}
	walk = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		for _, r := range *v.Referrers() {
			if !m.uses(r) || !m.live.Blocks[r.Block().Index] {
				continue
			}
			for _, a := range m.at[r] {
				writes = writes || a.Write && !a.Callee
				through = append(through, a)
			}
			for _, w := range m.Awaits {
				if w.Commits() && !slices.Contains(b.Awaits, w) && m.held(v, w, r) {
					b.Awaits = append(b.Awaits, w)
				}
			}
			if part, ok := r.(ssa.Value); ok && len(m.Places(part)) > 0 {
				walk(part)
			}
		}
	}
	walk(cell)
	if len(b.Awaits) == 0 || !writes {
		return nil
	}
	b.Places = m.Places(cell)
	for _, a := range through {
		if (b.Use == nil || a.Op.Site < b.Use.Op.Site) && slices.ContainsFunc(b.Awaits, func(w *Await) bool { return m.AfterWithout(w.Instr, a.Instr, cell) }) {
			b.Use = a
		}
	}
	slices.SortFunc(b.Awaits, func(x, y *Await) int { return slices.Index(m.Awaits, x) - slices.Index(m.Awaits, y) })
	return b
}

// uses reports whether an instruction does something with what it refers to.
func (m *Message) uses(r ssa.Instruction) bool {
	if _, phi := r.(*ssa.Phi); phi {
		return true
	}
	op := m.callOp(r)
	return op != nil && op.Kind != ops.Drop && op.Kind != ops.Guard && op.Kind != ops.Out
}

// held reports whether v, used at r, is held at w: control gets from w to r with the v from before w.
func (m *Message) held(v ssa.Value, w *Await, r ssa.Instruction) bool {
	def, ok := v.(ssa.Instruction)
	if !ok {
		return false
	}
	phi, ok := r.(*ssa.Phi)
	if !ok {
		return m.AfterWithout(w.Instr, r, def)
	}
	for i, e := range phi.Edges {
		pred := phi.Block().Preds[i]
		if e == v && m.live.takes(pred, phi.Block()) && m.AfterWithout(w.Instr, pred.Instrs[len(pred.Instrs)-1], def) {
			return true
		}
	}
	return false
}
