package model

import "math"

// A run goes towards its aim (a late write, a call, a trap) as long as the
// code ahead can still lead there. Where it leaves that way, a choice made
// before came out wrong.

// ways are the distances of the steps of a program to the nearest aim, in
// steps along the control flow; -1 where no way leads there, and outside where
// no jump leads to the step itself (in drop bodies). The first table is for the
// first segment, the second for later ones.
type ways [2][]int32

const outside = -2

// waysTo finds the ways of p to the steps aims tells; late aims count only
// behind an await that ends a segment.
func (p *Program) waysTo(aims []bool, late bool) ways {
	n := len(p.code)
	var w ways
	for i := range w {
		w[i] = make([]int32, n)
		for pc := range w[i] {
			w[i][pc] = -1
			if p.apart[pc] {
				w[i][pc] = outside
			}
		}
	}
	var todo [2][]int32
	for pc, is := range aims {
		if is {
			w[1][pc] = 0
			todo[1] = append(todo[1], int32(pc))
			if !late {
				w[0][pc] = 0
				todo[0] = append(todo[0], int32(pc))
			}
		}
	}
	// All steps at one distance, then those at the next.
	var next [2][]int32
	for d := int32(1); len(todo[0])+len(todo[1]) > 0; d++ {
		for layer, pcs := range todo {
			for _, pc := range pcs {
				for _, from := range p.before(int(pc)) {
					if w[layer][from] < 0 {
						w[layer][from] = d
						next[layer] = append(next[layer], from)
					}
					if layer == 1 && w[0][from] < 0 && p.code[from].commits() {
						w[0][from] = d
						next[0] = append(next[0], from)
					}
				}
			}
		}
		for layer := range todo {
			todo[layer], next[layer] = next[layer], todo[layer][:0]
		}
	}
	return w
}

// commits tells whether a segment may end at the step.
func (in *instr) commits() bool {
	return in.op == opStep && in.step.Kind == Await && in.step.Commit != Never
}

// met tells which steps some way from the start leads to, in the first segment
// and in later ones.
func (p *Program) met() (met [2][]bool) {
	n := len(p.code)
	met[0], met[1] = make([]bool, n), make([]bool, n)
	type at struct{ layer, pc int }
	var todo []at
	visit := func(layer, pc int) {
		if pc < n && !met[layer][pc] {
			met[layer][pc] = true
			todo = append(todo, at{layer, pc})
		}
	}
	visit(0, p.entry)
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		in := &p.code[x.pc]
		if in.commits() {
			visit(1, x.pc+1)
		}
		in.after(x.pc, func(pc int) { visit(x.layer, pc) })
	}
	return met
}

// after calls f with the steps that may follow the one at pc.
func (in *instr) after(pc int, f func(int)) {
	switch in.op {
	case opJump:
		f(in.to)
	case opUnless:
		f(pc + 1)
		f(in.to)
	case opStep:
		switch {
		case in.step.Kind == Set && in.to > 0:
			f(in.to)
		case in.step.Kind != Return && in.step.Kind != Trap:
			f(pc + 1)
		}
	}
}

// before are the steps that the one at pc may follow.
func (p *Program) before(pc int) []int32 { return p.preds[p.first[pc]:p.first[pc+1]] }

// link fills in which steps may follow which.
func (p *Program) link() {
	n := len(p.code)
	for pc := range p.code {
		if in := &p.code[pc]; in.op == opStep && in.step.Kind == Set {
			in.to = p.thread(pc)
		}
	}
	p.first = make([]int32, n+2)
	each := func(f func(from, to int)) {
		for pc := range p.code {
			p.code[pc].after(pc, func(to int) { f(pc, to) })
		}
	}
	each(func(_, to int) { p.first[to+1]++ })
	for i := 1; i < len(p.first); i++ {
		p.first[i] += p.first[i-1]
	}
	p.preds = make([]int32, p.first[len(p.first)-1])
	fill := append([]int32(nil), p.first...)
	each(func(from, to int) {
		p.preds[fill[to]] = int32(from)
		fill[to]++
	})
	met := p.met()
	p.apart = make([]bool, n)
	for pc := range p.apart {
		p.apart[pc] = !met[0][pc] && !met[1][pc]
	}
}

