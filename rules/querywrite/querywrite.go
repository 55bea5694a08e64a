package querywrite

import (
	_ "embed"
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
)

//go:embed doc.go
var doc string

// Analyzer reports writes of queries.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("querywrite")

// Rule is the metadata of query-write.
var Rule = finding.Rule{
	ID:      "query-write",
	Title:   "a query changes state, and the change is thrown away",
	Level:   finding.Warning,
	Default: true,
	CWE:     []int{563, 1164},
	Tags:    []string{"correctness", "query"},
	Doc:     page.Markdown(doc),
	Help:    "make it an update if the change is to last, else do without the change",
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if !m.Input.Looks || !writes(m.Input.Func) {
		return nil
	}
	left := c.Model.Leaves(c.Model.Message(m.Input.Func))
	if len(left) == 0 {
		return nil
	}
	if m = c.Built(m); m == nil {
		return nil
	}
	var out []*finding.Finding
	for _, l := range left {
		if w := access(m, l.Site); w != nil && !(l.Log && appends(w)) && meant(c, m, w) {
			out = append(out, report(c, m, w, l))
		}
	}
	return out
}

// writes reports whether a function contains an operation that could change state.
func writes(f *ops.Func) bool {
	found := false
	ops.Walk(f.Body, func(op *ops.Op) {
		found = found || op.Kind == ops.Store || op.Kind == ops.Verb && ops.Writes(op.Name)
	})
	return found
}

// access returns the write of m at a site, nil if it is not one that is
// understood.
func access(m *effects.Message, at ops.Site) *effects.Access {
	for _, a := range m.Accesses {
		if a.Write && !a.Callee && a.Op.Site == at && a.Place.Cell != "*" {
			return a
		}
	}
	return nil
}

func appends(w *effects.Access) bool {
	return w.Op.Kind == ops.Verb && slices.Contains([]string{ops.ListPush, ops.ListPushFront, ops.Extend}, w.Op.Name)
}

// meant reports whether somebody counts on the change: not where it makes what was
// to be looked at (an empty entry, a cache), or only counts what went by.
func meant(c *plain.Canister, m *effects.Message, w *effects.Access) bool {
	if w.Op.Kind == ops.Verb && (w.Op.Name == ops.MapEntryOr || w.Op.Name == ops.GetOrInsert) {
		return false
	}
	return !replicated(m, w) && !counts(c, m, w) && !caches(c, m, w) && !scratch(m, w) && !tries(c, m, w)
}

// replicated reports whether the write is made only if the message runs on
// all nodes: its author knows where it is lost.
func replicated(m *effects.Message, w *effects.Access) bool {
	for _, ch := range m.Checks(w.Instr) {
		if op := m.Fn.Op(ch.Cond); op != nil && op.Kind == ops.Verb && op.Name == ops.Replicated {
			return true
		}
	}
	return false
}

// scratch reports whether the message itself reads in a later segment what it
// wrote: until a composite query ends it sees its own changes.
func scratch(m *effects.Message, w *effects.Access) bool {
	return slices.ContainsFunc(m.Accesses, func(a *effects.Access) bool {
		return a.Read && a.Place.Same(w.Place) && len(m.CommitsBetween(w.Instr, a.Instr)) > 0
	})
}

// tries reports whether the query runs the code of a message that lasts to see
// what comes of it: the write stands in a helper that both have, and the answer rests on it.
func tries(c *plain.Canister, m *effects.Message, w *effects.Access) bool {
	site := m.Fn.Ops.Sites[w.Op.Site]
	if site.Caller == 0 || adds(m, w) || !returned(m, w, func(s *effects.Slice) bool { return s.Depends(w.Place) }) {
		return false
	}
	return slices.ContainsFunc(lasting(c), func(o *effects.Message) bool {
		return slices.ContainsFunc(o.Accesses, func(a *effects.Access) bool { return a.Write && o.Fn.Ops.Sites[a.Op.Site].Span == site.Span })
	})
}

// counts reports whether the write adds to a number that nobody who can keep a change
// looks at, other than to add to it or to save all of the state.
func counts(c *plain.Canister, m *effects.Message, w *effects.Access) bool {
	rests := func(s *effects.Slice) bool { return s.Depends(w.Place) }
	if !adds(m, w) || returned(m, w, rests) || branches(m, rests) {
		return false
	}
	for _, o := range lasting(c) {
		for _, a := range o.Accesses {
			if a.Read && len(a.Place.Path) >= len(w.Place.Path) && a.Place.Across(w.Place) && !slices.ContainsFunc(o.Accesses, func(b *effects.Access) bool {
				return b.Write && b.Place.Across(w.Place) && adds(o, b) && slices.Contains(o.Slice(b.Value).Reads, a)
			}) {
				return false
			}
		}
	}
	return true
}

