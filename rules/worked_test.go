package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// A claim is what must be reported about a function: all of it.
type claim struct {
	Rule           string
	Span           string // the text of the primary span
	Verdict        finding.Verdict
	Level          finding.Level
	Survives, Lost []string
	Changes        []string // fate of each change in the timeline: "X += 1: committed"
	Damage         string   // the ending it is about: "trap in callback: X += 1, bar()"
	Witness        []string // "A sends pay(60) | 100 | suspends", a line for each step
	Conclusion     string
	Interferers    []string
	Observers      []string
}

// An example is one function of the worked examples.
type example struct {
	number     int
	workspace  string
	crate, fn  string
	executions int // atomic ones, the callees' included
	claims     []claim
}

const (
	cdk    = "../testdata/worked/cdk"
	cdk012 = "../testdata/worked/cdk012"
)

// Two withdrawals of 40 that both see 100: one of them is lost.
func lostUpdate(fn, place, call, write string, checked bool) []string {
	check := func(who string) []string {
		if checked {
			return []string{who + " 100 ≥ 40, goes on | 100"}
		}
		return nil
	}
	return slices.Concat(
		[]string{"A " + fn + "(40): reads 100 | 100"},
		check("A"),
		[]string{"A sends " + call + " | 100 | suspends"},
		start("B "+fn+"(40): ", slices.Concat(check("B"), []string{"B sends " + call + " | 100 | suspends"})),
		[]string{
			"B " + method(call) + ": replied | 100 | resumes",
			"B " + place + " = " + write + " | 60",
			"B returns Ok(()) | 60 | done",
			"A " + method(call) + ": replied | 60 | resumes",
			"A " + place + " = " + write + " | 60",
			"A returns Ok(()) | 60 | done",
		})
}

// start puts what a message is in front of its first step.
func start(head string, steps []string) []string {
	steps[0] = head + strings.TrimPrefix(steps[0], head[:2])
	return steps
}

func method(call string) string { return call[:strings.IndexByte(call, '(')] }

// A withdrawal of 40 that fails forgets another one that was paid meanwhile.
func lostDebit(fn, place, call, restored, end, ok, failed string) []string {
	return []string{
		"A " + fn + "(40): reads 100 | 100",
		"A 100 ≥ 40, goes on | 100",
		"A " + place + " = 100 - 40 | 60",
		"A sends " + call + " | 60 | suspends",
		"B " + fn + "(40): 60 ≥ 40, goes on | 60",
		"B " + place + " = 60 - 40 | 20",
		"B sends " + call + " | 20 | suspends",
		"B " + method(call) + ": replied | 20 | resumes",
		"B returns " + ok + " | 20 | done",
		"A " + method(call) + ": clean reject | 20 | resumes",
		"A " + place + " = " + restored + " | " + end,
		"A returns " + failed + " | " + end + " | done",
	}
}

// late are the two claims about a write of the old balance after the call.
func late(span string, base claim) []claim {
	check, write := base, base
	check.Rule, write.Rule = "stale-check", "stale-write"
	check.Span, write.Span = span, span
	return []claim{check, write}
}

