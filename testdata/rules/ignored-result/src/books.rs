//! Books are kept about payments that nobody knows to be made.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PAID: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static FAILED: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

fn book(id: u64, amount: u64) {
    PAID.with_borrow_mut(|p| p.insert(id, amount));
}

async fn pay(id: u64, amount: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "pay")
        .with_args(&(id, amount))
        .await
        .map(|_| ())
        .map_err(|e| e.to_string())
}

#[update]
async fn settle(id: u64, amount: u64) {
    let _ = Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await; // want "ignored-result confirmed"
    book(id, amount);
}

#[update]
async fn settle_ok(id: u64, amount: u64) {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await.ok(); // want "ignored-result confirmed"
    book(id, amount);
}

/// The result of a helper is the result of its call.
#[update]
async fn settle_by_helper(id: u64, amount: u64) {
    let _result = pay(id, amount).await; // want "ignored-result confirmed"
    book(id, amount);
}

#[update]
async fn settle_quietly(id: u64, amount: u64) {
    pay(id, amount).await.unwrap_or(()); // want "ignored-result confirmed"
    book(id, amount);
}

// Quiet: what failed is not booked.
#[update]
async fn settle_if_paid(id: u64, amount: u64) {
    if Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await.is_ok() {
        book(id, amount);
    }
}

// Quiet: the caller is told.
#[update]
async fn settle_and_tell(id: u64, amount: u64) -> Result<(), String> {
    let paid = pay(id, amount).await;
    book(id, amount);
    paid
}

// Quiet: what failed is booked elsewhere.
#[update]
async fn settle_or_note(id: u64, amount: u64) {
    let paid = Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await.ok();
    let to = if paid.is_some() { &PAID } else { &FAILED };
    to.with_borrow_mut(|p| p.insert(id, amount));
}

// Quiet: somebody reads the log.
#[update]
async fn settle_and_log(id: u64, amount: u64) {
    if let Err(e) = Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await {
        ic_cdk::println!("order {id} is not paid: {e}");
    }
}

// Quiet: the call tells others of what is done here; nothing depends on it.
#[update]
async fn settle_and_announce(id: u64, amount: u64) {
    book(id, amount);
    let _ = Call::unbounded_wait(SERVICE, "something_was_settled").await;
}
