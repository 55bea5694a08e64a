//! Tasks that a heartbeat starts, and a guard that should keep the next ones out.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::{heartbeat, update};

use crate::LEDGER;

thread_local! {
    static BEATING: Cell<bool> = const { Cell::new(false) };
    static KICKED: Cell<u64> = const { Cell::new(0) };
}

struct Beat;

impl Beat {
    fn new() -> Option<Self> {
        (!BEATING.replace(true)).then_some(Beat)
    }

    fn begin() -> Result<Self, String> {
        if BEATING.get() {
            return Err("beating".to_string());
        }
        BEATING.set(true);
        Ok(Beat)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        BEATING.set(false);
    }
}

async fn work() {
    let _ = Call::unbounded_wait(LEDGER, "flush").await;
}

// The block does not take the guard along: it is dropped when the heartbeat returns.
#[heartbeat]
fn beat() {
    let Ok(guard) = Beat::begin() else { // want "guard-dropped"
        return;
    };
    ic_cdk::futures::spawn(async move {
        let _ = guard;
        work().await;
    });
}

// Quiet: a name takes it along.
#[update]
fn beat_fixed() {
    let Ok(guard) = Beat::begin() else {
        return;
    };
    ic_cdk::futures::spawn(async move {
        let _guard = guard;
        work().await;
    });
}

#[update]
fn kick() -> Result<(), String> {
    let _guard = Beat::begin()?; // want "guard-dropped"
    ic_cdk::futures::spawn(work());
    Ok(())
}

// Quiet: the task takes the guard for itself.
#[update]
fn kick_fixed() -> Result<(), String> {
    Beat::begin()?;
    ic_cdk::futures::spawn(async {
        let Ok(_guard) = Beat::begin() else {
            return;
        };
        work().await;
    });
    Ok(())
}

// Quiet: the guard is for the counter, the task is told of it and needs no guard.
#[update]
fn kick_and_count() -> Result<(), String> {
    let _guard = Beat::begin()?;
    KICKED.set(KICKED.get() + 1);
    ic_cdk::futures::spawn(work());
    Ok(())
}

#[update]
async fn by_option() {
    if Beat::new().is_none() { // want "guard-dropped"
        return;
    }
    work().await;
}

// Quiet: the option is kept, and the guard in it.
#[update]
async fn by_option_fixed() {
    let guard = Beat::new();
    if guard.is_none() {
        return;
    }
    work().await;
}
