// Package effects says what a message does to state, in the terms rules are
// written in: places, accesses, awaits, and questions about data flow,
// control and segments over the SSA of package shadow.
//
// Rules Require [Analyzer]; its result is the [Canister] of the pass's
// package. All of it may be read concurrently.
package effects

import (
	"go/token"
	"sync"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Canister is what rules see of one canister.
type Canister struct {
	Name     string
	Messages []*Message // in the order of the unit
	// Around gives the entry points where Messages are functions that none of
	// them reaches; nil otherwise.
	Around func() []Input
	Clock  func() time.Duration // see [Unit]

	pos      func(rustparse.Span) token.Pos
	declared func(cell string, path []string) Declaration
}

// Declared returns what the source says of a place.
func (c *Canister) Declared(p Place) Declaration {
	if c.declared == nil {
		return Declaration{}
	}
	path := make([]string, len(p.Path))
	for i, e := range p.Path {
		path[i] = e.Field
	}
	return c.declared(p.Cell, path)
}

// Pos gives the position of a span's start for diagnostics, NoPos if unknown.
func (c *Canister) Pos(s rustparse.Span) token.Pos {
	if c.pos == nil {
		return token.NoPos
	}
	return c.pos(s)
}

// A Message is one entry point or task.
type Message struct {
	Canister *Canister
	Input    Input
	// Fn is nil if Err says why the function was not built: it could not be, or [ErrAtomic].
	Fn  *shadow.Fn
	Err error

	Accesses []*Access // in block order
	Awaits   []*Await  // in block order

	at       map[ssa.Instruction][]*Access
	denoted  *denoter
	index    map[ssa.Instruction]int // within the block
	live     *Region
	controls *controls

	mu      sync.Mutex
	reach   map[*ssa.BasicBlock][]bool // from the end of a block
	regions map[regionKey]*Region

	locksOnce, wholeOnce sync.Once
	locks                []*Lock
	whole                *Message
}

// Entry is the entry point as a reader knows it.
func (m *Message) Entry() finding.Endpoint { return m.Input.Entry }

// An Await is a point where a message waits.
type Await struct {
	Instr *ssa.Call
	Op    *ops.Op
	// Requests are the calls whose answer is awaited: none for other futures,
	// several for a join.
	Requests []*ops.Op
	// Joined: several futures are awaited together, or one of several.
	Joined bool
}

// Commits reports whether a segment may end at the await (M2, M3).
func (a *Await) Commits() bool { return a.Op.Commit != ops.Never }

// Reply returns the shape of the answer. ok is false where the await is not
// of exactly one known call.
func (a *Await) Reply() (r ops.Reply, ok bool) {
	if a.Joined || len(a.Requests) != 1 || a.Requests[0].Request == nil {
		return 0, false
	}
	return a.Requests[0].Request.Reply, true
}

// New computes the effects of one function.
func New(c *Canister, in Input) *Message { return create(c, in, false) }

// create is New; with relative, what parameters refer to is state too.
func create(c *Canister, in Input, relative bool) *Message {
	m := &Message{
		Canister: c, Input: in,
		at: map[ssa.Instruction][]*Access{}, index: map[ssa.Instruction]int{},
		reach: map[*ssa.BasicBlock][]bool{}, regions: map[regionKey]*Region{},
	}
	m.Fn, m.Err = shadow.Build(in.Func)
	if m.Err != nil {
		return m
	}
	for _, b := range m.Fn.SSA.Blocks {
		for i, instr := range b.Instrs {
			m.index[instr] = i
		}
	}
	m.denoted = denote(m, relative)
	m.live = m.explore(nil, Any)
	col := &collector{m: m, d: m.denoted}
	for _, b := range m.Fn.SSA.Blocks {
		if !m.live.Blocks[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			col.instr(instr)
			if op := m.callOp(instr); op != nil && op.Kind == ops.Await {
				m.Awaits = append(m.Awaits, m.await(instr.(*ssa.Call), op))
			}
		}
	}
	m.controls = newControls(m)
	return m
}

// callOp returns the operation of a call instruction, nil for others.
func (m *Message) callOp(v any) *ops.Op {
	if c, ok := v.(*ssa.Call); ok {
		return m.Fn.Op(c)
	}
	return nil
}

// InstrAt returns the first instruction of an operation at a site, nil if there is none.
func (m *Message) InstrAt(site ops.Site) ssa.Instruction {
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if op := m.callOp(instr); op != nil && op.Site == site {
				return instr
			}
		}
	}
	return nil
}

// At returns the accesses of an instruction.
func (m *Message) At(instr ssa.Instruction) []*Access { return m.at[instr] }

// Places returns the places that v refers to.
func (m *Message) Places(v ssa.Value) []Place { return m.denoted.of[v].places }

// KeyOf returns the value number of v.
func (m *Message) KeyOf(v ssa.Value) Key {
	m.mu.Lock() // numbering remembers what it numbered
	defer m.mu.Unlock()
	return m.denoted.key(v)
}

// await finds the requests behind an awaited future.
func (m *Message) await(c *ssa.Call, op *ops.Op) *Await {
	a := &Await{Instr: c, Op: op}
	seen := map[ssa.Value]bool{}
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		if phi, ok := v.(*ssa.Phi); ok {
			for _, e := range phi.Edges {
				visit(e)
			}
			return
		}
		switch op := m.callOp(v); {
		case op == nil || op.Kind == ops.Await:
		case op.Kind == ops.Request:
			a.Requests = append(a.Requests, op)
		default:
			a.Joined = a.Joined || op.Kind == ops.Join
			for _, arg := range v.(*ssa.Call).Call.Args {
				visit(arg)
			}
		}
	}
	for _, arg := range c.Call.Args {
		visit(arg)
	}
	return a
}
