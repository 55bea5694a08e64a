//! Traps after an await that lose nothing.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static RATE: Cell<u64> = const { Cell::new(0) };
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static SPENT: Cell<u64> = const { Cell::new(0) };
}

async fn fetch_rate() -> u64 {
    let reply = Call::bounded_wait(SERVICE, "rate").await.expect("no answer");
    reply.candid().expect("not a number")
}

// Quiet: nothing was written, and the call only reads: a trap loses nothing.
#[update]
async fn rate_times(amount: u64) -> u64 {
    let rate = fetch_rate().await;
    rate.checked_mul(amount).expect("too large")
}

// Quiet: the trap stands before the only write, which the caller can ask for again.
#[update]
async fn refresh_rate() {
    let rate = fetch_rate().await;
    assert!(rate > 0, "no rate");
    RATE.set(rate);
}

/// Async by habit: no call is made in it.
async fn step(n: u64) -> u64 {
    n.saturating_add(1)
}

// Quiet: the await does not end the segment; the assertion takes the write back.
#[update]
async fn advance() -> u64 {
    STEPS.set(STEPS.get() + 1);
    let n = step(STEPS.get()).await;
    assert!(n < 1_000, "too far");
    n
}

/// The budget is set aside and committed when the price turns out to be wrong; what is left of it stays blocked.
#[update]
async fn buy_within(budget: u64) -> u64 {
    SPENT.set(SPENT.get().saturating_add(budget));
    let reply = Call::bounded_wait(SERVICE, "buy").with_arg(budget).await;
    let Ok(reply) = reply else {
        SPENT.set(SPENT.get().saturating_sub(budget));
        return 0;
    };
    let price: u64 = reply.candid().unwrap_or_default();
    assert!(price <= budget, "over budget"); // want "trap-after-commit confirmed"
    SPENT.set(SPENT.get().saturating_sub(budget.saturating_sub(price)));
    price
}
