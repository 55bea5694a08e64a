//! An alarm that rings only where somebody waits for it.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::call::Call;
use ic_cdk::{heartbeat, update};
use ic_cdk_timers::set_timer;

use crate::SERVICE;

thread_local! {
    static LEVEL: Cell<u64> = const { Cell::new(0) };
}

async fn ring() {
    let _ = Call::bounded_wait(SERVICE, "ring").await;
}

fn check(level: u64) {
    if level > 100 {
        ring(); // want "unawaited-call"
    }
}

/// The helper is synchronous: it cannot await, and does not spawn.
#[heartbeat]
fn tick() {
    check(LEVEL.get());
}

// Quiet: a timer runs it.
#[update]
fn raise(level: u64) {
    LEVEL.set(level);
    if level > 100 {
        set_timer(Duration::ZERO, ring());
    }
}

/// One arm forgets what the other does.
#[update]
async fn raise_by(step: u64) {
    LEVEL.set(LEVEL.get() + step);
    match step {
        0 => {}
        1 => {
            let _ = ring(); // want "unawaited-call"
        }
        _ => ring().await,
    }
}

// Quiet: both do.
#[update]
async fn raise_to(level: u64) {
    LEVEL.set(level);
    match level {
        0 => {}
        _ => ring().await,
    }
}
