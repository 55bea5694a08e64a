//! A lock that ends by the clock, and one that only notes the time.

use std::cell::Cell;

use ic_cdk::api::time;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static UNTIL: Cell<u64> = const { Cell::new(0) };
    static SINCE: Cell<Option<u64>> = const { Cell::new(None) };
    static RUNS: Cell<u64> = const { Cell::new(0) };
}

const MINUTE: u64 = 60_000_000_000;

async fn clean() -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "clean").await.map(|_| ()).map_err(|e| e.to_string())
}

/// The time is noted, but nobody asks how long ago it was.
#[update]
async fn clean_since() -> Result<(), String> {
    if SINCE.get().is_some() {
        return Err("runs already".to_string());
    }
    SINCE.set(Some(time()));
    clean().await?; // want "lock-leak confirmed"
    SINCE.set(None);
    RUNS.set(RUNS.get() + 1);
    Ok(())
}

// Quiet: after a minute others get in, whatever became of this one.
#[update]
async fn clean_until() -> Result<(), String> {
    let now = time();
    if now < UNTIL.get() {
        return Err("runs already".to_string());
    }
    UNTIL.set(now + MINUTE);
    clean().await?;
    UNTIL.set(0);
    RUNS.set(RUNS.get() + 1);
    Ok(())
}
