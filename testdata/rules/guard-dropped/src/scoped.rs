//! The guard has a name, and ends before the await: in a block, in a helper, by `drop`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static CLAIMS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static OPEN: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static NEWS: Cell<u64> = const { Cell::new(0) };
}

struct Busy;

impl Busy {
    fn new() -> Result<Self, String> {
        if BUSY.get() {
            return Err("busy".to_string());
        }
        BUSY.set(true);
        Ok(Busy)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

async fn pay(amount: u64) -> Result<(), String> {
    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(msg_caller(), amount));
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

fn ensure_free() -> Result<(), String> {
    let _busy = Busy::new()?; // want "guard-dropped"
    Ok(())
}

fn acquire() -> Result<Busy, String> {
    let busy = Busy::new()?;
    Ok(busy)
}

#[update]
async fn in_helper() -> Result<(), String> {
    ensure_free()?;
    pay(1).await
}

// Quiet: the helper hands the guard out.
#[update]
async fn in_helper_fixed() -> Result<(), String> {
    let _busy = acquire()?;
    pay(1).await
}

#[update]
async fn in_block() -> Result<(), String> {
    {
        let _busy = Busy::new()?; // want "guard-dropped"
    }
    pay(1).await
}

// Quiet: the block holds the await too.
#[update]
async fn in_block_fixed() -> Result<(), String> {
    {
        let _busy = Busy::new()?;
        pay(1).await?;
    }
    Ok(())
}

#[update]
async fn dropped_early() -> Result<(), String> {
    let busy = Busy::new()?; // want "guard-dropped"
    drop(busy);
    pay(1).await
}

// Quiet: dropped when the work is done, before a call that needs no guard.
#[update]
async fn dropped_late() -> Result<(), String> {
    let busy = Busy::new()?;
    pay(1).await?;
    drop(busy);
    pay(0).await
}

#[update]
async fn set_to_none() -> Result<(), String> {
    let mut _busy = Some(Busy::new()?); // want "guard-dropped"
    _busy = None;
    pay(1).await
}

// Quiet: asked whether somebody else is busy, and taken for good before the await.
#[update]
async fn asked_then_taken() -> Result<(), String> {
    ensure_nobody_pays()?;
    let _busy = Busy::new()?;
    pay(1).await
}

fn ensure_nobody_pays() -> Result<(), String> {
    Busy::new().map(|_| ())
}

// The check is made under the guard, and what it allowed is done without.
#[update]
async fn check_covered_only() -> Result<(), String> {
    let who = msg_caller();
    let amount = {
        let _busy = Busy::new()?; // want "guard-dropped confirmed"
        CLAIMS.with_borrow(|claims| claims.get(&who).copied()).ok_or("nothing to claim")?
    };
    pay(amount).await?;
    CLAIMS.with_borrow_mut(|claims| claims.remove(&who)); // want "stale-check"
    Ok(())
}

#[update]
fn grant(who: Principal, amount: u64) {
    CLAIMS.with_borrow_mut(|claims| claims.insert(who, amount));
}

// Quiet: the block is all that the guard is for: what is paid out is taken in it.
#[update]
async fn claim_covered() -> Result<(), String> {
    let who = msg_caller();
    let amount = {
        let _busy = Busy::new()?;
        OPEN.with_borrow_mut(|open| open.remove(&who)).ok_or("nothing to claim")?
    };
    if pay(amount).await.is_err() {
        OPEN.with_borrow_mut(|open| *open.entry(who).or_default() += amount);
    }
    Ok(())
}

#[update]
fn open(who: Principal, amount: u64) {
    OPEN.with_borrow_mut(|open| *open.entry(who).or_default() += amount);
}

// Quiet: nothing waits behind the guard: it only keeps this out while somebody pays.
#[update]
async fn publish(news: u64) -> Result<(), String> {
    pay(0).await?;
    let _ = Busy::new()?;
    NEWS.set(news);
    Ok(())
}
