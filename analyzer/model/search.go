package model

import "slices"

// Bounds of a search. Nothing is bounded in time, so that results repeat.
const (
	maxRuns   = 500 // per interferer, gap and round
	maxVain   = 60  // the same, where the late write is out of A's own reach
	maxGaps   = 3
	maxSerial = 24 // endings tried for calls that only a serial run makes
)

// A Verdict is the result of a search.
type Verdict uint8

const (
	Refuted    Verdict = iota // no violation within the bound
	CannotTell                // bound hit, or the late write not reached
	Possible                  // a violation, if an unread part lets it
	Confirmed
)

func (v Verdict) String() string {
	return [...]string{"refuted", "cannot tell", "possible", "confirmed"}[v]
}

// A RaceQuery asks whether B, run in a gap of A, makes A's late write wrong.
type RaceQuery struct {
	A, B *Program
	// Marks are the sites of the candidate's late write(s) in A. Without one
	// that is reached there is no verdict.
	Marks []Site
	// Link says how a stale read must reach the late write.
	Link Link
	// Reach is what [System.Reach] tells of A; nil to ask it.
	Reach map[Site]int
	// Gap limits the search to the n-th await of A that suspends; 0 for all.
	Gap int
}

// A Link is a way from a read to a write.
type Link uint8

const (
	ByAny    Link = iota
	ByData        // the written value, or where it is written, was computed from it
	ByBranch      // a branch on the way to the write looked at it
)

// A RaceOutcome is what a search found.
type RaceOutcome struct {
	Verdict Verdict
	Reason  string         // of a verdict other than confirmed
	Reasons map[string]int // why runs were no violation, counted
	Runs    int
	Steps   int
	Example *Example // the run that shows it; nil when refuted or not told
}

// An Example names a run, so that it can be run again with a trace.
type Example struct {
	Query  RaceQuery
	Gap    int
	script []int
	round  int
	// Reads are the places that A read before the gap, B changed in it, and
	// the late write depends on.
	Reads []ExampleRead
	Late  Site
}

// An ExampleRead is a read of A that B made stale.
type ExampleRead struct {
	Site    Site
	Place   Place
	Segment int
	Check   bool // it leads to the late write by a branch only
}

// Race searches for a run of A with B nested in a gap that no serial order explains.
func (s *System) Race(q RaceQuery) RaceOutcome {
	r := &race{s: s, q: q, out: RaceOutcome{Reasons: map[string]int{}}, budget: maxRuns}
	first := s.firstRound(q)
	r.reached = first != 0
	if first == 0 { // A alone never gets there: B would have to open the way
		first, r.budget = 3, maxVain
	}
	for r.round = first; r.round <= 3; r.round++ {
		if r.tryRound() {
			break
		}
		if r.reached {
			// Limits and last items are only met by numbers near the constants
			// of the code: a capacity of 10000, the last ticket.
			if r.round == 3 || !s.feet[q.A].hasConsts() {
				break
			}
			r.round = 2
		}
	}
	return r.verdict()
}

// Reach returns for each site at which a alone writes or calls behind a gap,
// and changes something by it, the first round (1 to 3) in which it does. It
// does not depend on a candidate: ask once per program.
func (s *System) Reach(a *Program) map[Site]int {
	found := map[Site]int{}
	for round := 1; round <= 3; round++ {
		c := &chooser{}
		for n := 0; n < maxRuns; n++ {
			c.rewind()
			s.guarded(func() *Run {
				m := newMachine(newWorld(s, c, s.domainOf(round)))
				msg := m.newMessage(a, 0)
				m.play(msg)
				for _, e := range msg.log {
					if e.seg > 1 && found[e.site] == 0 && !equal(e.old, e.new) {
						found[e.site] = round
					}
				}
				for _, k := range m.calls {
					if k.seg > 1 && found[k.site] == 0 {
						found[k.site] = round
					}
				}
				return nil
			})
			if !c.next() {
				break
			}
		}
		if round == 1 && !s.feet[a].hasConsts() {
			break // other numbers lead nowhere else
		}
	}
	return found
}

