//! What was taken out for a call is put back for the next turn.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::call::{Call, CallErrorExt};
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static ORDERS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static STUCK: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static BUSY: RefCell<BTreeMap<u64, ()>> = const { RefCell::new(BTreeMap::new()) };
}

/// The next turn pays the order again.
#[update]
async fn settle(id: u64) -> Result<(), String> {
    let amount = ORDERS.with_borrow_mut(|o| o.remove(&id)).ok_or("no such order")?;
    if let Err(e) = Call::bounded_wait(SERVICE, "pay").with_args(&(id, amount)).await {
        ORDERS.with_borrow_mut(|o| o.insert(id, amount)); // want "unknown-outcome confirmed"
        return Err(e.to_string());
    }
    Ok(())
}

// Quiet: only what was certainly not paid is put back.
#[update]
async fn settle_if_clean(id: u64) -> Result<(), String> {
    let amount = ORDERS.with_borrow_mut(|o| o.remove(&id)).ok_or("no such order")?;
    if let Err(e) = Call::bounded_wait(SERVICE, "pay").with_args(&(id, amount)).await {
        let back = if e.is_clean_reject() { &ORDERS } else { &STUCK };
        back.with_borrow_mut(|o| o.insert(id, amount));
        return Err(e.to_string());
    }
    Ok(())
}

// Quiet: the mark is for the time of the call, however it ends.
#[update]
async fn settle_one_at_a_time(id: u64) -> Result<(), String> {
    if BUSY.with_borrow_mut(|b| b.insert(id, ())).is_some() {
        return Err("busy".to_string());
    }
    let paid = Call::bounded_wait(SERVICE, "pay").with_arg(id).await;
    BUSY.with_borrow_mut(|b| b.remove(&id));
    paid.map(|_| ()).map_err(|e| e.to_string())
}

#[update]
fn order(id: u64, amount: u64) {
    ORDERS.with_borrow_mut(|o| {
        o.insert(id, amount);
    });
}
