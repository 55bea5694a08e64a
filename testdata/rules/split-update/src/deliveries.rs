//! Parcels that are in no list while they are under way.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Waiting,
    UnderWay,
    Delivered,
}

thread_local! {
    static WAITING: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static DELIVERED: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static PARCELS: RefCell<BTreeMap<u64, Status>> = const { RefCell::new(BTreeMap::new()) };
    static LOST: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

async fn bring(id: u64) -> bool {
    Call::unbounded_wait(SERVICE, "bring").with_arg(id).await.is_ok()
}

/// Between the lists a parcel is nowhere.
#[update]
async fn deliver(id: u64) -> bool {
    let Some(weight) = WAITING.with_borrow_mut(|w| w.remove(&id)) else {
        return false;
    };
    if !bring(id).await {
        WAITING.with_borrow_mut(|w| w.insert(id, weight));
        return false;
    }
    DELIVERED.with_borrow_mut(|d| d.insert(id, weight)); // want "split-update"
    true
}

#[query]
fn known(id: u64) -> bool {
    WAITING.with_borrow(|w| w.contains_key(&id)) || DELIVERED.with_borrow(|d| d.contains_key(&id))
}

// Quiet: one place, whose status says how far it is.
#[update]
async fn deliver_by_status(id: u64) -> bool {
    if PARCELS.with_borrow(|p| p.get(&id).copied()) != Some(Status::Waiting) {
        return false;
    }
    PARCELS.with_borrow_mut(|p| p.insert(id, Status::UnderWay));
    let brought = bring(id).await;
    PARCELS.with_borrow_mut(|p| p.insert(id, if brought { Status::Delivered } else { Status::Waiting }));
    brought
}

#[query]
fn known_by_status(id: u64) -> bool {
    PARCELS.with_borrow(|p| p.contains_key(&id))
}

// Quiet: what is written after a failure puts things right.
#[update]
async fn deliver_or_lose(id: u64) -> bool {
    let Some(weight) = WAITING.with_borrow_mut(|w| w.remove(&id)) else {
        return false;
    };
    let result = Call::unbounded_wait(SERVICE, "bring").with_arg(id).await;
    if result.is_err() {
        LOST.with_borrow_mut(|l| l.insert(id, weight));
        return false;
    }
    true
}

#[query]
fn lost_or_waiting(id: u64) -> bool {
    WAITING.with_borrow(|w| w.contains_key(&id)) || LOST.with_borrow(|l| l.contains_key(&id))
}
