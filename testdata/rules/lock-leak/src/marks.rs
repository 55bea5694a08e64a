//! A lock that is kept on purpose where nobody knows what happened.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PAYING: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static SENDING: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static DOUBTFUL: RefCell<BTreeMap<u64, String>> = const { RefCell::new(BTreeMap::new()) };
    static PAID: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
}

async fn transfer(bill: u64) -> Result<(), String> {
    let call = Call::unbounded_wait(SERVICE, "transfer").with_arg(bill);
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

/// The log does not tell anybody which bill has to be looked into.
#[update]
async fn pay(bill: u64) -> Result<(), String> {
    if !PAYING.with_borrow_mut(|paying| paying.insert(bill)) {
        return Err("is being paid".to_string());
    }
    if let Err(e) = transfer(bill).await {
        ic_cdk::println!("{e}");
        return Err(e); // want "lock-leak confirmed"
    }
    PAYING.with_borrow_mut(|paying| paying.remove(&bill));
    PAID.with_borrow_mut(|paid| paid.insert(bill));
    Ok(())
}

// Quiet: the bill is kept for somebody to decide about.
#[update]
async fn send(bill: u64) -> Result<(), String> {
    if !SENDING.with_borrow_mut(|sending| sending.insert(bill)) {
        return Err("is being paid".to_string());
    }
    if let Err(e) = transfer(bill).await {
        DOUBTFUL.with_borrow_mut(|doubtful| doubtful.insert(bill, e.clone()));
        return Err(e);
    }
    SENDING.with_borrow_mut(|sending| sending.remove(&bill));
    PAID.with_borrow_mut(|paid| paid.insert(bill));
    Ok(())
}

/// What somebody found out about a bill.
#[update]
fn decide(bill: u64, paid: bool) {
    DOUBTFUL.with_borrow_mut(|doubtful| doubtful.remove(&bill));
    SENDING.with_borrow_mut(|sending| sending.remove(&bill));
    if paid {
        PAID.with_borrow_mut(|all| all.insert(bill));
    }
}
