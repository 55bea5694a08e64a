package effects

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Dropped is a guard that ends in the segment in which it was made, although
// the message waits, or starts a task that waits, after that: it keeps nobody
// out (M7). Like a [Lock] it is known by what it does: its constructor changes
// a place and its drop undoes that.
type Dropped struct {
	*Taking
	// Drops are where it ends on the ways to them.
	Drops []*ops.Op
	// Awaits are those that follow without a guard of the same place, in block
	// order; Tasks the tasks that were started while it lived, and that wait.
	Awaits []*Await
	Tasks  []*ops.Op
	// Used is the state that was touched while it lived.
	Used []*Access
	// Refuses: the constructor looks at the place, so that it can turn others away.
	Refuses bool
	// Again: the place is taken once more after it was given back.
	Again bool
}

// Dropped returns the guards of a message that end too early to cover anything, in block order.
func (m *Message) Dropped() []*Dropped {
	if m.Err != nil {
		return nil
	}
	f := newLockFinder(m)
	var out []*Dropped
	for _, t := range f.takings() {
		if d := f.dropped(t); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// arms finds where guards begin to live.
func (f *lockFinder) arms() map[*ops.Op]ssa.Instruction {
	out := map[*ops.Op]ssa.Instruction{}
	for _, b := range f.m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if op := f.m.callOp(instr); op != nil && op.Kind == ops.Guard && f.m.live.Has(instr) {
				out[op] = instr
			}
		}
	}
	return out
}

// undoneByDrop reports whether some drop that can follow a writes the same place.
func (f *lockFinder) undoneByDrop(a *Access) bool {
	return slices.ContainsFunc(f.m.Accesses, func(r *Access) bool {
		return r.Write && f.bodies[r.Op] != nil && len(r.Place.Path) <= len(a.Place.Path) && r.Place.Same(a.Place) && f.m.After(a.Instr, r.Instr)
	})
}

// A Taking is a write by which a guard is made: a value whose drop undoes it.
type Taking struct {
	Take *Access
	// Made is the expression that gave the value, Bind what put it where it is
	// dropped from, Guard its type, "" for a scope guard.
	Made  ops.Site
	Bind  *ops.Op
	Guard string

	lock     *Lock
	runs     *Region
	arm      *ssa.Call
	releases []Release         // by its drop
	ends     []ssa.Instruction // by anything
}

// Takings returns how the guards of a message are made, in block order, whether they cover an
// await or not.
func (m *Message) Takings() []*Taking {
	if m.Err != nil {
		return nil
	}
	return newLockFinder(m).takings()
}

