// Package survival turns what the segment model says about the endings of a
// message into findings, for the rules about what survives a failure.
package survival

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/proof"
)

// Words are what a rule says of a damage.
type Words struct {
	Message string // names the damage
	Exit    string // on the primary span
	Change  string // on the change made before the call
	More    []finding.Label
}

// A Rule is what the rules about endings differ in.
type Rule struct {
	Meta *finding.Rule
	Role finding.Role // of the primary span, where it is no trap
	// Damages returns what goes wrong in a message, the worst first where
	// several have the same exit.
	Damages func(*evidence.Canister, *effects.Message) []evidence.Damage
	// Matters reports whether a damage is worth a finding, given the table of
	// all endings; nil if all are.
	Matters func(evidence.Damage, evidence.Table) bool
	// Level of a confirmed damage; nil where all have the level of Meta.
	Level func(evidence.Damage) finding.Level
	Say   func(*effects.Message, evidence.Damage) Words
}

// Requires is what the analyzers of these rules need.
var Requires = []*analysis.Analyzer{effects.Analyzer, proof.Analyzer}

// Run reports the damages of every message whose changes last.
func (r *Rule) Run(pass *analysis.Pass) (any, error) {
	canister := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	model := pass.ResultOf[proof.Analyzer].(*evidence.Canister)
	var out []*finding.Finding
	for _, m := range canister.Messages {
		if m.Err != nil || !m.Input.Lasts {
			continue
		}
		seen := map[ops.Site]bool{}
		for _, d := range r.Damages(model, m) {
			at := primary(m, d)
			if at == 0 || seen[at] || !Stands(m, d) {
				continue
			}
			seen[at] = true
			f := r.finding(model, m, d, at)
			if f == nil {
				continue
			}
			out = append(out, f)
			pass.Report(analysis.Diagnostic{Pos: canister.Pos(f.Primary.Span), Category: r.Meta.ID, Message: f.Message})
		}
	}
	return out, nil
}

// primary is the site a damage is reported at: its exit or undoing write, or the await itself
// where the exit is the end of the body or contains the await, because then
// the result of the call decides nothing.
func primary(m *effects.Message, d evidence.Damage) ops.Site {
	await := AwaitOf(m, d.Call)
	if d.Kind == evidence.UndoneAfterAll {
		if inDrop(m.Fn.Ops.Body, d.Exit, false) {
			return d.Exit
		}
		return m.Fn.Ops.SeenFrom(d.Exit, cmp.Or(await, d.Call))
	}
	if d.Exit == 0 {
		return cmp.Or(await, d.Call)
	}
	if at := within(m.Fn.Ops, d, cmp.Or(await, d.Call)); d.Kind == evidence.Forgotten && at != 0 {
		return at
	}
	exit, call := m.Fn.Ops.Sites[d.Exit].Span, m.Fn.Ops.Sites[cmp.Or(await, d.Call)].Span
	if await != 0 && whatever(m, d) {
		return m.Fn.Ops.SeenFrom(await, d.Exit)
	}
	if await != 0 && exit.File == call.File && exit.Start < call.Start && call.End <= exit.End {
		return await
	}
	return d.Exit
}

// within is where a run leaves the function that makes both the change and the
// call, if that is one lowered in place: by an early return, or else at its
// end, where what it waited for decides. 0 if it is the message's own.
func within(fn *ops.Func, d evidence.Damage, await ops.Site) ops.Site {
	home := fn.Common(d.Change, await)
	if fn.Sites[home].Caller == 0 {
		return 0
	}
	for _, s := range d.Left {
		if fn.SameFrame(s, home) {
			return s
		}
	}
	return fn.SeenFrom(await, home)
}

// inDrop reports whether the operation at a site belongs to the body of a drop.
func inDrop(list []*ops.Op, at ops.Site, drop bool) bool {
	for _, op := range list {
		if drop && op.Site == at || inDrop(op.Body, at, drop || op.Kind == ops.Guard) || inDrop(op.Else, at, drop) {
			return true
		}
	}
	return false
}

// Stands reports whether a damage is one: what stays is no mere memory.
func Stands(m *effects.Message, d evidence.Damage) bool { return !remembered(m, d) }

// remembered reports whether the change that stays only stores what an earlier
// call answered: it anticipates nothing, and is as good as ever.
func remembered(m *effects.Message, d evidence.Damage) bool {
	if d.Undone || d.Kind == evidence.UndoneAfterAll {
		return false
	}
	for _, a := range m.Accesses {
		if !a.Write || a.Value == nil || a.Op == nil || a.Op.Site != d.Change {
			continue
		}
		s := m.Slice(a.Value)
		if len(s.Awaits) == 0 {
			return false
		}
		for _, r := range s.Reads {
			if !r.Presence && r.Place.Same(a.Place) {
				return false
			}
		}
		return true
	}
	return false
}

