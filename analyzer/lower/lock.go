package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Guards of outside crates, of class "guard": what holds a lock is not read,
// so a cell stands for it that has the keys of the guards alive. Whoever made
// a guard from equal inputs (the lock, or the arguments) shares its key.

// lockedType is the guard inside t: t itself, or the payload of an option or
// result, which a lock gives that can refuse. It is nil if there is none.
func (l *lowerer) lockedType(t *workspace.Type) *workspace.Type {
	switch t = deref(t); l.class(t) {
	case "guard":
		return t
	case "option":
		return l.lockedType(payload(t, 0))
	}
	return nil
}

// acquire gives a value of type t that holds a lock. Where the lock is held
// already, one that can refuse says so, one that is awaited waits until it is
// free, and any other traps.
func (l *lowerer) acquire(t *workspace.Type, inputs []val, awaited bool, n rp.Node) val {
	guard := l.lockedType(t)
	var key []ops.Value
	for _, x := range inputs {
		key = append(key, l.plain(x, n))
	}
	var k ops.Value
	if len(key) == 1 {
		k = key[0]
	} else {
		k = l.value(&ops.Op{Kind: ops.Make, Name: "()", Args: key}, n)
	}
	held := func() ops.Value {
		return l.value(&ops.Op{Kind: ops.Verb, Name: ops.MapContains, Args: []ops.Value{l.locks(guard, n).v, k}}, n)
	}
	take := func() val {
		l.value(&ops.Op{Kind: ops.Verb, Name: ops.SetInsert, Args: []ops.Value{l.locks(guard, n).v, k}}, n)
		return val{v: l.value(&ops.Op{Kind: ops.Make, Name: lastSegment(guard), Fields: []string{"0"}, Args: []ops.Value{k}}, n), t: guard}
	}
	switch {
	case guard != deref(t):
		r := l.newResult(true, n)
		l.ifElse(held(), n, func() { l.put(r, l.refused(t, n), n) }, func() {
			if isOption(t) {
				l.put(r, l.makeVariant("Some", []val{take()}, n), n)
			} else {
				l.put(r, l.makeVariant("Ok", []val{take()}, n), n)
			}
		})
		v := l.take(r, n)
		v.t = t
		return v
	case awaited:
		// It may wait first. If the lock is held after that, the message plays no
		// further part in the run, as one that was refused.
		free := l.value(&ops.Op{Kind: ops.Opaque, Text: "until the lock is free"}, n)
		l.awaitOp(free, ops.May, &ops.Wait{For: lastSegment(guard), Cause: "waits until the lock is free", Known: true}, n)
		l.ifElse(held(), n, func() {
			e := l.refused(nil, n)
			l.unwindTo(0, l.endOf(n))
			l.emit(&ops.Op{Kind: ops.Return, Args: []ops.Value{e.v}}, n)
		}, nil)
	default:
		free := l.value(&ops.Op{Kind: ops.Un, Name: "!", Args: []ops.Value{held()}}, n)
		text := lastSegment(guard) + ", held already"
		l.emit(&ops.Op{Kind: ops.Assert, Args: []ops.Value{free}, Text: text, Traps: text}, n)
	}
	return take()
}

func (l *lowerer) refused(t *workspace.Type, n rp.Node) val {
	if isOption(t) {
		return l.makeVariant("None", nil, n)
	}
	return l.makeVariant("Err", []val{{v: l.value(&ops.Op{Kind: ops.Opaque, Text: "held already"}, n)}}, n)
}

// release is what dropping a guard does.
func (l *lowerer) release(self val, t *workspace.Type, n rp.Node) {
	k := l.fieldOf(self, "0", nil, n)
	l.value(&ops.Op{Kind: ops.Verb, Name: ops.MapRemove, Args: []ops.Value{l.locks(t, n).v, l.load(k, n).v}}, n)
}

// locks is the cell of the guards of a type that are alive.
func (l *lowerer) locks(guard *workspace.Type, n rp.Node) val {
	return val{v: l.value(&ops.Op{Kind: ops.Cell, Name: lastSegment(guard)}, n), ref: true}
}
