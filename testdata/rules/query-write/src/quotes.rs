//! What is dear to compute is kept.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ic_cdk::{query, update};

thread_local! {
    static RATE: Cell<u64> = const { Cell::new(7) };
    static QUOTES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static OFFERS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

// Quiet: a cache; what is lost is computed again.
#[query]
fn quote(size: u64) -> u64 {
    if let Some(known) = QUOTES.with_borrow(|q| q.get(&size).copied()) {
        return known;
    }
    let price = size * RATE.get();
    QUOTES.with_borrow_mut(|q| q.insert(size, price));
    price
}

#[update]
fn set_rate(rate: u64) {
    RATE.set(rate);
    QUOTES.with_borrow_mut(|q| q.clear());
}

/// Looks the same, but an offer is changed by others: it is no cache.
#[query]
fn offer(size: u64) -> u64 {
    if let Some(known) = OFFERS.with_borrow(|o| o.get(&size).copied()) {
        return known;
    }
    let price = size * RATE.get();
    OFFERS.with_borrow_mut(|o| o.insert(size, price)); // want "query-write confirmed"
    price
}

#[update]
fn haggle(size: u64, price: u64) -> bool {
    OFFERS.with_borrow_mut(|o| o.insert(size, price)).is_some()
}
