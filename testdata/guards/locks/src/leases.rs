//! Locks that end by the clock.

use std::cell::Cell;

use ic_cdk::api::time;
use ic_cdk::update;

use crate::work;

thread_local! {
    static UNTIL: Cell<u64> = const { Cell::new(0) };
    static LAST: Cell<u64> = const { Cell::new(0) };
}

const MINUTE: u64 = 60_000_000_000;

/// lock: UNTIL, lease, 1 await
#[update]
async fn lease() -> Result<(), String> {
    let now = time();
    if now < UNTIL.get() {
        return Err("leased".to_string());
    }
    UNTIL.set(now + MINUTE);
    work().await
}

/// lock: LAST, lease, 1 await
#[update]
async fn at_most_once_a_minute() {
    if time() - LAST.get() < MINUTE {
        return;
    }
    LAST.set(time());
    let _ = work().await;
}

// The time is only noted.
/// no lock
#[update]
async fn noted() {
    LAST.set(time());
    let _ = work().await;
}
