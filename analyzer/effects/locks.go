package effects

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A LockKind says how a lock is kept, and so who gives it back.
type LockKind uint8

const (
	LockFlag   LockKind = iota // set and reset by hand
	LockValue                  // a value holds it, whose Drop gives it back
	LockScope                  // a scope guard gives it back
	LockStatus                 // a state of a record that others are turned away in
	LockLease                  // it ends by the clock
)

func (k LockKind) String() string {
	return [...]string{"flag", "value", "scope guard", "status", "lease"}[k]
}

// A Lock is a change of state by which a message turns others away while it
// waits (M7): they, or some of them, find it in a check and leave. It is known by what it does: a
// value whose constructor never refuses is none.
type Lock struct {
	Kind LockKind
	// Place is what is written to take it, with its key.
	Place Place
	// Guard is the type of the value that holds it, "" if none does.
	Guard string
	// Plain: what is written to take it is a constant or a key, no record of more.
	Plain bool
	// Shared: not one but a number of messages may hold it at a time.
	Shared bool
	// Take is the write that takes it, nil where the message was handed the lock by
	// whoever started it.
	Take *Access
	// Check is what turns others away, Refused the exits they leave by.
	Check   Check
	Refused []Exit
	// Held are the awaits over which it is held.
	Held []*Await
	// Releases give it back, in block order.
	Releases []Release
	// Exits are the ways out after it was taken, Kept those of them by which a
	// message leaves that did not give it back.
	Exits, Kept []Exit
	// Stuck are the awaits of Held behind which a trap leaves it taken: no drop
	// that a cleanup runs gives it back (S15, S19).
	Stuck []*Await
	// Quarantine: the drop asks whether it runs in a cleanup, and then keeps the
	// lock for somebody to look into what the trap left.
	Quarantine bool
}

// A Release is a write that gives a lock back.
type Release struct {
	Access *Access
	// Drop is where the value that holds the lock is dropped, nil for a write of the message itself.
	Drop *ops.Op
}

// Site is where the lock is given back: the end of the value's life, or the write.
func (r Release) Site() ops.Site {
	if r.Drop != nil {
		return r.Drop.Site
	}
	return r.Access.Op.Site
}

// maxLocks bounds how many writes of one message are tried for locks.
const maxLocks = 64

// Locks returns the locks a message holds over an await that may commit, in block order.
func (m *Message) Locks() []*Lock {
	m.locksOnce.Do(func() { m.locks = m.findLocks() })
	return m.locks
}

func (m *Message) findLocks() []*Lock {
	if m.Err != nil || !slices.ContainsFunc(m.Awaits, (*Await).Commits) {
		return nil
	}
	f := newLockFinder(m)
	var out []*Lock
	for i, a := range m.Accesses {
		if a.Write && !a.Callee && a.Place.Cell != "*" && f.bodies[a.Op] == nil && len(f.tried) < maxLocks {
			if l := f.lock(a, m.Accesses[:i]); l != nil {
				out = append(out, l)
			}
		}
	}
	return append(out, f.handed(out)...)
}

type lockFinder struct {
	m       *Message
	bodies  map[*ops.Op]*ops.Op // operations of drop bodies to their Guard
	armed   map[*ops.Op][]*ops.Op
	tried   []*Access
	cleanup *[]*Access // see inDrops
	// built are the guards whose drop some way out of the message runs.
	built map[*ops.Op]bool
	// near tells which instructions stand before the write being tried, in its segment.
	near func(ssa.Instruction) bool
}

func newLockFinder(m *Message) *lockFinder {
	f := &lockFinder{m: m, bodies: map[*ops.Op]*ops.Op{}, built: map[*ops.Op]bool{}, armed: ops.Armed(m.Fn.Ops)}
	ops.Walk(m.Fn.Ops.Body, func(op *ops.Op) {
		if op.Kind == ops.Guard {
			ops.Walk(op.Body, func(in *ops.Op) { f.bodies[in] = op })
		}
	})
	return f
}

