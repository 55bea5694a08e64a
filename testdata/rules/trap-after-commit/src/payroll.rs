//! Tasks: a loop whose next turn takes the last one's bookkeeping with it, and a timer.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static DUE: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static PAID: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static RATES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

async fn pay(who: Principal, amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(who, amount)).await.is_ok()
}

fn rate_of(who: &Principal) -> u64 {
    RATES.with_borrow(|r| r.get(who).copied().unwrap_or(1))
}

fn note_paid(who: Principal, amount: u64) {
    PAID.with_borrow_mut(|p| *p.entry(who).or_default() += amount);
}

/// The trap of the second turn comes in the segment that wrote the first turn down.
#[update]
async fn pay_all(names: Vec<Principal>, total: u64) {
    for who in names {
        let share = total.checked_div(rate_of(&who)).expect("a rate is not zero"); // want "trap-after-commit"
        if pay(who, share).await {
            note_paid(who, share);
        }
    }
}

// Quiet: a turn with a wrong rate is left out.
#[update]
async fn pay_all_valid(names: Vec<Principal>, total: u64) {
    for who in names {
        let Some(share) = total.checked_div(rate_of(&who)) else {
            continue;
        };
        if pay(who, share).await {
            note_paid(who, share);
        }
    }
}

/// The wage is taken out, the payment fails, the task traps: nobody owes anything any more.
async fn pay_next() {
    let Some((who, wage)) = DUE.with_borrow_mut(|d| d.pop_first()) else {
        return;
    };
    if !pay(who, wage).await {
        panic!("paying {who} failed"); // want "trap-after-commit confirmed"
    }
    note_paid(who, wage);
}

// Quiet: the wage is owed again.
async fn pay_next_or_owe() {
    let Some((who, wage)) = DUE.with_borrow_mut(|d| d.pop_first()) else {
        return;
    };
    if !pay(who, wage).await {
        DUE.with_borrow_mut(|d| *d.entry(who).or_default() += wage);
        return;
    }
    note_paid(who, wage);
}

#[update]
fn start() {
    ic_cdk_timers::set_timer(Duration::from_secs(1), pay_next());
    ic_cdk_timers::set_timer(Duration::from_secs(2), pay_next_or_owe());
}

#[update]
fn owe(who: Principal, wage: u64) {
    DUE.with_borrow_mut(|d| *d.entry(who).or_default() += wage);
}

#[update]
fn set_rate(who: Principal, rate: u64) {
    RATES.with_borrow_mut(|r| r.insert(who, rate));
}
