//! Once per person.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static CLAIMED: RefCell<HashSet<Principal>> = RefCell::new(HashSet::new());
    static GRANTED: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static IN_FLIGHT: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

async fn mint(to: Principal) -> bool {
    Call::unbounded_wait(LEDGER, "mint").with_args(&(to, 100u64)).await.is_ok()
}

/// Whoever sends two claims at once gets two drops.
#[update]
async fn claim_drop() -> Result<(), String> {
    let who = msg_caller();
    if CLAIMED.with(|c| c.borrow().contains(&who)) {
        return Err("you had yours".to_string());
    }
    if !mint(who).await {
        return Err("the ledger refused".to_string());
    }
    CLAIMED.with(|c| c.borrow_mut().insert(who)); // want "stale-check confirmed"
    Ok(())
}

// Quiet: the mark is the check; taken back if nothing was minted.
#[update]
async fn claim_drop_marked() -> Result<(), String> {
    let who = msg_caller();
    if !CLAIMED.with(|c| c.borrow_mut().insert(who)) {
        return Err("you had yours".to_string());
    }
    if !mint(who).await {
        CLAIMED.with(|c| c.borrow_mut().remove(&who));
        return Err("the ledger refused".to_string());
    }
    Ok(())
}

// Quiet: an in-flight set, checked and marked in the segment of the check, left on every exit.
#[update]
async fn claim_grant() -> Result<(), String> {
    let who = msg_caller();
    if GRANTED.with_borrow(|g| g.contains(&who)) {
        return Err("you had yours".to_string());
    }
    if !IN_FLIGHT.with_borrow_mut(|f| f.insert(who)) {
        return Err("on its way".to_string());
    }
    let minted = mint(who).await;
    IN_FLIGHT.with_borrow_mut(|f| f.remove(&who));
    if !minted {
        return Err("the ledger refused".to_string());
    }
    GRANTED.with_borrow_mut(|g| g.insert(who));
    Ok(())
}
