package model

import (
	"maps"
)

// A Reach is what a message does behind its gaps when it runs alone.
type Reach struct {
	a     *Program
	marks []bool               // by position: the steps that may be a late write
	first map[Site]int         // the first round (1 to 3) in which a write changes something or a call is made
	paths map[Site]map[ask]int // the choices that led there
	// prefer is how to come to the first of them; see chooser.
	prefer map[ask]int
	effort int // instructions a phase of a pair may take, see maxFull
	unpaid int // instructions executed that no outcome has named yet
}

// Reach runs a alone. The answer does not depend on a candidate: ask once per program.
func (s *System) Reach(a *Program) *Reach {
	met := a.met()
	r := &Reach{a: a, marks: make([]bool, len(a.code)), first: map[Site]int{}, paths: map[Site]map[ask]int{}}
	for pc := range a.code {
		in := &a.code[pc]
		r.marks[pc] = in.op == opStep && isMark(in.step) && (met[1][pc] || !met[0][pc]) // drop bodies are entered by no jump
	}
	r.effort = s.effortOf(a)
	for round := 1; round <= 3; round++ {
		x := &exploration{s: s, p: a, late: true, aims: r.marks, round: round, paths: r.paths, effort: maxEffort}
		if round > 1 {
			x.effort = maxEffort / 4
		}
		before := maps.Clone(r.paths)
		x.run(r.prefer)
		r.unpaid += x.work
		for site := range r.paths {
			if before[site] == nil {
				r.first[site] = round
			}
		}
		if r.prefer == nil {
			r.prefer = x.prefer
		}
		if round == 1 && !s.feet[a].hasConsts() {
			break // other numbers lead nowhere else
		}
	}
	return r
}

func (s *System) effortOf(a *Program) int {
	n := 0
	for _, b := range s.programs {
		if b != a && s.Interferes(a, b) {
			n++
		}
	}
	if n <= maxFull {
		return maxEffort
	}
	return max(maxEffort*maxFull/n, minEffort)
}

// pathsOf are the choices that lead b alone to its writes, by site. They are
// found once.
func (s *System) pathsOf(b *Program) map[Site]map[ask]int {
	if p, ok := s.walked.Load(b); ok {
		return p.(map[Site]map[ask]int)
	}
	aims := make([]bool, len(b.code))
	for pc := range b.code {
		aims[pc] = b.code[pc].op == opStep && isMark(b.code[pc].step)
	}
	x := &exploration{s: s, p: b, aims: aims, round: 1, paths: map[Site]map[ask]int{}, effort: walkEffort}
	x.run(nil)
	p, _ := s.walked.LoadOrStore(b, x.paths)
	return p.(map[Site]map[ask]int)
}

// An exploration runs one message alone and notes how it comes to its aims.
type exploration struct {
	s      *System
	p      *Program
	late   bool // aims count behind a gap only
	aims   []bool
	round  int
	effort int // instructions it may take

	paths  map[Site]map[ask]int // choices that led to a change or a call there
	prefer map[ask]int          // those that led to the first
	work   int
}

// maxIdle is how many runs in a row may lead nowhere new when all aims were met.
const maxIdle = 50

func (x *exploration) run(prefer map[ask]int) {
	c := again(prefer)
	g := newGuide(x.p, x.late, func(pc int, st *Step) bool { return x.aims[pc] && x.paths[st.Site] == nil })
	seen := newSeen(x.p)
	idle := 0
	for n := 0; n < 3*maxRuns && x.work < x.effort && idle < maxIdle; n++ {
		c.rewind()
		t := newTracker(g.ways)
		t.seen = seen
		met := len(x.paths)
		x.s.guarded(func() *Run {
			m := newMachine(newWorld(x.s, c, x.s.domainOf(x.round)))
			defer func() { x.work += m.work }()
			m.paths[0] = []*tracker{t}
			msg := m.newMessage(x.p, 0)
			m.play(msg)
			x.note(m, msg, c)
			return nil
		})
		if idle++; g.open > 0 || len(x.paths) > met {
			idle = 0
		}
		if !c.next(g.rate(c, t)) {
			break
		}
		if x.prefer == nil && len(x.paths) > 0 {
			x.prefer = maps.Clone(c.prefer)
		}
	}
	if x.prefer == nil {
		x.prefer = maps.Clone(c.prefer)
	}
}

// note enters what the run came to.
func (x *exploration) note(m *machine, msg *message, c *chooser) {
	var path map[ask]int
	came := func(at Site, seg int) {
		if x.late && seg == 1 || x.paths[at] != nil {
			return
		}
		if path == nil {
			path = c.choices()
		}
		x.paths[at] = path
	}
	for _, e := range msg.log {
		if !equal(e.old, e.new) {
			came(e.site, e.seg)
		}
	}
	for _, k := range m.calls {
		came(k.site, k.seg)
	}
}

// isMark tells whether a step can be the late write of a candidate.
func isMark(st *Step) bool { return isWrite(st) && st.Kind != Set }
