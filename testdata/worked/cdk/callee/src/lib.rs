//! The other canister of the worked examples: what it does stays done once it replied.

use std::cell::Cell;

use ic_cdk::{query, update};

thread_local! {
    static Y: Cell<u64> = const { Cell::new(0) };
}

#[update]
fn bar() {}

#[update]
fn increment_y() {
    Y.set(Y.get() + 1);
}

#[query]
fn get_y() -> u64 {
    Y.get()
}

ic_cdk::export_candid!();
