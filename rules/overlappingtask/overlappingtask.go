package overlappingtask

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
	"github.com/awaitlint/awaitlint/rules/internal/race"
)

//go:embed doc.go
var doc string

// Analyzer reports tasks that overlap with themselves.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("overlappingtask")

// Rule is the metadata of overlapping-task.
var Rule = finding.Rule{
	ID:       "overlapping-task",
	Title:    "a periodic task waits, and nothing keeps its next run out",
	Level:    finding.Warning,
	Default:  true,
	CWE:      []int{362, 662},
	Tags:     []string{"security", "race", "timer", "await"},
	Severity: "5.9",
	Doc:      page.Markdown(doc),
	Help:     "hold a guard while the task works and leave if it is taken, or use `set_timer_interval_serial`, which leaves out a turn while one is busy",
}

// find asks the model for runs of the task in its own gap that no two turns
// one after the other explain: the worst for each await.
func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts || !m.Overlaps() || started(c, m) {
		return nil
	}
	var fs []*finding.Finding
	for _, late := range lateSites(m) {
		f := judge(c, m, late)
		if f == nil {
			continue
		}
		i := slices.IndexFunc(fs, func(o *finding.Finding) bool { return o.Primary.Span == f.Primary.Span })
		switch {
		case i < 0:
			fs = append(fs, f)
		case f.Verdict < fs[i].Verdict:
			fs[i] = f
		}
	}
	return fs
}

// judge asks about one late write or call of the task.
func judge(c *plain.Canister, m *effects.Message, late ops.Site) *finding.Finding {
	em := c.Model.Message(m.Input.Func)
	r := c.Model.Race(evidence.Candidate{Rule: Rule.ID, Message: em, Write: late, With: em})
	var read ops.Site
	if len(r.Reads) > 0 {
		read = r.Reads[0].Site
	}
	w := await(m, read, late)
	if w == nil || r.Verdict != finding.Confirmed && excludes(m, read, w) {
		return nil
	}
	f := plain.New(&Rule, m, m.Fn.Ops.SeenFrom(w.Op.Site, late), finding.RoleCommit, "waits here, and the next run starts meanwhile")
	f.Verdict, f.Reason, f.Witness, f.Observers, f.Survives, f.Lost = r.Verdict, r.Reason, r.Witness, r.Observers, r.Survives, r.Lost
	f.Message = fmt.Sprintf("`%s` can run again while it waits here: two runs get into each other's way", m.Entry().Name)
	if read != 0 {
		f.Message = fmt.Sprintf("`%s` can run again while it waits here: both runs go by the same `%s`", m.Entry().Name, r.Reads[0].Place)
		plain.Label(f, m.Fn.Ops, read, finding.RoleRead, fmt.Sprintf("`%s` is looked at here, before the call", r.Reads[0].Place))
	}
	plain.Label(f, m.Fn.Ops, late, finding.RoleWrite, "and what that decides is done only here")
	return f
}

// started reports whether whoever starts m writes, before that, what m writes
// too: it hands over a lock or a piece of work, and m alone does not show that.
func started(c *plain.Canister, m *effects.Message) bool {
	for _, o := range c.Messages {
		if o == m || !o.Starts(m.Input.Func) {
			continue
		}
		b := c.Built(o)
		if b == nil {
			continue
		}
		for _, a := range b.Accesses {
			if a.Write && slices.ContainsFunc(m.Accesses, func(w *effects.Access) bool { return w.Write && w.Place.Across(a.Place) }) {
				return true
			}
		}
	}
	return false
}

// lateSites are the writes that the task makes after it has waited; the calls, if there are none.
func lateSites(m *effects.Message) []ops.Site {
	var sites []ops.Site
	for _, w := range race.LateWrites(m) {
		sites = append(sites, w.Op.Site)
	}
	for _, w := range m.Awaits {
		later := func(v *effects.Await) bool { return v.Commits() && v != w && m.After(v.Instr, w.Instr) }
		if len(sites) == 0 && len(w.Requests) > 0 && slices.ContainsFunc(m.Awaits, later) {
			sites = append(sites, w.Requests[0].Site)
		}
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}

// await is the first await between the read that becomes stale and the late write.
func await(m *effects.Message, read, late ops.Site) *effects.Await {
	r, l := m.InstrAt(read), m.InstrAt(late)
	for _, w := range m.Awaits {
		if w.Commits() && (l == nil || m.After(w.Instr, l)) && (r == nil || m.After(r, w.Instr)) {
			return w
		}
	}
	return nil
}

// excludes reports whether something keeps others out that the model could not
// follow to its end: a lock held over the await, or a change, before it, of
// what was read.
func excludes(m *effects.Message, read ops.Site, w *effects.Await) bool {
	if slices.ContainsFunc(m.Locks(), func(l *effects.Lock) bool { return slices.Contains(l.Held, w) }) {
		return true
	}
	var places []effects.Place
	if r := m.InstrAt(read); r != nil {
		for _, a := range m.At(r) {
			places = append(places, a.Place)
		}
	}
	return slices.ContainsFunc(m.Accesses, func(a *effects.Access) bool {
		return a.Write && m.After(a.Instr, w.Instr) && slices.ContainsFunc(places, func(p effects.Place) bool { return p.In(a.Place) != effects.Disjoint })
	})
}