// firstRound is the round to begin with for a candidate; 0 if a alone never
// gets there.
func (s *System) firstRound(q RaceQuery) int {
	reach := q.Reach
	if reach == nil {
		reach = s.Reach(q.A)
	}
	first := 0
	for _, m := range q.Marks {
		if r := reach[m]; r != 0 && (first == 0 || r < first) {
			first = r
		}
	}
	return first
}

type race struct {
	s         *System
	q         RaceQuery
	out       RaceOutcome
	round     int
	reached   bool // the late write was reached and changed something
	possible  *Example
	why       string
	exhausted bool // a bound was hit
	lost      int  // runs about which nothing can be said
	budget    int
	segments  int // the most that A had in a run
}

func (r *race) tryRound() bool {
	for gap := 1; gap <= maxGaps; gap++ {
		if r.q.Gap != 0 && r.q.Gap != gap {
			continue
		}
		found, more := r.tryGap(gap)
		if found {
			return true
		}
		if !more || r.segments < gap+2 { // nothing waits once more
			break
		}
	}
	return false
}

// tryGap enumerates the runs for one gap. more tells whether any reached it.
func (r *race) tryGap(gap int) (found, more bool) {
	c := &chooser{}
	for n := 0; ; n++ {
		if n == r.budget {
			r.exhausted = true
			return false, more
		}
		c.rewind()
		res := r.once(c, gap)
		r.out.Runs++
		more = more || res.atGap
		switch res.verdict {
		case Confirmed:
			r.out.Verdict = Confirmed
			r.out.Example = r.example(c, gap, res)
			return true, more
		case Possible:
			if r.possible == nil {
				r.possible = r.example(c, gap, res)
				r.why = res.reason
			}
		}
		r.out.Reasons[res.reason]++
		if !c.next() {
			return false, more
		}
	}
}

func (r *race) example(c *chooser, gap int, res result) *Example {
	return &Example{Query: r.q, Gap: gap, script: slices.Clone(c.script), round: r.round, Reads: res.reads, Late: res.late}
}

func (r *race) verdict() RaceOutcome {
	switch {
	case r.out.Verdict == Confirmed:
	case r.possible != nil:
		r.out.Verdict, r.out.Example, r.out.Reason = Possible, r.possible, r.why
	case !r.reached:
		r.out.Verdict, r.out.Reason = CannotTell, "the late write was not reached"
	case r.exhausted:
		r.out.Verdict, r.out.Reason = CannotTell, "bound hit"
	case r.lost > 0 && r.lost*2 > r.out.Runs:
		r.out.Verdict, r.out.Reason = CannotTell, "step bound"
	default:
		r.out.Verdict = Refuted
		r.out.Reason = r.mostly()
	}
	return r.out
}

// mostly is the reason that excused most runs that came as far as B's change.
func (r *race) mostly() string {
	best, n := "", -1
	for reason, k := range r.out.Reasons {
		weight := k
		if reason == whyNoGap {
			weight = 0
		}
		if weight > n || weight == n && reason < best {
			best, n = reason, weight
		}
	}
	return best
}

// Why a run is no violation.
const (
	whyNoGap     = "no segment ends before the late write"
	whyNoRead    = "nothing was read before the gap"
	whyUntouched = "B changes nothing A read"
	whyUnused    = "late write uses nothing B changed"
	whyClaimed   = "claimed key"
	whyCleaned   = "failed and compensated"
	whySerial    = "serial order explains"
)

// domainOf is what round tries for numbers: first two values that tell "covers
// one, not two" from "covers both" and from "refused"; then the constants
// numbers are compared with; then 1 and a large one.
func (s *System) domainOf(round int) domain {
	d := domain{place: []int64{100, 40}, arg: []int64{40, 100}, now: []int64{60}}
	add := func(n int64) {
		if !slices.Contains(d.place, n) {
			d.place = append(d.place, n)
			d.arg = append(d.arg, n)
		}
	}
	if round >= 2 {
		late := int64(1000)
		for _, c := range someOf(s.consts) {
			add(c)
			add(c + 100)
			if c >= 200 {
				add(c - 100)
			}
			late = max(late, 2*c+1000)
		}
		d.now = append(d.now, late)
	}
	if round >= 3 {
		add(1)
		add(1000)
		if n := len(s.consts); n > 0 && s.consts[n-1] > 1000 && s.consts[n-1] < 1<<53 {
			add(10 * s.consts[n-1]) // covers a fee on top of a minimum
		}
	}
	return d
}

