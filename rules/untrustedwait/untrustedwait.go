package untrustedwait

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

// Analyzer reports untrusted waits.
var Analyzer = plain.Rule{Meta: &Rule, Find: find}.Analyzer("untrustedwait")

// Rule is the metadata of untrusted-wait.
var Rule = finding.Rule{
	ID:       "untrusted-wait",
	Title:    "a canister that anybody can choose is waited for without bound",
	Level:    finding.Warning,
	Default:  true,
	CWE:      []int{400, 834, 610},
	Tags:     []string{"security", "upgrade", "await"},
	Severity: "5.3",
	Doc:      page.Markdown(doc),
	Help:     "wait with a bound (`Call::bounded_wait`) and treat its unknown outcome, or call only canisters from a list that only controllers can change",
}

func find(c *plain.Canister, m *effects.Message) []*finding.Finding {
	if m.Err != nil || !m.Input.Lasts || m.Input.Assumed {
		return nil
	}
	var out []*finding.Finding
	by := map[string]*finding.Finding{} // what is to be said of a callee, once a message
	for _, w := range m.Awaits {
		if !w.Commits() {
			continue
		}
		for _, r := range w.Requests {
			if r.Request.Bounded || r.Request.To == 0 || r.Request.To > len(r.Args) {
				continue
			}
			callee, who := chosen(c, m, r)
			switch f := by[callee]; {
			case who == "":
			case f != nil:
				plain.Label(f, m.Fn.Ops, r.Site, finding.RoleCall, "called here too")
			default:
				by[callee] = report(m, w, r, who)
				out = append(out, by[callee])
			}
		}
	}
	return out
}

// chosen names the canister that r calls, and says who chooses it, "" if not
// just anybody does.
func chosen(c *plain.Canister, m *effects.Message, r *ops.Op) (callee, who string) {
	call := request(m, r)
	if call == nil {
		return "", ""
	}
	target := call.Call.Args[r.Request.To-1]
	if who = source(c, m, target); who == "" || screened(m, call, target) {
		return "", ""
	}
	return m.KeyOf(target).Number + who, who
}

// request finds the instruction of a request.
func request(m *effects.Message, r *ops.Op) *ssa.Call {
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && m.Fn.Op(call) == r {
				return call
			}
		}
	}
	return nil
}

// source says who names a principal that the sender of a message can set as it
// likes, "" if nobody can.
func source(c *plain.Canister, m *effects.Message, target ssa.Value) string {
	s := m.Slice(target)
	switch {
	case s.Any(func(v ssa.Value) bool { return held(m, v) }): // which part of what was held it is got lost
		return ""
	case m.Input.Anonymous: // its parameters are those of whoever starts it
	case sender(m, s):
		return "that it was called by"
	case len(s.Params) > 0:
		return fmt.Sprintf("that its argument `%s` names", m.KeyOf(s.Params[0]).Text)
	}
	for _, r := range s.Reads {
		for _, o := range c.Messages {
			if o = c.Built(o); o != nil && o.Input.Lasts && !o.Input.Anonymous && !o.Input.Assumed && sets(o, r.Place) {
				return fmt.Sprintf("that anybody can put into `%s` by `%s`", r.Place, o.Entry().Name)
			}
		}
	}
	return ""
}

// held reports whether v is a closure or future kept as a value, with all that it captures.
func held(m *effects.Message, v ssa.Value) bool {
	op := m.Fn.Op(v)
	return op != nil && op.Kind == ops.Make && op.Name == "|…|"
}

// sender reports whether a value is the sender of the message.
func sender(m *effects.Message, s *effects.Slice) bool {
	return s.Any(func(v ssa.Value) bool { return is(m, v, ops.Caller) })
}

// sets reports whether whoever sends o can have a principal of its choice put into a
// place. A record that is put there counts where it is known which field of it is read.
func sets(o *effects.Message, p effects.Place) bool {
	return slices.ContainsFunc(o.Accesses, func(w *effects.Access) bool {
		if !w.Write || w.Value == nil || w.Callee || !w.Place.Across(p) {
			return false
		}
		var part []string
		for _, e := range p.Path[min(len(w.Place.Path), len(p.Path)):] {
			if e.Field == "" {
				return false
			}
			part = append(part, e.Field)
		}
		if op := o.Fn.Op(w.Value); len(part) == 0 && op != nil && op.Kind == ops.Make {
			return false
		}
		s := o.SlicePart(w.Value, part)
		return (len(s.Params) > 0 || sender(o, s)) && !screened(o, w.Instr, w.Value)
	})
}

