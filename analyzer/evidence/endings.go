package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/model"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A DamageKind is what goes wrong when a message does not end well.
type DamageKind string

const (
	// Forgotten: a call did nothing, and a change that anticipated it stays.
	Forgotten DamageKind = "forgotten"
	// Leaked: a lock or mark that a good run takes back stays.
	Leaked DamageKind = "leaked"
	// UndoneAfterAll: a change is undone although the call took effect (C7).
	UndoneAfterAll DamageKind = "undone"
	// Unheard: a change that anticipated a one-way call stays, whatever became of it (C1).
	Unheard DamageKind = "unheard"
	// LostByTrap: a trap in a later segment keeps an earlier change, or loses
	// the bookkeeping of a call that took effect (S7).
	LostByTrap DamageKind = "trap"
)

// A Damage is one way in which a message ends badly, with its evidence.
type Damage struct {
	Kind    DamageKind
	Verdict finding.Verdict
	Reason  string   // of a verdict other than confirmed
	Call    ops.Site // the call that failed, or for a trap the last call before
	Change  ops.Site // the write before the call; 0 if none
	Exit    ops.Site // the return that forgets, the trap, or the undoing write; 0 for the end of the body
	Label   string   // of the call
	Ending  string   // how the call ended
	Place   string   // what stays, is undone or was committed; "" if nothing was
	Bounded bool
	// Owed: the change takes something, or is tied to the call. A trap that
	// keeps an unowed change (a bare counter) is worth less.
	Owed bool
	// Undone: a call took effect and a write behind it never happens.
	Undone bool
	// Left are the early returns behind the call from functions that were lowered in place.
	Left []ops.Site
	// Trap: the message traps at Exit. Kept are all changes that stay then.
	Trap bool
	Kept []Kept
	// Cleanup (UndoneAfterAll): the cleanup of a trapped callback undoes it.
	Cleanup bool
	// With is the message in whose wake it traps; nil where m does by itself.
	With *Message

	example *model.EndingExample
}

// A Kept is a change that stays when a message traps.
type Kept struct {
	Place  string
	Change ops.Site
}

// Endings returns what goes wrong in the endings of m, each kind, call and
// exit once. Traps that no run reaches are not among them; see [Canister.TrapAt].
func (c *Canister) Endings(m *Message) []Damage {
	return damages(c.survivalOf(m).Damages)
}

// TrapAt judges a trap at a site of m: confirmed if a run of m by itself traps there,
// or one with another message in a gap; possible if only a state that no
// message was seen to leave makes it trap, or if the search ended at its bound.
// ok is false when such a trap does no damage.
func (c *Canister) TrapAt(m *Message, site ops.Site) (d Damage, ok bool) {
	v := c.survivalOf(m)
	if d, ok := trapAmong(v.Damages, site); ok {
		d.Verdict = finding.Confirmed
		return d, true
	}
	if v.Traps[model.Site(site)] {
		return Damage{}, false
	}
	made, forced := trapAmong(v.Forced, site)
	made.Verdict, made.Reason = finding.Possible, "no run within the bound traps there by itself"
	d, ok = trapAmong(v.Stirred, site)
	if !ok {
		return made, forced && v.Exhausted
	}
	if forced { // the same trap in a simpler run
		d = made
	}
	d.Verdict, d.Reason = finding.Possible, "it traps only if another message changes what it reads while it waits"
	for _, b := range c.interferers(m, 0) {
		if c.pair(m, b).Traps(model.Site(site)) {
			d.Verdict, d.Reason, d.With = finding.Confirmed, "", b
			break
		}
	}
	return d, true
}

// Failing is the run of m in which the call at a site fails: by the callee's own
// error if inner, else by a clean reject. ok is false if no run makes the call.
func (c *Canister) Failing(m *Message, call ops.Site, inner bool) (d Damage, ok bool) {
	ex := c.survivalOf(m).Failing(model.Site(call), inner)
	return Damage{Call: call, example: ex}, ex != nil
}

// trapAmong finds the damage of a trap at a site.
func trapAmong(found []model.Damage, site ops.Site) (Damage, bool) {
	for _, d := range found {
		if d.Kind == model.LostByTrap && ops.Site(d.Exit) == site {
			return damages([]model.Damage{d})[0], true
		}
	}
	return Damage{}, false
}

var damageKinds = map[model.DamageKind]DamageKind{
	model.Forgotten: Forgotten, model.Leaked: Leaked, model.UndoneAfterAll: UndoneAfterAll, model.Unheard: Unheard, model.LostByTrap: LostByTrap,
}

