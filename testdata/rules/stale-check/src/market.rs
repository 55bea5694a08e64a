//! Selling tokens that exist once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::{CandidType, Principal};
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::LEDGER;

#[derive(CandidType, Clone, Copy, PartialEq)]
enum Phase {
    Open,
    Paying,
    Sold,
}

#[derive(Clone)]
struct Listing {
    seller: Principal,
    price: u64,
}

struct Lot {
    price: u64,
    phase: Phase,
}

thread_local! {
    static LISTINGS: RefCell<BTreeMap<u64, Listing>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT_CLAIM: Cell<u64> = const { Cell::new(0) };
    static CLAIMS: RefCell<BTreeMap<u64, Listing>> = const { RefCell::new(BTreeMap::new()) };
    static OWNERS: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static LOTS: RefCell<BTreeMap<u64, Lot>> = const { RefCell::new(BTreeMap::new()) };
}

async fn charge(from: Principal, to: Principal, price: u64) -> Result<(), String> {
    Call::unbounded_wait(LEDGER, "transfer_from")
        .with_args(&(from, to, price))
        .await
        .map_err(|e| e.to_string())?;
    Ok(())
}

/// Two buyers pay for one token.
#[update]
async fn buy(id: u64) -> Result<(), String> {
    let buyer = msg_caller();
    let listing = LISTINGS.with_borrow(|l| l.get(&id).cloned()).ok_or("not for sale")?;
    charge(buyer, listing.seller, listing.price).await?;
    LISTINGS.with_borrow_mut(|l| l.remove(&id)); // want "stale-check confirmed"
    OWNERS.with_borrow_mut(|o| o.insert(id, buyer));
    Ok(())
}

// Quiet: the listing is claimed, that is removed, before the payment. Ids are drawn, so that nobody else
// can have put anything under this one when it is put back.
#[update]
async fn buy_claimed(id: u64) -> Result<(), String> {
    let buyer = msg_caller();
    let listing = CLAIMS.with_borrow_mut(|c| c.remove(&id)).ok_or("not for sale")?;
    if let Err(e) = charge(buyer, listing.seller, listing.price).await {
        CLAIMS.with_borrow_mut(|c| c.insert(id, listing));
        return Err(e);
    }
    Ok(())
}

// Quiet: a status machine; the phase is moved on with the check.
#[update]
async fn buy_lot(id: u64, seller: Principal) -> Result<(), String> {
    let price = LOTS.with_borrow_mut(|lots| match lots.get_mut(&id) {
        Some(lot) if lot.phase == Phase::Open => {
            lot.phase = Phase::Paying;
            Ok(lot.price)
        }
        _ => Err("not open"),
    })?;
    let outcome = charge(msg_caller(), seller, price).await;
    LOTS.with_borrow_mut(|lots| {
        if let Some(lot) = lots.get_mut(&id) {
            lot.phase = if outcome.is_ok() { Phase::Sold } else { Phase::Open };
        }
    });
    outcome
}

#[update]
fn offer(id: u64, price: u64) -> Result<(), String> {
    let seller = msg_caller();
    if OWNERS.with_borrow(|o| o.get(&id) != Some(&seller)) {
        return Err("not yours".to_string());
    }
    LISTINGS.with_borrow_mut(|l| l.insert(id, Listing { seller, price }));
    Ok(())
}

#[update]
fn offer_for_claim(price: u64) -> u64 {
    let seller = msg_caller();
    let id = NEXT_CLAIM.get();
    NEXT_CLAIM.set(id + 1);
    CLAIMS.with_borrow_mut(|c| c.insert(id, Listing { seller, price }));
    id
}

#[update]
fn add_lot(id: u64, price: u64) {
    LOTS.with_borrow_mut(|lots| {
        lots.entry(id).or_insert(Lot { price, phase: Phase::Open });
    });
}

#[query]
fn phase_of(id: u64) -> Option<Phase> {
    LOTS.with_borrow(|lots| lots.get(&id).map(|lot| lot.phase))
}
