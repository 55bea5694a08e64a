//! One-shot timers that arm themselves again.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::call::Call;
use ic_cdk::init;
use ic_cdk_timers::set_timer;

use crate::SERVICE;

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static FIRST: Cell<u64> = const { Cell::new(0) };
}

async fn settle(block: u64) -> bool {
    Call::unbounded_wait(SERVICE, "settle").with_arg(block).await.is_ok()
}

/// The next run is on its way before this one waits.
async fn settle_next() {
    set_timer(Duration::from_secs(1), settle_next());
    let block = NEXT.get();
    // want +1 "overlapping-task confirmed"
    if settle(block).await {
        NEXT.set(block + 1); // want "stale-write"
    }
}

// Quiet: the next run is armed when this one is over.
async fn settle_first() {
    let block = FIRST.get();
    if settle(block).await {
        FIRST.set(block + 1);
    }
    set_timer(Duration::from_secs(1), settle_first());
}

#[init]
fn init() {
    set_timer(Duration::from_secs(1), settle_next());
    set_timer(Duration::from_secs(1), settle_first());
}
