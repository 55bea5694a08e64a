//! The refund adds to the balance of before the call: a deposit made during it is forgotten.

use std::cell::RefCell;

use ic_cdk::{call::Call, query, update};

use crate::LEDGER;

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
}

#[update]
async fn withdraw_or_restore(amount: u64) -> bool {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return false;
    }
    BALANCE.with_borrow_mut(|b| *b = balance - amount);

    let result = Call::bounded_wait(LEDGER, "transfer").with_arg(amount).await;

    if result.is_ok() {
        true
    } else {
        BALANCE.with_borrow_mut(|b| *b = balance + amount); // want "stale-rollback confirmed" "unknown-outcome confirmed"
        false
    }
}

#[update]
fn deposit_old(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}

#[query]
fn balance_old() -> u64 {
    BALANCE.with_borrow(|b| *b)
}
