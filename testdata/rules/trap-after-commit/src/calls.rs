//! The call succeeded, and its bookkeeping is lost.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static RECEIPTS: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
    static MINTED: Cell<u64> = const { Cell::new(0) };
    static LIMIT: Cell<u64> = const { Cell::new(1_000) };
}

/// An answer that cannot be read traps after the mint, which is then not counted.
#[update]
async fn mint(count: u64) -> Result<u64, String> {
    let who = msg_caller();
    let reply =
        Call::unbounded_wait(SERVICE, "mint").with_args(&(who, count)).await.map_err(|e| e.to_string())?;
    let block: u64 = reply.candid().expect("a block index"); // want "trap-after-commit confirmed"
    MINTED.set(MINTED.get().saturating_add(count));
    RECEIPTS.with_borrow_mut(|r| r.push((who, block)));
    Ok(block)
}

/// The cap is checked when the tokens are out already.
#[update]
async fn mint_capped(count: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "mint")
        .with_args(&(msg_caller(), count))
        .await
        .map_err(|e| e.to_string())?;
    MINTED.set(MINTED.get().saturating_add(count));
    assert!(MINTED.get() <= LIMIT.get(), "too many"); // want "trap-after-commit confirmed"
    Ok(())
}

// Quiet: counted first; an answer that cannot be read is an error, not a trap.
#[update]
async fn mint_counting(count: u64) -> Result<u64, String> {
    let who = msg_caller();
    let reply =
        Call::unbounded_wait(SERVICE, "mint").with_args(&(who, count)).await.map_err(|e| e.to_string())?;
    MINTED.set(MINTED.get().saturating_add(count));
    let block: u64 = reply.candid().map_err(|e| e.to_string())?;
    RECEIPTS.with_borrow_mut(|r| r.push((who, block)));
    Ok(block)
}

// Quiet: the cap is checked, and the room taken, before the call; a refused mint frees it.
#[update]
async fn mint_within_cap(count: u64) -> Result<(), String> {
    assert!(count <= 100, "too many at once");
    let minted = MINTED.get().saturating_add(count);
    assert!(minted <= LIMIT.get(), "too many");
    MINTED.set(minted);
    if let Err(e) = Call::unbounded_wait(SERVICE, "mint").with_args(&(msg_caller(), count)).await {
        MINTED.set(MINTED.get().saturating_sub(count));
        return Err(e.to_string());
    }
    Ok(())
}

#[update]
fn set_limit(limit: u64) {
    LIMIT.set(limit);
}
