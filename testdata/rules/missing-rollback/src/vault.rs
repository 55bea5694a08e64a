//! A debit before a payment, and the many ways to leave when the payment fails.

use std::cell::RefCell;
use std::collections::HashMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static BALANCES: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
}

fn debit(who: Principal, amount: u64) -> Result<(), String> {
    BALANCES.with(|b| {
        let mut balances = b.borrow_mut();
        let balance = balances.get_mut(&who).ok_or("no account")?;
        *balance = balance.checked_sub(amount).ok_or("not enough funds")?;
        Ok(())
    })
}

fn credit(who: Principal, amount: u64) {
    BALANCES.with(|b| *b.borrow_mut().entry(who).or_default() += amount);
}

async fn pay(who: Principal, amount: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(who, amount)).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// `?` leaves with the debit made and nothing paid.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    pay(who, amount).await?; // want "missing-rollback confirmed"
    Ok(())
}

/// The same with the error turned into text on the way.
#[update]
async fn withdraw_direct(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    let call = Call::unbounded_wait(SERVICE, "pay").with_args(&(who, amount));
    call.await.map_err(|e| format!("pay failed: {e}"))?; // want "missing-rollback confirmed"
    Ok(())
}

/// `let … else` forgets as well.
#[update]
async fn withdraw_quietly(amount: u64) -> bool {
    let who = msg_caller();
    if debit(who, amount).is_err() {
        return false;
    }
    let Ok(_receipt) = pay(who, amount).await else {
        return false; // want "missing-rollback confirmed"
    };
    true
}

/// The result is looked at, and that is all.
#[update]
async fn withdraw_logged(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    let paid = pay(who, amount).await;
    if let Err(e) = paid {
        ic_cdk::api::debug_print(format!("paying {who} failed: {e}"));
        return Err(e); // want "missing-rollback confirmed"
    }
    Ok(())
}

/// Nobody looks at the result at all.
#[update]
async fn withdraw_blindly(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    let _ = pay(who, amount).await; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: the debit is given back on error.
#[update]
async fn withdraw_safely(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    if let Err(e) = pay(who, amount).await {
        credit(who, amount);
        return Err(e);
    }
    Ok(())
}

// Quiet: the closure of the error gives it back before `?` leaves.
#[update]
async fn withdraw_mapped(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    pay(who, amount).await.map_err(|e| {
        credit(who, amount);
        format!("pay failed: {e}")
    })?;
    Ok(())
}

// Quiet: `let … else` with the refund in it.
#[update]
async fn withdraw_else(amount: u64) -> bool {
    let who = msg_caller();
    if debit(who, amount).is_err() {
        return false;
    }
    let Ok(()) = pay(who, amount).await else {
        credit(who, amount);
        return false;
    };
    true
}

// Quiet: `is_err` and a refund less a fee: it is dealt with.
#[update]
async fn withdraw_less_fee(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    debit(who, amount)?;
    let paid = pay(who, amount).await;
    if paid.is_err() {
        credit(who, amount.saturating_sub(1));
    }
    paid
}

// Quiet: `?` before the debit leaves nothing behind.
#[update]
async fn withdraw_after_ping(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    Call::bounded_wait(SERVICE, "ping").await.map_err(|e| e.to_string())?;
    debit(who, amount)?;
    let paid = pay(who, amount).await;
    if paid.is_err() {
        credit(who, amount);
    }
    paid
}

// Quiet: a reply that cannot be read was a payment all the same.
#[update]
async fn withdraw_with_receipt(amount: u64) -> Result<u64, String> {
    let who = msg_caller();
    debit(who, amount)?;
    let reply = match Call::unbounded_wait(SERVICE, "pay").with_args(&(who, amount)).await {
        Ok(reply) => reply,
        Err(e) => {
            credit(who, amount);
            return Err(e.to_string());
        }
    };
    reply.candid::<u64>().map_err(|e| e.to_string())
}

#[update]
fn deposit(who: Principal, amount: u64) {
    credit(who, amount);
}

#[query]
fn balance_of(who: Principal) -> u64 {
    BALANCES.with(|b| b.borrow().get(&who).copied().unwrap_or_default())
}
