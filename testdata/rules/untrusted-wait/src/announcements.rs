//! Subscribers that are told, one after the other.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::{is_controller, msg_caller};
use ic_cdk::call::Call;
use ic_cdk::update;

thread_local! {
    static SUBSCRIBERS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static MEMBERS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

#[update]
fn subscribe(topic: u64) -> bool {
    topic > 0 && SUBSCRIBERS.with_borrow_mut(|s| s.insert(msg_caller()))
}

/// The caller is a canister, perhaps; it may take its time.
#[update]
async fn ask_back() -> bool {
    Call::unbounded_wait(msg_caller(), "are_you_there").await.is_ok() // want "untrusted-wait"
}

// Quiet: members were let in by a controller.
#[update]
async fn ask_member() -> bool {
    let who = msg_caller();
    if !MEMBERS.with_borrow(|m| m.contains(&who)) {
        return false;
    }
    Call::unbounded_wait(who, "are_you_there").await.is_ok()
}

// Quiet: told without waiting.
#[update]
fn announce(text: String) {
    for to in SUBSCRIBERS.with_borrow(|s| s.clone()) {
        let _ = Call::unbounded_wait(to, "announce").with_arg(text.clone()).oneway();
    }
}

#[update]
fn admit(member: Principal) -> bool {
    is_controller(&msg_caller()) && MEMBERS.with_borrow_mut(|m| m.insert(member))
}
