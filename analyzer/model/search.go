package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
)

// Bounds of a search. Nothing is bounded in time, so that results repeat.
const (
	maxRuns   = 500    // per interferer, gap and round
	maxVain   = 60     // the same, where no late write is in A's own reach
	maxEffort = 150000 // instructions per enumeration: of long messages, fewer runs
	maxGaps   = 3
	maxSerial = 24 // endings tried for calls that only a serial run makes

	maxLed     = 3     // late writes of one candidate that get runs of their own
	walkEffort = 60000 // instructions to find how a message comes to its writes

	// Where the bound is hit, so many runs that came to the late write with
	// something stale, none of them a violation, are taken for an answer.
	enough = 16

	// Where more than maxFull messages can run in the gaps of A, the pairs with
	// them share what maxFull of them would get, minEffort at least: the cost of
	// a message does not grow with the canister.
	maxFull   = 2
	minEffort = 3000
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
	// Read is where the candidate read what it relies on, 0 if it names no step:
	// where the runs to all late writes of A tell too little, B is led to what was read there.
	Read Site
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
	// Instructions executed to answer this question; what an earlier question
	// about the pair, or A's own reach, cost is told once.
	Instructions int
	Example      *Example // the run that shows it; nil when refuted or not told
}

// An Example names a run, so that it can be run again with a trace.
type Example struct {
	Gap    int
	a, b   *Program
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
	return s.Pair(s.Reach(q.A), q.B).Race(q)
}

// A Pair is the search over the runs of A with B in one of its gaps. All late
// writes of A are judged in the same runs; the search goes on only as far as
// is asked for. It may be used concurrently.
type Pair struct {
	mu      sync.Mutex
	s       *System
	reach   *Reach
	a, b    *Program
	marks   []bool      // steps of A: the late writes
	only    *lateWrite  // of a search for one
	led     map[ask]int // how A alone came to it, and B to one of its targets
	focused map[focus]*Pair
	late    map[Site]*lateWrite
	targets []bool // steps of B that write what A reads
	tracked ways   // of A to any of its late writes
	aim     ways   // of B to its targets
	phases  []phase
	gaps    int // the most that A had in a run

	c         *chooser
	lead      *guide // to late writes not reached yet; nil between phases
	n         int
	work      int  // instructions executed in the phase
	unpaid    int  // the same, not told yet
	more      bool // some run of the phase reached the gap
	runs      int
	steps     int
	lost      int // runs about which nothing can be said
	exhausted bool
	reasons   map[string]int
	trapped   map[Site]bool // where A trapped behind the gap
	saw       func(phase, *nested, result)
}

// A phase is one enumeration.
type phase struct {
	round, gap, budget int
}

// A lateWrite is what is known of one late write so far.
type lateWrite struct {
	passed  bool // some run came to it
	reached bool // and something was changed by it
	links   [3]linkState
}

type linkState struct {
	confirmed, possible *Example
	runs                int // until then
	why                 string
	reasons             map[string]int
	told                int // runs that came to the write with something stale that leads to it
}

// Pair prepares a search; r is what [System.Reach] tells of A.
func (s *System) Pair(r *Reach, b *Program) *Pair {
	p := s.pair(r, b, r.marks, s.writersOf(b, s.feet[r.a].readNodes(0)))
	p.unpaid, r.unpaid = r.unpaid, 0
	p.plan()
	return p
}

func (s *System) pair(r *Reach, b *Program, marks, targets []bool) *Pair {
	p := &Pair{s: s, reach: r, a: r.a, b: b, marks: marks, targets: targets, late: map[Site]*lateWrite{},
		reasons: map[string]int{}, trapped: map[Site]bool{}, focused: map[focus]*Pair{}}
	for pc, is := range marks {
		if is {
			if site := r.a.code[pc].step.Site; p.late[site] == nil {
				p.late[site] = &lateWrite{}
			}
		}
	}
	p.tracked = r.a.waysTo(marks, true)
	p.aim = b.waysTo(targets, false)
	return p
}

// A focus is what a search of its own is led to: one late write of A, and in B
// the writes of what A read at a step.
type focus struct {
	late, read Site
}

