package model

import (
	"slices"
	"strconv"
)

const maxAlone = 300 // runs per round of Survival

// A DamageKind is what goes wrong when a message does not end well.
type DamageKind uint8

const (
	// Forgotten: a call did nothing, and a change that anticipated it stays.
	Forgotten DamageKind = iota
	// Leaked: a lock or mark that a good run takes back stays.
	Leaked
	// UndoneAfterAll: a change is undone although the call took effect: the
	// caller was told that it failed, or it trapped and its cleanup undid it.
	UndoneAfterAll
	// Unheard: a change that anticipated a one-way call stays, whatever became of it.
	Unheard
	// LostByTrap: a trap in a later segment keeps an earlier change, or loses
	// the bookkeeping of a call that took effect.
	LostByTrap
)

// A Damage is one way in which a message ends badly.
type Damage struct {
	Kind    DamageKind
	Call    Site // the call that failed, or for traps the last call before
	Label   string
	Ending  Ending
	Bounded bool
	Place   Place // what stays, is undone, or (LostByTrap) was committed; may be zero
	Change  Site  // the write to it before the call
	Exit    Site  // the return that forgets, the trap, or the undoing write
	// Owed: the change takes something, or is tied to the call. Without it a
	// trap loses nothing but a count.
	Owed bool
	// Lost: a call took effect and a write after it never happens.
	Lost bool
	// Cleanup (UndoneAfterAll): the undoing write is that of a cleanup, after a trap.
	Cleanup bool
	Example *EndingExample
	// Left are the early returns on the way from the call to the end, from
	// functions that were lowered in place.
	Left []Site
	// Kept are all changes that a trap leaves behind.
	Kept []Kept
}

// An EndingExample names a run of one message, so that it can be run again
// with each of the endings of its call.
type EndingExample struct {
	A       *Program
	script  []int
	round   int
	site    Site
	nth     int // of the calls at that site
	ending  ending
	force   *forcedTrap
	stirred bool
}

// A Survival is what the endings of one message leave behind.
type Survival struct {
	Damages []Damage
	// Stirred are the damages of traps that the message runs into only when
	// others have changed the state in its gaps.
	Stirred []Damage
	// Forced are the damages of traps at the sites asked for, whether the
	// program itself ever traps there or not.
	Forced []Damage
	Runs   int
	// Traps are the sites that trapped in a later segment of some run.
	Traps map[Site]bool
	// Held are the writes whose effect some run left to others while it waited.
	Held map[Site]bool
	// Reached: some run made a call.
	Reached   bool
	Exhausted bool
	plain     *EndingExample // a run that makes a call, for tables
	calls     map[Site]*EndingExample
}

// maxForced is how many runs are made to trap at one site.
const maxForced = 12

// Survival runs a alone, with at most one call that fails, and compares each
// failing run with its twin in which the call works. The runs that pass one of
// the sites of force in a later segment are also made to trap there.
func (s *System) Survival(a *Program, force ...Site) Survival {
	v := s.newSurvey(a)
	if len(force) > 0 {
		v.watch = make([]bool, len(a.code))
		for pc := range a.code {
			v.watch[pc] = a.code[pc].op == opStep && slices.Contains(force, a.code[pc].step.Site)
		}
	}
	for round := 1; round <= Rounds; round++ {
		v.round = round
		v.enumerate()
		if v.out.Reached {
			break
		}
	}
	v.doubts()
	v.out.Damages = append(v.out.Damages, v.leaks()...)
	v.out.Damages = append(v.out.Damages, v.traps(v.natural)...)
	if v.out.Reached && len(force) > 0 {
		v.natural, v.stirred = nil, true
		v.enumerate()
		v.out.Stirred = v.traps(v.natural)
	}
	v.out.Forced = v.traps(v.made)
	return v.out
}

func (s *System) newSurvey(a *Program) *survey {
	return &survey{s: s, a: a, out: Survival{Traps: map[Site]bool{}, Held: map[Site]bool{}, calls: map[Site]*EndingExample{}},
		seen: map[damageKey]bool{}, forced: map[Site]int{}, booked: map[Site]map[Site]bool{}, freed: map[heldKey]bool{}, mended: map[mendKey]bool{}}
}

