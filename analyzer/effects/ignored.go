package effects

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// Ignored returns the outcomes of w by which its caller is told of a failure
// and that decide nothing: the message does the same as after a success, and
// what it was told goes nowhere. A log line is no use of a result, but a branch
// that was written for it is.
func (m *Message) Ignored(w *Await) []Outcome {
	var out []Outcome
	for _, o := range m.Outcomes(w) {
		if o.Failure() && !m.decides(w, o) {
			out = append(out, o)
		}
	}
	return out
}

// decides reports whether it makes a difference that w ended with o.
func (m *Message) decides(w *Await, o Outcome) bool {
	failed, good := m.Under(w, o), m.Under(w, Replied)
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if failed.Has(instr) != good.Has(instr) && m.does(instr) {
				return true
			}
		}
	}
	u := use{m: m, region: failed, good: good, blind: w.Joined, seen: map[ssa.Value]bool{}}
	if u.of(w.Instr) {
		return true
	}
	for _, b := range m.Fn.SSA.Blocks {
		for _, pred := range b.Preds {
			if failed.takes(pred, b) != good.takes(pred, b) && u.selected(b) {
				return true
			}
		}
	}
	return false
}

// selected reports whether a value is used that depends on how b is reached.
func (u *use) selected(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if u.region.Has(phi) && u.of(phi) {
			return true
		}
	}
	return false
}

// does reports whether executing instr has an effect.
func (m *Message) does(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Panic:
		return true
	case *ssa.Call:
		switch op := m.callOp(instr); {
		case op == nil:
			return false
		case op.Kind == ops.Call:
			return op.Callee == nil || !op.Callee.Pure
		default:
			return m.sinks(op) || m.writes(instr)
		}
	}
	return false
}

func (m *Message) sinks(op *ops.Op) bool {
	switch op.Kind {
	case ops.Store, ops.Request, ops.Oneway, ops.Spawn, ops.Await, ops.Trap, ops.Assert, ops.Opaque:
		return true
	}
	return op.Traps != ""
}

func (m *Message) writes(instr ssa.Instruction) bool {
	for _, a := range m.At(instr) {
		if a.Write {
			return true
		}
	}
	return false
}

// A use follows where a value goes within a region.
type use struct {
	m      *Message
	region *Region
	good   *Region
	blind  bool // what follows from the outcome is not known
	seen   map[ssa.Value]bool
}

// turns reports whether control goes another way from b on than after a success.
func (u *use) turns(b *ssa.BasicBlock) bool {
	return slices.ContainsFunc(b.Succs, func(s *ssa.BasicBlock) bool { return u.region.takes(b, s) != u.good.takes(b, s) })
}

func (u *use) of(v ssa.Value) bool {
	if u.seen[v] {
		return false
	}
	u.seen[v] = true
	for _, user := range *v.Referrers() {
		if u.region.Has(user) && u.by(user) {
			return true
		}
	}
	return false
}

func (u *use) by(user ssa.Instruction) bool {
	switch user := user.(type) {
	case *ssa.DebugRef:
		return false
	case *ssa.Phi:
		return u.of(user)
	case *ssa.If:
		return u.byHand(user) && (u.blind || u.turns(user.Block()))
	case *ssa.Return:
		return !u.m.Input.Anonymous // nobody gets what a task returns
	case *ssa.Call:
		op := u.m.callOp(user)
		switch {
		case op == nil:
			return true
		case op.Kind == ops.If:
			return u.of(user)
		case op.Kind == ops.Drop, op.Kind == ops.Move, op.Kind == ops.Declare:
			return false
		case u.m.does(user):
			return true
		}
		return u.of(user)
	}
	return true
}

// byHand reports whether a branch is a statement of the source and not part of
// a combinator or of `?`.
func (u *use) byHand(branch *ssa.If) bool {
	_, op, ok := u.m.Fn.Cond(branch)
	return ok && op.Text != ops.Within
}
