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

const (
	// maxWrites bounds the writes of one message that are paired.
	maxWrites = 400
	// maxPairs bounds the pairs of them that are looked at closely.
	maxPairs = 2000
)

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts || !slices.ContainsFunc(m.Awaits, (*effects.Await).Commits) {
		return nil
	}
	v := &search{c: c, m: m, about: map[*effects.Access]map[any]bool{}, again: map[*effects.Access]bool{}}
	var out []*finding.Finding
	told := map[ops.Site]bool{}
	writes := distinct(m)
	for _, second := range writes {
		if told[second.Op.Site] {
			continue
		}
		for _, first := range writes {
			if v.pairs == maxPairs {
				return out
			}
			s, ok := v.split(first, second)
			if !ok {
				continue
			}
			if seen := v.readers(s); len(seen) > 0 {
				told[second.Op.Site] = true
				out = append(out, report(c, m, s, seen))
				break
			}
		}
	}
	return out
}

// distinct are the writes of a message, one for each place at each site.
func distinct(m *effects.Message) []*effects.Access {
	type key struct {
		site  ops.Site
		place string
	}
	seen := map[key]bool{}
	var out []*effects.Access
	for _, a := range m.Accesses {
		if k := (key{a.Op.Site, a.Place.String()}); written(a) && !seen[k] && len(out) < maxWrites {
			seen[k] = true
			out = append(out, a)
		}
	}
	return out
}

// A search looks for the splits of one message.
type search struct {
	c     *plain.Canister
	m     *effects.Message
	pairs int
	about map[*effects.Access]map[any]bool // what writes are computed from
	again map[*effects.Access]bool         // whether the place is written again in a later segment
}

// split tells whether two writes are of different places, made for one thing,
// with a commit in between.
func (v *search) split(first, second *effects.Access) (split, bool) {
	m := v.m
	if first.Op.Kind == ops.Verb && first.Op.Name == ops.ListPush { // one more line takes nothing away
		return split{}, false
	}
	if first.Place.Same(second.Place) || !between(m, first, second) || !v.lookedAt(first, second) {
		return split{}, false
	}
	v.pairs++
	if !v.shared(first, second) {
		return split{}, false
	}
	commits := m.CommitsBetween(first.Instr, second.Instr)
	// What is written again later is a mark of work under way; what is
	// written only when the call failed puts right.
	if len(commits) == 0 || v.rewritten(first) || onFailure(m, commits, second) {
		return split{}, false
	}
	return split{first, second, commits[0]}, true
}

// between is a cheap test for a commit on a way from a to b.
func between(m *effects.Message, a, b *effects.Access) bool {
	return slices.ContainsFunc(m.Awaits, func(w *effects.Await) bool {
		return w.Commits() && m.After(a.Instr, w.Instr) && m.After(w.Instr, b.Instr)
	})
}

// lookedAt is a cheap test for queries that look at both cells.
func (v *search) lookedAt(a, b *effects.Access) bool {
	return slices.ContainsFunc(v.c.Messages, func(o *effects.Message) bool { return v.looks(o, a, b) })
}

func (v *search) looks(o *effects.Message, a, b *effects.Access) bool {
	if !o.Input.Looks { // what an update makes of it is for the rules about races
		return false
	}
	cells := v.c.Cells(o)
	return cells[a.Place.Cell] && cells[b.Place.Cell]
}

func written(a *effects.Access) bool {
	return a.Write && a.Op != nil && !a.Callee && a.Place.Cell != "*"
}

// rewritten reports whether the message writes the place of w again in a later segment.
func (v *search) rewritten(w *effects.Access) bool {
	if again, known := v.again[w]; known {
		return again
	}
	v.again[w] = slices.ContainsFunc(v.m.Accesses, func(a *effects.Access) bool {
		if !a.Write || !a.Place.Same(w.Place) || !between(v.m, w, a) {
			return false
		}
		commits := v.m.CommitsBetween(w.Instr, a.Instr)
		return len(commits) > 0 && !onFailure(v.m, commits, a)
	})
	return v.again[w]
}

// onFailure reports whether a is reached only if one of the awaits failed.
func onFailure(m *effects.Message, awaits []*effects.Await, a *effects.Access) bool {
	return slices.ContainsFunc(awaits, func(w *effects.Await) bool { return m.OnFailure(w, a.Instr) })
}

// shared reports whether two writes are about one thing: an argument, or a piece of state.
func (v *search) shared(a, b *effects.Access) bool {
	from := v.sources(a)
	for x := range v.sources(b) {
		if from[x] {
			return true
		}
	}
	return false
}

// sources are the arguments and reads that what is written, and where, comes from.
func (v *search) sources(w *effects.Access) map[any]bool {
	if from, known := v.about[w]; known {
		return from
	}
	from := map[any]bool{}
	for _, x := range []ssa.Value{w.Value, w.Key} {
		if x == nil {
			continue
		}
		s := v.m.Slice(x)
		fields := map[ssa.Value]bool{} // arguments of which only a field is used
		s.Any(func(y ssa.Value) bool {
			if op := v.m.Fn.Op(y); op != nil && op.Kind == ops.Field {
				if p, ok := y.(*ssa.Call).Call.Args[0].(*ssa.Parameter); ok {
					fields[p] = true
					from[v.m.KeyOf(y).Number] = true
				}
			}
			return false
		})
		for _, p := range s.Params {
			if !fields[p] {
				from[p] = true
			}
		}
		for _, r := range s.Reads {
			from[r] = true
		}
	}
	v.about[w] = from
	return from
}

// readers are the queries that see both places in one segment, and
// nothing that tells them of the work under way.
func (v *search) readers(s split) []finding.Endpoint {
	var out []finding.Endpoint
	for _, o := range v.c.Messages {
		if !v.looks(o, s.first, s.second) {
			continue
		}
		if b := v.c.Built(o); b != nil && v.together(b, s) && !v.warned(b, s) {
			out = append(out, b.Entry())
		}
	}
	return out
}

// together reports whether one answer or branch of o rests on both places as
// they are in one segment.
func (v *search) together(o *effects.Message, s split) bool {
	for _, reads := range v.c.Decisions(o) {
		for _, a := range reads {
			if !a.Place.Across(s.first.Place) {
				continue
			}
			for _, b := range reads {
				if a != b && b.Place.Across(s.second.Place) && (o.SameSegment(a.Instr, b.Instr) || o.SameSegment(b.Instr, a.Instr)) {
					return true
				}
			}
		}
	}
	return false
}

// warned reports whether o reads a third place that m sets before the commit and
// resets behind it: a status, a flag, a lock.
func (v *search) warned(o *effects.Message, s split) bool {
	return slices.ContainsFunc(v.m.Accesses, func(mark *effects.Access) bool {
		return written(mark) && v.m.After(mark.Instr, s.commit.Instr) && v.rewritten(mark) &&
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
