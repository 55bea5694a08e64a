package effects

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// Starts reports whether m starts the task f as a message of its own.
func (m *Message) Starts(f *ops.Func) bool {
	found := false
	ops.Walk(m.Input.Func.Body, func(op *ops.Op) { found = found || op.Kind == ops.Spawn && op.Task == f })
	return found
}

// Overlaps reports whether m is started again whether or not it has ended: by the
// system, or by itself before it waits.
func (m *Message) Overlaps() bool {
	if m.Input.Repeats {
		return true
	}
	if m.Err != nil {
		return false
	}
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if op := m.callOp(instr); op == nil || op.Kind != ops.Spawn || op.Task != m.Input.Func {
				continue
			}
			if slices.ContainsFunc(m.Awaits, func(w *Await) bool { return w.Commits() && m.After(instr, w.Instr) }) {
				return true
			}
		}
	}
	return false
}

// Alone reports whether m never runs beside itself: a timer that only hooks of
// install and upgrade start, and that arms itself again at its end, if at all.
func (c *Canister) Alone(m *Message) bool {
	if m.Input.Entry.Kind != "timer" || m.Overlaps() {
		return false
	}
	hooks := 0
	for _, o := range c.Messages {
		switch {
		case o == m || !o.Starts(m.Input.Func):
		case o.Input.Lasts:
			return false
		default:
			hooks++
		}
	}
	return hooks > 0
}
