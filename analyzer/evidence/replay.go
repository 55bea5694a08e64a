package evidence

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/model"
)

// A Replay is a run that was asked for, whether anything is wrong in it or not.
type Replay struct {
	With    *Message // what runs in the gap; nil for a message by itself
	Verdict finding.Verdict
	Reason  string // of a verdict other than confirmed
	// Witness is the run: the one that shows the damage where there is one.
	// Nil if no run within the bound has the ending asked for.
	Witness        *finding.Witness
	Survives, Lost []string
}

// Interferers are the messages that can change what m read, m itself first.
func (c *Canister) Interferers(m *Message) []*Message { return c.interferers(m, 0) }

// Replay runs a with b in its gap, and says whether b can make any late write
// of a wrong. With an ending, a call of a ends so in the run shown.
func (c *Canister) Replay(a, b *Message, ending string) Replay {
	pair := c.pair(a, b)
	out := pair.Race(model.RaceQuery{Marks: pair.Late()})
	r := Replay{With: b, Verdict: verdicts[out.Verdict], Reason: out.Reason}
	if out.Verdict == model.CannotTell && !pair.Reached() {
		r.Verdict, r.Reason = finding.Refuted, "it changes nothing behind its calls in any run tried"
	}
	example := out.Example
	if example == nil || ending != "" {
		example, _ = c.system.Interleaved(a.program, b.program, endingOf(ending))
	}
	switch {
	case example == nil:
	case example == out.Example:
		race := Race{With: b}
		c.show(&race, a, example)
		r.Witness, r.Survives, r.Lost = race.Witness, race.Survives, race.Lost
	default:
		if run, ok := c.system.Replay(example); ok {
			w := &witness{c: c, run: run, msgs: [2]*Message{a, b}}
			r.Witness = w.plain()
			r.Survives, r.Lost = w.outcome()
		}
	}
	return r
}

// Alone runs m by itself with its first call ending as named: see [EndingNames].
func (c *Canister) Alone(m *Message, ending string) Replay {
	var r Replay
	plain := c.survivalOf(m).Plain()
	if plain == nil {
		return r
	}
	for _, row := range c.system.Endings(plain) {
		name := rowNames[row.Ending]
		if row.Trap {
			name = trapRow
		}
		if name == ending {
			w := &witness{c: c, run: row.Run, msgs: [2]*Message{m}}
			r.Witness = w.plain()
			r.Survives, r.Lost = w.outcome()
		}
	}
	return r
}

// EndingNames are the names of endings, as the tables of findings show them.
func EndingNames() []string {
	names := []string{Success, trapRow}
	for _, name := range rowNames {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func endingOf(name string) model.Ending {
	for e, n := range rowNames {
		if n == name {
			return e
		}
	}
	return ""
}

// plain shows a run that is not about a candidate: the state columns are the
// first places that change.
func (w *witness) plain() *finding.Witness {
	for i := range w.run.Trace.Events {
		if e := &w.run.Trace.Events[i]; e.Kind == model.EvWrite {
			w.watch(e.Place)
		}
	}
	w.render()
	places := make([]string, len(w.places))
	for i, p := range w.places {
		places[i] = p.Name
	}
	return &finding.Witness{Places: places, Steps: w.steps}
}
