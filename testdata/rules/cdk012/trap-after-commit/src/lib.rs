//! Unwrapped tuple calls.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::trap;
use ic_cdk::{caller, query, update};

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static POOL: RefCell<u64> = RefCell::new(0);
    static WINNERS: RefCell<BTreeSet<Principal>> = RefCell::new(BTreeSet::new());
}

fn take(amount: u64) {
    POOL.with(|p| {
        let left = p.borrow().checked_sub(amount);
        match left {
            Some(left) => *p.borrow_mut() = left,
            None => trap("the pool is too small"),
        }
    });
}

/// The pool is smaller for good when the ledger refuses.
#[update]
async fn win(amount: u64) -> u64 {
    take(amount);
    let (block,): (u64,) = ic_cdk::call(LEDGER, "transfer", (caller(), amount)).await.unwrap(); // want "trap-after-commit confirmed"
    block
}

/// The prize is paid, then the list of winners turns out to be full.
#[update]
async fn win_listed(amount: u64) -> Result<(), String> {
    let who = caller();
    ic_cdk::call::<_, ()>(LEDGER, "transfer", (who, amount)).await.map_err(|(_, e)| e)?;
    if WINNERS.with(|w| w.borrow().len() >= 100) {
        // No run of the model holds a hundred winners.
        trap("too many winners"); // gap "trap-after-commit"
    }
    WINNERS.with(|w| w.borrow_mut().insert(who));
    Ok(())
}

// Quiet: an error puts the prize back.
#[update]
async fn win_safely(amount: u64) -> Result<u64, String> {
    take(amount);
    match ic_cdk::call::<_, (u64,)>(LEDGER, "transfer", (caller(), amount)).await {
        Ok((block,)) => Ok(block),
        Err((_, e)) => {
            POOL.with(|p| *p.borrow_mut() += amount);
            Err(e)
        }
    }
}

// Quiet: the list is looked at before the payment; a trap there takes nothing with it.
#[update]
async fn win_if_room(amount: u64) -> Result<(), String> {
    let who = caller();
    if WINNERS.with(|w| w.borrow().len() >= 100) {
        trap("too many winners");
    }
    if !WINNERS.with(|w| w.borrow_mut().insert(who)) {
        return Err("you have won".to_string());
    }
    let paid: Result<(), _> = ic_cdk::call(LEDGER, "transfer", (who, amount)).await;
    if let Err((_, e)) = paid {
        WINNERS.with(|w| w.borrow_mut().remove(&who));
        return Err(e);
    }
    Ok(())
}

#[update]
fn fill(amount: u64) {
    POOL.with(|p| *p.borrow_mut() += amount);
}

#[query]
fn winners() -> Vec<Principal> {
    WINNERS.with(|w| w.borrow().iter().copied().collect())
}

ic_cdk::export_candid!();