type survey struct {
	s     *System
	a     *Program
	round int
	// stirred: the state is unknown again after each gap.
	stirred bool
	work    int // instructions executed in the enumeration
	out     Survival
	seen    map[damageKey]bool
	watch   []bool                 // by position: sites to be made to trap
	forced  map[Site]int           // runs made to trap there
	booked  map[Site]map[Site]bool // by call: the writes behind it that a run kept
	// held are the changes that some good run still has at its end, freed those
	// that some good run takes back.
	held   []leak
	freed  map[heldKey]bool
	leaves map[Site]Left // by site; nil if nobody asked
	// mended are the changes that some run takes back or goes on with, doubtful
	// those that stay where an unread function decided; see doubts.
	mended   map[mendKey]bool
	doubtful []Damage
	// natural and made are the traps met and those forced.
	natural, made []lateTrap
}

type damageKey struct {
	kind       DamageKind
	call, exit Site
	place      string
	ending     Ending
	left       string // the early returns behind the call
}

func (v *survey) enumerate() {
	v.work = 0
	c := &chooser{}
	g := newGuide(v.a, true, func(pc int, st *Step) bool {
		return v.watch != nil && v.watch[pc] || st.Kind == Return || st.Kind == Trap || st.Kind == Assert || isMark(st)
	})
	for n := 0; ; n++ {
		if n == maxAlone || v.work >= maxEffort {
			v.out.Exhausted = true
			return
		}
		c.rewind()
		t := newTracker(g.ways)
		v.s.guarded(func() *Run {
			v.once(c, t)
			return nil
		})
		v.out.Runs++
		if !c.next(g.rate(c, t)) {
			return
		}
	}
}

// An aloneRun is one message by itself.
type aloneRun struct {
	m      *machine
	a      *message
	unread int // choices about opaque answers made in its world until its end
}

func (s *System) playAlone(w *world, a *Program, force *forcedTrap, t *Trace) aloneRun {
	m := newMachine(w)
	m.force = force
	m.trace = t
	return m.alone(a)
}

func (m *machine) alone(a *Program) aloneRun {
	msg := m.newMessage(a, 0)
	m.play(msg)
	return aloneRun{m, msg, m.w.unread}
}

func (s *System) aloneWorld(c *chooser, round int) *world {
	w := newWorld(s, c, s.domainOf(round))
	w.plain, w.alone, w.failures = true, true, 1
	return w
}

func (v *survey) once(c *chooser, t *tracker) {
	w := v.s.aloneWorld(c, v.round)
	w.stirred = v.stirred
	m := newMachine(w)
	m.watch = v.watch
	m.paths[0] = []*tracker{t}
	defer func() { v.work += m.work }()
	run := m.alone(v.a)
	asked := c.at
	if len(run.m.calls) > 0 {
		v.out.Reached = true
	}
	ex := func(k *call) *EndingExample {
		e := &EndingExample{A: v.a, script: slices.Clone(c.script[:asked]), round: v.round, stirred: v.stirred}
		if k != nil {
			e.site, e.nth, e.ending = k.site, run.nth(k), k.inEffect()
		}
		return e
	}
	if v.out.plain == nil && len(run.m.calls) > 0 {
		v.out.plain = ex(run.m.calls[0])
	}
	if !v.stirred && v.leaves == nil {
		for _, k := range run.m.calls {
			if v.out.calls[k.site] == nil {
				v.out.calls[k.site] = ex(k)
			}
		}
		v.holds(run)
	}
	failed := run.failing()
	if !v.stirred && v.leaves == nil && failed == nil {
		v.book(run)
	}
	switch {
	case v.leaves != nil:
		if failed == nil {
			v.leave(run, ex)
		}
	case run.a.status == trapped && run.a.seg > 1:
		if !v.stirred {
			v.out.Traps[run.a.whyAt] = true
		}
		v.trapped(&v.natural, run, ex)
	case run.a.status == trapped:
	case v.stirred:
	case failed != nil:
		v.failed(run, v.s.twin(w, v.a), failed, ex)
	default:
		v.unheard(run, ex)
		if run.a.status == done {
			v.balanced(run, ex)
		}
		v.interrupted(w, run, ex)
	}
	if v.stirred || v.leaves != nil {
		return
	}
	for i, site := range m.passed {
		if v.forced[site] == maxForced || slices.Contains(m.passed[:i], site) {
			continue
		}
		v.forced[site]++
		force := &forcedTrap{site: site, seg: 2}
		if r := v.s.playAlone(w, v.a, force, nil); r.a.status == trapped && r.a.seg > 1 {
			v.trapped(&v.made, r, func(k *call) *EndingExample {
				e := ex(k)
				e.force = force
				return e
			})
		}
	}
}

