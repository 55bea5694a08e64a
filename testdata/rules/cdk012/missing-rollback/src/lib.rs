//! Tuple calls: the outer error and the inner one.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::{caller, query, update};

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static BALANCES: RefCell<BTreeMap<Principal, u64>> = RefCell::new(BTreeMap::new());
}

fn debit(who: Principal, amount: u64) -> Result<(), String> {
    BALANCES.with(|b| {
        let mut balances = b.borrow_mut();
        let balance = balances.entry(who).or_default();
        if *balance < amount {
            return Err("not enough funds".to_string());
        }
        *balance -= amount;
        Ok(())
    })
}

fn credit(who: Principal, amount: u64) {
    BALANCES.with(|b| *b.borrow_mut().entry(who).or_default() += amount);
}

/// The call goes well, the ledger says no, and nobody puts the amount back.
#[update]
async fn withdraw(amount: u64) -> Result<u64, String> {
    let who = caller();
    debit(who, amount)?;
    let answer: Result<(Result<u64, String>,), _> = ic_cdk::call(LEDGER, "transfer", (who, amount)).await;
    let inner = match answer {
        Ok((inner,)) => inner,
        Err((_, e)) => {
            credit(who, amount);
            return Err(e);
        }
    };
    let block = inner?; // want "missing-rollback confirmed"
    Ok(block)
}

/// The outer error leaves through `?`.
#[update]
async fn burn(amount: u64) -> Result<(), String> {
    let who = caller();
    debit(who, amount)?;
    ic_cdk::call::<_, ()>(LEDGER, "burn", (who, amount)).await.map_err(|(_, e)| e)?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: both errors put the amount back.
#[update]
async fn withdraw_safely(amount: u64) -> Result<u64, String> {
    let who = caller();
    debit(who, amount)?;
    let answer: Result<(Result<u64, String>,), _> = ic_cdk::call(LEDGER, "transfer", (who, amount)).await;
    match answer {
        Ok((Ok(block),)) => Ok(block),
        Ok((Err(e),)) | Err((_, e)) => {
            credit(who, amount);
            Err(e)
        }
    }
}

// Quiet: put back before `?` leaves.
#[update]
async fn burn_safely(amount: u64) -> Result<(), String> {
    let who = caller();
    debit(who, amount)?;
    let burnt: Result<(), _> = ic_cdk::call(LEDGER, "burn", (who, amount)).await;
    if burnt.is_err() {
        credit(who, amount);
    }
    burnt.map_err(|(_, e)| e)?;
    Ok(())
}

#[update]
fn deposit(who: Principal, amount: u64) {
    credit(who, amount);
}

#[query]
fn balance_of(who: Principal) -> u64 {
    BALANCES.with(|b| b.borrow().get(&who).copied().unwrap_or_default())
}

ic_cdk::export_candid!();
