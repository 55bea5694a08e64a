//! What a guard covers and what it does not.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static ACTIVE: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static CREDITED: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// One message of a caller at a time.
struct Guard(Principal);

impl Guard {
    fn new(who: Principal) -> Result<Self, String> {
        if ACTIVE.with_borrow_mut(|a| a.insert(who)) {
            return Ok(Self(who));
        }
        Err("one at a time".to_string())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        ACTIVE.with_borrow_mut(|a| a.remove(&self.0));
    }
}

/// The guard is released in cleanup, but the tokens pulled are credited to nobody.
#[update]
async fn deposit(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _guard = Guard::new(who)?;
    let reply = Call::unbounded_wait(SERVICE, "transfer_from").with_args(&(who, amount)).await;
    let pulled: u64 = reply.map_err(|e| e.to_string())?.candid().unwrap(); // want "trap-after-commit confirmed"
    CREDITED.with_borrow_mut(|c| *c.entry(who).or_default() += pulled);
    Ok(())
}

/// A flag set by hand is not released by a trap: who traps once can never come again.
#[update]
async fn look_up_locking() -> u64 {
    let who = msg_caller();
    if !ACTIVE.with_borrow_mut(|a| a.insert(who)) {
        return 0;
    }
    let reply = Call::bounded_wait(SERVICE, "balance_of").with_arg(who).await;
    let balance: u64 = reply.unwrap().candid().unwrap_or_default(); // want "trap-after-commit confirmed" "lock-leak confirmed"
    ACTIVE.with_borrow_mut(|a| a.remove(&who));
    balance
}

// Quiet: nothing but the guard was written, its `Drop` undoes that in cleanup, and the call only reads.
#[update]
async fn look_up() -> u64 {
    let who = msg_caller();
    let Ok(_guard) = Guard::new(who) else {
        return 0;
    };
    let reply = Call::bounded_wait(SERVICE, "balance_of").with_arg(who).await;
    reply.unwrap().candid().unwrap()
}

// Quiet: what was asked for is credited whatever the answer looks like.
#[update]
async fn deposit_safely(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _guard = Guard::new(who)?;
    let call = Call::unbounded_wait(SERVICE, "transfer_from").with_args(&(who, amount));
    call.await.map_err(|e| e.to_string())?;
    CREDITED.with_borrow_mut(|c| *c.entry(who).or_default() += amount);
    Ok(())
}

#[query]
fn credited(who: Principal) -> u64 {
    CREDITED.with_borrow(|c| c.get(&who).copied().unwrap_or_default())
}
