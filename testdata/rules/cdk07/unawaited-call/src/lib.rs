//! Calls that are sent although nobody awaits them.

use std::cell::Cell;

use candid::Principal;
use ic_cdk_macros::update;

thread_local! {
    static SENT: Cell<u64> = const { Cell::new(0) };
}

fn service() -> Principal {
    Principal::management_canister()
}

/// It is sent, and fails unseen.
#[update]
fn send() {
    SENT.with(|s| s.set(s.get() + 1));
    let _call = ic_cdk::call::<_, ()>(service(), "deliver", ()); // want "unawaited-call"
}

// Quiet: its answer is waited for.
#[update]
async fn send_awaited() -> bool {
    SENT.with(|s| s.set(s.get() + 1));
    let call = ic_cdk::call::<_, ()>(service(), "deliver", ());
    call.await.is_ok()
}

// Quiet: one-way, in so many words.
#[update]
fn send_oneway() {
    let _ = ic_cdk::notify(service(), "deliver", ());
}
