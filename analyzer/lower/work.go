package lower

import (
	"maps"
	"slices"
	"sync"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Work is the lowering of all canisters of a workspace. It remembers which
// functions became part of a message, so that what is left over can be
// lowered too, each function once for all canisters.
//
// Canister may be called concurrently for different canisters, Rest only when
// every canister was lowered.
type Work struct {
	programs map[*canister.Canister]*program
	owner    map[*workspace.Crate]*canister.Canister

	mu           sync.Mutex
	lowered, cut map[*workspace.Def]bool
}

// NewWork prepares the lowering of these canisters.
func NewWork(all []*canister.Canister) *Work {
	w := &Work{programs: map[*canister.Canister]*program{}, owner: map[*workspace.Crate]*canister.Canister{},
		lowered: map[*workspace.Def]bool{}, cut: map[*workspace.Def]bool{}}
	for _, c := range all {
		w.programs[c] = newProgram(c)
		w.owner[c.Crate] = c
	}
	for _, c := range all {
		for _, cr := range c.Reach {
			if w.owner[cr] == nil {
				w.owner[cr] = c
			}
		}
	}
	return w
}

// Canister lowers the entry points of c and the tasks they start, in order.
func (w *Work) Canister(c *canister.Canister) []*Message {
	return w.messages(w.programs[c], c.Entries)
}

func (w *Work) messages(p *program, entries []*canister.Entry) []*Message {
	clear(p.lowered)
	clear(p.cut)
	all := p.messages(entries)
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.Copy(w.lowered, p.lowered)
	maps.Copy(w.cut, p.cut)
	return all
}

// Rest lowers the functions of a crate that no message has so far, as
// messages of their own, among those of c; nil if the crate belongs to another
// canister: one belongs to itself, a library to the first that reaches it. Only functions
// that wait, start work or touch state count.
//
// A caller comes before what it calls, so that few messages hold them all. For
// that crates come before those they depend on, too.
func (w *Work) Rest(c *canister.Canister, cr *workspace.Crate) []*Message {
	if w.owner[cr] != c || cr.Outside {
		return nil
	}
	var left []*workspace.Def
	for _, d := range cr.Functions() {
		if d.HasBody() && !w.lowered[d] && c.Lasting(d) {
			left = append(left, d)
		}
	}
	p := w.programs[c]
	p.before = w.lowered
	var all []*Message
	for _, d := range callersFirst(c, left) {
		if !w.lowered[d] {
			all = append(all, w.messages(p, []*canister.Entry{w.assume(d)})...)
		}
	}
	return all
}

// callersFirst sorts functions so that each stands before those it calls,
// where they do not call each other; else nearly in source order.
func callersFirst(c *canister.Canister, ds []*workspace.Def) []*workspace.Def {
	todo := map[*workspace.Def]bool{}
	for _, d := range ds {
		todo[d] = true
	}
	order := make([]*workspace.Def, len(ds)) // filled from the end
	next := len(ds)
	var visit func(d *workspace.Def)
	visit = func(d *workspace.Def) {
		if !todo[d] {
			return
		}
		todo[d] = false
		for _, callee := range slices.Backward(c.Callees(d)) {
			visit(callee)
		}
		next--
		order[next] = d
	}
	for _, d := range slices.Backward(ds) {
		visit(d)
	}
	return order
}

// assume makes a function a message of its own.
func (w *Work) assume(d *workspace.Def) *canister.Entry {
	e := &canister.Entry{Kind: canister.Function, Name: FuncName(d), Def: d, Span: NameSpan(d),
		Assumed: "nothing we know calls `" + FuncName(d) + "`: taken as a message of its own"}
	if w.cut[d] {
		e.Assumed = "`" + FuncName(d) + "` is left out of the messages that call it, for their size: taken as one of its own"
	}
	return e
}