func damages(found []model.Damage) []Damage {
	var ds []Damage
	for _, d := range found {
		ds = append(ds, Damage{
			Kind: damageKinds[d.Kind], Verdict: finding.Confirmed,
			Call: ops.Site(d.Call), Change: ops.Site(d.Change), Exit: ops.Site(d.Exit), Label: d.Label, Ending: string(d.Ending),
			Place: d.Place.Name, Bounded: d.Bounded, Owed: d.Owed, Undone: d.Lost, Trap: d.Kind == model.LostByTrap, Cleanup: d.Cleanup,
			example: d.Example,
		})
		last := &ds[len(ds)-1]
		for _, s := range d.Left {
			last.Left = append(last.Left, ops.Site(s))
		}
		for _, k := range d.Kept {
			last.Kept = append(last.Kept, Kept{k.Place.Name, ops.Site(k.Change)})
		}
	}
	return ds
}

// Leaks returns the ways out of m that leave what the write at change did although
// others take it back. all reports whether some run waits with that change
// and all runs within the bound were tried.
func (c *Canister) Leaks(m *Message, change ops.Site) (ds []Damage, all bool) {
	v := c.survivalOf(m)
	for round := 1; ; round++ {
		for _, d := range damages(v.Damages) {
			if d.Kind == Leaked && d.Change == change {
				ds = append(ds, d)
			}
		}
		all = v.Held[model.Site(change)] && !v.Exhausted
		if len(ds) > 0 || round == model.Rounds {
			return ds, all
		}
		v = c.system.Leaks(m.program, round+1)
	}
}

// A Table is the evidence of a damage: what each ending of the call leaves,
// and what became of each change in the ending the finding is about.
type Table struct {
	Endings  []finding.Ending
	Segments []finding.Segment
	Survives []string
	Lost     []string
	Stuck    []string
}

// Table runs the damage with every ending of its call.
func (c *Canister) Table(m *Message, d Damage) Table {
	var t Table
	t.Segments = c.Segments(m)
	if d.example == nil {
		return t
	}
	rows := c.system.Endings(d.example)
	if len(rows) == 0 { // no call: a trap without one, or the run was given up
		return t
	}
	good := goodRun(rows)
	places := watched(rows, d.Place)
	var this finding.Ending
	for _, r := range rows {
		e := c.ending(m, r, good, places)
		if r.This {
			e.Damage = true
			if d.Kind == Leaked {
				e.Stuck = append(e.Stuck, d.Place)
			}
			this = e
			t.Survives, t.Lost, t.Stuck = e.Survives, e.Lost, e.Stuck
			c.fates(t.Segments, m, r, good)
		}
		t.Endings = append(t.Endings, e)
	}
	if d.Kind == Leaked { // other endings may leave it taken just so
		for i := range t.Endings {
			e := &t.Endings[i]
			if left, ok := e.State[d.Place]; ok && !e.Damage && this.Damage && left == this.State[d.Place] {
				e.Stuck = append(e.Stuck, d.Place)
			}
		}
	}
	return t
}

// Rows is the table of endings of m where nothing is wrong: of its first call
// in a run that makes one. Nil if no run does.
func (c *Canister) Rows(m *Message) []finding.Ending {
	v := c.survivalOf(m)
	if v.Plain() == nil {
		return nil
	}
	rows := c.system.Endings(v.Plain())
	good := goodRun(rows)
	places := watched(rows, "")
	var es []finding.Ending
	for _, r := range rows {
		es = append(es, c.ending(m, r, good, places))
	}
	return es
}

func goodRun(rows []model.EndingRow) *model.Run {
	for _, r := range rows {
		if r.Ending == model.Replied && !r.Trap {
			return r.Run
		}
	}
	return nil
}

// watched are the places shown: the damaged one first, at most four.
func watched(rows []model.EndingRow, first string) []model.Place {
	var ps []model.Place
	add := func(p model.Place) {
		for _, q := range ps {
			if q.Name == p.Name {
				return
			}
		}
		if len(ps) < 4 {
			ps = append(ps, p)
		}
	}
	for _, only := range []bool{true, false} {
		for _, r := range rows {
			for _, ch := range r.Run.Changes {
				if !only || ch.Place.Name == first {
					add(ch.Place)
				}
			}
		}
	}
	return ps
}

// Success is the name of the ending in which every call replies and the message ends well.
const Success = "success"

// trapRow is the name of the ending in which the callback traps.
const trapRow = "trap in callback"

// Unknown is how a call ended whose callee acted although the caller is told of an error (C7).
const Unknown = string(model.UncleanTook)

// CleanReject is how a call ended that certainly did nothing.
const CleanReject = string(model.CleanReject)

// Unreadable is how a call ended whose reply cannot be decoded: the callee acted.
const Unreadable = string(model.DecodeFailed)

// InnerError is how a call ended in which the callee said no in its reply (C11).
const InnerError = string(model.InnerError)

var rowNames = map[model.Ending]string{
	model.SyncFailure: "sync failure", model.CleanReject: "clean reject", model.InnerError: "inner error",
	model.UncleanTook: "unknown reject", model.Unclean: "unclean reject", model.Replied: Success, model.DecodeFailed: "reply unreadable",
}

