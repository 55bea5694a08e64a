//! Example 8 with the calls of ic-cdk 0.12, which wait without bound.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{query, update};

thread_local! {
    static BALANCE: RefCell<u64> = RefCell::new(0);
}

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

fn get_balance() -> u64 {
    BALANCE.with(|b| *b.borrow())
}

#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let balance = get_balance();
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    let _: Result<(), _> = ic_cdk::call(LEDGER, "transfer", (amount,)).await; // want "ignored-result confirmed"
    BALANCE.with(|b| *b.borrow_mut() = balance - amount); // want "stale-write confirmed" "stale-check confirmed"
    Ok(())
}

#[update]
fn deposit(amount: u64) {
    BALANCE.with(|b| *b.borrow_mut() += amount);
}

#[query]
fn balance() -> u64 {
    get_balance()
}

ic_cdk::export_candid!();
