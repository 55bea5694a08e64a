package model

import (
	"container/heap"
	"maps"
	"slices"
)

// A chooser enumerates choice sequences. A run that asks for its i-th choice
// gets script[i]; behind the end of the script it gets what led towards the
// aim of the search at this step before, else the first alternative.
//
// Sequences come in the order of how many choices differ from those of the
// first run, so that one early refusal (a validation, an absent entry) does not
// use up the bound; but first those that change a choice of a run that came near its aim.
type chooser struct {
	script []int
	width  []int
	keys   []ask
	at     int
	fixed  int // the script that was given; what follows was chosen in the run
	where  ask // the step that is executed
	prefer map[ask]int
	turns  []turn
	done   []bool
	head   int   // of those in order of length
	near   queue // of those that change a run that came near
	novel  []int // of those that change a run that came to something new, the next last
	runs   int
	mem    *arena // of the current run
}

// An ask is where in a run something is chosen: the message, the step, and how
// often that step has chosen already. It is the same in other runs, unlike the
// position in the script.
type ask struct {
	role, pc, nth int32
}

// A turn is a sequence still to run: that of a run up to a choice, which comes
// out differently.
type turn struct {
	of    []int
	at    int
	value int
}

// maxQueue bounds the sequences that wait; runs are bounded far below.
const maxQueue = 20000

func (c *chooser) rewind() {
	c.at = 0
	c.release()
}

// enter says which step asks next.
func (c *chooser) enter(role, pc int) { c.where = ask{role: int32(role), pc: int32(pc)} }

func (c *chooser) choose(n int) int {
	if n <= 1 {
		return 0
	}
	key := c.where
	c.where.nth++
	if c.at == len(c.script) {
		v := 0
		if p, ok := c.prefer[key]; ok && p < n {
			v = p
		}
		c.script = append(c.script, v)
		c.width = append(c.width, n)
		c.keys = append(c.keys, key)
	}
	v := c.script[c.at]
	if v >= n { // replayed under another domain: stay inside
		v = n - 1
	}
	c.width[c.at] = n
	c.keys[c.at] = key
	c.at++
	return v
}

// replay is a chooser for one sequence.
func replay(script []int) *chooser {
	return &chooser{script: slices.Clone(script), width: make([]int, len(script)), keys: make([]ask, len(script))}
}

// A rating says how far a run was from what the search wants: 0 if it did it.
// Only the choices made before limit can bring it nearer.
type rating struct {
	far   int
	limit int
	fresh int   // the choices from there on led to something new; -1 if nothing was
	blame []int // choices that the branch depended on at which the run went wrong
}

// learn makes the choices of the run up to a limit the ones tried first, but for
// those by which it went wrong.
func (c *chooser) learn(limit int, blame []int) {
	if c.prefer == nil {
		c.prefer = map[ask]int{}
	}
	for i := 0; i < min(limit, c.at); i++ {
		if !slices.Contains(blame, i) {
			c.prefer[c.keys[i]] = c.script[i]
		}
	}
}

// choices are those of the run.
func (c *chooser) choices() map[ask]int {
	made := make(map[ask]int, c.at)
	for i := range c.script[:c.at] {
		made[c.keys[i]] = c.script[i]
	}
	return made
}

// next moves to the next sequence; false when all were tried. The sequences
// that differ from the last run in one choice it made freely are new; choices
// the run did not ask for are dropped.
func (c *chooser) next(r rating) bool {
	run := c.script[:c.at]
	for i := c.fixed; i < c.at; i++ {
		for v := 0; v < c.width[i] && len(c.turns)-c.runs < maxQueue; v++ {
			if v == run[i] {
				continue
			}
			n := len(c.turns)
			c.turns = append(c.turns, turn{run, i, v})
			c.done = append(c.done, false)
			switch {
			case r.far == 0:
				heap.Push(&c.near, near{index: n})
			case i < r.limit && (len(r.blame) == 0 || slices.Contains(r.blame, i)):
				heap.Push(&c.near, near{r.far, -i, n})
			}
			if r.fresh >= 0 && i >= r.fresh && (r.far == 0 || i < r.limit) {
				c.novel = append(c.novel, n)
			}
		}
	}
	n, ok := c.pick()
	if !ok {
		return false
	}
	t := c.turns[n]
	c.done[n] = true
	c.turns[n].of = nil
	c.script = append(append(make([]int, 0, len(t.of)+8), t.of[:t.at]...), t.value)
	c.fixed = len(c.script)
	c.width = append(c.width[:0], make([]int, c.fixed)...)
	c.keys = append(c.keys[:0], make([]ask, c.fixed)...)
	return true
}

// pick takes a sequence out: half of them those nearest to the aim, a quarter
// those that go on where something new was met, for what decides about the aim
// may lie far before it, and a quarter the next in order, so that a wrong track
// does not use up the bound.
func (c *chooser) pick() (int, bool) {
	c.runs++
	for c.runs%4 == 2 && len(c.novel) > 0 {
		n := c.novel[len(c.novel)-1]
		c.novel = c.novel[:len(c.novel)-1]
		if !c.done[n] {
			return n, true
		}
	}
	if c.runs%4 != 0 {
		for len(c.near) > 0 {
			if n := heap.Pop(&c.near).(near).index; !c.done[n] {
				return n, true
			}
		}
	}
	for ; c.head < len(c.turns); c.head++ {
		if !c.done[c.head] {
			return c.head, true
		}
	}
	return 0, false
}

// again is a chooser that starts with what another one has learned.
func again(prefer map[ask]int) *chooser { return &chooser{prefer: maps.Clone(prefer)} }

// A near is a turn of a run that came near its aim.
type near struct {
	far, tie, index int
}

type queue []near

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(near)) }

func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.far != b.far {
		return a.far < b.far
	}
	if a.tie != b.tie {
		return a.tie < b.tie
	}
	return a.index < b.index
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
