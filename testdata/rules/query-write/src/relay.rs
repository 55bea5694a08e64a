//! Composite queries: until one ends it sees what it wrote.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static HOPS: Cell<u64> = const { Cell::new(0) };
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

async fn height() -> u64 {
    match Call::bounded_wait(SERVICE, "height").await {
        Ok(reply) => reply.candid().unwrap_or(0),
        Err(_) => 0,
    }
}

// Quiet: a note to itself, read after the call.
#[query(composite = true)]
async fn route() -> u64 {
    HOPS.set(1);
    let height = height().await;
    height + HOPS.get()
}

#[update]
fn hops(n: u64) {
    HOPS.set(n);
}

/// What it learned is forgotten: `fresh` compares with a height of long ago.
#[query(composite = true)]
async fn top() -> u64 {
    let height = height().await;
    SEEN.set(height); // want "query-write confirmed"
    height
}

#[update]
async fn fresh() -> bool {
    let height = height().await;
    let fresh = height > SEEN.get();
    SEEN.set(height);
    fresh
}
