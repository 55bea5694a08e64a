package ops

import (
	"fmt"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A Wait is one await of the source, as it was lowered into a function: what
// it waits for, and why a segment does or does not end there (M2). An await of
// an async function that was lowered in place is no Await operation; it is
// still a Wait.
type Wait struct {
	// Site is the word `await`, or the macro that awaits.
	Site   Site
	Commit Commit
	// For is what is awaited, as users name it: "Vault::pay", "Call::bounded_wait".
	For string
	// Calls are the requests that may be sent meanwhile, each once.
	Calls []*RequestInfo
	// Cause says why, where no await inside For decides it: "is sent", "the callee is not known".
	Cause string
	// Known: knowledge says so, a May is no guess.
	Known bool
	// Path is that of a callee that is not known, as awaitlint.toml would name it, "" otherwise.
	Path string
	// Apart is the name of the function of the workspace that is awaited and left
	// out here: its body is looked at by itself.
	Apart rustparse.Span
	// By is the await inside For that decides, nil if there is none.
	By *Wait
}

// An Unrun is a future that is dropped, or kept under a name that nobody uses:
// of a call, or of code that waits.
type Unrun struct {
	Site Site   // the expression that makes it
	For  string // as in [Wait]
	// Calls are the requests it is made of, nil for code that waits.
	Calls []*RequestInfo
	// Sent: the calls went out where they were made (ic-cdk 0.5 to 0.7, §1.3).
	Sent bool
}

// Why is the reason for w.Commit, as a chain from what is awaited to what
// decides: "charge (src/lib.rs:12) → Ledger::transfer (src/ledger.rs:40) →
// Call::bounded_wait is sent". A place is that of the next await of the chain.
func (f *Func) Why(w *Wait) string {
	var b strings.Builder
	some := false
	for ; w.By != nil; w = w.By {
		b.WriteString(w.For)
		if s := f.Sites[w.By.Site].Span; s.File != nil {
			fmt.Fprintf(&b, " (%s:%d)", s.File.Path, s.Position().Line)
		}
		b.WriteString(" → ")
		some = some || w.Commit == May && w.By.Commit == Must
	}
	if w.For != "" {
		b.WriteString(w.For)
		if w.Cause != "" {
			b.WriteString(" ")
		}
	}
	b.WriteString(w.Cause)
	if some {
		b.WriteString(", on some ways")
	}
	return b.String()
}

// Ways says whether a segment ends on every way through a list of operations
// that does not trap, on some, or on none.
func Ways(list []*Op) Commit {
	w := ways{jumps: map[Label]reach{}, again: map[Label]reach{}}
	out := w.list(list, before)
	for _, r := range w.jumps { // those that leave the list
		out |= r
	}
	switch {
	case out&after == 0:
		return Never
	case out&before == 0:
		return Must
	}
	return May
}

// Firsts calls f for each operation, on some way through list, at which no
// segment has ended yet: what runs within the message that begins with list.
// In a loop it may be called twice for one operation.
func Firsts(list []*Op, f func(*Op)) {
	w := ways{jumps: map[Label]reach{}, again: map[Label]reach{}, first: f}
	w.list(list, before)
}

// A reach is how a point in the code can be reached: before any commit, after one, both.
type reach uint8

const (
	before reach = 1 << iota
	after
)

type ways struct {
	jumps map[Label]reach // breaks, by where they go; returns under 0
	again map[Label]reach // continues
	first func(*Op)       // called for what is reached before any commit, nil for nobody
}

func (w *ways) list(list []*Op, in reach) reach {
	for _, op := range list {
		if in == 0 {
			return 0
		}
		in = w.op(op, in)
	}
	return in
}

func (w *ways) op(op *Op, in reach) reach {
	if w.first != nil && in&before != 0 {
		w.first(op)
	}
	switch op.Kind {
	case Await:
		switch op.Commit {
		case Must:
			return after
		case May:
			return in | after
		}
	case If:
		return w.list(op.Body, in) | w.list(op.Else, in)
	case Block:
		out := w.list(op.Body, in) | w.jumps[op.Label]
		delete(w.jumps, op.Label)
		return out
	case Loop:
		// Twice is enough: a second turn begins with all that a turn can lead to.
		if next := in | w.list(op.Body, in) | w.again[op.Label]; next != in {
			w.list(op.Body, next)
		}
		out := w.jumps[op.Label]
		delete(w.jumps, op.Label)
		delete(w.again, op.Label)
		return out
	case Break:
		w.jumps[op.Label] |= in
		return 0
	case Continue:
		w.again[op.Label] |= in
		return 0
	case Return:
		w.jumps[0] |= in
		return 0
	case Trap:
		return 0
	}
	return in
}
