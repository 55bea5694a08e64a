//! The hooks of `forbidden-call`, mended: what has to call is started from a timer.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{init, inspect_message, post_upgrade, pre_upgrade};
use ic_cdk_management_canister::raw_rand;
use ic_cdk_timers::set_timer;

const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static SEED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OWNER: Cell<Option<Principal>> = const { Cell::new(None) };
    static ROUND: Cell<u64> = const { Cell::new(0) };
    static CLOSED: Cell<bool> = const { Cell::new(false) };
}

async fn draw_seed() {
    if let Ok(seed) = raw_rand().await {
        SEED.set(seed);
    }
}

async fn count_round() {
    ROUND.set(ROUND.get() + 1);
}

// Quiet: the timer fires after the install, in a message of its own.
#[init]
fn start() {
    OWNER.set(Some(ic_cdk::api::msg_caller()));
    set_timer(Duration::ZERO, draw_seed());
}

async fn tell_round() {
    // A task that a timer's message starts is that message's.
    ic_cdk::futures::spawn(async {
        let _ = Call::unbounded_wait(SERVICE, "subscribe").with_arg(ROUND.get()).await;
    });
}

// Quiet: what is spawned makes no call, and what calls is left to a timer.
#[post_upgrade]
fn resume() {
    ic_cdk::futures::spawn(count_round());
    set_timer(Duration::from_secs(1), tell_round());
}

// Quiet: the mark is in stable memory or nowhere; nobody is called.
#[pre_upgrade]
fn leave() {
    CLOSED.set(true);
}

// Quiet: it decides by its own state.
#[inspect_message]
fn inspect() {
    if OWNER.get() == Some(ic_cdk::api::msg_caller()) && !CLOSED.get() {
        ic_cdk::api::accept_message();
    }
}
