//! Example 7: a value from before the call is used only if it still holds after it.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{call::Call, query, update};

thread_local! {
    static X: RefCell<u64> = const { RefCell::new(0) };
}

// Quiet: the two readings are compared in the segment that writes.
#[update]
async fn foo(callee: Principal) -> bool {
    increment();
    let x_before = X.with_borrow(|x| *x);

    let _ = Call::bounded_wait(callee, "bar").await;

    let x_after = X.with_borrow(|x| *x);
    if x_before != x_after {
        return false;
    }
    increment();
    true
}

// Quiet: what is written comes from before the call, but only after it was found unchanged.
#[update]
async fn double(callee: Principal) -> bool {
    let x_before = X.with_borrow(|x| *x);
    if Call::bounded_wait(callee, "bar").await.is_err() {
        return false;
    }
    X.with_borrow_mut(|x| {
        if *x != x_before {
            return false;
        }
        *x = x_before * 2;
        true
    })
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
