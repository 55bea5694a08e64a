//! The old value is compared with the new one before it is used.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PRICE: Cell<u64> = const { Cell::new(100) };
    static FLOOR: Cell<u64> = const { Cell::new(100) };
}

async fn index() -> Option<u64> {
    let reply = Call::bounded_wait(SERVICE, "index").await.ok()?;
    reply.candid::<u64>().ok()
}

/// A price set by hand during the call is undone.
#[update]
async fn follow_index() -> Option<u64> {
    let price = PRICE.get();
    let index = index().await?;
    PRICE.set((price + index) / 2); // want "stale-write confirmed"
    Some(PRICE.get())
}

// Quiet: if the floor moved in the meantime, the answer is thrown away.
#[update]
async fn follow_index_unless_changed() -> Option<u64> {
    let floor = FLOOR.get();
    let index = index().await?;
    if FLOOR.get() != floor {
        return None;
    }
    FLOOR.set((floor + index) / 2);
    Some(FLOOR.get())
}

#[update]
fn set_price(price: u64) {
    PRICE.set(price);
}

#[update]
fn set_floor(floor: u64) {
    FLOOR.set(floor);
}
