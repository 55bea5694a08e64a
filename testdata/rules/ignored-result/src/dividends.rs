//! Several transfers at once, and nobody counts which of them were made.

use std::cell::Cell;
use std::future::IntoFuture;

use candid::Principal;
use futures::future::join_all;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PAYOUTS: Cell<u64> = const { Cell::new(0) };
}

async fn pay(to: Principal, amount: u64) -> bool {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(to, amount)).await.is_ok()
}

#[update]
async fn pay_dividends(to: Vec<Principal>, amount: u64) {
    join_all(to.iter().map(|to| Call::unbounded_wait(SERVICE, "pay").with_args(&(*to, amount)).into_future())).await; // want "ignored-result"
    PAYOUTS.set(PAYOUTS.get() + 1);
}

// Quiet: the failed ones are counted.
#[update]
async fn pay_dividends_counted(to: Vec<Principal>, amount: u64) -> usize {
    let paid = join_all(to.iter().map(|to| pay(*to, amount))).await;
    PAYOUTS.set(PAYOUTS.get() + 1);
    paid.iter().filter(|paid| !**paid).count()
}
