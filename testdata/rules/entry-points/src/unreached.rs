//! Functions that no entry point reaches: kept for a caller that is yet to come, or forgotten.
#![allow(dead_code)]

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static SUPPLY: Cell<u64> = const { Cell::new(0) };
    static RATE: Cell<u64> = const { Cell::new(0) };
    static RATE_BUSY: Cell<bool> = const { Cell::new(false) };
    static OPEN_RATE: Cell<u64> = const { Cell::new(0) };
    static OPEN_RATE_BUSY: Cell<bool> = const { Cell::new(false) };
}

async fn advice() -> Result<u64, String> {
    let reply = Call::bounded_wait(SERVICE, "advice").await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// Nothing calls it: reported as what it would do if something did.
pub async fn mint() -> Result<(), String> {
    let supply = SUPPLY.get();
    let by = advice().await?;
    SUPPLY.set(supply + by); // want "stale-write confirmed"
    Ok(())
}

// Quiet: reads and writes in one segment.
pub async fn mint_relative() -> Result<(), String> {
    let by = advice().await?;
    SUPPLY.set(SUPPLY.get() + by);
    Ok(())
}

/// The same with an entry point.
#[update]
async fn mint_for_all() -> Result<(), String> {
    let supply = SUPPLY.get();
    let by = advice().await?;
    SUPPLY.set(supply + by); // want "stale-write confirmed"
    Ok(())
}

// Quiet: the only other writer is `set_rate`, which nothing calls.
#[update]
async fn raise_rate() -> Result<(), String> {
    if RATE_BUSY.replace(true) {
        return Err("busy".to_string());
    }
    let rate = RATE.get();
    let by = advice().await.unwrap_or(0);
    RATE.set(rate + by);
    RATE_BUSY.set(false);
    Ok(())
}

fn set_rate(rate: u64) {
    RATE.set(rate);
}

/// `set_open_rate` is an entry point, and takes no lock.
#[update]
async fn raise_open_rate() -> Result<(), String> {
    if OPEN_RATE_BUSY.replace(true) {
        return Err("busy".to_string());
    }
    let rate = OPEN_RATE.get();
    let by = advice().await.unwrap_or(0);
    OPEN_RATE.set(rate + by); // want "stale-write confirmed"
    OPEN_RATE_BUSY.set(false);
    Ok(())
}

#[update]
fn set_open_rate(rate: u64) {
    OPEN_RATE.set(rate); // want "guard-bypassed confirmed"
}
