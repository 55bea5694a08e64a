//! A flag set and reset by hand.

use std::cell::Cell;

use ic_cdk::update;

use crate::pay;

thread_local! {
    static SPENDING: Cell<bool> = const { Cell::new(false) };
    static BUDGET: Cell<u64> = const { Cell::new(0) };
    static GRANT: Cell<u64> = const { Cell::new(0) };
    static SPENT: Cell<u64> = const { Cell::new(0) };
}

#[update]
async fn spend(amount: u64) -> Result<(), String> {
    let budget = BUDGET.get();
    pay(1).await?;
    if SPENDING.get() {
        return Err("spending".to_string());
    }
    SPENDING.set(true); // want "guard-too-late confirmed"
    let paid = pay(amount).await;
    if paid.is_ok() {
        BUDGET.set(budget.saturating_sub(amount)); // want "stale-write"
    }
    SPENDING.set(false);
    paid
}

// Quiet: read under the lock.
#[update]
async fn spend_grant(amount: u64) -> Result<(), String> {
    pay(1).await?;
    if SPENDING.get() {
        return Err("spending".to_string());
    }
    SPENDING.set(true);
    let grant = GRANT.get();
    let paid = pay(amount).await;
    if paid.is_ok() {
        GRANT.set(grant.saturating_sub(amount));
    }
    SPENDING.set(false);
    paid
}

// Quiet: what was looked at before the await has nothing to do with what is changed under the lock.
#[update]
async fn count(amount: u64) -> Result<(), String> {
    if GRANT.get() == 0 {
        return Err("no grant".to_string());
    }
    pay(1).await?;
    if SPENDING.get() {
        return Err("spending".to_string());
    }
    SPENDING.set(true);
    let paid = pay(amount).await;
    SPENT.set(SPENT.get() + amount);
    SPENDING.set(false);
    paid
}
