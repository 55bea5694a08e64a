package ignoredresult

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules/internal/page"
	"github.com/awaitlint/awaitlint/rules/internal/plain"
	"github.com/awaitlint/awaitlint/rules/internal/survival"
)

//go:embed doc.go
var doc string

// Analyzer reports ignored results.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("ignoredresult")

// Rule is the metadata of ignored-result.
var Rule = finding.Rule{
	ID:       "ignored-result",
	Title:    "nobody looks whether a call that moves value worked",
	Level:    finding.Warning,
	Default:  true,
	CWE:      []int{252, 703},
	Tags:     []string{"security", "rollback", "await"},
	Severity: "5.5",
	Doc:      page.Markdown(doc),
	Help:     "look at the result, the error of the transport and the callee's own, and undo or record what was not done",
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil && !errors.Is(m.Err, effects.ErrAtomic) || !m.Input.Lasts {
		return nil
	}
	var found []*finding.Finding
	for _, w := range m.Awaits {
		if r := mover(w); r != nil {
			for _, o := range m.Ignored(w) {
				if !forgotten(c, m, r, o) {
					found = append(found, dropped(c, m, w, r, o))
					break
				}
			}
		}
	}
	ops.Walk(m.Input.Func.Body, func(op *ops.Op) {
		if op.Kind != ops.Oneway || op.Request == nil {
			return
		}
		if op.Request.Effect == ops.EffectMovesValue {
			found = append(found, unheard(c, m, op, evidence.Damage{Label: op.Request.Method}))
			return
		}
		for _, d := range c.Model.Endings(c.Model.Message(m.Input.Func)) {
			if d.Kind == evidence.Unheard && d.Call == op.Site {
				found = append(found, unheard(c, m, op, d))
				return
			}
		}
	})
	return found
}

// mover is the awaited call that moves value, nil if there is none.
func mover(w *effects.Await) *ops.Op {
	for _, r := range w.Requests {
		if r.Request != nil && r.Request.Effect == ops.EffectMovesValue {
			return r
		}
	}
	return nil
}

var endings = map[effects.Outcome]string{effects.InnerErr: evidence.InnerError, effects.Rejected: evidence.CleanReject}

// forgotten reports whether a change that anticipates the call stays when it
// fails so: that is the worse of the two damages, and reported as missing-rollback.
func forgotten(c *plain.Canister, m *effects.Message, r *ops.Op, o effects.Outcome) bool {
	return slices.ContainsFunc(c.Model.Endings(c.Model.Message(m.Input.Func)), func(d evidence.Damage) bool {
		return d.Kind == evidence.Forgotten && d.Call == r.Site && d.Ending == endings[o] && survival.Stands(m, d)
	})
}

// dropped reports an await whose result decides nothing if the call ends with o.
func dropped(c *plain.Canister, m *effects.Message, w *effects.Await, r *ops.Op, o effects.Outcome) *finding.Finding {
	f := plain.New(&Rule, m, where(m.Fn.Ops, w.Op), finding.RoleCommit, "the result is dropped here")
	f.Message = fmt.Sprintf("`%s` goes on as if `%s` had worked: nobody looks at the result", f.Function, r.Request.Method)
	if o == effects.InnerErr {
		f.Message = fmt.Sprintf("`%s` goes on as if `%s` had worked: nobody looks at the callee's own error", f.Function, r.Request.Method)
	}
	em := c.Model.Message(m.Input.Func)
	if d, ok := c.Model.Failing(em, r.Site, o == effects.InnerErr); ok {
		t := c.Model.Table(em, d)
		f.Verdict, f.Segments, f.Endings = finding.Confirmed, t.Segments, t.Endings
		f.Survives, f.Lost, f.Stuck = t.Survives, t.Lost, t.Stuck
		return f
	}
	f.Segments = c.Model.Segments(em)
	return f
}

// where is the await at which the result of w is dropped: that of the function
// w stands in, or of the one that this function passes the result on to.
func where(fn *ops.Func, w *ops.Op) ops.Site {
	at := w.Site
	for frame := w.Site; fn.Sites[frame].Caller != 0 && fn.PassesOn(w, frame); {
		frame = fn.Sites[frame].Caller
		at = fn.AwaitOf(frame)
	}
	return at
}

// unheard reports a one-way call that moves value or was paid for.
func unheard(c *plain.Canister, m *effects.Message, op *ops.Op, d evidence.Damage) *finding.Finding {
	f := plain.New(&Rule, m, op.Site, finding.RoleCommit, "sent without a way to learn the outcome")
	f.Message = fmt.Sprintf("`%s` sends `%s` as a one-way call: whether it worked cannot be known", f.Function, d.Label)
	f.Help = "send it as a call that is awaited and look at the result"
	if d.Change != 0 {
		f.Message = fmt.Sprintf("`%s` changes `%s` for `%s`, a one-way call: whether it worked cannot be known", f.Function, d.Place, d.Label)
		plain.Label(f, m.Input.Func, d.Change, finding.RoleChange, "changed here, for the call")
	}
	f.Segments = c.Model.Segments(c.Model.Message(m.Input.Func))
	return f
}
