//! A state that is looked up by a helper that may trap, but never does once the canister runs.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::{init, update};

use crate::SERVICE;

#[derive(Default)]
struct State {
    asking: bool,
    polling: bool,
    answer: u64,
}

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

#[init]
fn init() {
    STATE.set(Some(State::default()));
}

fn read<R>(f: impl FnOnce(&State) -> R) -> R {
    STATE.with_borrow(|s| f(s.as_ref().expect("no state")))
}

fn mutate<R>(f: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(|s| f(s.as_mut().expect("no state")))
}

async fn answer() -> Option<u64> {
    let reply = Call::unbounded_wait(SERVICE, "answer").await.ok()?;
    reply.candid().ok()
}

/// An answer that is none traps.
#[update]
async fn ask() {
    if read(|s| s.asking) {
        return;
    }
    mutate(|s| s.asking = true);
    let found = answer().await.expect("no answer"); // want "lock-leak confirmed"
    mutate(|s| {
        s.asking = false;
        s.answer = found;
    });
}

// Quiet: the state was there before the call.
#[update]
async fn poll() {
    if read(|s| s.polling) {
        return;
    }
    mutate(|s| s.polling = true);
    let found = answer().await;
    mutate(|s| {
        s.polling = false;
        s.answer = found.unwrap_or(s.answer);
    });
}
