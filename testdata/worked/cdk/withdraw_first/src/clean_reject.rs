//! The refund is made only if the ledger certainly did not run.

use std::cell::RefCell;

use ic_cdk::{
    call::{Call, CallErrorExt},
    query, update,
};

use crate::LEDGER;

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
    static UNRESOLVED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

// Quiet: debit first, relative refund on a clean reject, a record to settle by hand otherwise.
#[update]
async fn withdraw_or_resolve(amount: u64) -> bool {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return false;
    }
    BALANCE.with_borrow_mut(|b| *b = balance - amount);

    match Call::bounded_wait(LEDGER, "transfer").with_arg(amount).await {
        Ok(_) => true,
        Err(e) if e.is_clean_reject() => {
            BALANCE.with_borrow_mut(|b| *b += amount);
            false
        }
        Err(_) => {
            UNRESOLVED.with_borrow_mut(|u| u.push(amount));
            false
        }
    }
}

#[update]
fn deposit_resolved(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}

#[query]
fn unresolved() -> Vec<u64> {
    UNRESOLVED.with_borrow(|u| u.clone())
}
