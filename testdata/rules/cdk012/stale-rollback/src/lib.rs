//! Restoring through tuple calls and a state helper.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{query, update};

const WORKER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

struct Budget {
    left: u64,
}

thread_local! {
    static BUDGET: RefCell<Budget> = RefCell::new(Budget { left: 1_000 });
}

/// A grant made during the failed run is lost.
#[update]
async fn run(cost: u64) -> Result<(), String> {
    let left = BUDGET.with(|b| b.borrow().left);
    let after = left.checked_sub(cost).ok_or("over budget")?;
    BUDGET.with(|b| b.borrow_mut().left = after);
    if let Err((_, e)) = ic_cdk::call::<_, ()>(WORKER, "run", (cost,)).await {
        BUDGET.with(|b| b.borrow_mut().left = left); // want "stale-rollback confirmed"
        return Err(e);
    }
    Ok(())
}

// Quiet: the cost is added to what is left now.
#[update]
async fn run_or_return(cost: u64) -> Result<(), String> {
    let left = BUDGET.with(|b| b.borrow().left);
    let after = left.checked_sub(cost).ok_or("over budget")?;
    BUDGET.with(|b| b.borrow_mut().left = after);
    if let Err((_, e)) = ic_cdk::call::<_, ()>(WORKER, "run", (cost,)).await {
        BUDGET.with(|b| b.borrow_mut().left += cost);
        return Err(e);
    }
    Ok(())
}

#[update]
fn grant(amount: u64) {
    BUDGET.with(|b| b.borrow_mut().left += amount);
}

#[query]
fn budget() -> u64 {
    BUDGET.with(|b| b.borrow().left)
}

ic_cdk::export_candid!();
