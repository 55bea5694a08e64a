//! A refund that forgets what was deposited during the call.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static SAVINGS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static LOCKED: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

/// Keeps every other message on this caller's savings out.
struct Lock(Principal);

impl Lock {
    fn new(who: Principal) -> Result<Self, String> {
        if LOCKED.with_borrow_mut(|l| l.insert(who)) {
            Ok(Self(who))
        } else {
            Err("locked".to_string())
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        LOCKED.with_borrow_mut(|l| l.remove(&self.0));
    }
}

async fn pay(who: Principal, amount: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(who, amount)).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// A deposit made while the payment failed is gone.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let balance = BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or_default());
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    BALANCES.with_borrow_mut(|b| b.insert(who, balance - amount));
    if let Err(e) = pay(who, amount).await {
        BALANCES.with_borrow_mut(|b| b.insert(who, balance)); // want "stale-rollback confirmed"
        return Err(e);
    }
    Ok(())
}

// Quiet: the refund is added to what is there now.
#[update]
async fn withdraw_refunding(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let balance = BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or_default());
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    BALANCES.with_borrow_mut(|b| b.insert(who, balance - amount));
    if let Err(e) = pay(who, amount).await {
        BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
        return Err(e);
    }
    Ok(())
}

// Quiet: every message that writes a caller's savings takes that caller's lock.
#[update]
async fn withdraw_savings(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _lock = Lock::new(who)?;
    let balance = SAVINGS.with_borrow(|s| s.get(&who).copied().unwrap_or_default());
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    SAVINGS.with_borrow_mut(|s| s.insert(who, balance - amount));
    if let Err(e) = pay(who, amount).await {
        SAVINGS.with_borrow_mut(|s| s.insert(who, balance));
        return Err(e);
    }
    Ok(())
}

#[update]
fn deposit(who: Principal, amount: u64) {
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}

#[update]
fn save(who: Principal, amount: u64) -> Result<(), String> {
    let _lock = Lock::new(who)?;
    SAVINGS.with_borrow_mut(|s| *s.entry(who).or_default() += amount);
    Ok(())
}
