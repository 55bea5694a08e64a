package ops

// InCleanup calls f for each operation of a drop body that a cleanup after a
// trap may run (S19): what the body does only when it is not recovering is left out.
func InCleanup(body []*Op, f func(*Op)) {
	c := &cleanup{f: f, holds: map[Value]bool{}, kept: map[Var]bool{}, left: map[Label]bool{}}
	c.list(body)
}

type cleanup struct {
	f     func(*Op)
	holds map[Value]bool // bools that are known in a cleanup
	kept  map[Var]bool   // variables that hold one
	left  map[Label]bool // blocks and loops that something breaks out of
}

// list reports whether control comes to its end.
func (c *cleanup) list(list []*Op) bool {
	for _, op := range list {
		if !c.op(op) {
			return false
		}
	}
	return true
}

func (c *cleanup) op(op *Op) bool {
	c.f(op)
	switch op.Kind {
	case Verb:
		if op.Name == Recovering {
			c.holds[op.Out] = true
		}
	case Un:
		if v, known := c.holds[op.Args[0]]; known {
			c.holds[op.Out] = !v
		}
	case Set:
		if v, known := c.holds[op.Args[0]]; known {
			c.kept[op.Var] = v
		} else {
			delete(c.kept, op.Var)
		}
	case Get:
		if v, known := c.kept[op.Var]; known {
			c.holds[op.Out] = v
		}
	case If:
		v, known := c.holds[op.Args[0]]
		switch {
		case !known:
			then := c.list(op.Body)
			return c.list(op.Else) || then
		case v:
			return c.list(op.Body)
		}
		return c.list(op.Else)
	case Block:
		return c.list(op.Body) || c.left[op.Label]
	case Loop:
		c.list(op.Body)
		return c.left[op.Label]
	case Break:
		c.left[op.Label] = true
		return false
	case Continue, Return, Trap:
		return false
	}
	return true
}
