//! A set of the items in work.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static IN_WORK: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static SERVED: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static DONE: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
}

async fn work(item: u64) -> Result<(), String> {
    let call = Call::unbounded_wait(SERVICE, "work").with_arg(item);
    let reply = call.await.map_err(|e| e.to_string())?;
    let result: Result<(), String> = reply.candid().map_err(|e| e.to_string())?;
    result
}

fn enter(item: u64) -> Result<(), String> {
    IN_WORK.with_borrow_mut(|items| if items.insert(item) { Ok(()) } else { Err("in work".to_string()) })
}

fn leave(item: u64) {
    IN_WORK.with_borrow_mut(|items| items.remove(&item));
}

/// The item can never be worked on again.
#[update]
async fn process(item: u64) -> Result<(), String> {
    enter(item)?;
    work(item).await?; // want "lock-leak confirmed"
    DONE.with_borrow_mut(|done| done.insert(item));
    leave(item);
    Ok(())
}

// Quiet: the error leaves by the same line.
#[update]
async fn process_checked(item: u64) -> Result<(), String> {
    enter(item)?;
    let result = work(item).await;
    if result.is_ok() {
        DONE.with_borrow_mut(|done| done.insert(item));
    }
    leave(item);
    result
}

struct Served(Principal);

impl Served {
    fn new(who: Principal) -> Result<Self, String> {
        if !SERVED.with_borrow_mut(|served| served.insert(who)) {
            return Err("is being served".to_string());
        }
        Ok(Self(who))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        SERVED.with_borrow_mut(|served| served.remove(&self.0));
    }
}

// Quiet: by a guard for each caller.
#[update]
async fn process_mine(item: u64) -> Result<(), String> {
    let _served = Served::new(msg_caller())?;
    work(item).await?;
    DONE.with_borrow_mut(|done| done.insert(item));
    Ok(())
}
