//! Comments that silence findings, and comments that silence none.

use std::cell::Cell;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

thread_local! {
    static TOTAL: Cell<u64> = const { Cell::new(0) };
    static FEE: Cell<u64> = const { Cell::new(0) };
}

async fn pay(amount: u64) -> bool {
    Call::unbounded_wait(LEDGER, "pay").with_arg(amount).await.is_ok()
}

/// The write is relative now, and the comment was left behind.
#[update]
async fn spend(amount: u64) -> bool {
    let paid = pay(amount).await;
    // want +1 "unused-suppression"
    // awaitlint: ignore[stale-write] -- one writer
    TOTAL.set(TOTAL.get() + 1);
    paid
}

// Quiet: it silences what is there.
#[update]
async fn spend_absolute(amount: u64) -> bool {
    let total = TOTAL.get();
    let paid = pay(amount).await;
    TOTAL.set(total + 1); // awaitlint: ignore[stale-write] -- one writer
    paid
}

/// One of the two names is of no rule, so that the other is doubtful too.
#[update]
async fn raise(step: u64) -> bool {
    let fee = FEE.get();
    let paid = pay(step).await;
    // want +1 "unused-suppression"
    // awaitlint: ignore[stale-write, stale-wriet] -- only at night
    FEE.set(fee + step);
    paid
}

// Quiet: the comment above the item is about all of it.
// awaitlint: ignore[stale-write] -- only at night
#[update]
async fn raise_twice(step: u64) -> bool {
    let fee = FEE.get();
    let paid = pay(step).await;
    FEE.set(fee + step);
    let fee = FEE.get();
    let again = pay(step).await;
    FEE.set(fee + step);
    paid && again
}

/// It is about the statement below it, not about the one above.
#[update]
async fn lower(step: u64) -> bool {
    let fee = FEE.get();
    let paid = pay(step).await;
    FEE.set(fee - step); // want "stale-write"
    // want +1 "unused-suppression"
    // awaitlint: ignore[stale-write] -- only at night
    paid
}

// Quiet: it is about the statement, which is long.
#[update]
async fn lower_long(step: u64) -> bool {
    let fee = FEE.get();
    let paid = pay(step).await;
    // awaitlint: ignore[stale-write] -- only at night
    FEE.set(
        fee - step,
    );
    paid
}
