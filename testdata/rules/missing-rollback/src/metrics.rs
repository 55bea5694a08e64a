//! Bytes are added up before they are sent: for a metric that is all there is to it, of an
//! allowance they are owed back.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Default)]
struct Traffic {
    bytes: u64,
    used: u64,
}

const ALLOWED: u64 = 1_000;

thread_local! {
    static TRAFFIC: RefCell<Traffic> = RefCell::default();
}

/// What was used of the allowance stays used although nothing was sent.
#[update]
async fn send_within(bytes: u64) -> Result<(), String> {
    if TRAFFIC.with_borrow(|t| t.used + bytes > ALLOWED) {
        return Err("not today".to_string());
    }
    TRAFFIC.with_borrow_mut(|t| t.used += bytes);
    let call = Call::unbounded_wait(SERVICE, "receive").with_arg(bytes);
    call.await.map_err(|e| e.to_string())?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: nobody goes by the sum of what was tried, it is only shown.
#[update]
async fn send(bytes: u64) -> Result<(), String> {
    TRAFFIC.with_borrow_mut(|t| t.bytes += bytes);
    let call = Call::unbounded_wait(SERVICE, "receive").with_arg(bytes);
    call.await.map_err(|e| e.to_string())?;
    Ok(())
}

#[query]
fn traffic() -> u64 {
    TRAFFIC.with_borrow(|t| t.bytes)
}
