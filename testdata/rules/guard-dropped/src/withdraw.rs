//! Withdrawals one at a time for each caller. What goes wrong without the guard can be shown.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static LOCKS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static SAVINGS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

struct CallerGuard {
    who: Principal,
}

impl CallerGuard {
    fn new(who: Principal) -> Result<Self, String> {
        LOCKS.with_borrow_mut(|locks| {
            if locks.insert(who) {
                Ok(CallerGuard { who })
            } else {
                Err("already processing a request of yours".to_string())
            }
        })
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        LOCKS.with_borrow_mut(|locks| {
            locks.remove(&self.who);
        });
    }
}

async fn pay(amount: u64) -> Result<(), String> {
    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(msg_caller(), amount));
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _ = CallerGuard::new(who)?; // want "guard-dropped confirmed"
    let balance = BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or(0));
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    pay(amount).await?;
    BALANCES.with_borrow_mut(|b| b.insert(who, balance - amount)); // want "stale-write" "stale-check"
    Ok(())
}

// Quiet: a second message of the caller is refused while the first one waits.
#[update]
async fn withdraw_fixed(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let _guard = CallerGuard::new(who)?;
    let balance = SAVINGS.with_borrow(|b| b.get(&who).copied().unwrap_or(0));
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    pay(amount).await?;
    SAVINGS.with_borrow_mut(|b| b.insert(who, balance - amount));
    Ok(())
}
