//! What a call answered is kept, and then something traps.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static RATES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static BUDGETS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

async fn ask(what: &str, of: u64) -> u64 {
    Call::bounded_wait(SERVICE, what).with_arg(of).await.unwrap().candid().unwrap()
}

// Quiet: what stays is only what the first call answered, and that is as good as ever.
#[update]
async fn quote(amount: u64) -> u64 {
    let who = msg_caller();
    let rate = ask("rate", amount).await;
    RATES.with_borrow_mut(|r| r.insert(who, rate));
    let scale = ask("scale", rate).await;
    rate * scale
}

/// The price came as an answer too, but it was taken off a budget, and nothing was bought for it.
#[update]
async fn reserve(amount: u64) -> u64 {
    let who = msg_caller();
    let price = ask("rate", amount).await;
    BUDGETS.with_borrow_mut(|b| {
        let left = b.get(&who).copied().unwrap_or_default();
        b.insert(who, left.saturating_sub(price));
    });
    let reply = Call::bounded_wait(SERVICE, "scale").with_arg(price).await;
    reply.unwrap().candid().unwrap() // want "trap-after-commit"
}

#[update]
fn fund(who: Principal, amount: u64) {
    BUDGETS.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
}
