//! Example 8: the vault pays first and writes the balance of before the call afterwards.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{call::Call, query, update};

thread_local! {
    static BALANCE: RefCell<u64> = const { RefCell::new(0) };
}

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

/// Two withdrawals pass one check, and a deposit made during the call is forgotten.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with_borrow(|b| *b);
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    let _ = Call::bounded_wait(LEDGER, "transfer").with_arg(amount).await; // want "ignored-result confirmed"
    BALANCE.with_borrow_mut(|b| *b = balance - amount); // want "stale-write confirmed" "stale-check confirmed"
    Ok(())
}

/// Without a check there is only the lost update.
#[update]
async fn sweep(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with_borrow(|b| *b);
    let _ = Call::bounded_wait(LEDGER, "transfer").with_arg(amount).await; // want "ignored-result confirmed"
    BALANCE.with_borrow_mut(|b| *b = balance.saturating_sub(amount)); // want "stale-write confirmed"
    Ok(())
}

#[update]
fn deposit(amount: u64) {
    BALANCE.with_borrow_mut(|b| *b += amount);
}

#[query]
fn balance() -> u64 {
    BALANCE.with_borrow(|b| *b)
}

ic_cdk::export_candid!();