// adds reports whether a write adds to what it read there, whatever no other
// state has a part in.
func adds(m *effects.Message, w *effects.Access) bool {
	if w.Value == nil {
		return false
	}
	op := m.Fn.Op(w.Value)
	if op == nil || !slices.Contains([]string{"+", ops.SatAdd, ops.WrapAdd}, op.Name) {
		return false
	}
	s := m.Slice(w.Value)
	return len(s.Reads) > 0 && !slices.ContainsFunc(s.Reads, func(r *effects.Access) bool { return !r.Place.Same(w.Place) })
}

// caches reports whether the place only ever holds what can be computed again:
// it is written where it was found wanting, by this text alone, and what is written is what the query answers.
func caches(c *plain.Canister, m *effects.Message, w *effects.Access) bool {
	asked := slices.ContainsFunc(m.Checks(w.Instr), func(ch effects.Check) bool { return m.Slice(ch.Cond).Depends(w.Place) })
	if w.Value == nil || !asked || !returned(m, w, func(s *effects.Slice) bool { return s.Has(plainValue(m, w.Value)) || s.Depends(w.Place) }) {
		return false
	}
	here := m.Fn.Ops.Sites[w.Op.Site].Span
	for _, o := range lasting(c) {
		for _, a := range o.Accesses {
			if a.Write && a.Value != nil && a.Place.Across(w.Place) && o.Fn.Ops.Sites[a.Op.Site].Span != here {
				return false
			}
		}
	}
	return true
}

// plainValue is v without copies made of it, and without the Some around it.
func plainValue(m *effects.Message, v ssa.Value) ssa.Value {
	for {
		op := m.Fn.Op(v)
		if op == nil || op.Kind != ops.Load && (op.Kind != ops.Make || len(op.Args) != 1) {
			return v
		}
		v = v.(*ssa.Call).Call.Args[0]
	}
}

// returned reports whether something that the message answers with after w has a property.
func returned(m *effects.Message, w *effects.Access, is func(*effects.Slice) bool) bool {
	for _, b := range m.Fn.SSA.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if ok && m.After(w.Instr, ret) && slices.ContainsFunc(ret.Results, func(v ssa.Value) bool { return is(m.Slice(v)) }) {
			return true
		}
	}
	return false
}

// branches reports whether some branch of the message is on something that has a property.
func branches(m *effects.Message, is func(*effects.Slice) bool) bool {
	return slices.ContainsFunc(m.Fn.SSA.Blocks, func(b *ssa.BasicBlock) bool {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		return ok && is(m.Slice(branch.Cond))
	})
}

// lasting are the messages whose changes are kept.
func lasting(c *plain.Canister) []*effects.Message {
	var out []*effects.Message
	for _, m := range c.Messages {
		if !m.Input.Looks {
			if b := c.Built(m); b != nil {
				out = append(out, b)
			}
		}
	}
	return out
}

func report(c *plain.Canister, m *effects.Message, w *effects.Access, l evidence.Change) *finding.Finding {
	kind := m.Entry().Kind
	f := plain.New(&Rule, m, l.Site, finding.RoleWrite, "changed here, and gone when it ends")
	f.Message = fmt.Sprintf("`%s` is %s: its change of `%s` is thrown away", m.Entry().Name, article(kind), w.Place)
	f.Verdict = finding.Confirmed
	f.Lost = []string{l.Text}
	f.Endings = []finding.Ending{{Name: evidence.Success, State: map[string]string{}, Lost: f.Lost, Damage: true}}
	if kind == "inspect_message" {
		f.Help = "count and decide in the method itself: what an inspection writes is never seen again"
	}
	for _, o := range lasting(c) {
		if slices.ContainsFunc(o.Accesses, func(a *effects.Access) bool { return a.Read && a.Place.Across(w.Place) }) {
			f.Labels = append(f.Labels, finding.Label{Role: finding.RoleRead, Span: o.Entry().Span,
				Text: fmt.Sprintf("`%s` looks at it, and never sees the change", o.Entry().Name)})
			break
		}
	}
	return f
}

func article(kind string) string {
	if kind == "inspect_message" {
		return kind
	}
	return "a " + kind
}
