//! The function ends the same way however the call ended.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static SYNCING: Cell<bool> = const { Cell::new(false) };
    static MERGING: Cell<bool> = const { Cell::new(false) };
    static VERSION: Cell<u64> = const { Cell::new(0) };
}

async fn version() -> Result<u64, String> {
    let reply = Call::unbounded_wait(SERVICE, "version").await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// Nothing is said of what happens on an error.
#[update]
async fn sync() {
    assert!(!SYNCING.get(), "runs already");
    SYNCING.set(true);
    // want +1 "lock-leak confirmed"
    if let Ok(v) = version().await {
        VERSION.set(v);
        SYNCING.set(false);
    }
}

// Quiet: taken back on both ways.
#[update]
async fn merge() {
    assert!(!MERGING.get(), "runs already");
    MERGING.set(true);
    if let Ok(v) = version().await {
        VERSION.set(v);
    }
    MERGING.set(false);
}
