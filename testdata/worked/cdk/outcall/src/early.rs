//! The debit is made before the outcall; the refund is written in the wrong way and in the right one.

use std::cell::RefCell;

use ic_cdk::update;

use crate::payout;

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
}

#[update]
async fn pay_out_or_restore(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    BALANCE.with_borrow_mut(|b| *b = balance - amount);
    match payout(amount).send().await {
        Ok(_) => Ok(()),
        Err(e) => {
            BALANCE.with_borrow_mut(|b| *b = balance); // want "stale-rollback"
            Err(e.to_string())
        }
    }
}

// Quiet: the refund is relative.
#[update]
async fn pay_out_or_refund(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    BALANCE.with_borrow_mut(|b| *b = balance - amount);
    match payout(amount).send().await {
        Ok(_) => Ok(()),
        Err(e) => {
            BALANCE.with_borrow_mut(|b| *b += amount);
            Err(e.to_string())
        }
    }
}

#[update]
fn top_up_early(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}
