//! A one-way call tells nothing of what became of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static CREDITS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static CHANGES: Cell<u64> = const { Cell::new(0) };
}

fn spend(who: Principal, credits: u64) -> Result<(), String> {
    CREDITS.with_borrow_mut(|c| {
        let have = c.get_mut(&who).ok_or("no credits")?;
        *have = have.checked_sub(credits).ok_or("not enough credits")?;
        Ok(())
    })
}

#[update]
fn reward(to: Principal, amount: u64) -> Result<(), String> {
    Call::bounded_wait(SERVICE, "mint").with_args(&(to, amount)).oneway().map_err(|e| e.to_string()) // want "ignored-result"
}

/// The credits are gone, also if no job was started.
#[update]
fn start_job(credits: u64) -> Result<(), String> {
    let who = msg_caller();
    spend(who, credits)?;
    Call::bounded_wait(SERVICE, "start_job").with_args(&(who, credits)).oneway().map_err(|e| e.to_string()) // want "ignored-result"
}

// Quiet: the answer is waited for.
#[update]
async fn start_job_surely(credits: u64) -> Result<(), String> {
    let who = msg_caller();
    spend(who, credits)?;
    let started = Call::unbounded_wait(SERVICE, "start_job").with_args(&(who, credits)).await;
    if let Err(e) = started {
        CREDITS.with_borrow_mut(|c| *c.entry(who).or_default() += credits);
        return Err(e.to_string());
    }
    Ok(())
}

// Quiet: others are told of a change that is complete without them.
#[update]
fn add_credits(credits: u64) {
    let who = msg_caller();
    CREDITS.with_borrow_mut(|c| *c.entry(who).or_default() += credits);
    CHANGES.set(CHANGES.get() + 1);
    let _ = Call::bounded_wait(SERVICE, "credits_added").with_args(&(who, credits)).oneway();
}
