//! Example 6: the half-done state can be seen and moved on in the gap, and nothing is wrong with that.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{call::Call, query, update};

thread_local! {
    static X: RefCell<u64> = const { RefCell::new(0) };
}

// Quiet: both increments are relative, so that they add to whatever `increment` left in the gap.
#[update]
async fn foo(callee: Principal) -> bool {
    increment();
    let _result = Call::bounded_wait(callee, "bar").await;
    increment();
    true
}

#[update]
fn increment() {
    X.with_borrow_mut(|x| *x += 1);
}

#[query]
fn get_x() -> u64 {
    X.with_borrow(|x| *x)
}

ic_cdk::export_candid!();
