//! The state is put together anew, without the lock.

use std::cell::RefCell;

use candid::CandidType;
use ic_cdk::call::Call;
use ic_cdk::update;
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize, Clone, Default)]
pub struct State {
    busy: bool,
    done: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

pub fn save() -> State {
    STATE.with_borrow(|s| s.clone())
}

pub fn restore(saved: State) {
    STATE.set(State { busy: false, done: saved.done });
}

struct Busy;

impl Busy {
    fn enter() -> Option<Self> {
        STATE.with_borrow_mut(|s| {
            if s.busy {
                return None;
            }
            s.busy = true;
            Some(Self)
        })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        STATE.with_borrow_mut(|s| s.busy = false);
    }
}

// Quiet: only the count is taken over.
#[update]
async fn run_imports() {
    let Some(_busy) = Busy::enter() else {
        return;
    };
    if Call::unbounded_wait(SERVICE, "work").await.is_ok() {
        STATE.with_borrow_mut(|s| s.done += 1);
    }
}
