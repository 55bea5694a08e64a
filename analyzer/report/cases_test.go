package report_test

import (
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/report"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A source is a Rust text in which tests find spans by what stands there.
type source struct {
	t *testing.T
	*rustparse.File
}

func newSource(t *testing.T, path, text string) source {
	return source{t, &rustparse.File{Path: path, Text: text}}
}

// at returns the span of the only occurrence of text.
func (s source) at(text string) rustparse.Span {
	s.t.Helper()
	if n := strings.Count(s.Text, text); n != 1 {
		s.t.Fatalf("%q occurs %d times in %s", text, n, s.Path)
	}
	i := uint32(strings.Index(s.Text, text))
	return rustparse.Span{File: s.File, Start: i, End: i + uint32(len(text))}
}

func label(role finding.Role, span rustparse.Span, text string) finding.Label {
	return finding.Label{Role: role, Span: span, Text: text}
}

var rules = []finding.Rule{
	{
		ID: "stale-check", Title: "a check made before an await authorises a write after it", Level: finding.Error, Default: true,
		CWE: []int{362, 367}, Tags: []string{"concurrency"}, Severity: "8.1", Doc: "# stale-check\n\nTwo messages pass one check.\n",
		Help: "take the amount off before the call",
	},
	{
		ID: "trap-after-commit", Title: "a trap leaves an earlier segment's change behind", Level: finding.Error, Default: true,
		CWE: []int{755}, Severity: "6.5", Doc: "# trap-after-commit\n", Help: "check before the call",
	},
	{ID: "caller-after-await", Title: "the caller is asked for after an await", Level: finding.Note, CWE: []int{}},
}

// withdraw is the example of the design: a double spend over one file.
func withdraw(t *testing.T) *report.Report {
	s := newSource(t, "src/lib.rs", `use std::cell::RefCell;

#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let enough = BALANCES.with_borrow(|b| b.get(&who).is_some_and(|v| *v >= amount));
    if !enough {
        return Err("balance".into());
    }
    if Call::unbounded_wait(ledger(), "pay").with_arg(amount).await.is_err() {
        return Err("ledger".into());
    }
    BALANCES.with_borrow_mut(|b| {
        if let Some(v) = b.get_mut(&who) { *v = v.saturating_sub(amount); }
    });
    Ok(())
}

#[update]
async fn withdraw_all() {}

#[query]
fn balance_of(who: Principal) -> u64 { 0 }
`)
	check := s.at("b.get(&who).is_some_and(|v| *v >= amount)")
	await := s.at("await.is_err()")
	await.End = await.Start + uint32(len("await"))
	write := s.at("*v = v.saturating_sub(amount)")
	call := s.at(`Call::unbounded_wait(ledger(), "pay").with_arg(amount)`)
	step := func(m, what string, span rustparse.Span, text, state, event string, role finding.Role) finding.WitnessStep {
		return finding.WitnessStep{Message: m, What: what, Span: span, Text: text, State: []string{state}, Event: event, Role: role}
	}
	body := s.at("let who = msg_caller();")
	first := rustparse.Span{File: s.File, Start: body.Start, End: call.End}
	second := rustparse.Span{File: s.File, Start: await.End, End: s.at("    Ok(())").End}
	withdrawFn := finding.Endpoint{Name: "withdraw", Kind: "update", Span: s.at("withdraw(")}
	return &report.Report{
		Version: "0.1.0", Dir: "/home/me/my bank", Rules: rules, Canisters: []string{"bank"},
		Stats: report.Stats{Files: 1, Canisters: 1, EntryPoints: 3, Awaits: 1},
		Findings: []*finding.Finding{{
			Rule: "stale-check", Level: finding.Error, Verdict: finding.Confirmed,
			Message: "two calls of `withdraw` can both be paid from one balance",
			Crate:   "bank", Function: "withdraw", Entry: withdrawFn,
			Primary: label(finding.RoleWrite, write, "taken off only in segment 2"),
			Labels: []finding.Label{
				label(finding.RoleCheck, check, "checked in segment 1"),
				label(finding.RoleCommit, await, "segment 1 commits here; other messages run"),
			},
			Segments: []finding.Segment{
				{Index: 1, Span: first, Reads: []string{"BALANCES[caller]"}, Call: "pay(amount) → ledger", Wait: "unbounded", Commit: "must", IfTrap: "nothing survives"},
				{Index: 0, Span: await},
				{Index: 2, Span: second, Writes: []string{"BALANCES[caller]"}, IfTrap: "1 and the callee's stay, this is lost"},
			},
			Witness: &finding.Witness{
				Places: []string{"BALANCES[p]"},
				Steps: []finding.WitnessStep{
					step("A", "withdraw(60)", check, "60 ≤ 100, goes on", "100", "", finding.RoleCheck),
					step("A", "", call, "sends pay(60)", "100", "suspends", finding.RoleCommit),
					step("B", "withdraw(60)", check, "60 ≤ 100, goes on", "100", "", ""),
					step("B", "", call, "sends pay(60), paid", "100", "suspends", ""),
					step("B", "", write, "100 - 60", "40", "done", ""),
					step("A", "", await, "paid", "40", "resumes", ""),
					step("A", "", write, "40 - 60, cut at 0", "0", "done", finding.RoleWrite),
				},
				Conclusion: "pay was sent twice (120) against a balance of 100; one after the other, the second is refused",
			},
			Survives:    []string{"both payments"},
			Lost:        []string{"the second debit"},
			Interferers: []finding.Endpoint{withdrawFn, {Name: "withdraw_all", Kind: "update", Span: s.at("withdraw_all")}},
			Observers:   []finding.Endpoint{{Name: "balance_of", Kind: "query", Span: s.at("balance_of")}},
			Help:        "take the amount off before the call and put it back, relative to what is there then, if the call certainly failed",
			Fingerprint: "5f1c0e7d",
		}},
	}
}

// vault has tabs, CRLF, wide and astral characters, two files, a table of
// endings and a mend.
func vault(t *testing.T) *report.Report {
	s := newSource(t, "src/vault.rs", strings.ReplaceAll(`#[update]
async fn 打开(id: u64) {
	let _ = Guard::new(id);
	X.with_borrow_mut(|x| *x += 1); let s = "𝒳🦀"; log(s);
	let got = ledger::send("naïve", id).await;
		assert!(got.is_ok(), "宛先 {}", id);
	X.with_borrow_mut(|x| {
		*x += 2;
		*x
	});
}
`, "\n", "\r\n"))
	h := newSource(t, "src/ledger.rs", "pub async fn send(to: &str, id: u64) -> R {\n    Call::bounded_wait(l(), \"send\").await\n}\n")
	late := s.at("X.with_borrow_mut(|x| {")
	late.End = s.at("*x\r\n\t});").End
	await := s.at(".await")
	trap := s.at(`assert!(got.is_ok(), "宛先 {}", id)`)
	f := &finding.Finding{
		Rule: "trap-after-commit", Level: finding.Error, Verdict: finding.Confirmed, Reason: "the ending marked ◀",
		Message: "a refused transfer leaves `X` changed", Crate: "vault", Function: "Vault::打开",
		Entry:   finding.Endpoint{Name: "打开", Kind: "update", Span: s.at("打开")},
		Primary: label(finding.RoleTrap, trap, "traps in segment 2: only this segment is rolled back"),
		Labels: []finding.Label{
			label(finding.RoleGuard, s.at("Guard::new(id)"), "dropped at once"),
			label(finding.RoleChange, s.at("*x += 1"), "changed in segment 1"),
			label(finding.RoleRead, s.at("𝒳🦀"), "two wide marks on one line"),
			label(finding.RoleCommit, await, "segment 1 commits here"),
			label(finding.RoleWrite, late, "never ran"),
			label(finding.RoleCommit, h.at("Call::bounded_wait(l(), \"send\").await"), "the call is sent here"),
		},
		Segments: []finding.Segment{
			{
				Index: 1, Span: rustparse.Span{File: s.File, Start: s.at("let _").Start, End: await.End}, Writes: []string{"X"},
				Call: "send(to, id) → ledger", Wait: "bounded", Commit: "must", IfTrap: "nothing survives",
				Changes: []finding.Change{{Text: "X += 1", Span: s.at("*x += 1"), Fate: "committed"}},
			},
			{Index: 0, Span: await, Changes: []finding.Change{{Text: "what `send` did", Fate: "committed in the callee"}}},
			{
				Index: 2, Span: rustparse.Span{File: s.File, Start: await.End, End: late.End}, Reads: []string{"X"}, Writes: []string{"X"},
				Changes: []finding.Change{{Text: "X += 2", Span: s.at("*x += 2"), Fate: "never ran"}},
			},
		},
		Endings: []finding.Ending{
			{Name: "sync failure", State: map[string]string{"X": "0"}},
			{Name: "success", State: map[string]string{"X": "3"}, Survives: []string{"X += 1", "send", "X += 2"}},
			{Name: "trap in callback", State: map[string]string{"X": "1"}, Survives: []string{"X += 1", "send"}, Lost: []string{"X += 2"}, Stuck: []string{"LOCK"}, Damage: true},
		},
		Survives: []string{"X += 1 (segment 1)", "what `send` did"},
		Lost:     []string{"X += 2"},
		AlsoIn:   []string{"vault_admin (update)"},
		Assumed:  []string{"`Guard` is the workspace's own"},
		Help:     "name the guard, and check before the call",
		Edits: []finding.Edit{
			{Span: rustparse.Span{File: s.File, Start: s.at("_ = Guard").Start, End: s.at("_ = Guard").Start + 1}, New: "_guard"},
		},
		Fingerprint: "a1",
	}
	return &report.Report{
		Version: "0.1.0", Rules: rules, Canisters: []string{"vault", "ledger"},
		Stats:    report.Stats{Files: 2, Canisters: 2, EntryPoints: 1, Awaits: 2},
		Findings: []*finding.Finding{f},
		Notices: []report.Notice{
			{Span: s.at("{}"), Message: "expected an expression"},
			{Path: "src/gone.rs", Message: "no such file", Fatal: true},
			{Rule: "stale-check", Message: "index out of range", Fatal: true, Internal: true},
		},
	}
}

// hostile holds what sources and callers can do to a formatter.
func hostile(t *testing.T) *report.Report {
	long := strings.Repeat("let x = f(); ", 20) + "danger(); " + strings.Repeat("let y = g(); ", 20)
	s := newSource(t, "a b:c/é%.rs", "fn a() { /* \x1b[31mred\u202eevil\x00 */ g(); }\n"+long+"\nlast \xff line")
	all := rustparse.Span{File: s.File, Start: 0, End: uint32(len(s.Text))}
	return &report.Report{
		Version: "0.1.0", Rules: rules[:1], Stats: report.Stats{Files: 1},
		Findings: []*finding.Finding{
			{
				Rule: "stale-check", Level: finding.Warning, Verdict: finding.Possible, Reason: "an opaque lock: [see](1) {0}",
				Message: "escape \x1b[2J and \u2066bidi\u2069\nbreak [x](1) {0}",
				Primary: label(finding.RoleWrite, s.at("danger()"), "in the middle of a long line, with a label that is itself much longer than what fits beside it on the page"),
				Labels: []finding.Label{
					label(finding.RoleRead, s.at("g(); }"), ""),
					label(finding.RoleRead, s.at("\x1b[31mred\u202eevil\x00"), "control \x07 characters"),
					label(finding.RoleRead, rustparse.Span{File: s.File, Start: uint32(len(s.Text)), End: 1 << 30}, "past the end"),
					label(finding.RoleRead, rustparse.Span{}, "nowhere"),
					label(finding.RoleCheck, all, "everything"),
				},
				Witness: longRun(s),
				Edits: []finding.Edit{ // overlapping: not shown
					{Span: all, New: ""}, {Span: s.at("danger()"), New: "safe()"},
				},
			},
			{
				Rule: "stale-check", Level: finding.Note, Verdict: finding.Unproved, Message: "no place at all",
			},
			{
				Rule: "unknown-rule", Level: finding.Error, Verdict: finding.Refuted, Reason: "500 runs; none differs from a serial order",
				Message: "a refuted one", Primary: label(finding.RoleWrite, s.at("line"), "here"),
			},
		},
	}
}

// longRun has more steps than anybody reads, wide places and missing values.
func longRun(s source) *finding.Witness {
	w := &finding.Witness{
		Places:     []string{"STATE.with_a_long_name.accounts[caller].pending", "FEES"},
		Conclusion: "never serial",
	}
	for i := range 40 {
		step := finding.WitnessStep{Message: "A", Span: s.at("danger()"), Text: "step", State: []string{strings.Repeat("9", i)}}
		switch i {
		case 0:
			step.What = "transfer_from_subaccount(p, q, 100_000)"
		case 35:
			step.Role, step.Text = finding.RoleWrite, "the damage, told in more words than a single column of this table has room for"
		case 39:
			step.Event = "done"
		}
		w.Steps = append(w.Steps, step)
	}
	return w
}