// lock tells whether the write take takes a lock.
func (f *lockFinder) lock(take *Access, before []*Access) *Lock {
	m := f.m
	awaits := f.awaitsAfter(take)
	if len(awaits) == 0 || !f.mayEnd(take) {
		return nil
	}
	if f.near = m.prelude(take.Instr); !f.looked(take, before) {
		return nil
	}
	f.tried = append(f.tried, take)
	l := &Lock{Place: take.Place, Take: take}
	// First by all ways there are, which costs little, then by those on which it is taken.
	f.hold(l, m.live, awaits)
	found := f.whenTaken(l)
	reached := func(w *Await) bool { return found.Has(w.Instr) }
	turns := slices.ContainsFunc(l.Held, func(w *Await) bool { return !reached(w) })
	if !turns && !f.bounded(l) {
		return nil
	}
	runs := m.through(take.Instr.Block(), f.got(l))
	avoid := f.hold(l, runs, l.Held)
	if turns {
		if slices.ContainsFunc(l.Held, reached) {
			return nil
		}
		f.refusals(l, found)
	}
	if len(l.Held) == 0 || len(l.Refused) == 0 {
		return nil
	}
	f.classify(l)
	l.Plain = take.Op.Kind == ops.Verb && take.Op.Name == ops.SetInsert || m.written(take).tag != ""
	if len(l.Releases) == 0 && l.Kind == LockStatus || l.Kind == LockFlag && f.stays(l) {
		return nil // a record that it was done, not a lock
	}
	f.endings(l, runs, take.Instr, avoid)
	return l
}

// mayEnd reports whether anything could give back what take takes: another
// write of the place, a drop, or the clock.
func (f *lockFinder) mayEnd(take *Access) bool {
	m := f.m
	if slices.ContainsFunc(m.Accesses, func(a *Access) bool {
		return a.Write && a != take && len(a.Place.Path) <= len(take.Place.Path) && a.Place.Same(take.Place) && m.After(take.Instr, a.Instr)
	}) {
		return true
	}
	if take.Value != nil && f.clock(m.Slice(take.Value)) {
		return true
	}
	for _, w := range m.Awaits {
		if slices.ContainsFunc(f.armed[w.Op], func(g *ops.Op) bool { return f.gives(g, take.Place) }) {
			return true
		}
	}
	return false
}

// awaitsAfter returns the awaits that commit what a wrote.
func (f *lockFinder) awaitsAfter(a *Access) []*Await {
	var out []*Await
	for _, w := range f.m.Awaits {
		if w.Commits() && f.m.After(a.Instr, w.Instr) {
			out = append(out, w)
		}
	}
	return out
}

// looked reports whether the place was looked at in the segment before it is
// written, or by the write itself.
func (f *lockFinder) looked(take *Access, before []*Access) bool {
	if take.Read {
		return true
	}
	return slices.ContainsFunc(before, func(a *Access) bool { return f.asks(a, take.Place) && f.near(a.Instr) })
}

// asks reports whether a reads p, or a container p is in.
func (f *lockFinder) asks(a *Access, p Place) bool {
	return a.Read && len(a.Place.Path) <= len(p.Path) && a.Place.Same(p)
}

// hold finds the later writes of the place and over which of awaits the lock is
// held, as runs has it. It returns the instructions of the releases.
func (f *lockFinder) hold(l *Lock, runs *Region, awaits []*Await) []ssa.Instruction {
	var instrs []ssa.Instruction
	l.Releases, l.Held = nil, nil
	for _, a := range f.m.Accesses {
		if !a.Write || a.Callee || a == l.Take || !a.Place.Same(l.Place) || len(a.Place.Path) > len(l.Place.Path) ||
			f.bodies[a.Op] == nil && a.Place.In(l.Place) != Contained || !runs.Has(a.Instr) || !f.m.reaches(runs, l.Take.Instr, a.Instr, nil) || f.again(a, l.Take) {
			continue
		}
		l.Releases = append(l.Releases, Release{Access: a, Drop: f.dropOf(a)})
		instrs = append(instrs, a.Instr)
	}
	for _, w := range awaits {
		if f.m.reaches(runs, l.Take.Instr, w.Instr, instrs) {
			l.Held = append(l.Held, w)
		}
	}
	return instrs
}

// again reports whether a writes what take wrote: no release.
func (f *lockFinder) again(a, take *Access) bool {
	x, y := f.m.written(a), f.m.written(take)
	return x != nil && y != nil && x.tag != "" && x.equal(y) && f.bodies[a.Op] == nil
}