func examples() []example {
	trap := func(span string, lost []string) claim {
		c := claim{
			Rule: "trap-after-commit", Span: span, Verdict: finding.Confirmed, Level: finding.Error,
			Survives: []string{"X += 1", "increment_y()"}, Lost: lost,
			Changes: []string{"X += 1: committed", "what `increment_y` did: committed in the callee"},
			Damage:  "trap in callback: X += 1, increment_y()",
		}
		for _, l := range lost {
			c.Changes = append(c.Changes, l+": rolled back")
		}
		return c
	}
	const always = `assert!(false, "always revert")`
	twoPaid := []string{"transfer(40) by A", "transfer(40) by B"}
	withdraw := claim{
		Verdict: finding.Confirmed, Level: finding.Error, Survives: twoPaid,
		Witness:     lostUpdate("withdraw", "BALANCE", "transfer(40)", "100 - 40", true),
		Conclusion:  "BALANCE ends at 60; one after the other it ends at 20",
		Interferers: []string{"withdraw", "sweep", "deposit"}, Observers: []string{"balance"},
	}
	withdraw012 := withdraw
	withdraw012.Interferers = []string{"withdraw", "deposit"}
	sweep := withdraw
	sweep.Rule, sweep.Span = "stale-write", "*b = balance.saturating_sub(amount)"
	sweep.Witness = lostUpdate("sweep", "BALANCE", "transfer(40)", "100 - 40", false)
	sweep.Interferers = []string{"sweep", "withdraw", "deposit"}
	restore := claim{
		Rule: "stale-rollback", Span: "*b = balance + amount", Verdict: finding.Confirmed, Level: finding.Error,
		Survives: []string{"transfer(40) by B"}, Lost: []string{"old_balance::BALANCE = 20, written by B"},
		Witness:     lostDebit("withdraw_or_restore", "old_balance::BALANCE", "transfer(40)", "100 + 40", "140", "true", "false"),
		Conclusion:  "old_balance::BALANCE ends at 140; one after the other it ends at 100",
		Interferers: []string{"withdraw_or_restore", "deposit_old"}, Observers: []string{"balance_old"},
	}
	restore012 := restore
	restore012.Span = "*b.borrow_mut() = balance + amount"
	restore012.Lost = []string{"BALANCE = 20, written by B"}
	restore012.Witness = lostDebit("withdraw_or_restore", "BALANCE", "transfer(40)", "100 + 40", "140", "true", "false")
	restore012.Conclusion = "BALANCE ends at 140; one after the other it ends at 100"
	restore012.Interferers = []string{"withdraw_or_restore", "withdraw_or_refund", "deposit"}
	restore012.Observers = []string{"balance"}
	payOut := claim{
		Verdict: finding.Confirmed, Level: finding.Error,
		Survives:    []string{"http_request(POST, 1024) by A", "http_request(POST, 1024) by B"},
		Witness:     lostUpdate("pay_out_late", "late::BALANCE", "http_request(POST, 1024)", "100 - 40", true),
		Conclusion:  "late::BALANCE ends at 60; one after the other it ends at 20",
		Interferers: []string{"pay_out_late", "top_up_late"},
	}
	payOut012 := claim{
		Verdict: finding.Confirmed, Level: finding.Error,
		Survives:    []string{"http_request(1000000000) by A", "http_request(1000000000) by B"},
		Witness:     lostUpdate("pay_out", "BALANCE", "http_request(1000000000)", "100 - 40", true),
		Conclusion:  "BALANCE ends at 60; one after the other it ends at 20",
		Interferers: []string{"pay_out", "pay_out_first", "top_up"},
	}
	payOrRestore := claim{
		Rule: "stale-rollback", Span: "*b = balance", Verdict: finding.Confirmed, Level: finding.Error,
		Survives: []string{"http_request(POST, 1024) by B"}, Lost: []string{"BALANCE = 20, written by B"},
		Witness:     lostDebit("pay_out_or_restore", "BALANCE", "http_request(POST, 1024)", "100", "100", "Ok(())", "Err(…)"),
		Conclusion:  "BALANCE ends at 100; one after the other it ends at 60",
		Interferers: []string{"pay_out_or_restore", "pay_out_or_refund", "top_up_early"},
	}
	refunded := func(place, write, change string) claim {
		return claim{
			Rule: "unknown-outcome", Span: write, Verdict: finding.Confirmed, Level: finding.Error,
			Survives: []string{place + " -= 40", place + " += " + change, "maybe transfer(40)"},
			Changes: []string{
				place + " -= 40: committed", "what `transfer` did: unknown", place + " += " + change + ": committed",
			},
			Damage: "unknown reject: " + place + " -= 40, " + place + " += " + change + ", maybe transfer(40)",
		}
	}
	ignored := claim{
		Rule: "ignored-result", Span: "await", Verdict: finding.Confirmed, Level: finding.Warning,
		Survives: []string{"BALANCE -= 40"},
		Changes:  []string{"what `transfer` did: never ran", "BALANCE -= 40: committed"},
		Damage:   "clean reject: BALANCE -= 40",
	}
	const oldBalance, oldBalance012 = "*b = balance - amount", "*b.borrow_mut() = balance - amount"
	return []example{
		{1, cdk, "counter", "double_increment", 1, nil},
		{2, cdk, "counter", "increment_call_fail", 3, []claim{trap(always, nil)}},
		{2, cdk012, "counter", "increment_call_fail", 3, []claim{trap(always, nil)}},
		{3, cdk, "counter", "increment_check_call", 3, nil},
		{3, cdk012, "counter", "increment_check_call", 3, nil},
		{4, cdk, "counter", "increment_call_increment_fail", 3, []claim{trap(always, []string{"X += 2"})}},
		{4, cdk012, "counter", "increment_call_increment_fail", 3, []claim{trap(always, []string{"X += 2"})}},
		{5, cdk, "counter", "one_call", 3, nil},
		{5, cdk, "counter", "two_calls", 5, nil},
		{6, cdk, "observer", "foo", 3, nil},
		{7, cdk, "revalidated", "foo", 3, nil},
		{7, cdk, "revalidated", "double", 3, nil},
		{8, cdk, "withdraw_late", "withdraw", 3, append([]claim{ignored}, late(oldBalance, withdraw)...)},
		{8, cdk, "withdraw_late", "sweep", 3, []claim{ignored, sweep}},
		{8, cdk012, "withdraw_late", "withdraw", 3, append([]claim{ignored}, late(oldBalance012, withdraw012)...)},
		{9, cdk, "withdraw_first", "withdraw_or_restore", 3, []claim{restore, refunded("old_balance::BALANCE", "*b = balance + amount", "80")}},
		{9, cdk, "withdraw_first", "withdraw_or_refund", 3, []claim{refunded("new_balance::BALANCE", "*b = new_balance + amount", "40")}},
		{9, cdk, "withdraw_first", "withdraw_or_resolve", 3, nil},
		{9, cdk012, "withdraw_first", "withdraw_or_restore", 3, []claim{restore012}},
		{9, cdk012, "withdraw_first", "withdraw_or_refund", 3, nil},
		{10, cdk, "outcall", "pay_out_late", 3, late(oldBalance, payOut)},
		{10, cdk, "outcall", "pay_out_or_restore", 3, []claim{payOrRestore}},
		{10, cdk, "outcall", "pay_out_or_refund", 3, nil},
		{10, cdk012, "outcall", "pay_out", 3, late(oldBalance012, payOut012)},
		{10, cdk012, "outcall", "pay_out_first", 3, nil},
	}
}

