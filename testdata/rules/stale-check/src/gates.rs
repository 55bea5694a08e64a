//! Checks that do not speak of what is written.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{init, update};

use crate::LEDGER;

thread_local! {
    static OWNER: RefCell<Option<Principal>> = const { RefCell::new(None) };
    static PAUSED: Cell<bool> = const { Cell::new(false) };
    static VISITS: Cell<u64> = const { Cell::new(0) };
    static DISPLAY_NAME: RefCell<Option<String>> = const { RefCell::new(None) };
    static TOKEN_NAME: RefCell<Option<String>> = const { RefCell::new(None) };
    static LEFT: Cell<u64> = const { Cell::new(5) };
}

#[init]
fn set_owner() {
    OWNER.set(Some(msg_caller()));
}

/// The gate is the number that the write lowers.
#[update]
async fn enter() -> bool {
    if LEFT.get() == 0 {
        return false;
    }
    if Call::bounded_wait(LEDGER, "open_door").await.is_err() {
        return false;
    }
    LEFT.set(LEFT.get().saturating_sub(1)); // want "stale-check confirmed"
    true
}

// Quiet: the flag is not what the late write changes, and a pause need not stop what has begun.
#[update]
async fn visit() -> bool {
    if PAUSED.get() {
        return false;
    }
    if Call::bounded_wait(LEDGER, "ping").await.is_err() {
        return false;
    }
    VISITS.set(VISITS.get() + 1);
    true
}

// Quiet: the owner is only written by the installer.
#[update]
async fn rename_display(name: String) -> Result<(), String> {
    if OWNER.with_borrow(|o| *o != Some(msg_caller())) {
        return Err("only the owner".to_string());
    }
    Call::bounded_wait(LEDGER, "set_name").with_arg(&name).await.map_err(|e| e.to_string())?;
    DISPLAY_NAME.set(Some(name));
    Ok(())
}

// Quiet: a cache; only what the ledger answered goes into the place that was found empty.
#[update]
async fn token_name() -> Result<String, String> {
    if let Some(name) = TOKEN_NAME.with_borrow(|n| n.clone()) {
        return Ok(name);
    }
    let reply = Call::bounded_wait(LEDGER, "name").await.map_err(|e| e.to_string())?;
    let name: String = reply.candid().map_err(|e| e.to_string())?;
    TOKEN_NAME.set(Some(name.clone()));
    Ok(name)
}

#[update]
fn set_paused(paused: bool) {
    PAUSED.set(paused);
}

#[update]
fn let_out() {
    LEFT.set(LEFT.get() + 1);
}
