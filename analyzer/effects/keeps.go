package effects

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// KeptBy returns the early returns of one source function, given by a site in it,
// that leave a lock taken by hand whatever happened before: no way there gives it back
// once the message has waited. It asks for no values, so that ways that
// exclude each other count as ways.
func (l *Lock) KeptBy(fn *ops.Func, home ops.Site) []ops.Site {
	k := &keeper{fn: fn, home: home, take: l.Take.Op, frees: map[*ops.Op]bool{},
		left: map[ops.Label]held{}, back: map[ops.Label]held{}, blocks: map[ops.Label]ops.Site{}}
	for _, r := range l.Releases {
		k.frees[r.Access.Op] = true
	}
	k.list(fn.Body, isFree)
	return k.kept
}

// A held is what may be the case at one point: some of the constants below.
type held uint8

const (
	isFree held = 1 << iota
	isTaken
	hasWaited // taken, and the message has waited since
)

// A keeper goes through the operations of a function as they are nested.
type keeper struct {
	fn     *ops.Func
	home   ops.Site
	take   *ops.Op
	frees  map[*ops.Op]bool
	left   map[ops.Label]held // what is brought to the end of a block or loop by breaks
	back   map[ops.Label]held // and to the start of a loop by continues
	trying int
	blocks map[ops.Label]ops.Site
	kept   []ops.Site
}

// list returns what holds behind operations before which in holds; 0 is "not reached".
func (k *keeper) list(list []*ops.Op, in held) held {
	for _, op := range list {
		if in == 0 {
			return 0
		}
		in = k.op(op, in)
	}
	return in
}

func (k *keeper) op(op *ops.Op, in held) held {
	switch {
	case op == k.take:
		return isTaken
	case k.frees[op]:
		return isFree
	}
	switch op.Kind {
	case ops.Await:
		if op.Commit != ops.Never && in&isTaken != 0 {
			return in&^isTaken | hasWaited
		}
	case ops.If:
		return k.list(op.Body, in) | k.list(op.Else, in)
	case ops.Block:
		k.blocks[op.Label] = op.Site
		out := k.list(op.Body, in)
		out |= k.left[op.Label]
		delete(k.left, op.Label)
		return out
	case ops.Loop:
		k.blocks[op.Label] = op.Site
		// Two turns bring to the start whatever can come there; then it counts how it is left.
		k.trying++
		for range 2 {
			in |= k.list(op.Body, in) | k.back[op.Label]
		}
		k.trying--
		delete(k.left, op.Label)
		k.list(op.Body, in)
		out := k.left[op.Label]
		delete(k.left, op.Label)
		return out
	case ops.Break:
		if !k.fn.SameFrame(op.Site, k.blocks[op.Label]) {
			k.exit(op.Site, in)
		}
		k.left[op.Label] |= in
		return 0
	case ops.Continue:
		k.back[op.Label] |= in
		return 0
	case ops.Trap:
		return 0
	case ops.Return:
		k.exit(op.Site, in)
		return 0
	}
	return in
}

// exit notes an early return at which the lock is certainly held.
func (k *keeper) exit(at ops.Site, in held) {
	if in == hasWaited && k.trying == 0 && k.fn.SameFrame(at, k.home) && !slices.Contains(k.kept, at) {
		k.kept = append(k.kept, at)
	}
}
