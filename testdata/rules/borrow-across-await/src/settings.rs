//! What nobody changes can be borrowed for long.

use std::sync::RwLock;

use ic_cdk::call::Call;
use ic_cdk::{init, query, update};

use crate::SERVICE;

static LIMITS: RwLock<(u64, u64)> = RwLock::new((1, 100));

#[init]
fn init(low: u64, high: u64) {
    *LIMITS.write().unwrap() = (low, high);
}

// Quiet: only the installation writes there; other readers are let in.
#[update]
async fn within(n: u64) -> bool {
    let limits = LIMITS.read().unwrap();
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    limits.0 <= n && n <= limits.1
}

/// The twin takes the lock for writing, which shuts out readers too.
#[update]
async fn within_alone(n: u64) -> bool {
    let limits = LIMITS.write().unwrap();
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    limits.0 <= n && n <= limits.1
}

#[query]
fn limits() -> (u64, u64) {
    *LIMITS.read().unwrap()
}
