package race

import (
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A presence is what a check that asks only whether something is there needs.
type presence uint8

const (
	content presence = iota // the check looks at more than presence
	present
	absent
)

// presenceOf tells what a check must find for the code behind it to run.
// Option and Result are alike: `get(k).ok_or(e)?` asks for presence.
func presenceOf(m *effects.Message, c *effects.Check) presence {
	want := func(yes bool) presence {
		if yes == c.Taken {
			return present
		}
		return absent
	}
	if c.Traps {
		if c.Op != nil && c.Op.Kind == ops.Verb && c.Op.Name == ops.Unwrap {
			return present
		}
		return content
	}
	tested := m.Fn.Op(c.Cond)
	switch {
	case tested == nil || !onlyPresence(m, c.Cond, map[ssa.Value]bool{}):
	case tested.Kind == ops.Test && tested.Pat.Kind == ops.PatVariant && len(tested.Pat.Subs) == 0:
		switch tested.Pat.Name {
		case "Some", "Ok":
			return want(true)
		case "None", "Err":
			return want(false)
		}
	case tested.Kind == ops.Verb && (tested.Name == ops.MapContains || tested.Name == ops.Contains):
		return want(true)
	}
	return content
}

// onlyPresence reports whether a test asks for nothing but whether something
// is there, also where what it tests was put together on several ways: then
// the branches between them must be such tests too.
func onlyPresence(m *effects.Message, v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return true
	}
	seen[v] = true
	if phi, ok := v.(*ssa.Phi); ok {
		for _, cond := range m.Deciding(phi) {
			if !onlyPresence(m, cond, seen) {
				return false
			}
		}
		return true
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return true // a constant
	}
	op := m.Fn.Op(call)
	if op == nil {
		return false
	}
	switch {
	case op.Kind == ops.Test && op.Pat.Kind == ops.PatVariant && len(op.Pat.Subs) == 0 && !strings.Contains(op.Pat.Name, "::"):
		for _, a := range call.Call.Args {
			if phi, ok := a.(*ssa.Phi); ok && !onlyPresence(m, phi, seen) {
				return false
			}
		}
		return true
	case op.Kind == ops.Verb && (op.Name == ops.MapContains || op.Name == ops.Contains):
		return true
	}
	return false
}

// turns reports whether a write can make a check for presence come out the
// other way for the next message: only then two messages pass a check that one
// of them should have closed.
func turns(w *effects.Access, p presence) bool {
	if w.Op == nil {
		return true
	}
	if w.Op.Kind == ops.Verb && w.Op.Name == ops.MapEntryOr {
		return p == absent // it makes an entry and leaves what is there
	}
	if p == content {
		return true
	}
	removes, inserts := false, false
	switch w.Op.Kind {
	case ops.Store:
		// A whole new content: as an Option it may be either, else it is there.
		removes, inserts = len(w.Place.Path) == 0, true
	case ops.Verb:
		switch w.Op.Name {
		case ops.MapRemove, ops.SetRemove, ops.ListPop, ops.ListPopFront, ops.ListRemove, ops.Take, ops.Clear, ops.Drain, ops.Retain:
			removes = true
		case ops.MapInsert, ops.SetInsert, ops.MapEntryOr, ops.ListPush, ops.ListPushFront, ops.Extend, ops.GetOrInsert:
			inserts = true
		default:
			removes, inserts = true, true
		}
	default:
		return true
	}
	if p == present {
		return removes
	}
	return inserts
}
