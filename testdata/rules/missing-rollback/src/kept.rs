//! Changes that are meant to stay whatever becomes of the call, beside one that is not.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::api::{msg_caller, time};
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static ATTEMPTS: Cell<u64> = const { Cell::new(0) };
    static LAST_TRY: Cell<u64> = const { Cell::new(0) };
    static LOG: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
    static NONCE: Cell<u64> = const { Cell::new(0) };
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
    static GAS: Cell<u64> = const { Cell::new(1_000) };
}

// Quiet: a counter, a time stamp and a log of attempts.
#[update]
async fn poke(count: u64) -> Result<(), String> {
    ATTEMPTS.set(ATTEMPTS.get() + 1);
    LAST_TRY.set(time());
    LOG.with_borrow_mut(|l| l.push((msg_caller(), count)));
    Call::bounded_wait(SERVICE, "poke").with_arg(count).await.map_err(|e| e.to_string())?;
    Ok(())
}

// Quiet: a nonce that was sent, or may have been, must not be used again.
#[update]
async fn submit(data: Vec<u8>) -> Result<u64, String> {
    let nonce = NONCE.get();
    NONCE.set(nonce + 1);
    Call::bounded_wait(SERVICE, "submit").with_args(&(nonce, data)).await.map_err(|e| e.to_string())?;
    Ok(nonce)
}

// Quiet: the name is ours; the call only tells others of it.
#[update]
async fn rename(name: String) -> Result<(), String> {
    NAME.set(name.clone());
    Call::bounded_wait(SERVICE, "renamed").with_arg(name).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Gas is no counter: it is taken away for a run that did not happen.
#[update]
async fn run(gas: u64) -> Result<(), String> {
    GAS.set(GAS.get().checked_sub(gas).ok_or("out of gas")?);
    Call::bounded_wait(SERVICE, "run").with_arg(gas).await.map_err(|e| e.to_string())?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: what was not used comes back.
#[update]
async fn run_or_return(gas: u64) -> Result<(), String> {
    GAS.set(GAS.get().checked_sub(gas).ok_or("out of gas")?);
    match Call::unbounded_wait(SERVICE, "run").with_arg(gas).await {
        Ok(_) => Ok(()),
        Err(e) => {
            GAS.set(GAS.get() + gas);
            Err(e.to_string())
        }
    }
}
