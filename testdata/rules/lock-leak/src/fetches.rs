//! A flag that lets one fetch run at a time.

use std::cell::{Cell, RefCell};

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static FETCHING: Cell<bool> = const { Cell::new(false) };
    static PULLING: Cell<bool> = const { Cell::new(false) };
    static LOADING: Cell<bool> = const { Cell::new(false) };
    static RATES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static PRICES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static FEES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

async fn rates() -> Result<Vec<u64>, String> {
    let reply = Call::unbounded_wait(SERVICE, "rates").await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// One rejected call, and the rates are never fetched again.
#[update]
async fn fetch() -> Result<(), String> {
    if FETCHING.get() {
        return Err("runs already".to_string());
    }
    FETCHING.set(true);
    let new = rates().await?; // want "lock-leak confirmed"
    RATES.set(new);
    FETCHING.set(false);
    Ok(())
}

// Quiet: the flag is taken back before the answer is looked at.
#[update]
async fn pull() -> Result<(), String> {
    if PULLING.get() {
        return Err("runs already".to_string());
    }
    PULLING.set(true);
    let new = rates().await;
    PULLING.set(false);
    PRICES.set(new?);
    Ok(())
}

struct Loading;

impl Loading {
    fn start() -> Result<Self, String> {
        if LOADING.replace(true) {
            return Err("runs already".to_string());
        }
        Ok(Self)
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        LOADING.set(false);
    }
}

// Quiet: `?` drops the guard.
#[update]
async fn load() -> Result<(), String> {
    let _loading = Loading::start()?;
    let new = rates().await?;
    FEES.set(new);
    Ok(())
}
