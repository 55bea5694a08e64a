//! A debit, a payment, and something that traps when the payment fails.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

fn debit(who: Principal, amount: u64) -> Result<(), String> {
    BALANCES.with_borrow_mut(|b| {
        let balance = b.get_mut(&who).ok_or("no account")?;
        *balance = balance.checked_sub(amount).ok_or("not enough funds")?;
        Ok(())
    })
}

fn credit(who: Principal, amount: u64) {
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}

async fn pay(to: Principal, amount: u64) -> Result<(), String> {
    match Call::unbounded_wait(SERVICE, "pay").with_args(&(to, amount)).await {
        Ok(_) => Ok(()),
        Err(e) => Err(e.to_string()),
    }
}

/// A failed payment traps: the debit was committed with the call and stays.
#[update]
async fn send(to: Principal, amount: u64) {
    debit(msg_caller(), amount).unwrap_or_else(|e| ic_cdk::trap(&e));
    pay(to, amount).await.unwrap(); // want "trap-after-commit confirmed"
}

/// The same with words.
#[update]
async fn send_expecting(to: Principal, amount: u64) {
    debit(msg_caller(), amount).expect("not enough funds");
    pay(to, amount).await.expect("the ledger failed"); // want "trap-after-commit confirmed"
}

/// The same by hand.
#[update]
async fn send_or_trap(to: Principal, amount: u64) {
    debit(msg_caller(), amount).expect("not enough funds");
    match pay(to, amount).await {
        Ok(()) => {}
        Err(e) => ic_cdk::trap(&e), // want "trap-after-commit confirmed"
    }
}

// Quiet: the error is an answer, and the debit is given back. The traps stand before the first commit.
#[update]
async fn send_safely(to: Principal, amount: u64) -> Result<(), String> {
    let who = msg_caller();
    assert_ne!(who, to, "not to yourself");
    debit(who, amount).expect("not enough funds");
    let paid = pay(to, amount).await;
    if paid.is_err() {
        credit(who, amount);
    }
    paid
}

// Quiet: `debug_assert!` is not compiled into a release.
#[update]
async fn send_debugging(to: Principal, amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    let paid = pay(to, amount).await;
    if paid.is_err() {
        credit(who, amount);
    }
    debug_assert!(amount < 1_000_000, "an unlikely amount");
    paid
}

#[update]
fn receive(who: Principal, amount: u64) {
    credit(who, amount);
}

#[query]
fn balance_of(who: Principal) -> u64 {
    BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or_default())
}
