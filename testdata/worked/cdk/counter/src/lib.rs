//! Examples 1 to 5: which increments a failing assertion takes back.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{call::Call, query, update};

const CALLEE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static X: RefCell<u64> = const { RefCell::new(0) };
}

fn increment() {
    X.with_borrow_mut(|x| *x += 1);
}

/// Example 1: one segment. The assertion takes both increments back.
#[update]
fn double_increment() -> bool {
    increment();
    increment();
    assert!(false, "always revert");
    true
}

/// Example 2: the increment is committed when the call goes out.
#[update]
async fn increment_call_fail() -> bool {
    increment();
    let result = Call::bounded_wait(CALLEE, "increment_y").await;
    assert!(false, "always revert"); // want "trap-after-commit"
    result.is_ok()
}

/// Example 3: the assertion stands in the first segment, which rolls back whole.
#[update]
async fn increment_check_call() -> bool {
    increment();
    assert!(CALLEE != Principal::anonymous(), "no callee");
    Call::bounded_wait(CALLEE, "increment_y").await.is_ok()
}

/// Example 4: `x += 1` and the callee's `y += 1` survive, `x += 2` is lost.
#[update]
async fn increment_call_increment_fail() -> bool {
    X.with_borrow_mut(|x| *x += 1);
    let _result = Call::unbounded_wait(CALLEE, "increment_y").await;
    X.with_borrow_mut(|x| *x += 2);
    assert!(false, "always revert"); // want "trap-after-commit"
    true
}

/// Example 5: one call, three atomic executions.
#[update]
async fn one_call() -> bool {
    X.with_borrow_mut(|x| *x += 1);
    let _first = Call::unbounded_wait(CALLEE, "increment_y").await;
    X.with_borrow_mut(|x| *x += 2);
    true
}

/// Example 5: two calls, five atomic executions.
#[update]
async fn two_calls() -> bool {
    X.with_borrow_mut(|x| *x += 1);
    let _first = Call::unbounded_wait(CALLEE, "increment_y").await;
    X.with_borrow_mut(|x| *x += 2);
    let _second = Call::unbounded_wait(CALLEE, "increment_y").await;
    true
}

#[query]
fn get_x() -> u64 {
    X.with_borrow(|x| *x)
}

ic_cdk::export_candid!();