// A tracker follows one message of a run on its ways to an aim.
type tracker struct {
	ways  ways
	dist  int32 // of the last step from which a way led there
	on    bool  // it is on a way
	blame []int // choices that the branch depended on at which it left
	gone  bool  // it has left them: none leads back
	left  int   // choices made when it left the way
	hit   bool
	hits  []int32
	seen  *seen // what runs passed before; nil where that is of no interest
	fresh int   // choices made when something new was passed; -1 if nothing was
}

func newTracker(w ways) *tracker { return &tracker{ways: w, dist: math.MaxInt32, fresh: -1} }

// seen are the steps on a way that runs have passed, in the first segment and
// in later ones.
type seen [2][]bool

func newSeen(p *Program) *seen { return &seen{make([]bool, len(p.code)), make([]bool, len(p.code))} }

func (t *tracker) pass(layer, pc int, w *world) {
	choices := w.choices.at
	d := t.ways[layer][pc]
	switch {
	case d == outside:
	case d == 0 || d > 0 && !t.gone:
		t.on, t.dist = true, d
		if t.seen != nil && !t.seen[layer][pc] {
			t.seen[layer][pc] = true
			if t.fresh < 0 {
				t.fresh = choices
			}
		}
		if d == 0 {
			t.hit = true
			t.hits = append(t.hits, int32(pc))
		}
	case t.on:
		t.on, t.gone, t.left = false, true, choices
		t.blame = append(t.blame[:0], w.decided...)
	}
}

// end notes the end of a segment.
func (t *tracker) end(w *world) {
	if t.on { // it trapped
		t.blame = append(t.blame[:0], w.asked...)
	}
}

// limit is how many choices were made when the message left its ways.
func (t *tracker) limit(choices int) int {
	if t.on || t.dist == math.MaxInt32 {
		return choices
	}
	return t.left
}

// A guide leads the runs of a search to aims not yet reached.
type guide struct {
	p        *Program
	aims     []bool
	late     bool
	ways     ways
	open     int // aims not reached
	best     int
	patience int // runs without progress until it gives up
}

// maxPatience is how many runs may pass without one that comes nearer.
const maxPatience = 80

func newGuide(p *Program, late bool, aim func(pc int, st *Step) bool) *guide {
	g := &guide{p: p, aims: make([]bool, len(p.code)), late: late}
	for pc := range p.code {
		if in := &p.code[pc]; in.op == opStep && aim(pc, in.step) {
			g.aims[pc] = true
		}
	}
	met := p.met()
	for pc := range g.aims {
		g.aims[pc] = g.aims[pc] && (met[1][pc] || !late && met[0][pc])
		if g.aims[pc] {
			g.open++
		}
	}
	g.turn()
	return g
}

func (g *guide) turn() {
	g.ways = g.p.waysTo(g.aims, g.late)
	g.best, g.patience = math.MaxInt, maxPatience
}

// leads tells whether there is something left to lead to.
func (g *guide) leads() bool { return g != nil && g.open > 0 && g.patience > 0 }

// note takes what a run reached off the list; true if that was something new.
func (g *guide) note(t *tracker) bool {
	found := false
	for _, pc := range t.hits {
		if g.aims[pc] {
			g.aims[pc] = false
			g.open--
			found = true
		}
	}
	if found {
		g.turn()
	}
	return found
}

// nearer tells whether a run came nearer than all before.
func (g *guide) nearer(far int) bool {
	if far < g.best {
		g.best, g.patience = far, maxPatience
		return true
	}
	g.patience--
	return false
}

// rate says how far a run was from the aims that are left, and learns from it.
func (g *guide) rate(c *chooser, t *tracker) rating {
	found := g.note(t)
	if found || t.hit {
		if found {
			c.learn(c.at, nil)
		}
		return rating{fresh: -1}
	}
	if t.fresh >= 0 {
		g.patience = maxPatience
	}
	if !g.leads() || t.dist == math.MaxInt32 {
		return rating{fresh: t.fresh}
	}
	r := rating{far: 1 + int(t.dist), limit: t.limit(c.at), fresh: t.fresh, blame: t.blame}
	if g.nearer(r.far) {
		c.learn(r.limit, r.blame)
	}
	return r
}