// focus returns that search, nil if A alone does not come to the late write.
func (p *Pair) focus(f focus) *Pair {
	q, ok := p.focused[f]
	if !ok {
		marks := make([]bool, len(p.marks))
		found := false
		for pc, is := range p.marks {
			marks[pc] = is && p.a.code[pc].step.Site == f.late
			found = found || marks[pc] && p.reach.first[f.late] != 0
		}
		if found {
			q = p.s.pair(p.reach, p.b, marks, p.s.writersOf(p.b, p.s.feet[p.a].readNodes(f.read)))
			q.only, q.led = q.late[f.late], p.ledTo(f.late, q.targets)
			q.plan()
		}
		p.focused[f] = q
	}
	return q
}

// ledTo are the choices by which A alone comes to a late write, and B to the first
// of its targets.
func (p *Pair) ledTo(late Site, targets []bool) map[ask]int {
	led := map[ask]int{}
	maps.Copy(led, p.reach.paths[late])
	paths := p.s.pathsOf(p.b)
	for pc, is := range targets {
		if !is {
			continue
		}
		if path := paths[p.b.code[pc].step.Site]; path != nil {
			for at, v := range path {
				at.role = 1
				led[at] = v
			}
			break
		}
	}
	return led
}

// plan lays out the phases: the first domain, the second where only it reaches
// some late write, and the third where numbers near the constants of the
// code matter: limits and last items (a capacity of 10000, the last ticket).
func (p *Pair) plan() {
	rounds := map[int]bool{}
	for site, r := range p.reach.first {
		if p.late[site] != nil {
			rounds[r] = true
		}
	}
	budget := maxRuns
	if len(rounds) == 0 { // A alone never gets there: B would have to open the way
		rounds[3], budget = true, maxVain
	}
	if p.only == nil && p.s.feet[p.a].hasConsts() {
		rounds[3] = true
	}
	for round := 1; round <= 3; round++ {
		for gap := 1; gap <= maxGaps && rounds[round]; gap++ {
			p.phases = append(p.phases, phase{round, gap, budget})
		}
	}
}

// Race judges the late writes of a candidate: by the runs to all late writes
// and, where these tell too little, by some that are led to this one.
func (p *Pair) Race(q RaceQuery) (out RaceOutcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { out.Instructions, p.unpaid = p.unpaid, 0 }()
	out = p.race(q.Marks, q.Link)
	for _, m := range q.Marks {
		if out.Verdict != CannotTell || len(q.Marks) > maxLed {
			break
		}
		if f := p.focus(focus{m, q.Read}); f != nil {
			runs := out.Runs
			out = f.race([]Site{m}, q.Link)
			out.Runs += runs
			p.unpaid, f.unpaid = p.unpaid+f.unpaid, 0
		}
	}
	return out
}

func (p *Pair) race(marks []Site, link Link) RaceOutcome {
	for {
		for _, m := range marks {
			if w := p.late[m]; w != nil && w.links[link].confirmed != nil {
				l := &w.links[link]
				return RaceOutcome{Verdict: Confirmed, Example: l.confirmed, Runs: l.runs, Steps: p.steps, Reasons: p.reasons}
			}
		}
		if !p.step() {
			return p.verdict(marks, link)
		}
	}
}

// Traps tells whether B makes A trap at a site behind the gap in some run.
func (p *Pair) Traps(at Site) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.trapped[at] {
		if !p.step() {
			return p.trapped[at]
		}
	}
	return true
}

// step does one run; false when all phases are through.
func (p *Pair) step() bool {
	if len(p.phases) == 0 {
		return false
	}
	ph := p.phases[0]
	if p.lead == nil {
		p.begin(ph)
	}
	p.c.rewind()
	var t tracks
	res := p.once(ph, &t)
	p.runs++
	p.n++
	p.more = p.more || res.atGap
	p.reasons[res.reason]++
	if p.c.next(p.rate(&t, res)) {
		if p.n < ph.budget && p.work < p.effort() {
			return true
		}
		p.exhausted = true
	}
	p.lead = nil
	p.phases = p.phases[1:]
	if !p.more || p.gaps < ph.gap+2 { // nothing waits once more
		for len(p.phases) > 0 && p.phases[0].round == ph.round {
			p.phases = p.phases[1:]
		}
	}
	if len(p.phases) == 0 { // what the runs were led by is as large as the program, for each pair
		p.c, p.tracked, p.aim, p.targets = nil, ways{}, ways{}, nil
		if p.only != nil {
			p.marks = nil
		}
	}
	return len(p.phases) > 0
}

