//! A flag that says that the books are being closed.

use std::cell::Cell;

use ic_cdk::update;

use crate::pay;

thread_local! {
    static CLOSING: Cell<bool> = const { Cell::new(false) };
    static PROFIT: Cell<u64> = const { Cell::new(0) };
    static SAVED: Cell<u64> = const { Cell::new(0) };
    static LOSS: Cell<u64> = const { Cell::new(0) };
}

#[update]
async fn close() -> Result<(), String> {
    if CLOSING.get() {
        return Err("closing".to_string());
    }
    let profit = PROFIT.get();
    if profit == 0 {
        return Err("nothing to close".to_string());
    }
    CLOSING.set(true);
    let paid = pay(profit).await;
    if paid.is_ok() {
        PROFIT.set(0); // want "stale-check"
    }
    CLOSING.set(false);
    paid
}

#[update]
async fn book(amount: u64) -> Result<(), String> {
    pay(1).await?;
    PROFIT.set(PROFIT.get() + amount); // want "guard-bypassed confirmed"
    Ok(())
}

#[update]
async fn close_saved() -> Result<(), String> {
    if CLOSING.get() {
        return Err("closing".to_string());
    }
    let saved = SAVED.get();
    if saved == 0 {
        return Err("nothing to close".to_string());
    }
    CLOSING.set(true);
    let paid = pay(saved).await;
    if paid.is_ok() {
        SAVED.set(0);
    }
    CLOSING.set(false);
    paid
}

// Quiet: looks at the flag in the segment in which it writes, and leaves.
#[update]
async fn book_saved(amount: u64) -> Result<(), String> {
    pay(1).await?;
    if CLOSING.get() {
        return Err("closing".to_string());
    }
    SAVED.set(SAVED.get() + amount);
    Ok(())
}

// Quiet: reads again after the await, and takes only what was paid.
#[update]
async fn close_loss() -> Result<(), String> {
    if CLOSING.get() {
        return Err("closing".to_string());
    }
    CLOSING.set(true);
    let loss = LOSS.get();
    LOSS.set(0);
    let paid = pay(loss).await;
    if paid.is_err() {
        LOSS.set(LOSS.get() + loss);
    }
    CLOSING.set(false);
    paid
}

#[update]
fn book_loss(amount: u64) {
    LOSS.set(LOSS.get() + amount);
}
