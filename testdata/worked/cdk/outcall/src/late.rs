//! The balance of before the outcall is written after it.

use std::cell::RefCell;

use ic_cdk::update;

use crate::payout;

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
}

#[update]
async fn pay_out_late(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    let _ = payout(amount).send().await;
    BALANCE.with_borrow_mut(|b| *b = balance - amount); // want "stale-write" "stale-check"
    Ok(())
}

#[update]
fn top_up_late(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}
