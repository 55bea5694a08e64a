// Package evidence proves candidates: it translates the messages of a
// canister into programs of the segment model, runs them, and renders what
// the runs show as the data of a finding (witness, table of endings, segment
// table, fates of changes).
//
// Rules propose a [Candidate] or ask for the [Endings] of a message; all
// questions about what can happen are answered by runs, none by shape.
package evidence

import (
	"sync"
	"time"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/model"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Message is one entry point or task.
type Message struct {
	Func     *ops.Func
	Endpoint finding.Endpoint
	// Lasts: its changes are kept and other messages run in its gaps. False
	// for queries, inspect_message and the hooks of install and upgrade, which
	// are observers at most.
	Lasts bool
	// Looks: it runs in the gaps of others and sees what is half done.
	Looks bool
	// Anonymous: nobody sends it (timers, heartbeats, tasks).
	Anonymous bool
	// Assumed: nothing known starts it: it runs in nobody's gaps but its own.
	Assumed bool

	// Alone: it never runs beside itself.
	Alone bool

	program *model.Program
}

// A Canister is the messages that share one state. It may be used concurrently.
type Canister struct {
	Messages []*Message
	// Clock gives the processor time spent so far; nil if nobody wants to know.
	Clock  func() time.Duration
	system *model.System

	mu       sync.Mutex
	survival map[*Message]model.Survival
	reach    map[*Message]*model.Reach
	pairs    map[[2]*Message]*model.Pair
}

// New prepares the messages of a canister.
func New(messages []*Message) *Canister {
	c := &Canister{Messages: messages, survival: map[*Message]model.Survival{}, reach: map[*Message]*model.Reach{}, pairs: map[[2]*Message]*model.Pair{}}
	var lasting, others []*model.Program
	for _, m := range messages {
		m.program = program(m.Func, m.Anonymous)
		if m.Lasts {
			lasting = append(lasting, m.program)
		} else {
			others = append(others, m.program)
		}
	}
	c.system = model.NewSystem(lasting, others...)
	c.system.Forget()
	return c
}

// Message returns the message of a lowered function, nil if there is none.
func (c *Canister) Message(f *ops.Func) *Message {
	for _, m := range c.Messages {
		if m.Func == f {
			return m
		}
	}
	return nil
}

// A Link is a way from a read to a late write, see [model.Link].
type Link = model.Link

const (
	ByAny    = model.ByAny
	ByData   = model.ByData
	ByBranch = model.ByBranch
)

// A Candidate is what a rule suspects: that what Message read at Read decides
// about Write behind the commit point Commit, and may be stale there.
type Candidate struct {
	Rule    string
	Message *Message
	Read    ops.Site // 0 if the rule names none
	Commit  ops.Site
	Write   ops.Site
	// Link says how the stale read must reach the write: by data for a value
	// written back, by a branch for a check. The zero Link takes either.
	Link Link
	// Also are further late writes of the same damage.
	Also []ops.Site
	// With is the only message to try in the gaps, nil for all that are worth it.
	With *Message
}

// A Race is the answer to a candidate.
type Race struct {
	Verdict finding.Verdict
	Reason  string // of a verdict other than confirmed
	// Witness is the run that shows it; nil when refuted or not told.
	Witness *finding.Witness
	// With is the message that runs in the gap in the witness.
	With *Message
	// Reads are the reads that became stale in the witness.
	Reads []Read
	// Late is the site of the late write that the witness shows, Change that of
	// the write by With that made it wrong.
	Late, Change ops.Site
	Interferers  []finding.Endpoint // those that make it wrong, the witness's first
	Observers    []finding.Endpoint
	Survives     []string
	Lost         []string
	Runs         int
	Cost         finding.Cost
}

// A Read is a read that another message made stale.
type Read struct {
	Site  ops.Site
	Place string // BALANCES[p]
	Check bool   // it decides about the write, its value is not used
}

// Race tries every message that can write what the candidate's message read,
// the message itself first.
func (c *Canister) Race(cand Candidate) Race {
	if c.Clock == nil {
		return c.race(cand)
	}
	start := c.Clock()
	r := c.race(cand)
	r.Cost.Time = c.Clock() - start
	return r
}

func (c *Canister) race(cand Candidate) Race {
	a := cand.Message
	marks := []model.Site{model.Site(cand.Write)}
	for _, s := range cand.Also {
		marks = append(marks, model.Site(s))
	}
	best := Race{Verdict: finding.Refuted, Reason: "no other message can write what it read"}
	var worst *model.RaceOutcome
	var harmful, doubtful []finding.Endpoint
	for _, b := range c.Rivals(cand) {
		out := c.pair(a, b).Race(model.RaceQuery{Marks: marks, Link: cand.Link, Read: model.Site(cand.Read)})
		best.Runs += out.Runs
		best.Cost.Instructions += out.Instructions
		switch out.Verdict {
		case model.Confirmed:
			harmful = append(harmful, b.Endpoint)
		case model.Possible, model.CannotTell:
			doubtful = append(doubtful, b.Endpoint)
		}
		if worst == nil || out.Verdict > worst.Verdict {
			worst = &out
			best.With, best.Reason = b, out.Reason
		}
	}
	if worst == nil {
		return best
	}
	best.Verdict = verdicts[worst.Verdict]
	best.Interferers = append(harmful, doubtful...)
	best.Observers = c.observers(a)
	if worst.Example != nil {
		c.show(&best, a, worst.Example)
	} else {
		best.With = nil
	}
	return best
}

var verdicts = map[model.Verdict]finding.Verdict{
	model.Confirmed: finding.Confirmed, model.Possible: finding.Possible,
	model.CannotTell: finding.CannotTell, model.Refuted: finding.Refuted,
}

// Rivals are the messages to try in the gaps of a candidate's message.
func (c *Canister) Rivals(cand Candidate) []*Message {
	if cand.With != nil {
		return []*Message{cand.With}
	}
	return c.interferers(cand.Message, model.Site(cand.Read))
}

// interferers are the messages worth trying in the gaps of a, a itself first:
// those that may write what a reads at a step.
func (c *Canister) interferers(a *Message, read model.Site) []*Message {
	var ms []*Message
	if !a.Alone && c.system.Touches(a.program, a.program, read) {
		ms = append(ms, a)
	}
	for _, m := range c.Messages {
		if m != a && m.Lasts && !m.Assumed && c.system.Touches(a.program, m.program, read) {
			ms = append(ms, m)
		}
	}
	return ms
}

// observers are the messages that only look, and can see a half done.
func (c *Canister) observers(a *Message) []finding.Endpoint {
	var es []finding.Endpoint
	for _, m := range c.Messages {
		if m.Looks && c.system.Observes(a.program, m.program) {
			es = append(es, m.Endpoint)
		}
	}
	return es
}

// survivalOf runs the endings of a message once.
func (c *Canister) survivalOf(m *Message) model.Survival {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.survival[m]; ok {
		return v
	}
	v := c.system.Survival(m.program, trapSites(m.Func.Body)...)
	c.survival[m] = v
	return v
}

// trapSites are the operations that may trap.
func trapSites(list []*ops.Op) []model.Site {
	var sites []model.Site
	for _, op := range list {
		if op.Kind == ops.Trap || op.Kind == ops.Assert || op.Traps != "" {
			sites = append(sites, model.Site(op.Site))
		}
		if op.Kind != ops.Guard {
			sites = append(sites, trapSites(op.Body)...)
		}
		sites = append(sites, trapSites(op.Else)...)
	}
	return sites
}

// pair is the search for two messages: all candidates share it.
func (c *Canister) pair(a, b *Message) *model.Pair {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.reach[a]
	if r == nil {
		r = c.system.Reach(a.program)
		c.reach[a] = r
	}
	key := [2]*Message{a, b}
	p := c.pairs[key]
	if p == nil {
		p = c.system.Pair(r, b.program)
		c.pairs[key] = p
	}
	return p
}
