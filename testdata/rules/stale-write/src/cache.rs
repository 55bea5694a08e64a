//! A value fetched once, and helpers whose await does not end the segment.

use std::cell::{Cell, RefCell};

use ic_cdk::update;
use ic_cdk_management_canister::raw_rand;

thread_local! {
    static SEED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
    static DRAWS: Cell<u64> = const { Cell::new(0) };
    static ROUNDS: Cell<u64> = const { Cell::new(0) };
}

// Quiet: only what the call answered is stored, in the place that was found empty.
async fn seed() -> Result<Vec<u8>, String> {
    if let Some(seed) = SEED.with_borrow(|s| s.clone()) {
        return Ok(seed);
    }
    let fresh = raw_rand().await.map_err(|e| e.to_string())?;
    SEED.set(Some(fresh.clone()));
    Ok(fresh)
}

/// The await commits only when the seed is not there yet, and then a draw made meanwhile is lost.
#[update]
async fn draw_number() -> Result<u8, String> {
    let draws = DRAWS.get();
    let seed = seed().await?;
    DRAWS.set(draws + 1); // want "stale-write confirmed"
    Ok(seed.get(draws as usize % 32).copied().unwrap_or(0))
}

/// Async by habit: no call is made in it.
async fn next(round: u64) -> u64 {
    round.wrapping_add(1)
}

// Quiet: awaiting a function that makes no call does not end the segment.
#[update]
async fn next_round() -> u64 {
    let round = ROUNDS.get();
    let next = next(round).await;
    ROUNDS.set(next);
    next
}
