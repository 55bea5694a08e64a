//! Offers of buyers: whose offer it is says the caller.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, query, update};

use crate::SERVICE;

thread_local! {
    static LOOKED: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

fn note(token: u64) {
    LOOKED.with_borrow_mut(|l| l.insert(msg_caller(), token)); // want "caller-after-await"
}

/// The caller is asked for in the callback.
#[update]
async fn look(token: u64) {
    let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
    let who = msg_caller(); // want "caller-after-await"
    LOOKED.with_borrow_mut(|l| l.insert(who, token));
}

// Quiet: the name is bound before the call.
#[update]
async fn look_bound(token: u64) {
    let who = msg_caller();
    let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
    LOOKED.with_borrow_mut(|l| l.insert(who, token));
}

/// So it is where a helper asks.
#[update]
async fn look_and_note(token: u64) {
    let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
    note(token);
}

// Quiet: the helper is called before.
#[update]
async fn note_and_look(token: u64) {
    let who = msg_caller();
    LOOKED.with_borrow_mut(|l| l.insert(who, token));
    let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
}

/// In the second turn it is behind the call of the first.
#[update]
async fn look_all(tokens: Vec<u64>) {
    for token in tokens {
        let who = msg_caller(); // want "caller-after-await"
        LOOKED.with_borrow_mut(|l| l.insert(who, token));
        let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
    }
}

// Quiet: it is asked for once, before the loop.
#[update]
async fn look_all_bound(tokens: Vec<u64>) {
    let who = msg_caller();
    for token in tokens {
        LOOKED.with_borrow_mut(|l| l.insert(who, token));
        let _ = Call::unbounded_wait(SERVICE, "owner_of").await;
    }
}

async fn known(token: u64) -> bool {
    token < 10_000
}

// Quiet: nothing is called, so that it is all one segment.
#[update]
async fn look_here(token: u64) {
    if known(token).await {
        let who = msg_caller();
        LOOKED.with_borrow_mut(|l| l.insert(who, token));
    }
}

// Quiet: nobody sends a heartbeat.
#[heartbeat]
async fn beat() {
    let _ = Call::unbounded_wait(SERVICE, "tick").await;
    ic_cdk::println!("{}", msg_caller());
}

#[query]
fn looked() -> u64 {
    LOOKED.with_borrow(|l| l.len() as u64)
}
