//! Examples 2 to 4 with the calls of ic-cdk 0.12.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::{query, update};

const CALLEE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static X: RefCell<u64> = RefCell::new(0);
}

/// Example 2: the increment is committed when the call goes out.
#[update]
async fn increment_call_fail() -> bool {
    X.with(|x| *x.borrow_mut() += 1);
    let result: Result<(), _> = ic_cdk::call(CALLEE, "increment_y", ()).await;
    assert!(false, "always revert"); // want "trap-after-commit"
    result.is_ok()
}

/// Example 3: the assertion stands in the first segment, which rolls back whole.
#[update]
async fn increment_check_call() -> bool {
    X.with(|x| *x.borrow_mut() += 1);
    assert_ne!(CALLEE, Principal::anonymous(), "no callee");
    let result: Result<(), _> = ic_cdk::call(CALLEE, "increment_y", ()).await;
    result.is_ok()
}

/// Example 4: `x += 1` and the callee's `y += 1` survive, `x += 2` is lost.
#[update]
async fn increment_call_increment_fail() -> bool {
    X.with(|x| *x.borrow_mut() += 1);
    let _result: Result<(), _> = ic_cdk::call(CALLEE, "increment_y", ()).await;
    X.with(|x| *x.borrow_mut() += 2);
    assert!(false, "always revert"); // want "trap-after-commit"
    true
}

#[query]
fn get_x() -> u64 {
    X.with(|x| *x.borrow())
}

ic_cdk::export_candid!();
