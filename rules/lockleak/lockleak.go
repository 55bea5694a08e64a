package lockleak

import (
	"cmp"
	_ "embed"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/survival"
	"github.com/awaitlint/awaitlint/rustparse"
)

//go:embed doc.go
var doc string

// Analyzer reports locks that stay taken.
var Analyzer = &analysis.Analyzer{
	Name: "lockleak", Doc: Rule.Title, Run: rule.Run,
	Requires: survival.Requires, ResultType: reflect.TypeFor[[]*finding.Finding](),
}

// Rule is the metadata of lock-leak.
var Rule = finding.Rule{
	ID:       "lock-leak",
	Title:    "a lock taken before an await stays taken on some way out",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{667, 772, 460},
	Tags:     []string{"security", "lock", "await"},
	Severity: "6.5",
	Doc:      page.Markdown(doc),
	Help:     "let a value hold the lock and give it back in its `Drop`: that runs on every way out, and in the cleanup after a trap",
}

var rule = survival.Rule{Meta: &Rule, Role: finding.RoleExit, Damages: damages, Say: say}

// damages are the ways out of m that leave a lock taken.
func damages(c *evidence.Canister, m *effects.Message) []evidence.Damage {
	var ds []evidence.Damage
	for _, l := range m.Locks() {
		if l.Kind == effects.LockLease || l.Take == nil {
			continue
		}
		es := exits(c, m, l)
		ds = append(ds, es...)
		for _, d := range traps(c, m, l) {
			if d.Reason != tooLong || len(es) == 0 { // a surer way to the same is told already
				ds = append(ds, d)
			}
		}
	}
	return ds
}

// exits are the returns that leave l taken. A value that holds a lock gives it
// up only where the code says so: then it is kept on purpose.
func exits(c *evidence.Canister, m *effects.Message, l *effects.Lock) []evidence.Damage {
	if len(l.Kept) == 0 || !survival.ByHand(l) {
		return nil
	}
	ds, all := c.Leaks(c.Message(m.Input.Func), l.Take.Op.Site)
	for i := range ds {
		ds[i].Exit = exit(m, l, ds[i])
	}
	if len(ds) > 0 || all {
		return ds
	}
	for _, at := range l.KeptBy(m.Fn.Ops, home(m, l)) {
		ds = append(ds, evidence.Damage{
			Kind: evidence.Leaked, Verdict: finding.CannotTell, Reason: "no way to this exit takes it back, but the runs within the bound did not get there",
			Change: l.Take.Op.Site, Exit: at, Place: l.Place.String(),
		})
	}
	return ds
}

// traps is the trap that leaves l taken: the surest, and of those the first.
// One finding says enough: what mends one mends them all.
func traps(c *evidence.Canister, m *effects.Message, l *effects.Lock) []evidence.Damage {
	if len(l.Stuck) == 0 || l.Quarantine {
		return nil
	}
	var best *evidence.Damage
	at := home(m, l)
	better := func(d evidence.Damage) bool {
		if best == nil || d.Verdict != best.Verdict {
			return best == nil || d.Verdict < best.Verdict
		}
		return m.Fn.Ops.SameFrame(d.Exit, at) && !m.Fn.Ops.SameFrame(best.Exit, at)
	}
	passed := passed(m, l)
	for _, op := range survival.LateTraps(m) {
		d, ok := stuck(c, m, l, op)
		if ok && (d.Verdict == finding.Confirmed || likely(op) && !passed(op)) && better(d) {
			best = &d
		}
	}
	if best == nil {
		best = limit(m, l, at)
	}
	if best == nil {
		return nil
	}
	return []evidence.Damage{*best}
}

// stuck is the damage of a trap at op, if it leaves l taken.
func stuck(c *evidence.Canister, m *effects.Message, l *effects.Lock, op *ops.Op) (evidence.Damage, bool) {
	d, ok := c.TrapAt(c.Message(m.Input.Func), op.Site)
	if !ok {
		return d, false
	}
	for _, k := range d.Kept {
		if k.Change == l.Take.Op.Site {
			d.Kind, d.Place, d.Change = evidence.Leaked, k.Place, k.Change
			return d, true
		}
	}
	return d, false
}

// likely: somebody wrote it down as a trap. Arithmetic and indexing that no run
// shows to trap hardly ever do.
func likely(op *ops.Op) bool {
	return op.Kind == ops.Trap || op.Kind == ops.Assert || op.Kind == ops.Verb
}

