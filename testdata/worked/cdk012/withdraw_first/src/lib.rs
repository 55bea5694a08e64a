//! Example 9 with the calls of ic-cdk 0.12: the refund to the old balance, and the relative one.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{query, update};

thread_local! {
    static BALANCE: RefCell<u64> = RefCell::new(0);
}

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

#[update]
async fn withdraw_or_restore(amount: u64) -> bool {
    let balance = BALANCE.with(|b| *b.borrow());
    if balance < amount {
        return false;
    }
    BALANCE.with(|b| *b.borrow_mut() = balance - amount);
    let result: Result<(), _> = ic_cdk::call(LEDGER, "transfer", (amount,)).await;
    if result.is_err() {
        BALANCE.with(|b| *b.borrow_mut() = balance + amount); // want "stale-rollback confirmed"
        return false;
    }
    true
}

// Quiet: the refund adds to the balance of now.
#[update]
async fn withdraw_or_refund(amount: u64) -> bool {
    let balance = BALANCE.with(|b| *b.borrow());
    if balance < amount {
        return false;
    }
    BALANCE.with(|b| *b.borrow_mut() = balance - amount);
    let result: Result<(), _> = ic_cdk::call(LEDGER, "transfer", (amount,)).await;
    if result.is_err() {
        let new_balance = BALANCE.with(|b| *b.borrow());
        BALANCE.with(|b| *b.borrow_mut() = new_balance + amount);
        return false;
    }
    true
}

#[update]
fn deposit(amount: u64) {
    BALANCE.with(|b| *b.borrow_mut() += amount);
}

#[query]
fn balance() -> u64 {
    BALANCE.with(|b| *b.borrow())
}

ic_cdk::export_candid!();