// someOf are the constants tried: of many, the smallest three and the largest
// three, since each more multiplies the runs.
func someOf(consts []int64) []int64 {
	consts = slices.DeleteFunc(slices.Clone(consts), func(c int64) bool { return c < 0 || c >= 1<<53 })
	if len(consts) > 6 {
		return append(slices.Clone(consts[:3]), consts[len(consts)-3:]...)
	}
	return consts
}

// once runs one choice sequence and judges it.
func (r *race) once(c *chooser, gap int) (res result) {
	defer func() {
		if p := recover(); p != nil {
			st, ok := p.(stop)
			if !ok {
				panic(p)
			}
			r.lost++
			res = result{reason: st.reason, atGap: res.atGap}
		}
	}()
	w := newWorld(r.s, c, r.s.domainOf(r.round))
	res = r.judge(w, gap)
	return res
}

// play runs a message to its end, its calls answered at once.
func (m *machine) play(msg *message) {
	for msg.status == ready || msg.status == suspended {
		m.run(msg)
	}
}

// nested runs A to its gap, then B, then the rest of A.
type nested struct {
	m        *machine
	a, b     *message
	atGap    bool
	gapCells []Value // when A was suspended
	bCells   []Value // when B was done
	sources  int     // how many there were at the gap
}

func playNested(w *world, q RaceQuery, gap int, trace *Trace) *nested {
	m := newMachine(w)
	m.trace = trace
	m.marks = marksOf(q.Marks)
	n := &nested{m: m, a: m.newMessage(q.A, 0)}
	for i := 0; i < gap; i++ {
		m.run(n.a)
		if n.a.status != suspended {
			return n
		}
	}
	n.atGap = true
	n.a.late = true
	n.gapCells = append([]Value(nil), m.cells...)
	n.sources = len(m.sources)
	n.b = m.newMessage(q.B, 1)
	m.play(n.b)
	n.bCells = append([]Value(nil), m.cells...)
	m.play(n.a)
	return n
}

func marksOf(sites []Site) map[Site]bool {
	ms := map[Site]bool{}
	for _, s := range sites {
		ms[s] = true
	}
	return ms
}

// Replay runs an example again and returns its events.
func (s *System) Replay(ex *Example) (*Run, bool) {
	return s.guarded(func() *Run {
		c := &chooser{script: slices.Clone(ex.script), width: make([]int, len(ex.script))}
		w := newWorld(s, c, s.domainOf(ex.round))
		t := &Trace{sys: s}
		n := playNested(w, ex.Query, ex.Gap, t)
		run := s.runOf(n.m, t, n.a)
		if n.b != nil {
			run.Messages = append(run.Messages, s.messageOf(n.b))
			for _, order := range [][2]int{{0, 1}, {1, 0}} {
				w.serial, w.extra = &chooser{}, map[string]ending{}
				run.Serial = append(run.Serial, s.replaySerial(w, ex.Query, order))
			}
		}
		return run
	})
}

func (s *System) replaySerial(w *world, q RaceQuery, order [2]int) *Run {
	t := &Trace{sys: s}
	m, msgs := playSerial(w, q, order, t)
	run := s.runOf(m, t, msgs[0])
	run.Messages = append(run.Messages, s.messageOf(msgs[1]))
	return run
}

// guarded runs f; false when the run had to be given up.
func (s *System) guarded(f func() *Run) (run *Run, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, is := p.(stop); !is {
				panic(p)
			}
			run, ok = nil, false
		}
	}()
	return f(), true
}