// twin runs a again from the same start with all calls ending well.
func (s *System) twin(w *world, a *Program) aloneRun {
	endings, answers, left := w.endings, w.answers, w.failures
	w.endings, w.answers, w.failures = map[string]ending{}, map[string]Value{}, 0
	for key, v := range answers {
		if !a.refuses(v) {
			w.answers[key] = v
		}
	}
	run := s.playAlone(w, a, nil, nil)
	w.endings, w.answers, w.failures = endings, answers, left
	return run
}

// failing is the one call that did not work, nil if all did.
func (r aloneRun) failing() *call {
	for _, c := range r.m.calls {
		if c.done && !c.oneway && c.failed() {
			return c
		}
	}
	return nil
}

// nth counts the calls made at the site of k up to k.
func (r aloneRun) nth(k *call) int {
	n := 0
	for _, c := range r.m.calls {
		if c.site == k.site {
			n++
		}
		if c == k {
			break
		}
	}
	return n
}

// A change is the net effect on one place up to the end of a segment.
type change struct {
	place    place
	written  place // what the write named: the place, or the record around it
	old, new Value
	site     Site // of the last write to it
}

// changes returns the net changes of the segments from..to of the message that
// were kept; the drops of a cleanup belong to the segment that trapped.
func (r aloneRun) changes(s *System, from, to int) []change {
	var out []change
	for _, e := range r.a.log {
		if e.seg < from || e.seg > to {
			continue
		}
		diff(e.old, e.new, e.place, func(p place, old, new Value) {
			for i := range out {
				if out[i].place.same(p) {
					out[i].new, out[i].site = new, e.site
					return
				}
			}
			out = append(out, change{p, e.place, old, new, e.site})
		})
	}
	return slices.DeleteFunc(out, func(c change) bool { return equal(c.old, c.new) })
}

// counted leaves out logs that nobody reads.
func (s *System) counted(cs []change) []change {
	return slices.DeleteFunc(slices.Clone(cs), func(c change) bool { return !s.counts(c.place) })
}

// counts: logs nobody reads and drawn ids never count.
func (s *System) counts(p place) bool {
	n := p.node(s)
	return n == nil || !n.isLog()
}

// isCounter: a number that nothing but increments touches, or that is only added up.
func (s *System) isCounter(p place) bool {
	n := p.node(s)
	return n.isDraw() || n.isTally()
}

func (v *survey) failed(run, twin aloneRun, k *call, ex func(*call) *EndingExample) {
	pre := run.changes(v.s, 1, k.seg)
	post := run.changes(v.s, k.seg+1, run.a.seg)
	twinPost := twin.changes(v.s, k.seg+1, twin.a.seg)
	for _, c := range v.s.counted(pre) {
		owed := v.owed(run, c, k)
		after := at(post, c.place)
		if after == nil && len(c.written.path) > 0 && c.written.path[len(c.written.path)-1].isKey() {
			after = at(post, c.written) // a record put there whole: any part of it counts
		}
		switch {
		case k.took() && owed && after != nil && undoes(c, *after) && !undoneIn(twinPost, c):
			v.add(Damage{Kind: UndoneAfterAll, Place: v.s.place(c.place), Change: c.site, Exit: after.site, Owed: true}, k, ex)
		case k.took():
		case after != nil:
			v.mended[mendKey{k.site, k.run().Ending, c.site}] = true
		case owed && !v.recorded(run, twin, c, k, post, twinPost):
			d := Damage{Kind: Forgotten, Place: v.s.place(c.place), Change: c.site, Exit: run.a.exit, Left: run.left(k.seg), Owed: true}
			if run.unread > k.unread { // whether it is mended hangs on what an unread function said
				d.of(k)
				d.Example = ex(k)
				v.doubtful = append(v.doubtful, d)
			} else {
				v.add(d, k, ex)
			}
		}
		if after == nil && twin.a.status == done && !twin.a.refused() {
			if t := at(twinPost, c.place); t != nil && releases(c, *t) && !v.recorded(run, twin, c, k, post, twinPost) {
				v.add(Damage{Kind: Leaked, Place: v.s.place(c.place), Change: c.site, Exit: run.a.exit, Left: run.left(k.seg), Owed: owed}, k, ex)
			}
		}
	}
}

// A mendKey is a failed call and a change before it.
type mendKey struct {
	call   Site
	ending Ending
	change Site
}

