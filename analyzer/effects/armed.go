package effects

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// armed finds, by await, the guards that may be live there: those whose drops
// a cleanup runs if what follows traps (S19).
func armed(f *ops.Func) map[*ops.Op][]*ops.Op {
	a := &arming{at: map[*ops.Op]live{}, out: map[ops.Label]live{}, again: map[ops.Label]live{}, of: map[ops.Var][]*ops.Op{}}
	ops.Walk(f.Body, func(op *ops.Op) {
		if op.Kind == ops.Guard {
			a.of[op.Var] = append(a.of[op.Var], op)
		}
	})
	if len(a.of) == 0 {
		return nil
	}
	a.list(f.Body, live{})
	out := map[*ops.Op][]*ops.Op{}
	for await, l := range a.at {
		for v := range l {
			out[await] = append(out[await], a.of[v]...)
		}
		slices.SortFunc(out[await], func(x, y *ops.Op) int { return int(x.Var) - int(y.Var) })
	}
	return out
}

// live is the set of variables whose guard may be armed; nil: not reached.
type live map[ops.Var]bool

func (l live) plus(o live) live {
	if l == nil || o == nil {
		if l == nil {
			return o
		}
		return l
	}
	sum := live{}
	for v := range l {
		sum[v] = true
	}
	for v := range o {
		sum[v] = true
	}
	return sum
}

func (l live) with(v ops.Var, on bool) live {
	sum := live{}.plus(l)
	if on {
		sum[v] = true
	} else {
		delete(sum, v)
	}
	return sum
}

// An arming walks a function once, and loops that leave guards armed twice.
type arming struct {
	at         map[*ops.Op]live
	out, again map[ops.Label]live // at breaks and continues
	of         map[ops.Var][]*ops.Op
}

func (a *arming) list(list []*ops.Op, l live) live {
	for _, op := range list {
		if l == nil {
			return nil
		}
		l = a.op(op, l)
	}
	return l
}

func (a *arming) op(op *ops.Op, l live) live {
	switch op.Kind {
	case ops.Guard:
		return l.with(op.Var, true)
	case ops.Move, ops.Drop:
		if l[op.Var] {
			return l.with(op.Var, false)
		}
	case ops.Await:
		a.at[op] = a.at[op].plus(l)
	case ops.If:
		return a.list(op.Body, l).plus(a.list(op.Else, l))
	case ops.Block:
		end := a.list(op.Body, l)
		return end.plus(a.out[op.Label])
	case ops.Loop:
		next := l.plus(a.list(op.Body, l)).plus(a.again[op.Label])
		if len(next) > len(l) {
			a.list(op.Body, next) // what a round arms is armed in the next
		}
		return a.out[op.Label]
	case ops.Break:
		a.out[op.Label] = a.out[op.Label].plus(l)
		return nil
	case ops.Continue:
		a.again[op.Label] = a.again[op.Label].plus(l)
		return nil
	case ops.Return, ops.Trap:
		return nil
	}
	return l
}