// passed tells of expressions that may trap whether they, or one that unwraps the same
// place, already went well before l was taken: in a helper that looks up the state, say.
func passed(m *effects.Message, l *effects.Lock) func(*ops.Op) bool {
	spans := map[rustparse.Span]bool{}
	unwrapped := map[*ops.Op]string{}
	places := map[string]bool{}
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			op := m.Fn.Op(instr)
			if op == nil || op.Traps == "" {
				continue
			}
			before := m.After(instr, l.Take.Instr)
			if before {
				spans[m.Fn.Ops.Sites[op.Site].Span] = true
			}
			for _, a := range m.At(instr) {
				unwrapped[op] = a.Place.String()
				places[a.Place.String()] = places[a.Place.String()] || before
			}
		}
	}
	return func(op *ops.Op) bool {
		return spans[m.Fn.Ops.Sites[op.Site].Span] || places[unwrapped[op]]
	}
}

const tooLong = "only if a loop in it is too long for one message, or traps in code that was not read"

// limit is the damage of a trap that no statement makes: a segment that works
// through a loop while l is taken may end at the instruction limit (S14a).
// Of several loops it is the first in the function that keeps l, or else what that function calls.
func limit(m *effects.Message, l *effects.Lock, home ops.Site) *evidence.Damage {
	var best *evidence.Damage
	for _, w := range l.Stuck {
		for _, loop := range m.LoopsBehind(w) {
			at := m.Fn.Ops.SeenFrom(loop.Site, home)
			if !m.Fn.Ops.SameFrame(at, home) || best != nil && at != loop.Site {
				continue
			}
			best = &evidence.Damage{
				Kind: evidence.Leaked, Verdict: finding.Possible, Reason: tooLong,
				Change: l.Take.Op.Site, Exit: at, Place: l.Place.String(), Trap: true, Call: w.Op.Site,
			}
			if len(w.Requests) > 0 {
				best.Call, best.Label = w.Requests[0].Site, w.Requests[0].Request.Method
			}
			if at == loop.Site {
				return best
			}
		}
	}
	return best
}

// home is a site in the function that keeps l: the innermost in which it is taken and
// given back.
func home(m *effects.Message, l *effects.Lock) ops.Site {
	fn := m.Fn.Ops
	var in ops.Site
	for _, r := range l.Releases {
		if at := fn.Common(l.Take.Op.Site, r.Access.Op.Site); r.Drop == nil && (in == 0 || fn.Depth(at) > fn.Depth(in)) {
			in = at
		}
	}
	return cmp.Or(in, fn.Common(l.Take.Op.Site, l.Held[0].Op.Site))
}

// exit is where a run leaves the function that keeps l.
func exit(m *effects.Message, l *effects.Lock, d evidence.Damage) ops.Site {
	fn, home := m.Fn.Ops, home(m, l)
	for _, s := range d.Left {
		if fn.SameFrame(s, home) {
			return s
		}
	}
	if fn.Sites[home].Caller == 0 {
		return d.Exit
	}
	// It ends there, or is left by its last expression: what it waited for decides.
	return fn.SeenFrom(cmp.Or(survival.AwaitOf(m, d.Call), d.Call), home)
}

// lockOf is the lock that a damage leaves taken.
func lockOf(m *effects.Message, d evidence.Damage) *effects.Lock {
	locks := m.Locks()
	return locks[slices.IndexFunc(locks, func(l *effects.Lock) bool { return l.Take != nil && l.Take.Op.Site == d.Change })]
}

func say(m *effects.Message, d evidence.Damage) survival.Words {
	l, fn := lockOf(m, d), m.Fn.Ops
	w := survival.Words{
		Message: fmt.Sprintf("`%s` leaves `%s` taken on this way out: its check turns everybody away from then on", where(m, d.Exit), l.Place),
		Exit:    "left here with the lock still taken",
		Change:  "the lock is taken here",
	}
	if d.Trap {
		w.Message = fmt.Sprintf("a trap here leaves `%s` taken, and no `Drop` gives it back: who comes next is turned away", l.Place)
		w.Exit = "a trap here takes back this segment only"
		if d.Reason == tooLong {
			w.Message = fmt.Sprintf("`%s` gives `%s` back by hand: if this traps, it stays taken, and who comes next is turned away", where(m, d.Exit), l.Place)
			w.Exit = "its work has no bound that can be seen; a trap takes back this segment only"
		}
	}
	label := func(role finding.Role, s ops.Site, text string) {
		if s != 0 && s != d.Exit && s != d.Change {
			w.More = append(w.More, finding.Label{Role: role, Span: fn.Sites[s].Span, Text: text})
		}
	}
	if l.Check.Op != nil {
		label(finding.RoleCheck, l.Check.Op.Site, "who finds it taken is turned away here")
	}
	return w
}

// where is the function that holds a site.
func where(m *effects.Message, s ops.Site) string {
	return cmp.Or(m.Fn.Ops.Sites[s].Func, m.Fn.Ops.Name)
}
