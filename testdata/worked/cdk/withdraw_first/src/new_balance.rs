//! The refund adds to the balance of now.
//!
//! Still wrong in one way: a bounded-wait call may fail with an unknown outcome, and then the
//! amount may be both paid and refunded.

use std::cell::RefCell;

use ic_cdk::{call::Call, query, update};

use crate::LEDGER;

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
}

/// The debit comes first, and the refund is relative to what is there after the call.
#[update]
async fn withdraw_or_refund(amount: u64) -> bool {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return false;
    }
    BALANCE.with_borrow_mut(|b| *b = balance - amount);

    let result = Call::bounded_wait(LEDGER, "transfer").with_arg(amount).await;

    if result.is_ok() {
        true
    } else {
        let new_balance = BALANCE.with_borrow(|b| *b);
        BALANCE.with_borrow_mut(|b| *b = new_balance + amount); // want "unknown-outcome confirmed"
        false
    }
}

#[update]
fn deposit_new(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}

#[query]
fn balance_new() -> u64 {
    BALANCE.with_borrow(|b| *b)
}
