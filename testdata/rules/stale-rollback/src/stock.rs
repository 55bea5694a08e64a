//! A number in a `Cell`.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static STOCK: Cell<u64> = const { Cell::new(100) };
}

/// A delivery that came in during the failed shipment disappears from the books.
#[update]
async fn ship(count: u64) -> bool {
    let before = STOCK.get();
    let Some(left) = before.checked_sub(count) else {
        return false;
    };
    STOCK.set(left);
    let shipped = Call::unbounded_wait(SERVICE, "ship").with_arg(count).await.is_ok();
    if !shipped {
        STOCK.set(before); // want "stale-rollback confirmed"
    }
    shipped
}

/// The same in other words: what is left plus what was taken off is still the old number.
#[update]
async fn ship_sample() -> bool {
    let Some(left) = STOCK.get().checked_sub(1) else {
        return false;
    };
    STOCK.set(left);
    match Call::unbounded_wait(SERVICE, "ship").with_arg(1u64).await {
        Ok(_) => true,
        Err(_) => {
            STOCK.set(left + 1); // want "stale-rollback confirmed"
            false
        }
    }
}

// Quiet: the count is added to the stock of now.
#[update]
async fn ship_or_return(count: u64) -> bool {
    let before = STOCK.get();
    let Some(left) = before.checked_sub(count) else {
        return false;
    };
    STOCK.set(left);
    let shipped = Call::unbounded_wait(SERVICE, "ship").with_arg(count).await.is_ok();
    if !shipped {
        STOCK.set(STOCK.get() + count);
    }
    shipped
}

// Quiet: read again on the error path, then written.
#[update]
async fn ship_sample_or_return() -> bool {
    let Some(left) = STOCK.get().checked_sub(1) else {
        return false;
    };
    STOCK.set(left);
    match Call::unbounded_wait(SERVICE, "ship").with_arg(1u64).await {
        Ok(_) => true,
        Err(_) => {
            let left = STOCK.get();
            STOCK.set(left + 1);
            false
        }
    }
}

#[update]
fn deliver(count: u64) {
    STOCK.set(STOCK.get() + count);
}

#[query]
fn in_stock() -> u64 {
    STOCK.get()
}