// whatever reports whether the exit of a damage is reached however the call
// ends: its result decides nothing there.
func whatever(m *effects.Message, d evidence.Damage) bool {
	// The callee's own error comes in a reply: that the exit follows a reply says nothing.
	if d.Trap || d.Ending == evidence.InnerError {
		return false
	}
	// Nor where others leave by another exit after a reply: only the end of the body is everybody's.
	if d.Kind == evidence.Leaked {
		exit := m.Fn.Ops.Sites[d.Exit].Span
		return exit.File != nil && exit.File.Text[exit.Start:exit.End] == "}"
	}
	for _, w := range m.Awaits {
		for _, r := range w.Requests {
			if r.Site != d.Call {
				continue
			}
			for _, x := range m.Exits(w, effects.Replied) {
				if x.Op != nil && x.Op.Site == d.Exit {
					return true
				}
			}
		}
	}
	return false
}

// AwaitOf is the await that answers the call made at a site, 0 if none is known.
func AwaitOf(m *effects.Message, call ops.Site) ops.Site {
	for _, w := range m.Awaits {
		for _, r := range w.Requests {
			if r.Site == call {
				return w.Op.Site
			}
		}
	}
	return 0
}

func (r *Rule) finding(model *evidence.Canister, m *effects.Message, d evidence.Damage, at ops.Site) *finding.Finding {
	t := model.Table(model.Message(m.Input.Func), d)
	if r.Matters != nil && !r.Matters(d, t) {
		return nil
	}
	words, fn := r.Say(m, d), m.Fn.Ops
	site := fn.Sites[at]
	f := &finding.Finding{
		Rule: r.Meta.ID, Level: r.Meta.Level, Verdict: d.Verdict, Reason: d.Reason,
		Message: words.Message, Place: d.Place, Entry: m.Entry(), Function: cmp.Or(site.Func, fn.Name),
		Primary: finding.Label{Role: r.Role, Span: site.Span, Text: words.Exit},
		Assumed: fn.Assumed, Help: r.Meta.Help,
	}
	if d.Trap {
		f.Primary.Role = finding.RoleTrap
	}
	if r.Level != nil {
		f.Level = r.Level(d)
	}
	if d.Verdict != finding.Confirmed {
		f.Level = min(f.Level, finding.Warning)
	}
	label := func(role finding.Role, s ops.Site, text string) {
		if s != 0 && s != at {
			f.Labels = append(f.Labels, finding.Label{Role: role, Span: fn.Sites[s].Span, Text: text})
		}
	}
	label(finding.RoleChange, d.Change, words.Change)
	label(finding.RoleCommit, cmp.Or(AwaitOf(m, d.Call), d.Call), "the segment commits here")
	f.Labels = append(f.Labels, words.More...)
	slices.SortStableFunc(f.Labels, func(a, b finding.Label) int {
		return cmp.Compare(a.Span.Start, b.Span.Start)
	})
	f.Segments, f.Endings = t.Segments, t.Endings
	f.Survives, f.Lost, f.Stuck = t.Survives, t.Lost, t.Stuck
	return f
}

// LateTraps are the operations that may trap behind a commit, in source order, each once.
func LateTraps(m *effects.Message) []*ops.Op {
	var out []*ops.Op
	seen := map[*ops.Op]bool{}
	for _, w := range m.Awaits {
		if !w.Commits() {
			continue
		}
		for _, o := range m.Outcomes(w) {
			for _, x := range m.Exits(w, o) {
				if x.Trap && x.Op != nil && !seen[x.Op] {
					seen[x.Op] = true
					out = append(out, x.Op)
				}
			}
		}
	}
	return out
}

// LeakedLock is the lock that the write at change takes by hand, if some ending leaves it taken
// that others take back; nil if there is none.
func LeakedLock(c *evidence.Canister, m *effects.Message, change ops.Site) *effects.Lock {
	leaked := slices.ContainsFunc(c.Endings(c.Message(m.Input.Func)), func(d evidence.Damage) bool {
		return d.Kind == evidence.Leaked && d.Change == change
	})
	if !leaked {
		return nil
	}
	for _, l := range m.Locks() {
		if ByHand(l) && l.Take.Op.Site == change {
			return l
		}
	}
	return nil
}

// ByHand reports whether a lock is taken and given back by statements of the message, not by a value.
func ByHand(l *effects.Lock) bool {
	return l.Take != nil && (l.Kind == effects.LockFlag || l.Kind == effects.LockStatus)
}

// Quarantined reports whether all that a trap keeps are locks whose drop
// keeps them on purpose.
func Quarantined(m *effects.Message, d evidence.Damage) bool {
	locks := m.Locks()
	for _, k := range d.Kept {
		if !slices.ContainsFunc(locks, func(l *effects.Lock) bool {
			return l.Quarantine && l.Take != nil && l.Take.Op.Site == k.Change
		}) {
			return false
		}
	}
	return len(d.Kept) > 0
}

// ByDrop reports whether the write at change takes a lock that a Drop gives back.
func ByDrop(m *effects.Message, change ops.Site) bool {
	return slices.ContainsFunc(m.Locks(), func(l *effects.Lock) bool {
		return l.Guard != "" && l.Take != nil && l.Take.Op.Site == change
	})
}