// doubts adds the damages that hang on what a function nobody has read says
// behind the call, unless the message is seen to mend the same elsewhere: that
// it cannot mend it (a check of the restored record fails) is another fault.
func (v *survey) doubts() {
	for _, d := range v.doubtful {
		if !v.mended[mendKey{d.Call, d.Ending, d.Change}] {
			v.add(d, nil, func(*call) *EndingExample { return d.Example })
		}
	}
}

// takes: the change makes a number smaller or removes something.
func takes(c change) bool {
	old, new := settle(c.old), settle(c.new)
	return old.k == vInt && new.k == vInt && new.n < old.n || old.k != vNone && new.k == vNone || popped(old, new)
}

// popped: a list has fewer elements than before, and some left or none.
func popped(old, new Value) bool {
	if old.k != vList || new.k != vList {
		return false
	}
	before, known := old.o.whole()
	after, told := new.o.whole()
	return known && told && len(after) < len(before)
}

func at(cs []change, p place) *change {
	for i := range cs {
		if cs[i].place.overlaps(p) {
			return &cs[i]
		}
	}
	return nil
}

// owed tells whether a change made before call k anticipates it (it takes
// something away, or it is tied to the call by what it was computed from).
func (v *survey) owed(run aloneRun, c change, k *call) bool {
	if v.s.isCounter(c.place) {
		return false
	}
	var args taint
	for _, a := range k.args {
		args |= a.t
	}
	there := run.there()
	args &^= there
	old, new := settle(c.old), settle(c.new)
	// An entry under a constant key is a field by another name.
	keyed := slices.ContainsFunc(c.place.path, func(e elem) bool { return e.isKey() && e.key.t != 0 })
	t := (new.t | pathTaint(c.place)) &^ there
	linked := t&args&^run.readsOf(c.place, v.s) != 0
	number := old.k == vInt && new.k == vInt
	owed := false
	switch {
	case old.k != vNone && new.k == vNone: // what is cleared away on the occasion is not taken for the call
		owed = (t|run.readsOf(c.place, v.s))&args != 0
	case popped(old, new):
		owed = (taintOf(old)|run.readsOf(c.place, v.s))&args != 0
	case number && new.n < old.n:
		owed = keyed || new.t&run.readsOf(c.place, v.s) != 0 || args&run.readsOf(c.place, v.s) != 0
	case number:
		owed = new.t&args&^run.readsOf(c.place, v.s) != 0 && (keyed || new.t&run.readsOf(c.place, v.s) != 0)
	case keyed:
		owed = linked || t&args != 0
	}
	return owed && !v.settled(run, t, k)
}

// readsOf are the sources that are reads of p.
func (r aloneRun) readsOf(p place, s *System) taint {
	var t taint
	for i, src := range r.m.sources {
		if src.kind == srcRead && src.place.overlaps(p) && !src.shape {
			t |= taint(1) << i
		}
	}
	return t
}

// there are the sources that tie nothing to anything: those that only tell whether a
// whole cell is filled, and the one that stands for all beyond the bound.
func (r aloneRun) there() taint {
	t := taint(1) << (maxSources - 1)
	for i, src := range r.m.sources {
		if src.kind == srcRead && src.shape && len(src.place.path) == 0 {
			t |= taint(1) << i
		}
	}
	return t
}

// settled: an earlier call that the change is tied to went through, so what
// fails now is something else.
func (v *survey) settled(run aloneRun, t taint, k *call) bool {
	for _, c := range run.m.calls {
		if c == k || c.ordinal >= k.ordinal || !c.effect || !c.took() {
			continue
		}
		u := c.ctl
		for _, a := range c.args {
			u |= a.t
		}
		if t&u != 0 {
			return true
		}
	}
	return false
}

// undoes: the later change gives back at least in part what the first took.
func undoes(c, d change) bool {
	if equal(c.old, d.new) {
		return true
	}
	old, new, then, now := settle(c.old), settle(c.new), settle(d.old), settle(d.new)
	if old.k == vInt && new.k == vInt && then.k == vInt && now.k == vInt {
		return (new.n < old.n) == (now.n > then.n) && new.n != old.n
	}
	return false
}

// undoneIn: what a run that went well undoes too is a lock or a mark for the
// time of the call, no compensation.
func undoneIn(post []change, c change) bool {
	d := at(post, c.place)
	return d != nil && undoes(c, *d)
}

// releases: a good run takes the change back, or moves a status on.
func releases(c, d change) bool {
	old, new, now := settle(c.old), settle(c.new), settle(d.new)
	if equal(c.old, d.new) {
		return true
	}
	if new.k == vBool && now.k == vBool { // a flag nobody asked for before it was set
		return new.n != now.n
	}
	return old.k == vAgg && new.k == vAgg && now.k == vAgg
}

