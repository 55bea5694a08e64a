// Package census counts what awaitlint understands of canister code and what
// it does not: entry points against a search of the plain text, awaits and
// uses of state against the syntax tree. Nothing is left out because the
// analysis did not get there; that is what is counted.
//
// A census is made in three steps: [New] walks the trees, [Census.Observe] is
// given what the analysis says of each canister, [Census.Result] adds up. What
// one site is in several messages is merged without regard to order.
package census

import (
	"errors"
	"slices"
	"sync"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Census is being taken.
type Census struct {
	ws        *workspace.Workspace
	canisters []*canister.Canister
	knowledge *knowledge.Base

	crates        []*crate
	files         map[*rp.File]*file
	cells         map[*workspace.Def]bool
	cellNames     map[string]bool
	functionNames map[string]bool
	off           []offModule

	mu      sync.Mutex
	entries map[rp.Span]entry          // entry points and tasks by their name
	opaque  map[opaqueAt]*finding.Site // where lowering did not understand
	left    map[leftAt]bool
}

// An offModule is a module in a file of its own that cfg leaves out.
type offModule struct{ path, reason string }

type entry struct {
	kind  string
	crate *crate
}

type opaqueAt struct {
	span rp.Span
	what string
}

type leftAt struct {
	site rp.Span
	name string
}

// New walks the canister code of a workspace: the crates with entry points and
// those they reach, as far as findings are reported about them.
func New(ws *workspace.Workspace, canisters []*canister.Canister) *Census {
	c := &Census{
		ws: ws, canisters: canisters, knowledge: knowledge.Default(),
		files: map[*rp.File]*file{}, cells: map[*workspace.Def]bool{}, cellNames: map[string]bool{}, functionNames: map[string]bool{},
		entries: map[rp.Span]entry{}, opaque: map[opaqueAt]*finding.Site{}, left: map[leftAt]bool{},
	}
	reached := map[*workspace.Crate]*canister.Canister{}
	entries := map[*workspace.Crate]bool{}
	for _, can := range canisters {
		entries[can.Crate] = true
		for _, cr := range can.Reach {
			if reached[cr] == nil || cr == can.Crate {
				reached[cr] = can
			}
		}
	}
	for _, cr := range ws.Crates {
		if can := reached[cr]; can != nil {
			c.names(cr, can)
		}
	}
	var files []*file
	for _, cr := range ws.Crates {
		can := reached[cr]
		if can == nil {
			continue
		}
		k := &crate{ws: cr, can: can, entries: entries[cr]}
		defs := declared(cr)
		for _, t := range cr.Trees {
			if c.files[t.File] != nil || !ws.InScope(t.File.Path) {
				continue
			}
			f := &file{crate: k, tree: t, unknown: map[uint32]bool{}}
			c.files[t.File] = f
			if defs[t] == nil {
				defs[t] = map[rp.Node]*workspace.Def{}
			}
			c.walkFile(f, defs[t])
			k.files = append(k.files, f)
			k.problems += len(t.Problems)
			files = append(files, f)
		}
		if k.files != nil {
			c.crates = append(c.crates, k)
		}
	}
	c.link(files)
	return c
}

// names gathers the state cells of a crate and the names they and its functions go by.
func (c *Census) names(cr *workspace.Crate, can *canister.Canister) {
	for _, t := range cr.Trees {
		for n := rp.Node(1); int(n) < t.Len(); n++ {
			switch t.Kind(n) {
			case rp.StaticItem:
				c.cellNames[t.Text(t.Child(n, rp.FieldName))] = true
			case rp.FunctionItem:
				c.functionNames[t.Text(t.Child(n, rp.FieldName))] = true
			case rp.UseAsClause:
				name := t.Text(t.Child(n, rp.FieldAlias))
				c.cellNames[name], c.functionNames[name] = true, true
			}
		}
	}
	var module func(m *workspace.Module)
	add := func(ds []*workspace.Def) {
		for _, d := range ds {
			if d.Kind == workspace.Static && can.IsCell(d) {
				c.cells[d] = true
			}
		}
	}
	module = func(m *workspace.Module) {
		add(m.Order)
		for _, sub := range m.Mods {
			module(sub)
		}
	}
	if cr.Root != nil {
		module(cr.Root)
	}
	for _, t := range cr.Trees {
		for n := rp.Node(1); int(n) < t.Len(); n++ {
			if t.Kind(n) == rp.Block {
				if m := cr.ModuleAt(t, n); m != nil {
					add(m.Order)
				}
			}
		}
	}
}

// Observe notes what the analysis says of the i-th canister. It may be called
// from several goroutines.
func (c *Census) Observe(i int, e *effects.Canister) {
	can := c.canisters[i]
	for _, m := range e.Messages {
		if errors.Is(m.Err, effects.ErrAtomic) {
			m = effects.New(e, m.Input)
		}
		c.observe(can, m)
	}
}

func (c *Census) observe(can *canister.Canister, m *effects.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := m.Input.Func
	if at := m.Entry().Span; c.files[at.File] != nil && !m.Input.Assumed {
		c.entries[at] = entry{m.Entry().Kind, c.files[at.File].crate}
	}
	state := lowered
	if m.Input.Assumed {
		state = alone
	}
	c.observeFunctions(f, state)
	c.observeAwaits(f)
	if m.Err == nil {
		c.observeAccesses(can, m)
	}
	ops.Walk(f.Body, func(op *ops.Op) { c.observeOp(f, op) })
}

// observeFunctions marks the functions whose text a message contains.
func (c *Census) observeFunctions(f *ops.Func, state uint8) {
	for _, s := range f.Sites[1:] {
		if fn := c.functionAt(s.Span); fn != nil {
			fn.state = max(fn.state, state)
		}
	}
}

// functionAt returns the innermost function around s.
func (c *Census) functionAt(s rp.Span) *function {
	f := c.files[s.File]
	if f == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(f.functions, s.Range().Start, func(fn *function, at uint32) int {
		if fn.span.Range().Start <= at {
			return -1
		}
		return 1
	})
	for i--; i >= 0; i-- {
		if f.functions[i].span.Range().End >= s.Range().End {
			return f.functions[i]
		}
		if f.functions[i].outer == nil {
			break
		}
	}
	return nil
}

// observeOp notes what lowering did not understand or left out.
func (c *Census) observeOp(f *ops.Func, op *ops.Op) {
	at := f.Sites[op.Site].Span
	switch {
	case op.Kind == ops.Opaque && f.Opaque[op.Text] > 0:
		c.notUnderstood(at, "construct", op.Text, "")
	case op.Callee == nil:
	case op.Callee.Pure:
		if fn := c.functionAt(op.Callee.Decl); fn != nil {
			fn.state = max(fn.state, called)
		}
	case op.Callee.Decl.File != nil:
		if fn := c.functionAt(op.Callee.Decl); fn != nil {
			fn.state = max(fn.state, leftOut)
			c.left[leftAt{op.Callee.Decl, op.Callee.Path + ": " + op.Callee.Cut}] = true
		}
	default:
		c.notUnderstood(at, "call", op.Callee.Path, op.Callee.Cut)
	}
}

func (c *Census) notUnderstood(at rp.Span, class, name, reason string) {
	f := c.files[at.File]
	key := opaqueAt{at, class + name}
	if f == nil || c.opaque[key] != nil {
		return
	}
	if class == "call" {
		f.unknown[at.Range().End] = true
	}
	c.opaque[key] = &finding.Site{
		List: finding.ListOpaque, Span: at, Crate: crateName(f.crate.ws), Function: nameOf(c.functionAt(at)), Class: class, Name: name, Cause: reason,
	}
}

func nameOf(fn *function) string {
	if fn == nil {
		return ""
	}
	return fn.name
}

func crateName(c *workspace.Crate) string {
	if c.Package != "" {
		return c.Package
	}
	return c.Name
}