func is(m *effects.Message, v ssa.Value, verb string) bool {
	op := m.Fn.Op(v)
	return op != nil && op.Kind == ops.Verb && op.Name == verb
}

// screened reports whether the call is made only if something about its sender or
// about the callee holds: a list they are in, a role, a record that others keep.
func screened(m *effects.Message, call ssa.Instruction, target ssa.Value) bool {
	about := numbers(m, target)
	touches := func(v ssa.Value) bool { return is(m, v, ops.Caller) || about[m.KeyOf(v).Number] }
	for _, cond := range conditions(m, call) {
		s := m.Slice(cond)
		if s.Any(touches) && !onlyAnonymous(m, s) || s.Any(func(v ssa.Value) bool { return keyed(m, v, touches) }) {
			return true
		}
		for _, r := range s.Reads {
			if r.Key != nil && m.Slice(r.Key).Any(touches) ||
				slices.ContainsFunc(r.Place.Path, func(e effects.Elem) bool { return e.Key.Known == effects.KeyCaller }) {
				return true
			}
		}
	}
	return false
}

// conditions are what decides whether instr is reached, and what decides about
// the values tested there: the branches inside a guard function that answers Ok or Err.
func conditions(m *effects.Message, instr ssa.Instruction) []ssa.Value {
	var out []ssa.Value
	seen := map[ssa.Value]bool{}
	var visit func(at ssa.Instruction)
	visit = func(at ssa.Instruction) {
		for _, ch := range m.Checks(at) {
			if seen[ch.Cond] {
				continue
			}
			seen[ch.Cond] = true
			out = append(out, ch.Cond)
			m.Slice(ch.Cond).Any(func(v ssa.Value) bool {
				if phi, ok := v.(*ssa.Phi); ok && !seen[phi] {
					seen[phi] = true
					for _, from := range phi.Block().Preds {
						visit(from.Instrs[len(from.Instrs)-1])
					}
				}
				return false
			})
		}
	}
	visit(instr)
	return out
}

// keyed reports whether v is what a local copy of a list has under a key with a property.
func keyed(m *effects.Message, v ssa.Value, is func(ssa.Value) bool) bool {
	call, ok := v.(*ssa.Call)
	op := m.Fn.Op(v)
	return ok && op != nil && (op.Kind == ops.Verb || op.Kind == ops.Index) && len(call.Call.Args) > 1 && m.Slice(call.Call.Args[1]).Any(is)
}

// onlyAnonymous: a test that turns away only those who do not say who they are.
func onlyAnonymous(m *effects.Message, s *effects.Slice) bool {
	return len(s.Reads) == 0 && s.Any(func(v ssa.Value) bool { return is(m, v, ops.Anonymous) })
}

// numbers are the value numbers of a principal, down to the field of an
// argument it is; not those of what it lies in.
func numbers(m *effects.Message, v ssa.Value) map[string]bool {
	out := map[string]bool{m.KeyOf(v).Number: true}
	for {
		op := m.Fn.Op(v)
		if op == nil || op.Kind != ops.Load && op.Kind != ops.Cast {
			return out
		}
		v = v.(*ssa.Call).Call.Args[0]
		if in := m.Fn.Op(v); in == nil || in.Kind == ops.Verb { // an argument, or what was found under a key
			return out
		}
		out[m.KeyOf(v).Number] = true
	}
}

func report(m *effects.Message, w *effects.Await, r *ops.Op, who string) *finding.Finding {
	f := plain.New(&Rule, m, r.Site, finding.RoleCall, "called without a bound on the wait")
	f.Message = fmt.Sprintf("`%s` waits without bound for a canister %s: by not answering it keeps this one from being stopped and upgraded", m.Entry().Name, who)
	plain.Label(f, m.Fn.Ops, w.Op.Site, finding.RoleCommit, "the message waits here until that canister answers")
	f.Stuck = []string{fmt.Sprintf("`%s`, for as long as that canister does not answer `%s`", m.Entry().Name, r.Request.Method)}
	f.Endings = []finding.Ending{{Name: "no answer", State: map[string]string{}, Stuck: []string{"`" + m.Entry().Name + "`"}, Damage: true}}
	return f
}
