//! The old value, kept by `mem::replace`, put back.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PRICES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Sets the price of an item that has one, and gives the old one.
fn replace_price(item: u64, price: u64) -> Option<u64> {
    PRICES.with_borrow_mut(|p| p.get_mut(&item).map(|now| mem::replace(now, price)))
}

async fn announce(item: u64, price: u64) -> bool {
    Call::unbounded_wait(SERVICE, "announce").with_args(&(item, price)).await.is_ok()
}

/// A price set by somebody else in the meantime gives way to a yet older one.
#[update]
async fn reprice(item: u64, price: u64) -> bool {
    let Some(old) = replace_price(item, price) else {
        return false;
    };
    let announced = announce(item, price).await;
    if !announced {
        PRICES.with_borrow_mut(|p| p.insert(item, old)); // want "stale-rollback confirmed"
    }
    announced
}

// Quiet: put back only if the own price is still there.
#[update]
async fn reprice_unless_changed(item: u64, price: u64) -> bool {
    let Some(old) = replace_price(item, price) else {
        return false;
    };
    let announced = announce(item, price).await;
    if !announced {
        PRICES.with_borrow_mut(|p| {
            if p.get(&item) == Some(&price) {
                p.insert(item, old);
            }
        });
    }
    announced
}

#[update]
fn set_price(item: u64, price: u64) {
    PRICES.with_borrow_mut(|p| p.insert(item, price));
}