// effort is how many instructions the phase may take: once the answer can only
// be that it cannot be told, or a run that shows a violation, less is spent on it.
func (p *Pair) effort() int {
	effort := maxEffort
	if p.a != p.b { // with itself first and fully: the likeliest
		effort = p.reach.effort
		if p.only != nil {
			effort = min(2*effort, maxEffort)
		}
	}
	if p.exhausted {
		return effort / 5
	}
	return effort
}

func (p *Pair) begin(ph phase) {
	prefer := p.reach.prefer
	if p.led != nil {
		prefer = p.led
	}
	if p.c != nil {
		prefer = p.c.prefer
	}
	p.c = again(prefer)
	p.lead = newGuide(p.a, true, func(pc int, st *Step) bool { return p.marks[pc] && !p.late[st.Site].reached })
	p.n, p.more, p.work = 0, false, 0
}

// tracks follow the messages of one run: A to its late writes, to those not
// reached yet, and B to a write that concerns A.
type tracks struct {
	late, open, other *tracker
}

// rate says how far a run was from showing something: A has to come to the
// gap, B to write what A reads, and A to go on to a late write.
func (p *Pair) rate(t *tracks, res result) rating {
	const stage = 1 << 20
	choices := p.c.at
	found := p.lead.note(t.open)
	r := rating{fresh: -1}
	switch {
	case !res.atGap:
		r = rating{far: 2*stage + int(t.late.dist), limit: t.late.limit(choices), fresh: -1, blame: t.late.blame}
	case !t.other.hit && t.other.dist != math.MaxInt32:
		r = rating{far: stage + int(t.other.dist), limit: t.other.limit(choices), fresh: -1, blame: t.other.blame}
	case !t.late.hit:
		r = rating{far: 1 + int(t.late.dist), limit: t.late.limit(choices), fresh: -1, blame: t.late.blame}
	case p.lead.leads() && !found && !t.open.hit:
		r = rating{far: 1 + int(t.open.dist), limit: t.open.limit(choices), fresh: -1, blame: t.open.blame}
	case !res.told:
		r = rating{far: 1, limit: choices, fresh: -1}
	}
	if p.lead.nearer(r.far) && p.lead.patience > 0 || found {
		p.c.learn(r.limit, r.blame)
		if r.far == 0 {
			p.c.learn(choices, nil)
		}
	}
	return r
}

func (p *Pair) verdict(marks []Site, link Link) RaceOutcome {
	out := RaceOutcome{Runs: p.runs, Steps: p.steps, Reasons: maps.Clone(p.reasons)}
	reached, idle := false, len(marks) > 0
	told := 0
	for _, m := range marks {
		w := p.late[m]
		if w == nil {
			idle = false
			continue
		}
		idle = idle && w.passed && !w.reached
		reached = reached || w.reached || p.reach.first[m] != 0
		l := &w.links[link]
		if l.possible != nil && out.Example == nil {
			out.Example, out.Reason = l.possible, l.why
		}
		for reason, n := range l.reasons {
			out.Reasons[reason] += n
		}
		told += l.told
	}
	shown := reached && told >= enough
	switch {
	case out.Example != nil:
		out.Verdict = Possible
	case idle && !p.exhausted && p.lost == 0:
		out.Verdict, out.Reason = Refuted, whyIdle
	case !reached:
		out.Verdict, out.Reason = CannotTell, "the late write was not reached"
	case p.exhausted && !shown:
		out.Verdict, out.Reason = CannotTell, "bound hit"
	case p.lost > 0 && p.lost*2 > p.runs:
		out.Verdict, out.Reason = CannotTell, "step bound"
	default:
		out.Verdict = Refuted
		out.Reason = mostly(out.Reasons)
		if p.exhausted {
			out.Reason += fmt.Sprintf(" (in %d runs, not all there are)", told)
		}
	}
	return out
}

