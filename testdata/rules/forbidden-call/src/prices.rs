//! Queries that look further than their own state.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static PRICE: Cell<Option<u64>> = const { Cell::new(None) };
}

async fn ask() -> Option<u64> {
    Call::bounded_wait(SERVICE, "price").await.ok()?.candid().ok()
}

async fn known() -> Option<u64> {
    PRICE.get()
}

/// Whenever the price is not known, the query traps.
#[query]
async fn price() -> Option<u64> {
    if PRICE.get().is_some() {
        return PRICE.get();
    }
    ask().await // want "forbidden-call"
}

// Quiet: a composite query may call queries.
#[query(composite = true)]
async fn price_composite() -> Option<u64> {
    if PRICE.get().is_some() {
        return PRICE.get();
    }
    ask().await
}

// Quiet: what is awaited makes no call.
#[query]
async fn price_known() -> Option<u64> {
    known().await
}

// Quiet: an update asks, the query above looks.
#[update]
async fn refresh_price() -> Option<u64> {
    let price = ask().await;
    PRICE.set(price);
    price
}