func TestWorkedExamples(t *testing.T) {
	projects, results := map[string]*project{}, map[string]*driver.Result{}
	for _, root := range []string{cdk, cdk012} {
		projects[root] = load(t, root)
		results[root] = projects[root].run(t, driver.Options{})
	}
	claimed := map[*finding.Finding]bool{}
	for _, e := range examples() {
		name := fmt.Sprintf("%d %s %s", e.number, e.workspace[strings.LastIndex(e.workspace, "/")+1:], e.fn)
		t.Run(name, func(t *testing.T) {
			if got := projects[e.workspace].executions(t, e.crate, e.fn); got != e.executions {
				t.Errorf("%d atomic executions, want %d", got, e.executions)
			}
			var got []claim
			for _, f := range results[e.workspace].Findings {
				if f.Crate == e.crate && f.Entry.Name == e.fn {
					got = append(got, claimOf(f))
					claimed[f] = true
				}
			}
			if d := cmp.Diff(e.claims, got); d != "" {
				t.Errorf("not as it must come out (-want +got):\n%s", d)
			}
		})
	}
	for _, r := range results {
		for _, f := range r.Findings {
			if !claimed[f] {
				t.Errorf("%s: %s in `%s` of %s belongs to no example", where(f), f.Rule, f.Entry.Name, f.Crate)
			}
		}
	}
}

// executions counts the atomic executions of an entry point.
func (p *project) executions(t *testing.T, crate, fn string) int {
	t.Helper()
	for _, c := range p.canisters {
		if c.Name() != crate {
			continue
		}
		for _, in := range driver.Prepare(c).Messages {
			if in.Entry.Name == fn {
				return len(evidence.New([]*evidence.Message{judged(in)}).Segments(judged(in)))
			}
		}
	}
	t.Fatalf("no entry point %s in %s", fn, crate)
	return 0
}

func judged(in effects.Input) *evidence.Message {
	return &evidence.Message{Func: in.Func, Endpoint: in.Entry, Lasts: in.Lasts, Looks: in.Looks, Anonymous: in.Anonymous}
}

// claimOf is what a finding says.
func claimOf(f *finding.Finding) claim {
	c := claim{
		Rule: f.Rule, Span: f.Primary.Span.Text(), Verdict: f.Verdict, Level: f.Level,
		Survives: f.Survives, Lost: f.Lost, Interferers: names(f.Interferers), Observers: names(f.Observers),
	}
	for _, s := range f.Segments {
		for _, change := range s.Changes {
			c.Changes = append(c.Changes, change.Text+": "+change.Fate)
		}
	}
	for _, e := range f.Endings {
		if e.Damage {
			c.Damage += e.Name + ": " + strings.Join(e.Survives, ", ")
		}
	}
	if f.Witness != nil {
		c.Conclusion = f.Witness.Conclusion
		for _, s := range f.Witness.Steps {
			c.Witness = append(c.Witness, stepText(s))
		}
	}
	return c
}

// stepText is a step of a witness in one line.
func stepText(s finding.WitnessStep) string {
	text := s.Text
	if s.What != "" {
		text = s.What + ": " + text
	}
	parts := append([]string{s.Message + " " + text}, strings.Join(s.State, ", "))
	if s.Event != "" {
		parts = append(parts, s.Event)
	}
	return strings.Join(parts, " | ")
}

func names(es []finding.Endpoint) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.Name)
	}
	return out
}