// recorded: after k the message writes down what it could not finish: a write
// to a place it had not changed, which the twin does not make, of something
// the change is tied to.
func (v *survey) recorded(run, twin aloneRun, c change, k *call, post, twinPost []change) bool {
	tied := settle(c.new).t | pathTaint(c.place)
	for _, p := range post {
		if p.place.overlaps(c.place) || at(twinPost, p.place) != nil || at(run.changes(v.s, 1, k.seg), p.place) != nil {
			continue
		}
		if settle(p.new).k == vNone || !v.s.counts(p.place) && !holdsData(p.new) {
			continue
		}
		if (taintOf(p.new)|pathTaint(p.place))&tied != 0 {
			return true
		}
	}
	return false
}

// holdsData: what was pushed last is data; a formatted line is none.
func holdsData(v Value) bool {
	v = settle(v)
	if v.k != vList || len(v.o.items) == 0 {
		return true
	}
	last := settle(v.o.items[len(v.o.items)-1])
	return last.k != vText && !(last.k == vLazy && (last.l.origin == fromOpaque || last.l.origin == fromReply))
}

// taintOf is what a value and its parts were computed from.
func taintOf(v Value) taint {
	t := v.t
	if v.o == nil {
		return t
	}
	for _, f := range v.o.fields {
		t |= taintOf(f.v)
	}
	for _, x := range v.o.items {
		t |= taintOf(x)
	}
	for _, e := range v.o.entries {
		t |= taintOf(e.v) | e.key.t
	}
	return t
}

// unheard notes what a run that ends well takes for calls that nobody hears of.
func (v *survey) unheard(run aloneRun, ex func(*call) *EndingExample) {
	net := run.changes(v.s, 1, run.a.seg)
	for _, k := range run.m.calls {
		if !k.oneway {
			continue
		}
		for _, c := range v.s.counted(run.changes(v.s, 1, k.seg)) {
			// A number: what else is cleared away on the occasion is rather announced than paid for.
			if settle(c.old).k == vInt && takes(c) && at(net, c.place) != nil && v.owed(run, c, k) {
				v.add(Damage{Kind: Unheard, Place: v.s.place(c.place), Change: c.site, Owed: true}, k, ex)
			}
		}
	}
}

// interrupted lets a run that ends well trap in the callback of each call that
// took effect: a drop that gives back what the call was paid with does so now
// that it is paid (S14a, S19).
func (v *survey) interrupted(w *world, run aloneRun, ex func(*call) *EndingExample) {
	for i, k := range run.m.calls {
		if !k.guarded || !k.effect || !k.took() || v.forced[k.site] == maxForced {
			continue
		}
		v.forced[k.site]++
		force := &forcedTrap{seg: k.seg + 1}
		cut := v.s.playAlone(w, v.a, force, nil)
		if cut.a.status != trapped || cut.a.seg != k.seg+1 {
			continue
		}
		good, undone := run.changes(v.s, k.seg+1, run.a.seg), cut.changes(v.s, k.seg+1, cut.a.seg)
		for _, c := range v.s.counted(cut.changes(v.s, 1, k.seg)) {
			after := at(undone, c.place)
			if after == nil || !undoes(c, *after) || undoneIn(good, c) || !v.owed(cut, c, cut.m.calls[i]) {
				continue
			}
			v.add(Damage{Kind: UndoneAfterAll, Place: v.s.place(c.place), Change: c.site, Exit: after.site, Owed: true, Cleanup: true}, k,
				func(k *call) *EndingExample {
					e := ex(k)
					e.force = force
					return e
				})
		}
	}
}

func lastCall(run aloneRun) *call {
	var last *call
	for _, c := range run.m.calls {
		if !c.oneway {
			last = c
		}
	}
	return last
}

func (d *Damage) of(k *call) {
	if k != nil {
		d.Call, d.Label, d.Bounded, d.Ending = k.site, k.info.Label, k.info.Bounded, k.run().Ending
	}
}

func (v *survey) add(d Damage, k *call, ex func(*call) *EndingExample) {
	if k != nil {
		d.of(k)
	}
	key := damageKey{kind: d.Kind, call: d.Call, exit: d.Exit, place: d.Place.Name, ending: d.Ending}
	for _, l := range d.Left {
		key.left += " " + strconv.Itoa(int(l))
	}
	if v.seen[key] {
		return
	}
	v.seen[key] = true
	d.Example = ex(k)
	v.out.Damages = append(v.out.Damages, d)
}

