//! A withdrawal by a call that waits for a limited time.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::{Call, CallErrorExt, CallFailed};
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static OPEN: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
}

fn debit(who: Principal, amount: u64) -> Result<(), String> {
    BALANCES.with_borrow_mut(|b| {
        let have = b.get_mut(&who).ok_or("no account")?;
        *have = have.checked_sub(amount).ok_or("not enough funds")?;
        Ok(())
    })
}

fn credit(who: Principal, amount: u64) {
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}

async fn pay(who: Principal, amount: u64) -> Result<(), CallFailed> {
    Call::bounded_wait(SERVICE, "pay").with_args(&(who, amount)).await.map(|_| ())
}

/// Whatever the error: the amount may be paid and refunded.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    match pay(who, amount).await {
        Ok(()) => Ok(()),
        Err(e) => {
            credit(who, amount); // want "unknown-outcome confirmed"
            Err(e.to_string())
        }
    }
}

/// The same in a closure on the way to `?`.
#[update]
async fn withdraw_short(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    pay(who, amount).await.map_err(|e| {
        credit(who, amount); // want "unknown-outcome confirmed"
        e.to_string()
    })?;
    Ok(())
}

/// The clean rejects are the ones that are written down: it is the wrong way round.
#[update]
async fn withdraw_mixed_up(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    if let Err(e) = pay(who, amount).await {
        if e.is_clean_reject() {
            OPEN.with_borrow_mut(|o| o.push((who, amount)));
        } else {
            credit(who, amount); // want "unknown-outcome confirmed"
        }
        return Err(e.to_string());
    }
    Ok(())
}

// Quiet: only a clean reject is refunded, anything else is written down.
#[update]
async fn withdraw_if_clean(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    match pay(who, amount).await {
        Ok(()) => Ok(()),
        Err(e) if e.is_clean_reject() => {
            credit(who, amount);
            Err(e.to_string())
        }
        Err(e) => {
            OPEN.with_borrow_mut(|o| o.push((who, amount)));
            Err(e.to_string())
        }
    }
}

// Quiet: the same in a closure on the way to `?`.
#[update]
async fn withdraw_short_if_clean(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    pay(who, amount).await.map_err(|e| {
        if e.is_clean_reject() {
            credit(who, amount);
        } else {
            OPEN.with_borrow_mut(|o| o.push((who, amount)));
        }
        e.to_string()
    })?;
    Ok(())
}

// Quiet: nothing is refunded, everything is written down.
#[update]
async fn withdraw_and_settle_later(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    if let Err(e) = pay(who, amount).await {
        OPEN.with_borrow_mut(|o| o.push((who, amount)));
        return Err(e.to_string());
    }
    Ok(())
}

#[update]
fn deposit(amount: u64) {
    credit(msg_caller(), amount);
}
