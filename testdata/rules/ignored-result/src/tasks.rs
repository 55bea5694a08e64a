//! What a task returns goes to nobody.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use ic_cdk::call::{Call, CallFailed};
use ic_cdk::futures::spawn;
use ic_cdk::update;
use ic_cdk_timers::set_timer;

use crate::SERVICE;

thread_local! {
    static OPEN: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

#[update]
fn pay_later(id: u64, amount: u64) {
    set_timer(Duration::from_secs(60), async move {
        let _ = Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await; // want "ignored-result confirmed"
    });
}

async fn pay_once(id: u64, amount: u64) -> Result<(), CallFailed> {
    Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await?;
    Ok(())
}

#[update]
fn pay_aside(id: u64, amount: u64) {
    spawn(async move {
        pay_once(id, amount).await.ok(); // want "ignored-result confirmed"
    });
}

// Quiet: what is not paid stays open.
#[update]
fn pay_later_surely(id: u64, amount: u64) {
    OPEN.with_borrow_mut(|o| o.insert(id, amount));
    set_timer(Duration::from_secs(60), async move {
        if Call::unbounded_wait(SERVICE, "pay").with_args(&(id, amount)).await.is_ok() {
            OPEN.with_borrow_mut(|o| o.remove(&id));
        }
    });
}
