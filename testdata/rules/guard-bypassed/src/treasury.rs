//! A guard for each caller, and money that all of them share.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;

use crate::pay;

thread_local! {
    static CALLERS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static DRAWING: Cell<bool> = const { Cell::new(false) };
    static POOL: Cell<u64> = const { Cell::new(0) };
    static FUND: Cell<u64> = const { Cell::new(0) };
}

struct CallerGuard(Principal);

impl CallerGuard {
    fn new() -> Result<Self, String> {
        let who = msg_caller();
        if !CALLERS.with_borrow_mut(|callers| callers.insert(who)) {
            return Err("you are at it already".to_string());
        }
        Ok(CallerGuard(who))
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        CALLERS.with_borrow_mut(|callers| callers.remove(&self.0));
    }
}

struct DrawGuard;

impl DrawGuard {
    fn new() -> Result<Self, String> {
        if DRAWING.replace(true) {
            return Err("somebody draws".to_string());
        }
        Ok(DrawGuard)
    }
}

impl Drop for DrawGuard {
    fn drop(&mut self) {
        DRAWING.set(false);
    }
}

// Two callers pass, each with a guard of its own.
#[update]
async fn draw(amount: u64) -> Result<(), String> {
    let _guard = CallerGuard::new()?;
    if POOL.get() < amount {
        return Err("not enough in the pool".to_string());
    }
    pay(amount).await?;
    POOL.set(POOL.get().saturating_sub(amount)); // want "guard-bypassed confirmed" "stale-check"
    Ok(())
}

// Quiet: one guard for the fund, whoever calls.
#[update]
async fn draw_fund(amount: u64) -> Result<(), String> {
    let _guard = DrawGuard::new()?;
    if FUND.get() < amount {
        return Err("not enough in the fund".to_string());
    }
    pay(amount).await?;
    FUND.set(FUND.get().saturating_sub(amount));
    Ok(())
}
