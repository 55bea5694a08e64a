//! Work that interval timers start.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use ic_cdk::call::Call;
use ic_cdk::{init, update};
use ic_cdk_timers::{set_timer_interval, set_timer_interval_serial};

use crate::SERVICE;

thread_local! {
    static BILLS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static DEBTS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static CLAIMS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

async fn pay(id: u64, amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await.is_ok()
}

/// The bill is there for everybody until it is paid.
async fn pay_bills() {
    let Some((id, amount)) = BILLS.with_borrow(|bills| bills.first_key_value().map(|(k, v)| (*k, *v))) else {
        return;
    };
    // want +1 "overlapping-task confirmed"
    if pay(id, amount).await {
        BILLS.with_borrow_mut(|bills| bills.remove(&id)); // want "stale-check"
    }
}

// Quiet: a serial timer leaves out a turn while one is busy.
async fn pay_debts() {
    let Some((id, amount)) = DEBTS.with_borrow(|debts| debts.first_key_value().map(|(k, v)| (*k, *v))) else {
        return;
    };
    if pay(id, amount).await {
        DEBTS.with_borrow_mut(|debts| debts.remove(&id));
    }
}

// Quiet: what is being paid is taken out first, and put back if that fails.
async fn pay_claims() {
    let Some((id, amount)) = CLAIMS.with_borrow_mut(|claims| claims.pop_first()) else {
        return;
    };
    if !pay(id, amount).await {
        CLAIMS.with_borrow_mut(|claims| claims.insert(id, amount));
    }
}

#[init]
fn init() {
    set_timer_interval(Duration::from_secs(10), pay_bills);
    set_timer_interval_serial(Duration::from_secs(10), async || pay_debts().await);
    set_timer_interval(Duration::from_secs(10), pay_claims);
}

#[update]
fn owe(id: u64, amount: u64) {
    BILLS.with_borrow_mut(|bills| bills.insert(id, amount));
}