// Failing is an example of a run that makes the call at a site, with that call
// ending in an error: the callee's own, or a clean reject. Nil if no run makes it.
func (v Survival) Failing(call Site, inner bool) *EndingExample {
	ex := v.calls[call]
	if ex == nil {
		return nil
	}
	e := *ex
	e.ending, e.force = endClean, nil
	if inner {
		e.ending = endInner
	}
	return &e
}

// Plain is an example of a run that makes a call; nil if none does.
func (v Survival) Plain() *EndingExample { return v.plain }

// An EndingRow is one row of a table of endings: the run from the example's
// start with its call ending that way.
type EndingRow struct {
	Ending Ending // "" for a trap
	Trap   bool   // the callback traps
	This   bool   // it is the example itself
	Run    *Run
}

// Endings runs an example with every ending its call can have, and with a
// trap in the callback (where the example traps, else at its start).
func (s *System) Endings(ex *EndingExample) []EndingRow {
	w, first, ok := s.restart(ex)
	if !ok {
		return nil
	}
	k := first.callAt(ex.site, ex.nth)
	if k == nil {
		return nil
	}
	ends := []ending{endSync, endClean, endInner, endUncleanTook, endOK}
	if ex.ending == endDecode {
		ends = append(ends, endDecode)
	}
	var rows []EndingRow
	for _, e := range ends {
		if e == endInner && k.info.Reply != ReplyDouble && !first.innerError(k) || e == endUncleanTook && !k.effect {
			continue
		}
		if run, ok := s.again(w, ex, k, e, nil); ok {
			rows = append(rows, EndingRow{Ending: endingNames[e], This: ex.force == nil && e == ex.ending && !run.Messages[0].Trapped, Run: run})
		}
	}
	force := &forcedTrap{seg: k.seg + 1}
	end := endOK
	if first.a.status == trapped {
		force = &forcedTrap{site: first.a.whyAt, seg: first.a.seg}
		end = ex.ending
	}
	if run, ok := s.again(w, ex, k, end, force); ok && run.Messages[0].Trapped {
		rows = append(rows, EndingRow{Trap: true, This: first.a.status == trapped, Run: run, Ending: endingNames[end]})
	}
	return rows
}

// innerError: the example's call answered with an error in its payload.
func (r aloneRun) innerError(k *call) bool { return k.ending == endOK && k.failed() }

// restart runs an example again in a world of its own.
func (s *System) restart(ex *EndingExample) (w *world, run aloneRun, ok bool) {
	_, ok = s.guarded(func() *Run {
		w = s.aloneWorld(replay(ex.script), ex.round)
		w.stirred = ex.stirred
		run = s.playAlone(w, ex.A, ex.force, nil)
		return nil
	})
	return w, run, ok
}

func (r aloneRun) callAt(site Site, nth int) *call {
	for _, c := range r.m.calls {
		if c.site == site {
			if nth--; nth <= 0 {
				return c
			}
		}
	}
	return nil
}

// again runs an example with call k ending as e, other calls ending well.
func (s *System) again(w *world, ex *EndingExample, k *call, e ending, force *forcedTrap) (*Run, bool) {
	return s.guarded(func() *Run {
		endings, answers := w.endings, w.answers
		defer func() { w.endings, w.answers = endings, answers }()
		w.endings, w.answers, w.failures = map[string]ending{}, map[string]Value{}, 0
		// An error in the payload of the example's reply stays the one it was.
		inPayload := e == endInner && k.ending == endOK && k.failed()
		for key, v := range answers {
			if inPayload || !ex.A.refuses(v) {
				w.answers[key] = v
			}
		}
		w.endings[w.callKey(k)] = e
		if inPayload {
			w.endings[w.callKey(k)] = endOK
		}
		t := &Trace{sys: s}
		run := s.playAlone(w, ex.A, force, t)
		return s.runOf(run.m, t, run.a)
	})
}

// Run runs a alone from an example's start as it is, with a trace.
func (s *System) Run(ex *EndingExample) (*Run, bool) {
	return s.guarded(func() *Run {
		w := s.aloneWorld(replay(ex.script), ex.round)
		w.stirred = ex.stirred
		t := &Trace{sys: s}
		run := s.playAlone(w, ex.A, ex.force, t)
		return s.runOf(run.m, t, run.a)
	})
}
