//! A lazily made mutex as the state cell.

use std::sync::{LazyLock, Mutex};

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

static TREASURY: LazyLock<Mutex<u64>> = LazyLock::new(|| Mutex::new(0));

/// A donation received during the purchase vanishes.
#[update]
async fn buy_cycles(price: u64) -> bool {
    let funds = *TREASURY.lock().unwrap();
    if Call::unbounded_wait(SERVICE, "buy").with_arg(price).await.is_err() {
        return false;
    }
    *TREASURY.lock().unwrap() = funds.saturating_sub(price); // want "stale-write confirmed"
    true
}

// Quiet: locked, read and written in one segment after the call.
#[update]
async fn buy_cycles_after(price: u64) -> bool {
    if Call::unbounded_wait(SERVICE, "buy").with_arg(price).await.is_err() {
        return false;
    }
    let mut funds = TREASURY.lock().unwrap();
    *funds = funds.saturating_sub(price);
    true
}

#[update]
fn donate(amount: u64) {
    *TREASURY.lock().unwrap() += amount;
}