// dropOf finds the drop of which a is part.
func (f *lockFinder) dropOf(a *Access) *ops.Op {
	g := f.bodies[a.Op]
	if g == nil {
		return nil
	}
	for b := a.Instr.Block(); b != nil; b = b.Idom() {
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			if op := f.m.callOp(b.Instrs[i]); op != nil && op.Kind == ops.Drop && op.Var == g.Var {
				return op
			}
		}
	}
	return nil
}

// whenTaken is what a message can execute that finds the place as l leaves it.
func (f *lockFinder) whenTaken(l *Lock) *Region {
	if taken := f.taken(l); len(l.Held) > 0 && f.asked(taken) {
		return f.m.assuming(assumption{value: taken})
	}
	return f.m.live
}

// refusals notes where a message is turned away that can execute only found.
func (f *lockFinder) refusals(l *Lock, found *Region) {
	m := f.m
	for _, b := range m.Fn.SSA.Blocks {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || !found.Blocks[b.Index] {
			continue
		}
		for side, s := range b.Succs {
			if !found.takes(b, s) && m.live.takes(b, s) && f.decides(branch, l) {
				f.turnedAway(l, branch, 1-side)
			}
		}
	}
	for _, t := range m.controls.traps {
		if found.stops[t.Instr.Block().Index] == t.Instr {
			l.Refused = append(l.Refused, Exit{t.Instr, t.Op, true})
			l.Check = t
		}
	}
}

// asked reports whether the message asks anything to which taken has an answer.
func (f *lockFinder) asked(taken func(*ssa.Call) *shape) bool {
	for _, b := range f.m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if c, ok := instr.(*ssa.Call); ok && taken(c) != nil {
				return true
			}
		}
	}
	return false
}

// decides reports whether a branch is about the lock: its place, or what taking it gave.
func (f *lockFinder) decides(branch *ssa.If, l *Lock) bool {
	v, _, ok := f.m.Fn.Cond(branch)
	if !ok {
		return false
	}
	s := f.m.Slice(v)
	return s.Depends(l.Place) || s.Has(l.Take.Instr.(ssa.Value))
}

// turnedAway notes the exits of those who leave branch by the given side.
func (f *lockFinder) turnedAway(l *Lock, branch *ssa.If, side int) {
	m := f.m
	if v, op, ok := m.Fn.Cond(branch); ok && l.Check.Instr == nil {
		l.Check = Check{Instr: branch, Cond: v, Op: op, Taken: side == 0}
	}
	r := m.taking(branch.Block(), side)
	for _, e := range m.exits(r) {
		if e.Trap && !isTrap(e.Op) {
			continue
		}
		if m.reaches(r, branch, e.Instr, nil) && !slices.ContainsFunc(l.Refused, func(o Exit) bool { return o.Instr == e.Instr }) {
			l.Refused = append(l.Refused, e)
		}
	}
}

func isTrap(op *ops.Op) bool { return op != nil && op.Kind == ops.Trap }

// bounded tells whether the check compares numbers that taking the lock
// moves: a count of those who hold it, or the time until which it is held.
func (f *lockFinder) bounded(l *Lock) bool {
	m := f.m
	written := &Slice{}
	if l.Take.Value != nil {
		written = m.Slice(l.Take.Value)
	}
	counts := f.undone(l) && (written.Depends(l.Place) || l.Take.Key != nil)
	now := f.clock(written)
	for _, c := range m.Checks(l.Take.Instr) {
		branch, ok := c.Instr.(*ssa.If)
		if !ok || !f.near(c.Instr) || !comparison(m, c.Cond) {
			continue
		}
		s := m.Slice(c.Cond)
		if !slices.ContainsFunc(s.Reads, func(a *Access) bool { return f.asks(a, l.Place) }) {
			continue
		}
		lease := now && f.clock(s)
		if !lease && !counts {
			continue
		}
		side := 0
		if c.Taken {
			side = 1
		}
		r := m.taking(branch.Block(), side)
		if slices.ContainsFunc(l.Held, func(w *Await) bool { return m.reaches(r, branch, w.Instr, nil) }) {
			continue
		}
		l.Kind, l.Shared = LockFlag, !lease
		if lease {
			l.Kind = LockLease
		}
		f.turnedAway(l, branch, side)
	}
	return len(l.Refused) > 0
}

