package evidence

import (
	"fmt"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Held is a borrow that a message keeps over an await.
type Held struct {
	Message *Message
	Place   string // what is borrowed, up to the first key: "STATE", "STATE.cache"
	Guard   string // what lends it ("RefMut"), "" for a plain reference, which nobody checks
	Unique  bool   // any other borrow is too many; else those that write
	Borrow  rustparse.Span
	Await   rustparse.Span
	Use     rustparse.Span // of the plain reference, behind the await
}

// A Clash is what a borrow that is held over an await does to others.
type Clash struct {
	Witness     *finding.Witness
	Interferers []finding.Endpoint // messages that last and run into it
	Observers   []finding.Endpoint // queries and hooks that do
}

// Clash shows what meets a borrow that is held over an await: each message
// that borrows the same place in a way that does not go with it. ok is false if none does.
func (c *Canister) Clash(h Held) (clash Clash, ok bool) {
	var with *Message
	var at touch
	for _, m := range c.Messages {
		if m.Assumed && m != h.Message || !m.Lasts && !m.Looks {
			continue
		}
		t, found := m.touches(h.Place, !h.Unique)
		if !found {
			continue
		}
		if m.Lasts {
			clash.Interferers = append(clash.Interferers, m.Endpoint)
		} else {
			clash.Observers = append(clash.Observers, m.Endpoint)
		}
		if with == nil || better(m, with, h.Message) {
			with, at = m, t
		}
	}
	if with == nil {
		return clash, false
	}
	clash.Witness = h.witness(with, at)
	return clash, true
}

// better prefers another message that lasts to the same one, and that to one that only looks.
func better(m, than, held *Message) bool {
	rank := func(m *Message) int {
		switch {
		case !m.Lasts:
			return 0
		case m == held:
			return 1
		}
		return 2
	}
	return rank(m) > rank(than)
}

// witness tells what happens when a message comes while the borrow is held.
func (h Held) witness(with *Message, at touch) *finding.Witness {
	step := func(msg, what, text, event string, s rustparse.Span) finding.WitnessStep {
		return finding.WitnessStep{Message: msg, What: what, Text: text, Event: event, Span: s}
	}
	title := func(m *Message) string { return m.Endpoint.Name + "()" }
	w := &finding.Witness{}
	if h.Guard == "" {
		verb := "reads "
		if at.write {
			verb = "changes "
		}
		w.Steps = []finding.WitnessStep{
			step("A", title(h.Message), "takes a reference to "+h.Place, "", h.Borrow),
			step("A", "", "waits, and keeps the reference", "suspends", h.Await),
			step("B", title(with), verb+at.place+" meanwhile, by a reference of its own", "done", at.span),
			step("A", "", "goes on with the reference from before", "resumes", h.Use),
		}
		w.Conclusion = fmt.Sprintf("two references to %s are alive at once, one of them a &mut: what A's points to may have moved or be gone, and nothing checks that", h.Place)
		return w
	}
	w.Steps = []finding.WitnessStep{
		step("A", title(h.Message), fmt.Sprintf("borrows %s: %s", h.Place, h.Guard), "", h.Borrow),
		step("A", "", "waits, and the "+h.Guard+" is alive", "suspends", h.Await),
		step("B", title(with), fmt.Sprintf("needs %s, which is borrowed: traps", at.place), "traps", at.span),
	}
	who := "every message that borrows " + h.Place
	if !h.Unique {
		who = "every message that changes " + h.Place
	}
	w.Conclusion = who + " traps until A is answered; for ever if the answer never comes"
	return w
}

// A touch is an access of a place in some message.
type touch struct {
	place string
	write bool
	span  rustparse.Span
}

// touches finds the first access of a place, or the first that changes it,
// where there is none of those the first of all.
func (m *Message) touches(place string, writes bool) (first touch, ok bool) {
	n := newNamer(m.Func)
	note := func(ps []string, write bool, s ops.Site) {
		for _, p := range ps {
			if overlaps(p, place) && (!ok || write && !first.write) {
				first, ok = touch{p, write, spanOf(m.Func, s)}, true
			}
		}
	}
	ops.Walk(m.Func.Body, func(op *ops.Op) {
		n.learn(op)
		reads, changed := n.touched(op)
		if op.Callee != nil {
			reads, changed = append(reads, op.Callee.Reads...), append(changed, op.Callee.Writes...)
		}
		if !writes {
			note(reads, false, op.Site)
		}
		note(changed, true, op.Site)
	})
	return first, ok
}

// overlaps reports whether two places by name are the same or one is a part of the other.
func overlaps(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a != "" && strings.HasPrefix(b, a) && (len(a) == len(b) || strings.IndexByte(".[", b[len(a)]) >= 0)
}
