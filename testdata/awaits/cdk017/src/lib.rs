//! The functions of ic-cdk before the builder: all wait without bound (C3).

use std::cell::Cell;
use std::time::Duration;

use candid::{Nat, Principal};
use ic_cdk::api::call::{CallResult, RejectionCode, call_raw128, call_with_payment128};
use ic_cdk::api::management_canister::main::{CanisterIdRecord, canister_status, deposit_cycles, raw_rand};
use ic_cdk::{init, update};

thread_local! {
    static N: Cell<u64> = const { Cell::new(0) };
}

fn ledger() -> Principal {
    Principal::anonymous()
}

#[update]
async fn call(amount: Nat) -> Result<Nat, (RejectionCode, String)> {
    let (block,): (Nat,) = ic_cdk::call(ledger(), "transfer", (amount,)).await?; // await: must, unbounded, "transfer"
    Ok(block)
}

#[update]
async fn with_payment() -> CallResult<(u64,)> {
    call_with_payment128(ledger(), "top_up", (), 1_000).await // await: must, unbounded, "top_up"
}

#[update]
async fn raw() -> Vec<u8> {
    call_raw128(ledger(), "raw", [], 0).await.unwrap_or_default() // await: must, unbounded, "raw"
}

#[update]
async fn management(canister_id: Principal) {
    let _ = raw_rand().await; // await: must, unbounded, "raw_rand"
    let _ = canister_status(CanisterIdRecord { canister_id }).await; // await: must, unbounded, "canister_status"
    let _ = deposit_cycles(CanisterIdRecord { canister_id }, 7).await; // await: must, unbounded, "deposit_cycles"
}

#[update]
fn oneway() {
    let _ = ic_cdk::notify(ledger(), "log", (1u64,)); // oneway: "log"
}

// Lazy since 0.8.0: sent where it is awaited, or never.
#[update]
async fn late() {
    let call = ic_cdk::call::<_, ()>(ledger(), "late", ());
    N.set(N.get() + 1);
    let _ = call.await; // await: must, unbounded, "late"; request: "late"
}

#[update]
async fn never_sent() {
    let _call = ic_cdk::call::<_, ()>(ledger(), "lost", ());
    N.set(N.get() + 1);
}

async fn tick() {
    let _ = ic_cdk::call::<_, ()>(ledger(), "tick", ()).await; // await: must, unbounded, "tick", in task
}

#[init]
fn init() {
    ic_cdk_timers::set_timer(Duration::ZERO, || ic_cdk::spawn(tick()));
    ic_cdk_timers::set_timer_interval(Duration::from_secs(60), || {
        ic_cdk::spawn(async {
            let _ = ic_cdk::call::<_, ()>(ledger(), "interval", ()).await; // await: must, unbounded, "interval", in task
        })
    });
    ic_cdk_timers::set_timer(Duration::from_secs(5), named);
}

fn named() {
    ic_cdk::spawn(async {
        let _ = ic_cdk::call::<_, ()>(ledger(), "named", ()).await; // await: must, unbounded, "named", in task
    });
}
