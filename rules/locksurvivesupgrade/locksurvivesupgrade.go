package locksurvivesupgrade

import (
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
	"github.com/awaitlint/awaitlint/rules/internal/survival"
)

//go:embed doc.go
var doc string

// Analyzer reports locks that outlive the message that holds them.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("locksurvivesupgrade")

// Rule is the metadata of lock-survives-upgrade.
var Rule = finding.Rule{
	ID:       "lock-survives-upgrade",
	Title:    "a lock is saved at an upgrade that the message which holds it does not survive",
	Level:    finding.Warning,
	Default:  true,
	CWE:      []int{667, 772},
	Tags:     []string{"correctness", "lock", "upgrade"},
	Severity: "5.3",
	Doc:      page.Markdown(doc),
	Help:     "keep the lock out of what is saved (a cell on the heap of its own, `#[serde(skip)]`), or take it back in `post_upgrade`",
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts {
		return nil
	}
	var fs []*finding.Finding
	for _, l := range m.Locks() {
		if !inFlight(l) {
			continue
		}
		d := c.Declared(l.Place)
		if d.Span.File == nil || d.Unsaved || slices.ContainsFunc(fs, func(f *finding.Finding) bool { return f.Primary.Span == d.Span }) {
			continue
		}
		h := &hooks{c: c, lock: l}
		if !d.Durable && !h.saved() || h.cleared() {
			continue
		}
		fs = append(fs, report(c, m, l, d, h))
	}
	return fs
}

// inFlight reports whether a lock is there for the message that holds it only. What
// carries more than that (a record, a state of an order) is meant to be
// found again, and what a Drop keeps on purpose, too.
func inFlight(l *effects.Lock) bool {
	switch {
	case l.Take == nil || l.Quarantine:
		return false
	case survival.ByHand(l):
		return l.Kind == effects.LockFlag && l.Plain
	}
	return l.Kind == effects.LockValue || l.Kind == effects.LockScope
}

// hooks are what an upgrade does to a lock.
type hooks struct {
	c    *plain.Canister
	lock *effects.Lock
	save *effects.Access  // the read by which it is saved, nil for stable memory
	in   *effects.Message // of save
	back *effects.Access  // the write by which it is restored
}

// each calls f for the accesses of a kind of hook to the lock, what is around it, or
// parts of it, and of the tasks that the hook starts.
func (h *hooks) each(kind string, f func(m *effects.Message, a *effects.Access)) {
	for _, m := range h.c.Messages {
		if m.Entry().Kind != kind && !h.startedBy(kind, m) {
			continue
		}
		b := h.c.Built(m)
		if b == nil {
			continue
		}
		for _, a := range b.Accesses {
			if a.Place.Cell != "*" && a.Place.Across(h.lock.Place) {
				f(b, a)
			}
		}
	}
}

func (h *hooks) startedBy(kind string, m *effects.Message) bool {
	return slices.ContainsFunc(h.c.Messages, func(o *effects.Message) bool {
		return o.Entry().Kind == kind && o.Starts(m.Input.Func)
	})
}

// saved reports whether the content of the lock is read by pre_upgrade, alone
// or as a part of something, and written by post_upgrade.
func (h *hooks) saved() bool {
	depth := len(h.lock.Place.Path)
	h.each("pre_upgrade", func(m *effects.Message, a *effects.Access) {
		// It may be taken out of its cell to be saved.
		if h.save == nil && a.Read && !a.Presence && len(a.Place.Path) <= depth {
			h.save, h.in = a, m
		}
	})
	h.each("post_upgrade", func(_ *effects.Message, a *effects.Access) {
		if h.back == nil && a.Write && len(a.Place.Path) <= depth {
			h.back = a
		}
	})
	return h.save != nil && h.back != nil
}

// cleared reports whether one of the hooks takes the lock back: it writes more
// closely to it than what saves or restores all, or a constant.
func (h *hooks) cleared() bool {
	found := false
	closer := func(m *effects.Message, a, than *effects.Access) bool {
		switch {
		case !a.Write:
			return false
		case than == nil || len(a.Place.Path) > len(than.Place.Path):
			return true
		}
		return len(a.Place.Path) <= len(h.lock.Place.Path) && constant(m, a.Value, h.lock.Place.Path[len(a.Place.Path):])
	}
	h.each("pre_upgrade", func(m *effects.Message, a *effects.Access) { found = found || closer(m, a, h.save) })
	h.each("post_upgrade", func(m *effects.Message, a *effects.Access) { found = found || closer(m, a, h.back) })
	return found
}

// constant reports whether what is written holds, at a path, nothing that was computed.
func constant(m *effects.Message, v ssa.Value, path []effects.Elem) bool {
	for v != nil {
		c, ok := v.(*ssa.Call)
		if !ok {
			return false
		}
		op := m.Fn.Op(c)
		if op == nil {
			return false
		}
		switch {
		case op.Kind == ops.Const, op.Kind == ops.Opaque && len(op.Args) == 0, op.Kind == ops.Make && len(op.Args) == 0:
			return true
		case op.Kind != ops.Make:
			return false
		case len(op.Fields) > 0 && len(path) > 0 && slices.Contains(op.Fields, path[0].Field):
			v = c.Call.Args[slices.Index(op.Fields, path[0].Field)]
			path = path[1:]
		case len(op.Args) == 1: // Some(state)
			v = c.Call.Args[0]
		default:
			return false
		}
	}
	return false
}

func report(c *plain.Canister, m *effects.Message, l *effects.Lock, d effects.Declaration, h *hooks) *finding.Finding {
	f := plain.New(&Rule, m, l.Take.Op.Site, finding.RoleGuard, "saved as it is, and never taken back")
	f.Primary.Span = d.Span
	how := "is saved at an upgrade and restored after it"
	if d.Durable {
		how = "is in stable memory"
		f.Primary.Text = "outlives an upgrade, and is never taken back"
	}
	f.Message = fmt.Sprintf("`%s` %s: an upgrade while `%s` waits leaves it taken", l.Place, how, m.Entry().Name)
	plain.Label(f, m.Fn.Ops, l.Take.Op.Site, finding.RoleChange, "the lock is taken here")
	if h.save != nil && !d.Durable {
		plain.Label(f, h.in.Fn.Ops, h.save.Op.Site, finding.RoleRead, "saved here")
	}
	plain.Label(f, m.Fn.Ops, l.Held[0].Op.Site, finding.RoleCommit, "held while the message waits here")
	f.Segments = c.Model.Segments(c.Model.Message(m.Input.Func))
	f.Stuck = []string{l.Place.String()}
	return f
}
