package evidence

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

const prelude = `
use candid::Principal;
use ic_cdk::{call::Call, query, update};
use std::{cell::RefCell, collections::{BTreeMap, HashSet}};
thread_local! {
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = RefCell::default();
    static LOCKS: RefCell<HashSet<Principal>> = RefCell::default();
    static TOTAL: RefCell<u64> = RefCell::new(0);
}
fn ledger() -> Principal { Principal::anonymous() }
`

var raceCases = []struct {
	name  string
	write string // part of the line of the late write
	want  finding.Verdict
	rust  string
}{
	{"check, call, debit", "// late", finding.Confirmed, `
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    let enough = BALANCES.with_borrow(|b| b.get(&who).is_some_and(|v| *v >= amount));
    if !enough { return Err("too little".into()); }
    if Call::unbounded_wait(ledger(), "pay").with_arg(amount).await.is_err() { return Err("failed".into()); }
    BALANCES.with_borrow_mut(|b| {
        if let Some(v) = b.get_mut(&who) { *v = v.saturating_sub(amount); } // late
    });
    Ok(())
}`},
	{"debit first, relative refund", "// late", finding.Refuted, `
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    BALANCES.with_borrow_mut(|b| {
        let v = b.get_mut(&who).ok_or("none".to_string())?;
        if *v < amount { return Err("too little".to_string()); }
        *v -= amount;
        Ok(())
    })?;
    if Call::unbounded_wait(ledger(), "pay").with_arg(amount).await.is_err() {
        BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) += amount); // late
        return Err("failed".into());
    }
    Ok(())
}
#[update]
fn deposit(amount: u64) {
    let who = ic_cdk::api::msg_caller();
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) += amount);
}`},
	{"old balance written back", "// late", finding.Confirmed, `
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let total = TOTAL.with(|t| *t.borrow());
    if total < amount { return Err("too little".into()); }
    let _ = Call::bounded_wait(ledger(), "pay").with_arg(amount).await;
    TOTAL.with(|t| *t.borrow_mut() = total - amount); // late
    Ok(())
}
#[update]
fn deposit(amount: u64) { TOTAL.with(|t| *t.borrow_mut() += amount); }
#[query]
fn total() -> u64 { TOTAL.with(|t| *t.borrow()) }`},
	{"guard held by both", "// late", finding.Refuted, `
struct Guard(Principal);
impl Guard {
    fn new(p: Principal) -> Result<Self, String> {
        LOCKS.with_borrow_mut(|l| if l.insert(p) { Ok(Guard(p)) } else { Err("busy".to_string()) })
    }
}
impl Drop for Guard { fn drop(&mut self) { LOCKS.with_borrow_mut(|l| { l.remove(&self.0); }); } }
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    let _guard = Guard::new(who)?;
    let balance = BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or(0));
    if balance < amount { return Err("too little".into()); }
    let _ = Call::bounded_wait(ledger(), "pay").with_arg(amount).await;
    BALANCES.with_borrow_mut(|b| b.insert(who, balance - amount)); // late
    Ok(())
}`},
	{"guard dropped at once", "// late", finding.Confirmed, `
struct Guard(Principal);
impl Guard {
    fn new(p: Principal) -> Result<Self, String> {
        LOCKS.with_borrow_mut(|l| if l.insert(p) { Ok(Guard(p)) } else { Err("busy".to_string()) })
    }
}
impl Drop for Guard { fn drop(&mut self) { LOCKS.with_borrow_mut(|l| { l.remove(&self.0); }); } }
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    let _ = Guard::new(who)?;
    let balance = BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or(0));
    if balance < amount { return Err("too little".into()); }
    let _ = Call::bounded_wait(ledger(), "pay").with_arg(amount).await;
    BALANCES.with_borrow_mut(|b| b.insert(who, balance - amount)); // late
    Ok(())
}`},
}

func TestRace(t *testing.T) {
	for _, k := range raceCases {
		t.Run(k.name, func(t *testing.T) {
			c := load(t, prelude+k.rust)
			m := c.named(t, "withdraw")
			r := c.Race(Candidate{Rule: "stale-write", Message: m, Write: siteAt(t, m, k.write, isWrite)})
			if r.Verdict != k.want {
				t.Errorf("%v (%s), want %v", r.Verdict, r.Reason, k.want)
			}
			if r.Verdict == finding.Refuted {
				t.Logf("refuted: %s, %d runs", r.Reason, r.Runs)
			}
			if r.Witness != nil {
				t.Log("\n" + text(r.Witness))
				if r.Witness.Conclusion == "" {
					t.Errorf("witness: %+v", r.Witness)
				}
			}
		})
	}
}

// text shows a witness the way the report does, for reading logs.
func text(w *finding.Witness) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%60s %s\n", "", strings.Join(w.Places, "  "))
	for _, s := range w.Steps {
		line := 0
		if s.Span.File != nil {
			line = s.Span.File.Position(s.Span.Start).Line
		}
		fmt.Fprintf(&b, "%s %-14s %3d %-42s %-10s %s %s\n", s.Message, s.What, line, s.Text, s.Event, strings.Join(s.State, "  "), s.Role)
	}
	b.WriteString(w.Conclusion + "\n")
	return b.String()
}