// undone reports whether some drop gives the lock back. A number that is put right by
// hand is an amount that was reserved, as far as can be seen.
func (f *lockFinder) undone(l *Lock) bool {
	return slices.ContainsFunc(l.Releases, func(r Release) bool { return r.Drop != nil })
}

// comparison reports whether v compares numbers.
func comparison(m *Message, v ssa.Value) bool {
	op := m.callOp(v)
	if op != nil && op.Kind == ops.Un {
		op = m.callOp(v.(*ssa.Call).Call.Args[0])
	}
	return op != nil && op.Kind == ops.Bin && slices.Contains([]string{"<", ">", "<=", ">=", "=="}, op.Name)
}

// clock reports whether the time is part of a slice.
func (f *lockFinder) clock(s *Slice) bool {
	for v := range s.values {
		if op := f.m.callOp(v); op != nil && op.Kind == ops.Verb && op.Name == ops.Now {
			return true
		}
	}
	return false
}

// got gives what a message that gets the lock sees: it was free, and the
// record it is on is there.
func (f *lockFinder) got(l *Lock) func(*ssa.Call) *shape {
	m, take := f.m, l.Take
	return func(v *ssa.Call) *shape {
		op := m.Fn.Op(v)
		if op == nil || op.Kind != ops.Verb {
			return nil
		}
		if v == take.Instr {
			return free(op.Name, m.written(take))
		}
		if op.Name == ops.MapGet || op.Name == ops.ListGet {
			for _, a := range m.at[v] {
				if len(a.Place.Path) < len(l.Place.Path) && a.Place.Same(l.Place) {
					return tagged("Some", anything)
				}
			}
		}
		return nil
	}
}

// free is what a test that takes the lock answers where it was free, nil if that is not told.
func free(verb string, written *shape) *shape {
	switch verb {
	case ops.SetInsert:
		return tagged("true", nil)
	case ops.MapInsert:
		return tagged("None", nil)
	case ops.Replace:
		switch written.tag {
		case "true":
			return tagged("false", nil)
		case "false":
			return tagged("true", nil)
		case "Some":
			return tagged("None", nil)
		}
	}
	return nil
}

// taken gives the values by which another message sees that the lock is taken.
func (f *lockFinder) taken(l *Lock) func(*ssa.Call) *shape {
	m, take := f.m, l.Take
	written := m.written(take)
	present := take.Op.Kind == ops.Verb && (take.Op.Name == ops.MapInsert || take.Op.Name == ops.SetInsert)
	is := func(places []Place) bool {
		return slices.ContainsFunc(places, func(p Place) bool { return len(p.Path) == len(l.Place.Path) && p.Same(l.Place) })
	}
	return func(v *ssa.Call) *shape {
		op := m.Fn.Op(v)
		switch {
		case op == nil || v != take.Instr && !f.near(v):
			return nil
		case op.Kind == ops.Verb:
			at := m.at[v]
			if !slices.ContainsFunc(at, func(a *Access) bool { return is([]Place{a.Place}) }) {
				return nil
			}
			switch op.Name {
			case ops.SetInsert:
				return tagged("false", nil)
			case ops.MapInsert:
				return tagged("Some", anything)
			case ops.Replace:
				return written
			case ops.MapContains:
				if present {
					return tagged("true", nil)
				}
			case ops.MapGet, ops.MapGetCopy:
				if present || written.tag != "" {
					return tagged("Some", written)
				}
			}
		case op.Kind == ops.Proj:
			return nil // by what it is a part of
		case written.tag == "":
			return nil
		case op.Kind == ops.Load && is(m.Places(v.Call.Args[0])), is(m.Places(v)):
			return written
		}
		return nil
	}
}

// written is the shape of what an access writes, as far as it is a constant or variant.
func (m *Message) written(a *Access) *shape {
	if s := m.shapeOf(a.Value, 0); s != nil {
		return s
	}
	return anything
}

