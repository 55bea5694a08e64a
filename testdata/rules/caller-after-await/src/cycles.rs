//! Cycles that come with the message.

use std::cell::Cell;

use ic_cdk::api::{msg_cycles_accept, msg_cycles_available};
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static SERVED: Cell<u64> = const { Cell::new(0) };
}

/// What came with the message is looked at in the callback.
#[update]
async fn serve() -> bool {
    let _ = Call::unbounded_wait(SERVICE, "price").await;
    msg_cycles_available() > 1_000 // want "caller-after-await"
}

// Quiet: it is looked at first.
#[update]
async fn serve_first() -> bool {
    let enough = msg_cycles_available() > 1_000;
    let _ = Call::unbounded_wait(SERVICE, "price").await;
    enough
}

/// And taken there.
#[update]
async fn charge() {
    let _ = Call::unbounded_wait(SERVICE, "price").await;
    msg_cycles_accept(1_000); // want "caller-after-await"
}

// Quiet: they are taken before the call.
#[update]
async fn charge_first() {
    msg_cycles_accept(1_000);
    let _ = Call::unbounded_wait(SERVICE, "price").await;
}

#[update]
fn count() {
    SERVED.set(SERVED.get() + 1);
}

#[query]
fn served() -> u64 {
    SERVED.get()
}
