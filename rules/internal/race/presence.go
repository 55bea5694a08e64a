package race

import (
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
	if c.Op == nil {
		return content
	}
	if c.Traps {
		if c.Op.Kind == ops.Verb && c.Op.Name == ops.Unwrap {
			return present
		}
		return content
	}
	switch {
	case c.Op.Kind == ops.Test && c.Op.Pat != nil && c.Op.Pat.Kind == ops.PatVariant && len(c.Op.Pat.Subs) == 0:
		switch c.Op.Pat.Name {
		case "Some", "Ok":
			return want(true)
		case "None", "Err":
			return want(false)
		}
	case c.Op.Kind == ops.Verb && (c.Op.Name == ops.MapContains || c.Op.Name == ops.Contains):
		return want(true)
	}
	return content
}

// turns reports whether a write can make a check for presence come out the
// other way for the next message: only then two messages pass a check that one
// of them should have closed.
func turns(w *effects.Access, p presence) bool {
	if p == content || w.Op == nil {
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
