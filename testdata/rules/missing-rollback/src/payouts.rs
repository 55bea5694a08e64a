//! Failures that are recorded instead of undone.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Clone, PartialEq)]
enum Status {
    Pending,
    Paid,
    Failed,
}

#[derive(Clone)]
struct Payout {
    to: Principal,
    amount: u64,
    status: Status,
}

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static EARNED: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static UNPAID: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
    static PAYOUTS: RefCell<BTreeMap<u64, Payout>> = const { RefCell::new(BTreeMap::new()) };
}

async fn pay(to: Principal, amount: u64) -> Result<(), String> {
    match Call::unbounded_wait(SERVICE, "pay").with_args(&(to, amount)).await {
        Ok(_) => Ok(()),
        Err(e) => Err(e.to_string()),
    }
}

/// Everything earned is taken out, and lost with the first failure.
#[update]
async fn cash_out() -> Result<u64, String> {
    let who = msg_caller();
    let amount = EARNED.with_borrow_mut(|e| e.remove(&who)).unwrap_or_default();
    if amount == 0 {
        return Err("nothing earned".to_string());
    }
    pay(who, amount).await?; // want "missing-rollback confirmed"
    Ok(amount)
}

// Quiet: the failure is written down in another place, from which it can be paid.
#[update]
async fn cash_out_recorded() -> Result<u64, String> {
    let who = msg_caller();
    let amount = EARNED.with_borrow_mut(|e| e.remove(&who)).unwrap_or_default();
    if amount == 0 {
        return Err("nothing earned".to_string());
    }
    if let Err(e) = pay(who, amount).await {
        UNPAID.with_borrow_mut(|u| u.push((who, amount)));
        return Err(e);
    }
    Ok(amount)
}

// Quiet: a journal; the record was made to outlive the message, and its status tells the outcome.
#[update]
async fn pay_out(to: Principal, amount: u64) -> Result<u64, String> {
    let id = NEXT.get();
    NEXT.set(id + 1);
    PAYOUTS.with_borrow_mut(|p| p.insert(id, Payout { to, amount, status: Status::Pending }));
    let outcome = pay(to, amount).await;
    PAYOUTS.with_borrow_mut(|p| {
        if let Some(payout) = p.get_mut(&id) {
            payout.status = if outcome.is_ok() { Status::Paid } else { Status::Failed };
        }
    });
    outcome.map(|_| id)
}

#[update]
fn earn(who: Principal, amount: u64) {
    EARNED.with_borrow_mut(|e| *e.entry(who).or_default() += amount);
}

#[query]
fn failed() -> Vec<(Principal, u64)> {
    PAYOUTS.with_borrow(|p| {
        p.values().filter(|p| p.status == Status::Failed).map(|p| (p.to, p.amount)).collect()
    })
}

#[query]
fn unpaid() -> Vec<(Principal, u64)> {
    UNPAID.with_borrow(|u| u.clone())
}
