//! Who can run while `settle` waits: what changes `OPEN` for good can interfere, what cannot keep
//! changes can only see it, and what runs at install and upgrade does neither.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::call::Call;
use ic_cdk::{heartbeat, init, inspect_message, on_low_wasm_memory, post_upgrade, pre_upgrade, query, update};

use crate::SERVICE;

thread_local! {
    static OPEN: Cell<u64> = const { Cell::new(0) };
}

fn add() {
    OPEN.set(OPEN.get() + 1); // want "query-write"
}

#[update]
async fn settle() -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "settle").with_arg(OPEN.get()).await.map_err(|e| e.to_string())?;
    Ok(())
}

#[update]
fn by_update() {
    add();
    ic_cdk_timers::set_timer(Duration::from_secs(1), by_timer());
    ic_cdk::futures::spawn(by_task());
}

async fn by_timer() {
    add();
}

async fn by_task() {
    add();
}

#[heartbeat]
fn by_heartbeat() {
    add();
}

#[on_low_wasm_memory]
fn by_low_memory() {
    add();
}

#[export_name = "canister_global_timer"]
extern "C" fn by_global_timer() {
    add();
}

/// A query's changes are thrown away.
#[query]
fn by_query() -> u64 {
    add();
    OPEN.get()
}

#[query(composite = true)]
async fn by_composite_query() -> u64 {
    add();
    OPEN.get()
}

#[inspect_message]
fn by_inspection() {
    if OPEN.get() == 0 {
        ic_cdk::api::accept_message();
    }
}

#[init]
fn by_init() {
    add();
}

#[pre_upgrade]
fn by_pre_upgrade() {
    add();
}

#[post_upgrade]
fn by_post_upgrade() {
    add();
}
