//! Hooks of ic-cdk 0.12: a task is polled where it is spawned, up to its first call.

use std::cell::Cell;
use std::time::Duration;

use candid::Principal;
use ic_cdk::{init, post_upgrade};

thread_local! {
    static HEIGHT: Cell<u64> = Cell::new(0);
}

fn ledger() -> Principal {
    Principal::management_canister()
}

async fn catch_up() {
    let answer: Result<(u64,), _> = ic_cdk::call(ledger(), "height", ()).await;
    if let Ok((height,)) = answer {
        HEIGHT.with(|h| h.set(height));
    }
}

fn begin(work: impl std::future::Future<Output = ()> + 'static) {
    ic_cdk::spawn(work);
}

/// The task's call is made within the install.
#[init]
fn start() {
    begin(async { catch_up().await }); // want "forbidden-call"
}

// Quiet: the same work, begun by a timer.
#[post_upgrade]
fn resume() {
    ic_cdk_timers::set_timer(Duration::from_secs(0), || begin(catch_up()));
}