func (m *Message) shapeOf(v ssa.Value, depth int) *shape {
	if v == nil || depth > 4 {
		return anything
	}
	if phi, ok := v.(*ssa.Phi); ok {
		var s *shape
		for _, e := range phi.Edges {
			s = joinShapes(s, m.shapeOf(e, depth+1))
		}
		return s
	}
	switch op := m.callOp(v); {
	case op == nil:
	case op.Kind == ops.Const && op.Lit == ops.LitBool:
		return tagged(op.Text, nil)
	case op.Kind == ops.Make && !isAggregate(op.Name):
		if args := v.(*ssa.Call).Call.Args; len(args) == 1 {
			return tagged(last(op.Name), m.shapeOf(args[0], depth+1))
		} else if len(args) > 1 {
			return tagged(last(op.Name), anything)
		}
		return tagged(last(op.Name), nil)
	}
	return anything
}

// isAggregate reports whether a Make makes no variant or struct.
func isAggregate(name string) bool {
	return name == "()" || name == "[]" || name == ".." || name == "|…|"
}

// classify tells what kind of lock it is, and which value holds it.
func (f *lockFinder) classify(l *Lock) {
	for _, r := range l.Releases {
		g := f.bodies[r.Access.Op]
		switch {
		case g == nil:
			continue
		case g.Name != "":
			l.Kind, l.Guard = LockValue, f.holder(l, g)
			return
		default:
			l.Kind = LockScope
		}
	}
	if l.Kind == LockFlag && l.Guard == "" {
		for _, w := range l.Held {
			for _, g := range f.armed[w.Op] {
				if f.gives(g, l.Place) {
					l.Kind, l.Guard = LockValue, g.Name
					if g.Name == "" {
						l.Kind = LockScope
					}
					return
				}
			}
		}
	}
	if l.Kind == LockFlag && status(f.m.written(l.Take).tag) {
		l.Kind = LockStatus
	}
}

// status reports whether a tag is a variant of an enum of states.
func status(tag string) bool {
	switch tag {
	case "", "true", "false", "Some", "None":
		return false
	}
	return true
}

// stays reports whether what was taken is taken back at most where the work failed.
func (f *lockFinder) stays(l *Lock) bool {
	return !slices.ContainsFunc(l.Releases, func(r Release) bool {
		return !slices.ContainsFunc(l.Held, func(w *Await) bool { return f.m.OnFailure(w, r.Access.Instr) })
	})
}

// holder is the type of the guard itself, where the drop of what contains it is meant.
func (f *lockFinder) holder(l *Lock, g *ops.Op) string {
	for _, r := range l.Releases {
		if o := f.bodies[r.Access.Op]; o != nil && o.Name != "" && o.Name != "Result" && o.Name != "Option" {
			return o.Name
		}
	}
	return g.Name
}

// endings finds the ways out that leave the lock taken.
func (f *lockFinder) endings(l *Lock, runs *Region, from ssa.Instruction, avoid []ssa.Instruction) {
	m := f.m
	for _, e := range m.exits(runs) {
		if e.Trap || !m.reaches(runs, from, e.Instr, nil) {
			continue
		}
		l.Exits = append(l.Exits, e)
		if m.reaches(runs, from, e.Instr, avoid) {
			l.Kept = append(l.Kept, e)
		}
	}
	for _, w := range l.Held {
		if !slices.ContainsFunc(f.armed[w.Op], func(g *ops.Op) bool { return f.gives(g, l.Place) }) {
			l.Stuck = append(l.Stuck, w)
			l.Quarantine = l.Quarantine || slices.ContainsFunc(f.armed[w.Op], f.asksIfRecovering)
		}
	}
}

// asksIfRecovering reports whether the drop of g does something else after a trap.
func (f *lockFinder) asksIfRecovering(g *ops.Op) bool {
	found := false
	ops.Walk(g.Body, func(op *ops.Op) { found = found || op.Kind == ops.Verb && op.Name == ops.Recovering })
	return found
}

// gives reports whether the drop of g writes p, also in a cleanup.
func (f *lockFinder) gives(g *ops.Op, p Place) bool {
	for _, a := range f.inDrops() {
		if f.bodies[a.Op] == g && a.Write && a.Place.Same(p) {
			return true
		}
	}
	return !f.built[g] && writesBelow(g.Body, p)
}

