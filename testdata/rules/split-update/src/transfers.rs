//! Money on its way is in neither account.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static CASH: Cell<u64> = const { Cell::new(100) };
    static SAVINGS: Cell<u64> = const { Cell::new(0) };
    static LEFT: Cell<u64> = const { Cell::new(100) };
    static RIGHT: Cell<u64> = const { Cell::new(0) };
    static HERE: Cell<u64> = const { Cell::new(100) };
    static THERE: Cell<u64> = const { Cell::new(0) };
    static MOVING: Cell<bool> = const { Cell::new(false) };
    static NAMES: RefCell<BTreeMap<u64, String>> = const { RefCell::new(BTreeMap::new()) };
}

async fn approved(amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "approve").with_arg(amount).await.is_ok()
}

/// In between, `wealth` is less than it is.
#[update]
async fn save(amount: u64) {
    CASH.set(CASH.get() - amount);
    if !approved(amount).await {
        CASH.set(CASH.get() + amount);
        return;
    }
    SAVINGS.set(SAVINGS.get() + amount); // want "split-update"
}

#[query]
fn wealth() -> u64 {
    CASH.get() + SAVINGS.get()
}

// Quiet: both in the segment behind the call.
#[update]
async fn save_at_once(amount: u64) {
    if approved(amount).await {
        CASH.set(CASH.get() - amount);
        SAVINGS.set(SAVINGS.get() + amount);
    }
}

// Quiet: nobody looks at both together.
#[update]
async fn shift(amount: u64) {
    LEFT.set(LEFT.get() - amount);
    if !approved(amount).await {
        LEFT.set(LEFT.get() + amount);
        return;
    }
    RIGHT.set(RIGHT.get() + amount);
}

#[query]
fn left() -> u64 {
    LEFT.get()
}

#[query]
fn right() -> u64 {
    RIGHT.get()
}

// Quiet: who looks is told that something is moving.
#[update]
async fn carry(amount: u64) -> bool {
    if MOVING.replace(true) {
        return false;
    }
    HERE.set(HERE.get() - amount);
    let approved = approved(amount).await;
    if approved {
        THERE.set(THERE.get() + amount);
    } else {
        HERE.set(HERE.get() + amount);
    }
    MOVING.set(false);
    approved
}

#[query]
fn all() -> Option<u64> {
    if MOVING.get() {
        return None;
    }
    Some(HERE.get() + THERE.get())
}

// Quiet: the two have nothing to do with each other.
#[update]
async fn rename(id: u64, name: String, amount: u64) {
    NAMES.with_borrow_mut(|n| n.insert(id, name));
    approved(amount).await;
    SAVINGS.set(SAVINGS.get() + amount);
}

#[query]
fn described(id: u64) -> String {
    let savings = SAVINGS.get();
    NAMES.with_borrow(|n| match n.get(&id) {
        Some(name) => format!("{name}: {savings}"),
        None => format!("{savings}"),
    })
}