// mostly is the reason that excused most runs that came as far as B's change.
func mostly(reasons map[string]int) string {
	best, n := "", -1
	for reason, k := range reasons {
		weight := k
		if reason == whyNoGap || reason == whyJudged {
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
	whyIdle      = "the late write changes nothing"
	whyCleaned   = "failed and compensated"
	whySerial    = "serial order explains"
	whyJudged    = "late writes judged apart"
)

// domainOf is what round tries for numbers: first two values that tell "covers
// one, not two" from "covers both" and from "refused"; then the constants
// numbers are compared with; then 1 and a large one.
func (s *System) domainOf(round int) domain {
	d := domain{place: []int64{100, 40}, arg: []int64{40, 100}, now: []int64{s.later()}}
	add := func(n int64) {
		if !slices.Contains(d.place, n) {
			d.place = append(d.place, n)
			d.arg = append(d.arg, n)
		}
	}
	if round >= 2 {
		for _, c := range someOf(s.consts) {
			add(c)
			add(c + 100)
			if c >= 200 {
				add(c - 100)
			}
		}
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

// later is a time so late that every duration in the code has passed since the
// start of time.
func (s *System) later() int64 {
	for i := len(s.consts) - 1; i >= 0; i-- {
		if c := s.consts[i]; c > 0 && c < math.MaxInt64/8 {
			return 2*c + 1000
		}
	}
	return 1000
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
func (p *Pair) once(ph phase, t *tracks) (res result) {
	t.late, t.open, t.other = newTracker(p.tracked), newTracker(p.lead.ways), newTracker(p.aim)
	n := &nested{}
	defer func() {
		p.pay(n.m)
		if x := recover(); x != nil {
			st, ok := x.(stop)
			if !ok {
				panic(x)
			}
			p.lost++
			res = result{reason: st.reason, atGap: n.atGap}
		}
	}()
	w := newWorld(p.s, p.c, p.s.domainOf(ph.round))
	n.m = newMachine(w)
	n.m.marks = p.marks
	n.m.paths = [2][]*tracker{{t.late, t.open}, {t.other}}
	n.play(p.a, p.b, ph.gap)
	res = p.judge(w, n, ph)
	if p.saw != nil {
		p.saw(ph, n, res)
	}
	return res
}

// pay counts what a machine executed.
func (p *Pair) pay(m *machine) {
	p.work += m.work
	p.unpaid += m.work
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

func (n *nested) play(a, b *Program, gap int) {
	m := n.m
	n.a = m.newMessage(a, 0)
	for i := 0; i < gap; i++ {
		m.run(n.a)
		if n.a.status != suspended {
			return
		}
	}
	n.atGap = true
	n.a.late = true
	n.gapCells = slices.Clone(m.cells)
	n.sources = len(m.sources)
	n.b = m.newMessage(b, 1)
	m.play(n.b)
	n.bCells = slices.Clone(m.cells)
	m.play(n.a)
}

// Replay runs an example again and returns its events.
func (s *System) Replay(ex *Example) (*Run, bool) {
	return s.guarded(func() *Run {
		w := newWorld(s, replay(ex.script), s.domainOf(ex.round))
		t := &Trace{sys: s}
		n := &nested{m: newMachine(w)}
		n.m.trace = t
		n.play(ex.a, ex.b, ex.Gap)
		run := s.runOf(n.m, t, n.a)
		if n.b != nil {
			run.Messages = append(run.Messages, s.messageOf(n.b))
			for _, order := range [][2]int{{0, 1}, {1, 0}} {
				w.serial, w.extra = &chooser{}, map[string]ending{}
				run.Serial = append(run.Serial, s.replaySerial(w, ex, order))
			}
		}
		return run
	})
}

func (s *System) replaySerial(w *world, ex *Example, order [2]int) *Run {
	t := &Trace{sys: s}
	m := newMachine(w)
	m.trace = t
	msgs := m.serial(ex.a, ex.b, order)
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