// writesBelow reports whether the body of a drop that no way out of the message
// runs, so that only its operations are there, writes p, whatever the key.
func writesBelow(body []*ops.Op, p Place) bool {
	places := map[ops.Value]Place{}
	found := false
	ops.Walk(body, func(op *ops.Op) {
		if len(op.Args) == 0 {
			if op.Kind == ops.Cell {
				places[op.Out] = Place{Cell: op.Name}
			}
			return
		}
		q, ok := places[op.Args[0]]
		if !ok {
			return
		}
		switch op.Kind {
		case ops.Field:
			places[op.Out] = q.with(Elem{Field: op.Name})
		case ops.Index, ops.Proj, ops.Get, ops.Load:
			places[op.Out] = q
		case ops.Store:
			found = found || q.Across(p)
		case ops.Verb:
			if ops.Writes(op.Name) {
				found = found || q.Across(p)
			} else if verbs[op.Name].gives != givesCopy {
				places[op.Out] = q
			}
		}
	})
	return found
}

// inDrops are the accesses of drop bodies as a cleanup runs them, also of those
// that no way through the message runs.
func (f *lockFinder) inDrops() []*Access {
	if f.cleanup == nil {
		m := f.m
		told := m.assuming(assumption{drops: true, value: func(v *ssa.Call) *shape {
			if op := m.Fn.Op(v); op != nil && op.Kind == ops.Verb && op.Name == ops.Recovering {
				return tagged("true", nil)
			}
			return nil
		}})
		c := collector{m: &Message{Fn: m.Fn, at: map[ssa.Instruction][]*Access{}}, d: m.denoted}
		for _, b := range m.Fn.SSA.Blocks {
			for _, instr := range b.Instrs {
				if op := m.Fn.Op(instr); op != nil && f.bodies[op] != nil {
					f.built[f.bodies[op]] = true
					if told.Blocks[b.Index] {
						c.instr(instr)
					}
				}
			}
		}
		f.cleanup = &c.m.Accesses
	}
	return *f.cleanup
}

// handed finds the locks that were taken by whoever started the message: their
// guards are among what it was given.
func (f *lockFinder) handed(known []*Lock) []*Lock {
	m := f.m
	params := map[ops.Value]bool{}
	var out []*Lock
	for _, op := range m.Fn.Ops.Body {
		switch {
		case op.Kind == ops.Param:
			params[op.Out] = true
		case op.Kind == ops.Set && params[op.Args[0]]:
			if l := f.given(op.Var); l != nil && !slices.ContainsFunc(known, func(o *Lock) bool { return o.Place.Same(l.Place) }) {
				out = append(out, l)
			}
		}
	}
	return out
}

// given describes the lock of the guard that the message was given in v, nil if that is none.
func (f *lockFinder) given(v ops.Var) *Lock {
	m := f.m
	l := &Lock{Kind: LockValue}
	// What it was given may move on to other variables; all drop the same place.
	for _, a := range f.inDrops() {
		g := f.bodies[a.Op]
		if a.Write && g.Var == v && l.Place.Cell == "" {
			l.Place, l.Guard = a.Place, g.Name
		}
	}
	if l.Place.Cell == "" {
		return nil
	}
	if l.Guard == "" {
		l.Kind = LockScope
	}
	var avoid []ssa.Instruction
	for _, a := range m.Accesses {
		if a.Write && a.Place.Same(l.Place) {
			l.Releases = append(l.Releases, Release{Access: a, Drop: f.dropOf(a)})
			avoid = append(avoid, a.Instr)
		}
	}
	start := m.Fn.SSA.Blocks[0].Instrs[0]
	for _, w := range m.Awaits {
		if w.Commits() && m.reaches(m.live, start, w.Instr, avoid) {
			l.Held = append(l.Held, w)
		}
	}
	if len(l.Held) == 0 {
		return nil
	}
	f.endings(l, m.live, start, avoid)
	return l
}

// exits returns where messages end in r.
func (m *Message) exits(r *Region) []Exit {
	var out []Exit
	for _, b := range m.Fn.SSA.Blocks {
		if !r.Blocks[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			op := m.Fn.Op(instr)
			switch instr.(type) {
			case *ssa.Return:
				out = append(out, Exit{instr, op, false})
			case *ssa.Panic:
				out = append(out, Exit{instr, op, true})
			}
		}
	}
	return out
}
