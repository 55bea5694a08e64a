//! Loyalty points in a map, reached with `with` and `borrow_mut`.

use std::cell::RefCell;
use std::collections::HashMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static POINTS: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
}

/// Points earned while the shop delivers are overwritten.
#[update]
async fn redeem(cost: u64) -> Result<(), String> {
    let who = msg_caller();
    let points = POINTS.with(|p| p.borrow().get(&who).copied().unwrap_or(0));
    Call::unbounded_wait(SERVICE, "deliver").with_args(&(who, cost)).await.map_err(|e| e.to_string())?;
    POINTS.with(|p| p.borrow_mut().insert(who, points.saturating_sub(cost))); // want "stale-write confirmed"
    Ok(())
}

// Quiet: the points are read again in the segment that writes them.
#[update]
async fn redeem_fresh(cost: u64) -> Result<(), String> {
    let who = msg_caller();
    let before = POINTS.with(|p| p.borrow().get(&who).copied().unwrap_or(0));
    ic_cdk::api::debug_print(format!("{who} has {before} points"));
    Call::unbounded_wait(SERVICE, "deliver").with_args(&(who, cost)).await.map_err(|e| e.to_string())?;
    let points = POINTS.with(|p| p.borrow().get(&who).copied().unwrap_or(0));
    POINTS.with(|p| p.borrow_mut().insert(who, points.saturating_sub(cost)));
    Ok(())
}

// Quiet: read and write are one relative step after the call.
#[update]
async fn redeem_relative(cost: u64) -> Result<(), String> {
    let who = msg_caller();
    Call::unbounded_wait(SERVICE, "deliver").with_args(&(who, cost)).await.map_err(|e| e.to_string())?;
    POINTS.with(|p| {
        let mut points = p.borrow_mut();
        let left = points.entry(who).or_default();
        *left = left.saturating_sub(cost);
    });
    Ok(())
}

// Quiet: debit first, in the segment of the read; given back, relative, if the shop fails.
#[update]
async fn redeem_first(cost: u64) -> Result<(), String> {
    let who = msg_caller();
    let points = POINTS.with(|p| p.borrow().get(&who).copied().unwrap_or(0));
    let left = points.checked_sub(cost).ok_or("too few points")?;
    POINTS.with(|p| p.borrow_mut().insert(who, left));
    if let Err(e) = Call::unbounded_wait(SERVICE, "deliver").with_args(&(who, cost)).await {
        POINTS.with(|p| *p.borrow_mut().entry(who).or_default() += cost);
        return Err(e.to_string());
    }
    Ok(())
}

#[update]
fn earn(who: Principal, points: u64) {
    POINTS.with(|p| *p.borrow_mut().entry(who).or_default() += points);
}

#[query]
fn points_of(who: Principal) -> u64 {
    POINTS.with(|p| p.borrow().get(&who).copied().unwrap_or(0))
}
