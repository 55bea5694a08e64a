//! A lottery that wants a seed from the start.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{init, inspect_message, post_upgrade, pre_upgrade, update};
use ic_cdk_management_canister::raw_rand;

use crate::SERVICE;

thread_local! {
    static SEED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OWNER: Cell<Option<Principal>> = const { Cell::new(None) };
    static ROUND: Cell<u64> = const { Cell::new(0) };
}

async fn draw_seed() -> Result<(), String> {
    let seed = raw_rand().await.map_err(|e| e.to_string())?;
    SEED.set(seed);
    Ok(())
}

/// The CDK takes an async hook; the system refuses its call.
#[init]
async fn start() {
    OWNER.set(Some(ic_cdk::api::msg_caller()));
    if draw_seed().await.is_err() { // want "forbidden-call"
        ROUND.set(1);
    }
}

/// A spawned task begins within the hook's own message.
#[post_upgrade]
fn resume() {
    ROUND.set(ROUND.get() + 1);
    ic_cdk::futures::spawn(async {
        let _ = Call::unbounded_wait(SERVICE, "subscribe").await; // want "forbidden-call"
        ROUND.set(0);
        // The call before it traps: this one is never made.
        let _ = Call::unbounded_wait(SERVICE, "confirm").await;
    });
}

/// A one-way call is a call.
#[pre_upgrade]
fn leave() {
    if ROUND.get() > 0 {
        let _ = Call::unbounded_wait(SERVICE, "away").with_arg(ROUND.get()).oneway(); // want "forbidden-call"
    }
}

async fn may_speak() -> bool {
    match Call::bounded_wait(SERVICE, "may_speak").with_arg(ic_cdk::api::msg_caller()).await {
        Ok(reply) => reply.candid().unwrap_or(false),
        Err(_) => false,
    }
}

#[inspect_message]
async fn inspect() {
    if OWNER.get().is_none() || may_speak().await { // want "forbidden-call"
        ic_cdk::api::accept_message();
    }
}

// Quiet: an update may call; it is the hooks that may not.
#[update]
async fn reseed() -> Result<(), String> {
    draw_seed().await
}