func (c *Canister) ending(m *Message, r model.EndingRow, good *model.Run, places []model.Place) finding.Ending {
	e := finding.Ending{Name: rowNames[r.Ending], State: map[string]string{}}
	if r.Trap {
		e.Name = trapRow
		if r.Ending != model.Replied {
			e.Name += " (" + rowNames[r.Ending] + ")"
		}
	}
	trapped := r.Run.Messages[0].Trapped
	if trapped && !r.Trap {
		e.Name += ", then traps"
	}
	for _, p := range places {
		e.State[p.Name] = r.Run.Final(p).String()
	}
	for _, w := range writesOf(r.Run) {
		if w.kept {
			e.Survives = appendNew(e.Survives, w.text)
		}
	}
	for _, k := range r.Run.Calls {
		switch {
		case k.Ending == model.UncleanTook:
			e.Survives = appendNew(e.Survives, "maybe "+callText(k))
		case k.Effect && k.Took:
			e.Survives = appendNew(e.Survives, callText(k))
		}
	}
	if trapped || r.Ending == model.UncleanTook {
		e.Lost = lostWrites(r.Run, good)
	}
	return e
}

// lostWrites are the writes of the good run that a run takes back or never makes.
func lostWrites(run, good *model.Run) []string {
	var lost []string
	ws := writesOf(run)
	for _, w := range ws {
		if !w.kept {
			lost = appendNew(lost, w.text)
		}
	}
	if good == nil {
		return lost
	}
	for _, g := range writesOf(good) {
		if !slices.ContainsFunc(ws, func(w write) bool { return w.site == g.site }) {
			lost = appendNew(lost, g.text)
		}
	}
	return lost
}

func appendNew(ss []string, s string) []string {
	if slices.Contains(ss, s) {
		return ss
	}
	return append(ss, s)
}

// A write is one write of a run and whether its segment was kept.
type write struct {
	site    ops.Site
	segment int
	text    string
	kept    bool
	cleanup bool
}

func writesOf(run *model.Run) []write {
	var ws []write
	cleanup := false
	for _, e := range run.Trace.Events {
		switch e.Kind {
		case model.EvTrap:
			for i := range ws {
				if ws[i].segment == e.Segment {
					ws[i].kept = false
				}
			}
		case model.EvCleanup:
			cleanup = true
		case model.EvWrite:
			if e.Message == 0 {
				ws = append(ws, write{ops.Site(e.Site), e.Segment, changeText(e), true, cleanup})
			}
		}
	}
	return ws
}

// changeText is a write as a reader would say it: "X += 1", "JOBS[p] removed".
func changeText(e model.Event) string {
	name := e.Place.Name
	old, was := e.Old.Int()
	now, is := e.Value.Int()
	switch {
	case e.Value == (model.Value{}):
		return name + " removed"
	case was && is && now > old:
		return fmt.Sprintf("%s += %d", name, now-old)
	case was && is && now < old:
		return fmt.Sprintf("%s -= %d", name, old-now)
	}
	v := e.Value.String()
	if v == "()" || v == "…" || strings.HasPrefix(v, "[") {
		return name + " written"
	}
	return name + " = " + v
}

// fates enters into the segment table what became of each change in run r.
func (c *Canister) fates(rows []finding.Segment, m *Message, r model.EndingRow, good *model.Run) {
	ran := writesOf(r.Run)
	place := func(w write, fate string) {
		for i := range rows {
			if rows[i].Index == w.segment {
				rows[i].Changes = append(rows[i].Changes, finding.Change{Text: w.text, Span: spanOf(m.Func, w.site), Fate: fate})
				return
			}
		}
	}
	for _, w := range ran {
		fate := "committed"
		if !w.kept {
			fate = "rolled back"
		}
		place(w, fate)
	}
	if good != nil {
		for _, g := range writesOf(good) {
			if !slices.ContainsFunc(ran, func(w write) bool { return w.site == g.site }) {
				place(g, "never ran")
			}
		}
	}
	callees := 0
	for i := range rows {
		if rows[i].Index != 0 {
			continue
		}
		if callees < len(r.Run.Calls) {
			k := r.Run.Calls[callees]
			rows[i].Changes = append(rows[i].Changes, calleeChange(m, k))
		}
		callees++
	}
}

func calleeChange(m *Message, k model.CallInfoRun) finding.Change {
	ch := finding.Change{Text: "what `" + k.Label + "` did", Span: spanOf(m.Func, ops.Site(k.Site)), Fate: "never ran"}
	switch {
	case k.Ending == model.UncleanTook || k.Ending == model.NotYet || k.Oneway:
		ch.Fate = "unknown"
	case k.Ending == model.Replied && k.Took:
		ch.Fate = "committed in the callee"
	case k.Ending == model.Replied || k.Ending == model.InnerError:
		ch.Fate = "never ran" // the callee refused: it did nothing (C11)
	}
	return ch
}
