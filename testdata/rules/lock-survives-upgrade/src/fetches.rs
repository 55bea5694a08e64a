//! A set of the feeds that are being fetched, by hand.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::CandidType;
use ic_cdk::call::Call;
use ic_cdk::update;
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize, Clone, Default)]
pub struct State {
    fetching: BTreeSet<u64>, // want "lock-survives-upgrade"
    fetched: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

pub fn save() -> State {
    STATE.take()
}

pub fn restore(saved: State) {
    STATE.replace(saved);
}

/// A feed that was being fetched at an upgrade is never fetched again.
#[update]
async fn fetch(feed: u64) {
    if !STATE.with_borrow_mut(|s| s.fetching.insert(feed)) {
        return;
    }
    let found = Call::unbounded_wait(SERVICE, "fetch").with_arg(feed).await.is_ok();
    STATE.with_borrow_mut(|s| {
        s.fetching.remove(&feed);
        s.fetched += u64::from(found);
    });
}
