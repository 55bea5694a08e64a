//! The classic double spend: funds are checked before the payment and taken off after it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::LEDGER;

type Balances = HashMap<Principal, u64>;

thread_local! {
    static BALANCES: RefCell<Balances> = RefCell::new(HashMap::new());
    static GUARDED: RefCell<Balances> = RefCell::new(HashMap::new());
    static WITHDRAWING: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

/// Keeps a second withdrawal of the same caller out.
struct CallerGuard(Principal);

impl CallerGuard {
    fn new(who: Principal) -> Option<Self> {
        WITHDRAWING.with_borrow_mut(|w| w.insert(who)).then(|| Self(who))
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        WITHDRAWING.with_borrow_mut(|w| w.remove(&self.0));
    }
}

async fn pay(who: Principal, amount: u64) -> Result<(), String> {
    Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount)).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Two withdrawals are paid from one balance.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let enough = BALANCES.with_borrow(|b| b.get(&who).is_some_and(|balance| *balance >= amount));
    if !enough {
        return Err("not enough funds".to_string());
    }
    pay(who, amount).await?;
    BALANCES.with_borrow_mut(|b| {
        if let Some(balance) = b.get_mut(&who) {
            *balance = balance.saturating_sub(amount); // want "stale-check confirmed"
        }
    });
    Ok(())
}

/// The value is read again, but nobody asks again whether it is enough.
#[update]
async fn withdraw_in_release(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    if BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or_default()) < amount {
        return Err("not enough funds".to_string());
    }
    pay(who, amount).await?;
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() -= amount); // want "stale-check confirmed"
    Ok(())
}

// Quiet: the debit is made with the check; on error it is given back, relative.
#[update]
async fn withdraw_first(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    BALANCES.with_borrow_mut(|b| {
        let balance = b.get_mut(&who).ok_or("no account")?;
        *balance = balance.checked_sub(amount).ok_or("not enough funds")?;
        Ok::<(), String>(())
    })?;
    let paid = pay(who, amount).await;
    if paid.is_err() {
        BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
    }
    paid
}

// Quiet: one withdrawal of a caller at a time; deposits only add.
#[update]
async fn withdraw_guarded(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let Some(_guard) = CallerGuard::new(who) else {
        return Err("a withdrawal is on its way".to_string());
    };
    if GUARDED.with_borrow(|b| b.get(&who).copied().unwrap_or_default()) < amount {
        return Err("not enough funds".to_string());
    }
    pay(who, amount).await?;
    GUARDED.with_borrow_mut(|b| {
        if let Some(balance) = b.get_mut(&who) {
            *balance = balance.saturating_sub(amount);
        }
    });
    Ok(())
}

#[update]
fn credit(who: Principal, amount: u64) {
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}

#[update]
fn credit_guarded(who: Principal, amount: u64) {
    GUARDED.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}

#[query]
fn balance_of(who: Principal) -> u64 {
    BALANCES.with_borrow(|b| b.get(&who).copied().unwrap_or_default())
}
