//! An index, a difference and an arm that was thought impossible, all from before the call.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Open,
    Closed,
}

struct Bid {
    from: Principal,
    amount: u64,
    settled: bool,
}

thread_local! {
    static BIDS: RefCell<Vec<Bid>> = const { RefCell::new(Vec::new()) };
    static POT: Cell<u64> = const { Cell::new(0) };
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Open) };
    static JOINED: RefCell<Vec<Principal>> = const { RefCell::new(Vec::new()) };
}

async fn collect(from: Principal, amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "collect").with_args(&(from, amount)).await.is_ok()
}

async fn pay(to: Principal, amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(to, amount)).await.is_ok()
}

/// The list may be shorter when the money has come.
#[update]
async fn settle(i: usize) -> bool {
    let Some((from, amount)) = BIDS.with_borrow(|b| b.get(i).map(|bid| (bid.from, bid.amount))) else {
        return false;
    };
    if !collect(from, amount).await {
        return false;
    }
    BIDS.with_borrow_mut(|b| b[i].settled = true); // want "trap-after-commit"
    true
}

/// The pot may be smaller.
#[update]
async fn hand_out(amount: u64) -> bool {
    if !pay(msg_caller(), amount).await {
        return false;
    }
    POT.set(POT.get().checked_sub(amount).expect("the pot covers it")); // want "trap-after-commit confirmed"
    true
}

/// The phase may have moved on.
#[update]
async fn join(amount: u64) -> bool {
    let who = msg_caller();
    if PHASE.get() == Phase::Closed || !collect(who, amount).await {
        return false;
    }
    match PHASE.get() {
        Phase::Open => JOINED.with_borrow_mut(|j| j.push(who)),
        Phase::Closed => unreachable!("closed while joining"), // want "trap-after-commit confirmed"
    }
    true
}

// Quiet: `get_mut` answers for an index that has gone.
#[update]
async fn settle_if_there(i: usize) -> bool {
    let Some((from, amount)) = BIDS.with_borrow(|b| b.get(i).map(|bid| (bid.from, bid.amount))) else {
        return false;
    };
    if !collect(from, amount).await {
        return false;
    }
    BIDS.with_borrow_mut(|b| match b.get_mut(i) {
        Some(bid) => {
            bid.settled = true;
            true
        }
        None => false,
    })
}

// Quiet: taken off before the payment, and put back if that fails.
#[update]
async fn hand_out_first(amount: u64) -> bool {
    POT.set(POT.get().checked_sub(amount).expect("the pot covers it"));
    let paid = pay(msg_caller(), amount).await;
    if !paid {
        POT.set(POT.get().saturating_add(amount));
    }
    paid
}

// Quiet: who pays too late joins all the same.
#[update]
async fn join_late(amount: u64) -> bool {
    let who = msg_caller();
    if PHASE.get() == Phase::Closed || !collect(who, amount).await {
        return false;
    }
    JOINED.with_borrow_mut(|j| j.push(who));
    true
}

#[update]
fn bid(amount: u64) {
    BIDS.with_borrow_mut(|b| b.push(Bid { from: msg_caller(), amount, settled: false }));
    POT.set(POT.get().saturating_add(amount));
}

#[update]
fn close() {
    PHASE.set(Phase::Closed);
    BIDS.with_borrow_mut(|b| b.retain(|bid| !bid.settled));
}
