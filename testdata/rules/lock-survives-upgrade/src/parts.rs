//! Only the data of the state is saved, not what the canister is busy with.

use std::cell::RefCell;

use candid::CandidType;
use ic_cdk::call::Call;
use ic_cdk::update;
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize, Clone, Default)]
pub struct Data {
    sent: u64,
    sending: bool, // want "lock-survives-upgrade"
}

#[derive(Default)]
struct State {
    data: Data,
    reading: bool,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

pub fn save() -> Data {
    STATE.with_borrow(|s| s.data.clone())
}

pub fn restore(saved: Data) {
    STATE.with_borrow_mut(|s| s.data = saved);
}

/// The flag is among the data.
#[update]
async fn send() {
    if STATE.with_borrow(|s| s.data.sending) {
        return;
    }
    STATE.with_borrow_mut(|s| s.data.sending = true);
    let sent = Call::unbounded_wait(SERVICE, "send").await.is_ok();
    STATE.with_borrow_mut(|s| {
        s.data.sending = false;
        s.data.sent += u64::from(sent);
    });
}

// Quiet: the flag stands beside the data.
#[update]
async fn read() -> bool {
    if STATE.with_borrow(|s| s.reading) {
        return false;
    }
    STATE.with_borrow_mut(|s| s.reading = true);
    let found = Call::unbounded_wait(SERVICE, "read").await.is_ok();
    STATE.with_borrow_mut(|s| s.reading = false);
    found
}
