//! Timers that spawn their work and do not wait for it.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::call::Call;
use ic_cdk::futures::spawn;
use ic_cdk::init;
use ic_cdk_timers::set_timer_interval;

use crate::SERVICE;

thread_local! {
    static HEIGHT: Cell<u64> = const { Cell::new(0) };
    static DEPTH: Cell<u64> = const { Cell::new(0) };
    static DIGGING: Cell<bool> = const { Cell::new(false) };
}

async fn append(block: u64) -> bool {
    Call::unbounded_wait(SERVICE, "append").with_arg(block).await.is_ok()
}

/// Two runs append the same block.
async fn grow() {
    let height = HEIGHT.get();
    // want +1 "overlapping-task confirmed"
    if append(height).await {
        HEIGHT.set(height + 1); // want "stale-write"
    }
}

// Quiet: the timer starts it only if the last run has ended.
async fn dig() {
    let depth = DEPTH.get();
    if append(depth).await {
        DEPTH.set(depth + 1); // want "stale-write"
    }
    DIGGING.set(false);
}

#[init]
fn init() {
    set_timer_interval(Duration::from_secs(1), || async { spawn(grow()) });
    set_timer_interval(Duration::from_secs(1), || async {
        if !DIGGING.replace(true) {
            spawn(dig());
        }
    });
}
