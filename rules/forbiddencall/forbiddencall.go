package forbiddencall

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
)

//go:embed doc.go
var doc string

// Analyzer reports forbidden calls.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("forbiddencall")

// Rule is the metadata of forbidden-call.
var Rule = finding.Rule{
	ID:       "forbidden-call",
	Title:    "a call is made where the system allows none, and traps",
	Level:    finding.Error,
	Default:  true,
	CWE:      []int{705, 248},
	Tags:     []string{"correctness", "trap", "lifecycle"},
	Severity: "6.5",
	Doc:      page.Markdown(doc),
	Help:     "start the work from a timer without delay (`set_timer`): it runs in a message of its own, in which calls are allowed",
}

// damage says what becomes of an entry point that traps, for the kinds that
// may not call (§1.4).
var damage = map[string]string{
	"init":            "the canister cannot be installed",
	"pre_upgrade":     "the canister cannot be upgraded",
	"post_upgrade":    "the canister cannot be upgraded to this version",
	"inspect_message": "the message is refused",
	"query":           "the query fails",
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if damage[m.Entry().Kind] == "" {
		return inCleanup(c, m)
	}
	v := &visit{c: c, hook: m, seen: map[*ops.Func]bool{}}
	v.in(m, 0)
	return v.found
}

// A visit follows what runs within the message of a hook: its own first
// segment, and that of each task it spawns (S32).
type visit struct {
	c     *plain.Canister
	hook  *effects.Message
	seen  map[*ops.Func]bool
	found []*finding.Finding
}

// in looks at the function of m, a task if spawned is a site of the hook.
func (v *visit) in(m *effects.Message, spawned ops.Site) {
	fn := m.Input.Func
	if v.seen[fn] {
		return
	}
	v.seen[fn] = true
	told := map[ops.Site]bool{}
	ops.Firsts(fn.Body, func(op *ops.Op) {
		switch op.Kind {
		case ops.Await:
			// A future of which no call is known may as well do without one.
			if at := outermost(fn, op.Site); len(op.Wait.Calls) > 0 && !told[at] {
				told[at] = true
				v.report(m, op, at, spawned)
			}
		case ops.Oneway:
			if !told[op.Site] {
				told[op.Site] = true
				v.report(m, op, op.Site, spawned)
			}
		case ops.Spawn:
			if t := v.task(op.Task); t != nil {
				if spawned == 0 {
					v.in(t, op.Site)
				} else {
					v.in(t, spawned)
				}
			}
		}
	})
}

// task returns the message of spawned work; a timer's runs later, in a message of its own.
func (v *visit) task(f *ops.Func) *effects.Message {
	for _, m := range v.c.Messages {
		if m.Input.Func == f && m.Entry().Kind == "task" {
			return m
		}
	}
	return nil
}

// inCleanup finds the calls that drops make in the cleanup of m, after a trap
// behind a commit (S16, S19).
func inCleanup(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts {
		return nil
	}
	var out []*finding.Finding
	armed, told := ops.Armed(m.Fn.Ops), map[ops.Site]bool{}
	for _, w := range m.Awaits {
		if !w.Commits() || len(armed[w.Op]) == 0 || !traps(m, w) {
			continue
		}
		for _, g := range armed[w.Op] {
			ops.InCleanup(g.Body, func(op *ops.Op) {
				if call := sent(op); call != "" && !told[op.Site] {
					told[op.Site] = true
					out = append(out, dropped(c, m, w, g, op, call))
				}
			})
		}
	}
	return out
}

// traps reports whether the message may trap behind an await, in text that can be shown.
func traps(m *effects.Message, w *effects.Await) bool {
	return slices.ContainsFunc(m.Exits(w, effects.Any), func(x effects.Exit) bool { return x.Trap })
}

// sent names what an operation calls at once, "" if it calls nothing.
func sent(op *ops.Op) string {
	call := ""
	switch op.Kind {
	case ops.Oneway:
		return called(op)
	case ops.Spawn:
		ops.Firsts(op.Task.Body, func(in *ops.Op) {
			if call == "" && (in.Kind == ops.Oneway || in.Kind == ops.Await && in.Commit != ops.Never && len(in.Wait.Calls) > 0) {
				call = called(in)
			}
		})
	}
	return call
}

func dropped(c *plain.Canister, m *effects.Message, w *effects.Await, g, op *ops.Op, call string) *finding.Finding {
	f := plain.New(&Rule, m, op.Site, finding.RoleCall, "no call may be made in cleanup")
	f.Message = fmt.Sprintf("if `%s` traps after `%s`, dropping `%s` calls %s, which traps in cleanup: nothing that the drops do lasts",
		m.Entry().Name, w.Op.Wait.For, g.Name, call)
	f.Help = "leave the call to a timer that finds what is to be done, or skip it where `is_recovering_from_trap()` says so"
	plain.Label(f, m.Fn.Ops, g.Site, finding.RoleGuard, "alive at the await")
	plain.Label(f, m.Fn.Ops, w.Op.Site, finding.RoleCommit, "a trap behind this await ends in cleanup")
	f.Segments = c.Model.Segments(c.Model.Message(m.Input.Func))
	f.Lost = []string{"what dropping `" + g.Name + "` does"}
	return f
}

// outermost is the await, in the text of fn itself, during which the one at s is reached.
func outermost(fn *ops.Func, s ops.Site) ops.Site {
	best := s
	for at := s; at != 0; at = fn.Sites[at].Caller {
		for _, w := range fn.Waits {
			a, b := fn.Sites[at], fn.Sites[w.Site]
			if a.Caller == b.Caller && a.Span.File == b.Span.File && a.Span.End == b.Span.End {
				best = w.Site
			}
		}
	}
	return best
}

func (v *visit) report(m *effects.Message, op *ops.Op, at, spawned ops.Site) {
	hook, fn := v.hook, m.Input.Func
	kind, name := hook.Entry().Kind, hook.Input.Func.Name
	f := plain.New(&Rule, m, at, finding.RoleCall, fmt.Sprintf("no call may be made in %s", kind))
	f.Entry = hook.Entry()
	call, verb := called(op), "calls"
	if op.Commit == ops.May {
		f.Level, verb = finding.Warning, "may call"
	}
	where := fmt.Sprintf("`%s`", name)
	if spawned != 0 {
		where = fmt.Sprintf("what `%s` spawns", name)
	}
	f.Message = fmt.Sprintf("%s %s %s, which traps in %s: %s", where, verb, call, kind, damage[kind])
	plain.Label(f, fn, op.Site, finding.RoleCall, "the call is sent here")
	plain.Label(f, hook.Input.Func, spawned, finding.RoleChange, "spawned work begins within the same message")
	if kind == "query" {
		f.Help = "make it an update, or a composite query if it calls queries only"
	}
	f.Segments = v.c.Model.Segments(v.c.Model.Message(hook.Input.Func))[:1]
	f.Segments[0].Call = call
	f.Segments[0].Commit = ops.Never.String()
	f.Lost = append(f.Lost, fmt.Sprintf("all that `%s` does", name))
	v.found = append(v.found, f)
}

// called names what an operation calls.
func called(op *ops.Op) string {
	if op.Kind == ops.Oneway {
		return "`" + op.Request.Method + "`"
	}
	var names []string
	for _, r := range op.Wait.Calls {
		if n := "`" + r.Method + "`"; !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}
