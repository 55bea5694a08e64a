//! The highest bid wins, if it is still the highest when its money has come.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::LEDGER;

#[derive(Default)]
struct Auction {
    best: u64,
    bidder: Option<Principal>,
    owed: BTreeMap<Principal, u64>,
}

impl Auction {
    fn beats(&self, amount: u64) -> bool {
        amount > self.best
    }

    fn owe(&mut self, who: Principal, amount: u64) {
        *self.owed.entry(who).or_default() += amount;
    }
}

thread_local! {
    static STATE: RefCell<Option<Auction>> = const { RefCell::new(None) };
    static CHECKED: RefCell<Option<Auction>> = const { RefCell::new(None) };
}

fn mutate_state<R>(f: impl FnOnce(&mut Auction) -> R) -> R {
    STATE.with_borrow_mut(|s| f(s.get_or_insert_default()))
}

fn mutate_checked<R>(f: impl FnOnce(&mut Auction) -> R) -> R {
    CHECKED.with_borrow_mut(|s| f(s.get_or_insert_default()))
}

async fn deposit(from: Principal, amount: u64) -> Result<(), String> {
    match Call::unbounded_wait(LEDGER, "transfer_from").with_args(&(from, amount)).await {
        Ok(_) => Ok(()),
        Err(e) => Err(format!("deposit failed: {e}")),
    }
}

/// A lower bid whose money comes later takes the lead.
#[update]
async fn bid(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    if !mutate_state(|s| s.beats(amount)) {
        return Err("too low".to_string());
    }
    deposit(who, amount).await?;
    mutate_state(|s| {
        if let Some(loser) = s.bidder {
            s.owe(loser, s.best);
        }
        s.bidder = Some(who);
        s.best = amount; // want "stale-check confirmed"
    });
    Ok(())
}

// Quiet: compared again when the money is there; who was outbid meanwhile is owed it back.
#[update]
async fn bid_checked(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    if !mutate_checked(|s| s.beats(amount)) {
        return Err("too low".to_string());
    }
    deposit(who, amount).await?;
    mutate_checked(|s| {
        if !s.beats(amount) {
            s.owe(who, amount);
            return Err("outbid while paying".to_string());
        }
        if let Some(loser) = s.bidder {
            s.owe(loser, s.best);
        }
        s.bidder = Some(who);
        s.best = amount;
        Ok(())
    })
}

#[query]
fn best_bid() -> u64 {
    STATE.with_borrow(|s| s.as_ref().map_or(0, |s| s.best))
}
