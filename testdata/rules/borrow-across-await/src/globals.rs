//! References to a global that is no more than a static.

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

struct Meter {
    reading: u64,
    limit: u64,
}

static mut METER: Meter = Meter { reading: 0, limit: 100 };

/// The reference is taken by hand.
#[update]
#[allow(static_mut_refs)]
async fn tick() {
    let meter = unsafe { &mut METER };
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    meter.reading += 1;
}

// Quiet: the static is named anew behind the call.
#[update]
async fn tick_by_name() {
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    unsafe { METER.reading += 1 }
}

// Quiet: a number was copied, no reference is kept.
#[update]
async fn tick_within(n: u64) {
    let limit = unsafe { METER.limit };
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    if n < limit {
        unsafe { METER.reading += n }
    }
}

#[update]
fn reset() {
    unsafe { METER.reading = 0 }
}

#[query]
fn reading() -> u64 {
    unsafe { METER.reading }
}