func (f *lockFinder) takings() []*Taking {
	if len(f.bodies) == 0 {
		return nil
	}
	arms := f.arms()
	tried := 0
	var out []*Taking
	for _, a := range f.m.Accesses {
		if !a.Write || a.Callee || a.Place.Cell == "*" || f.bodies[a.Op] != nil || !f.undoneByDrop(a) {
			continue
		}
		if tried++; tried > maxLocks {
			break
		}
		if t := f.taking(a, arms); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// taking finds the guard that the write take is made by, nil if there is none.
func (f *lockFinder) taking(take *Access, arms map[*ops.Op]ssa.Instruction) *Taking {
	m := f.m
	t := &Taking{Take: take, lock: &Lock{Place: take.Place, Take: take}}
	t.runs = m.through(take.Instr.Block(), f.got(t.lock))
	t.ends = f.hold(t.lock, t.runs, f.awaitsAfter(take))
	for _, r := range t.lock.Releases {
		g := f.bodies[r.Access.Op]
		if r.Drop == nil || arms[g] == nil || !m.reaches(t.runs, take.Instr, r.Access.Instr, without(t.ends, r.Access.Instr)) ||
			!m.reaches(t.runs, take.Instr, arms[g], t.ends) {
			continue // by hand, or the end of another guard
		}
		if t.arm == nil {
			t.arm, t.Bind = arms[g].(*ssa.Call), g
			t.Guard = f.dropper(r.Access.Op, g)
		}
		t.releases = append(t.releases, r)
	}
	if t.arm == nil {
		return nil
	}
	t.Made = f.made(take, t.arm, t.Bind)
	return t
}

// Covers reports whether the guard is alive at instr on some way.
func (t *Taking) Covers(m *Message, instr ssa.Instruction) bool {
	return m.reaches(t.runs, t.Take.Instr, instr, t.ends)
}

// dropped tells whether a guard ends too early.
func (f *lockFinder) dropped(t *Taking) *Dropped {
	m, take := f.m, t.Take
	awaits, tasks := f.awaitsAfter(take), m.tasksAfter(take.Instr)
	if len(t.lock.Held) > 0 || len(awaits) == 0 && len(tasks) == 0 {
		return nil
	}
	f.near = m.prelude(take.Instr)
	d := &Dropped{Taking: t, Refuses: f.looked(take, m.Accesses[:slices.Index(m.Accesses, take)])}
	follows := func(r Release, w *Await) bool {
		return m.reaches(t.runs, r.Access.Instr, w.Instr, []ssa.Instruction{take.Instr})
	}
	for _, w := range awaits {
		if !f.covered(w, t) && slices.ContainsFunc(t.releases, func(r Release) bool { return follows(r, w) }) {
			d.Awaits = append(d.Awaits, w)
		}
	}
	for _, s := range tasks {
		if m.reaches(t.runs, t.arm, s, t.ends) {
			d.Tasks = append(d.Tasks, m.callOp(s))
		}
	}
	for _, r := range t.releases {
		waits := slices.ContainsFunc(d.Awaits, func(w *Await) bool { return follows(r, w) })
		if (waits || len(d.Awaits) == 0) && !slices.Contains(d.Drops, r.Drop) {
			d.Drops = append(d.Drops, r.Drop)
		}
	}
	if len(d.Awaits) == 0 && len(d.Tasks) == 0 {
		return nil
	}
	for _, a := range m.Accesses {
		switch {
		case f.bodies[a.Op] != nil || a == take:
		case a.Write && a.Place.Same(take.Place) && slices.ContainsFunc(t.releases, func(r Release) bool { return m.reaches(t.runs, r.Access.Instr, a.Instr, nil) }):
			d.Again = true
		case !a.Place.Same(take.Place) && m.reaches(t.runs, t.arm, a.Instr, t.ends):
			d.Used = append(d.Used, a)
		}
	}
	return d
}

// covered reports whether w is covered by another guard of the place than t, or
// by the same variable taken once more.
func (f *lockFinder) covered(w *Await, t *Taking) bool {
	take, bind, runs, ends := t.Take, t.Bind, t.runs, t.ends
	other := func(a *Access) bool {
		g := f.bodies[a.Op]
		return g != nil && g.Var != bind.Var && a.Write && a.Place.Same(take.Place) && runs.Has(a.Instr) && slices.Contains(f.armed[w.Op], g)
	}
	return slices.ContainsFunc(f.m.Accesses, other) ||
		slices.ContainsFunc(f.m.Accesses, func(a *Access) bool {
			return a != take && a.Write && f.bodies[a.Op] == nil && a.Place.Same(take.Place) &&
				slices.ContainsFunc(ends, func(end ssa.Instruction) bool { return f.m.After(end, a.Instr) }) &&
				f.m.reaches(f.m.live, a.Instr, w.Instr, ends)
		})
}

// dropper is the type whose Drop makes op, part of the drop body of bind: that of the guard itself
// where bind is what contains it.
func (f *lockFinder) dropper(op, bind *ops.Op) string {
	fn, sites := f.m.Fn.Ops, f.m.Fn.Ops.Sites
	s := op.Site
	for sites[s].Caller != 0 && !fn.SameFrame(sites[s].Caller, bind.Site) {
		s = sites[s].Caller
	}
	if i := strings.LastIndex(sites[s].Func, "::"); bind.Name != "" && i > 0 {
		return sites[s].Func[:i]
	}
	return bind.Name
}

// made is the expression that gave the guard, in the function that bound it: the call in which
// the place was changed, if the guard came out of it.
func (f *lockFinder) made(take *Access, arm *ssa.Call, bind *ops.Op) ops.Site {
	m := f.m
	call := m.Fn.Ops.SeenFrom(take.Op.Site, bind.Site)
	for _, arg := range arm.Call.Args {
		for v := range m.Slice(arg).values {
			if op := m.callOp(v); op != nil && m.Fn.Ops.SeenFrom(op.Site, bind.Site) == call {
				return call
			}
		}
	}
	return bind.Site
}

// tasksAfter returns the instructions after a that start a task in which a segment may end.
func (m *Message) tasksAfter(a ssa.Instruction) []ssa.Instruction {
	var out []ssa.Instruction
	for _, b := range m.Fn.SSA.Blocks {
		if !m.live.Blocks[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			op := m.callOp(instr)
			if op != nil && op.Kind == ops.Spawn && op.Task != nil && ops.Ways(op.Task.Body) != ops.Never && m.After(a, instr) {
				out = append(out, instr)
			}
		}
	}
	return out
}

func without(list []ssa.Instruction, x ssa.Instruction) []ssa.Instruction {
	return slices.DeleteFunc(slices.Clone(list), func(y ssa.Instruction) bool { return y == x })
}
