//! Balances in stable memory; the write is an insert of a computed value.

use std::cell::RefCell;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;
use ic_stable_structures::{DefaultMemoryImpl, StableBTreeMap};

use crate::LEDGER;

thread_local! {
    static SHARES: RefCell<StableBTreeMap<Principal, u64, DefaultMemoryImpl>> =
        RefCell::new(StableBTreeMap::init(DefaultMemoryImpl::default()));
}

fn shares_of(who: &Principal) -> u64 {
    SHARES.with_borrow(|s| s.get(who).unwrap_or_default())
}

/// Check and value are both of before the payment: two bugs in one line.
#[update]
async fn redeem_shares(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let shares = shares_of(&who);
    if shares < amount {
        return Err(format!("you have {shares} shares"));
    }
    match Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount)).await {
        Ok(_) => {
            SHARES.with_borrow_mut(|s| s.insert(who, shares - amount)); // want "stale-write confirmed" "stale-check confirmed"
            Ok(())
        }
        Err(e) => Err(e.to_string()),
    }
}

// Quiet: the shares are taken off in the segment of the check.
#[update]
async fn redeem_shares_first(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let shares = shares_of(&who);
    if shares < amount {
        return Err(format!("you have {shares} shares"));
    }
    SHARES.with_borrow_mut(|s| s.insert(who, shares - amount));
    match Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount)).await {
        Ok(_) => Ok(()),
        Err(e) => {
            SHARES.with_borrow_mut(|s| {
                let now = s.get(&who).unwrap_or_default();
                s.insert(who, now + amount)
            });
            Err(e.to_string())
        }
    }
}

#[update]
fn issue_shares(who: Principal, amount: u64) {
    SHARES.with_borrow_mut(|s| {
        let now = s.get(&who).unwrap_or_default();
        s.insert(who, now + amount);
    });
}
