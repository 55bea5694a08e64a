//! `static mut` behind a pair of accessor functions, and tuple calls.

use candid::Principal;
use ic_cdk::{init, query, update};

const ORACLE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

#[derive(Default)]
struct Index {
    value: u64,
    shares: u64,
    updates: u64,
}

static mut INDEX: Option<Index> = None;

#[allow(static_mut_refs)]
fn index() -> &'static Index {
    unsafe { INDEX.as_ref().expect("set in init") }
}

#[allow(static_mut_refs)]
fn index_mut() -> &'static mut Index {
    unsafe { INDEX.as_mut().expect("set in init") }
}

#[init]
fn init() {
    unsafe { INDEX = Some(Index::default()) }
}

async fn price() -> Result<u64, String> {
    let (price,): (u64,) = ic_cdk::call(ORACLE, "price", ()).await.map_err(|(_, e)| e)?;
    Ok(price)
}

/// What `correct` set during the call is averaged away with the value before it.
#[update]
async fn refresh() -> Result<u64, String> {
    let value = index().value;
    let price = price().await?;
    index_mut().value = (value + price) / 2; // want "stale-write confirmed"
    Ok(price)
}

/// The old number of shares, kept in a local across two calls.
#[update]
async fn issue(count: u64) -> Result<u64, String> {
    let shares = index().shares;
    let first = price().await?;
    let second = price().await?;
    index_mut().shares = shares + count; // want "stale-write confirmed"
    Ok(first.max(second))
}

// Quiet: read and written in one segment.
#[update]
async fn refresh_after() -> Result<u64, String> {
    let price = price().await?;
    let index = index_mut();
    index.value = (index.value + price) / 2;
    Ok(price)
}

// Quiet: a relative change.
#[update]
async fn issue_relative(count: u64) -> Result<u64, String> {
    let price = price().await?;
    index_mut().shares += count;
    index_mut().updates += 1;
    Ok(price)
}

#[update]
fn correct(value: u64) {
    index_mut().value = value;
}

#[update]
fn retire(shares: u64) {
    index_mut().shares = index().shares.saturating_sub(shares);
}

#[query]
fn current() -> (u64, u64, u64) {
    (index().value, index().shares, index().updates)
}

ic_cdk::export_candid!();
