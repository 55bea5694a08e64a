package ops

import "slices"

// Armed finds, by await, the guards that may be live there: those whose drops
// a cleanup runs if what follows traps (S19).
func Armed(f *Func) map[*Op][]*Op {
	a := &arming{at: map[*Op]live{}, out: map[Label]live{}, again: map[Label]live{}, of: map[Var][]*Op{}}
	Walk(f.Body, func(op *Op) {
		if op.Kind == Guard {
			a.of[op.Var] = append(a.of[op.Var], op)
		}
	})
	if len(a.of) == 0 {
		return nil
	}
	a.list(f.Body, live{})
	out := map[*Op][]*Op{}
	for await, l := range a.at {
		for v := range l {
			out[await] = append(out[await], a.of[v]...)
		}
		slices.SortFunc(out[await], func(x, y *Op) int { return int(x.Var) - int(y.Var) })
	}
	return out
}

// live is the set of variables whose guard may be armed; nil: not reached.
type live map[Var]bool

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

func (l live) with(v Var, on bool) live {
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
	at         map[*Op]live
	out, again map[Label]live // at breaks and continues
	of         map[Var][]*Op
}

func (a *arming) list(list []*Op, l live) live {
	for _, op := range list {
		if l == nil {
			return nil
		}
		l = a.op(op, l)
	}
	return l
}

func (a *arming) op(op *Op, l live) live {
	switch op.Kind {
	case Guard:
		return l.with(op.Var, true)
	case Move, Drop:
		if l[op.Var] {
			return l.with(op.Var, false)
		}
	case Await:
		a.at[op] = a.at[op].plus(l)
	case If:
		return a.list(op.Body, l).plus(a.list(op.Else, l))
	case Block:
		end := a.list(op.Body, l)
		return end.plus(a.out[op.Label])
	case Loop:
		next := l.plus(a.list(op.Body, l)).plus(a.again[op.Label])
		if len(next) > len(l) {
			a.list(op.Body, next) // what a round arms is armed in the next
		}
		return a.out[op.Label]
	case Break:
		a.out[op.Label] = a.out[op.Label].plus(l)
		return nil
	case Continue:
		a.again[op.Label] = a.again[op.Label].plus(l)
		return nil
	case Return, Trap:
		return nil
	}
	return l
}
