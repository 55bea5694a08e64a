//! Locks that a scope guard gives back.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;
use scopeguard::ScopeGuard;

use crate::work;

thread_local! {
    static ACTIVE: RefCell<BTreeSet<Principal>> = RefCell::default();
    static MINTING: RefCell<BTreeSet<u64>> = RefCell::default();
}

fn activate(user: Principal) -> bool {
    ACTIVE.with_borrow_mut(|active| active.insert(user))
}

fn deactivate(user: Principal) {
    ACTIVE.with_borrow_mut(|active| active.remove(&user));
}

/// lock: ACTIVE[caller], scope guard, 1 await, freed on return, error, trap
#[update]
async fn active() -> Result<(), String> {
    let user = msg_caller();
    if !activate(user) {
        return Err("active".to_string());
    }
    let _guard = scopeguard::guard((), |_| deactivate(user));
    work().await
}

/// lock: ACTIVE[caller], scope guard, 1 await, freed on return, error, trap
#[update]
async fn active_deferred() -> Result<(), String> {
    let user = msg_caller();
    if !activate(user) {
        return Err("active".to_string());
    }
    scopeguard::defer! {
        deactivate(user);
    }
    work().await
}

// The guard is gone before the await; nobody else gives the lock back.
/// no lock
#[update]
async fn active_until_defused() -> Result<(), String> {
    let user = msg_caller();
    if !activate(user) {
        return Err("active".to_string());
    }
    let guard = scopeguard::guard((), |_| deactivate(user));
    ScopeGuard::into_inner(guard);
    work().await
}

// Given back by the guard after a trap, by hand otherwise.
/// lock: MINTING[id], scope guard, 1 await, freed on return, error, trap
#[update]
async fn mint_once(id: u64) -> Result<(), String> {
    if MINTING.with_borrow(|minting| minting.contains(&id)) {
        return Err("minting".to_string());
    }
    MINTING.with_borrow_mut(|minting| minting.insert(id));
    let guard = scopeguard::guard(id, |id| {
        MINTING.with_borrow_mut(|minting| minting.remove(&id));
    });
    let result = work().await;
    ScopeGuard::into_inner(guard);
    MINTING.with_borrow_mut(|minting| minting.remove(&id));
    result
}
