//! A guard for each caller, around the payment only.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;

use crate::{allowed, pay};

thread_local! {
    static LOCKS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static SAVINGS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

struct CallerGuard(Principal);

impl CallerGuard {
    fn new(who: Principal) -> Result<Self, String> {
        if !LOCKS.with_borrow_mut(|locks| locks.insert(who)) {
            return Err("you are at it already".to_string());
        }
        Ok(CallerGuard(who))
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        LOCKS.with_borrow_mut(|locks| locks.remove(&self.0));
    }
}

fn balance(who: &Principal) -> u64 {
    BALANCES.with_borrow(|b| b.get(who).copied().unwrap_or(0))
}

async fn pay_out(who: Principal, amount: u64) -> Result<(), String> {
    let _guard = CallerGuard::new(who)?; // want "guard-too-late confirmed"
    pay(amount).await?;
    BALANCES.with_borrow_mut(|b| {
        if let Some(v) = b.get_mut(&who) {
            *v = v.saturating_sub(amount); // want "stale-check"
        }
    });
    Ok(())
}

#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    if balance(&who) < amount {
        return Err("not enough funds".to_string());
    }
    if !allowed(amount).await? {
        return Err("not allowed".to_string());
    }
    pay_out(who, amount).await
}

// Quiet: the guard is taken before the balance is looked at.
#[update]
async fn withdraw_savings(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _guard = CallerGuard::new(who)?;
    if SAVINGS.with_borrow(|s| s.get(&who).copied().unwrap_or(0)) < amount {
        return Err("not enough funds".to_string());
    }
    if !allowed(amount).await? {
        return Err("not allowed".to_string());
    }
    pay(amount).await?;
    SAVINGS.with_borrow_mut(|s| {
        if let Some(v) = s.get_mut(&who) {
            *v = v.saturating_sub(amount);
        }
    });
    Ok(())
}
