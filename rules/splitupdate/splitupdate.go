package splitupdate

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
)

//go:embed doc.go
var doc string

// Analyzer reports split updates.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("splitupdate")

// Rule is the metadata of split-update.
var Rule = finding.Rule{
	ID:    "split-update",
	Title: "two places that are read together are written before and after an await",
	Level: finding.Note,
	CWE:   []int{362, 662},
	Tags:  []string{"race", "await"},
	Doc:   page.Markdown(doc),
	Help:  "make both changes in one segment, or let the reader see that the work is not done",
}

// A split is a write before a commit, and the one behind it that completes it.
type split struct {
	first, second *effects.Access
	commit        *effects.Await
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts {
		return nil
	}
	var out []*finding.Finding
	told := map[ops.Site]bool{}
	for _, s := range splits(m) {
		if told[s.second.Op.Site] {
			continue
		}
		if seen := readers(c, m, s); len(seen) > 0 {
			told[s.second.Op.Site] = true
			out = append(out, report(c, m, s, seen))
		}
	}
	return out
}

// splits are the pairs of writes of different places, made for one thing, with a
// commit in between.
func splits(m *effects.Message) []split {
	var out []split
	for _, second := range m.Accesses {
		if !written(second) {
			continue
		}
		for _, first := range m.Accesses {
			if !written(first) || first.Place.Same(second.Place) || !shared(m, first, second) {
				continue
			}
			commits := m.CommitsBetween(first.Instr, second.Instr)
			// What is written again later is a mark of work under way; what is
			// written only when the call failed puts right.
			if len(commits) == 0 || rewritten(m, first) || onFailure(m, commits, second) {
				continue
			}
			out = append(out, split{first, second, commits[0]})
		}
	}
	return out
}

func written(a *effects.Access) bool {
	return a.Write && !a.Callee && a.Place.Cell != "*"
}

// rewritten reports whether the message writes the place of w again in a later segment.
func rewritten(m *effects.Message, w *effects.Access) bool {
	return slices.ContainsFunc(m.Accesses, func(a *effects.Access) bool {
		commits := m.CommitsBetween(w.Instr, a.Instr)
		return a.Write && a.Place.Same(w.Place) && len(commits) > 0 && !onFailure(m, commits, a)
	})
}

// onFailure reports whether a is reached only if one of the awaits failed.
func onFailure(m *effects.Message, awaits []*effects.Await, a *effects.Access) bool {
	return slices.ContainsFunc(awaits, func(w *effects.Await) bool { return m.OnFailure(w, a.Instr) })
}

// shared reports whether two writes are about one thing: an argument, or a piece of state.
func shared(m *effects.Message, a, b *effects.Access) bool {
	sources := map[any]bool{}
	each := func(x *effects.Access, f func(any)) {
		for _, v := range []ssa.Value{x.Value, x.Key} {
			if v == nil {
				continue
			}
			s := m.Slice(v)
			for _, p := range s.Params {
				f(p)
			}
			for _, r := range s.Reads {
				f(r)
			}
		}
	}
	each(a, func(x any) { sources[x] = true })
	found := false
	each(b, func(x any) { found = found || sources[x] })
	return found
}

// readers are the other messages that see both places in one segment, and
// nothing that tells them of the work under way.
func readers(c *plain.Canister, m *effects.Message, s split) []finding.Endpoint {
	var out []finding.Endpoint
	for _, o := range c.Messages {
		if o == m || !o.Input.Lasts && !o.Input.Looks || o.Input.Assumed || !mentions(o, s) {
			continue
		}
		if b := c.Built(o); b != nil && together(b, s) && !warned(m, b, s) {
			out = append(out, b.Entry())
		}
	}
	return out
}

// mentions is a cheap test before the effects of a message are computed.
func mentions(o *effects.Message, s split) bool {
	cells := map[string]bool{}
	ops.Walk(o.Input.Func.Body, func(op *ops.Op) {
		if op.Kind == ops.Cell {
			cells[op.Name] = true
		}
	})
	return cells[s.first.Place.Cell] && cells[s.second.Place.Cell]
}

// together reports whether o answers, or decides, by both places as they are in one segment.
func together(o *effects.Message, s split) bool {
	for _, a := range o.Accesses {
		if !a.Read || !a.Place.Across(s.first.Place) {
			continue
		}
		for _, b := range o.Accesses {
			if b.Read && b != a && b.Place.Across(s.second.Place) && (o.SameSegment(a.Instr, b.Instr) || o.SameSegment(b.Instr, a.Instr)) && used(o, a, b) {
				return true
			}
		}
	}
	return false
}

// used reports whether what o answers, or on which way, rests on both reads.
func used(o *effects.Message, a, b *effects.Access) bool {
	left := map[*effects.Access]bool{a: true, b: true}
	rests := func(v ssa.Value) {
		for _, r := range o.Slice(v).Reads {
			delete(left, r)
		}
	}
	for _, blk := range o.Fn.SSA.Blocks {
		switch last := blk.Instrs[len(blk.Instrs)-1].(type) {
		case *ssa.Return:
			for _, v := range last.Results {
				rests(v)
			}
		case *ssa.If:
			rests(last.Cond)
		}
	}
	return len(left) == 0
}

// warned reports whether o reads a third place that m sets before the commit and
// resets behind it: a status, a flag, a lock.
func warned(m, o *effects.Message, s split) bool {
	return slices.ContainsFunc(m.Accesses, func(mark *effects.Access) bool {
		return written(mark) && m.After(mark.Instr, s.commit.Instr) && rewritten(m, mark) &&
			slices.ContainsFunc(o.Accesses, func(r *effects.Access) bool { return r.Read && r.Place.Across(mark.Place) })
	})
}

func report(c *plain.Canister, m *effects.Message, s split, seen []finding.Endpoint) *finding.Finding {
	f := plain.New(&Rule, m, s.second.Op.Site, finding.RoleWrite, "completed only here, in a later segment")
	f.Message = fmt.Sprintf("while `%s` waits, `%s` sees `%s` changed and `%s` not yet", m.Entry().Name, seen[0].Name, s.first.Place, s.second.Place)
	plain.Label(f, m.Fn.Ops, s.first.Op.Site, finding.RoleChange, "begun here")
	plain.Label(f, m.Fn.Ops, s.commit.Op.Site, finding.RoleCommit, "half of it is committed here")
	f.Observers = seen
	f.Segments = c.Model.Segments(c.Model.Message(m.Input.Func))
	return f
}
