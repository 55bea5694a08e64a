//! Old values that flow somewhere else.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{init, update};

use crate::SERVICE;

thread_local! {
    static OWNER: RefCell<Option<Principal>> = const { RefCell::new(None) };
    static FEE: Cell<u64> = const { Cell::new(10) };
    static CREDIT: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static LAST_FEE: Cell<u64> = const { Cell::new(0) };
    static SURCHARGE: Cell<u64> = const { Cell::new(0) };
}

#[init]
fn set_owner() {
    OWNER.set(Some(msg_caller()));
}

async fn pull(who: Principal, amount: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "pull").with_args(&(who, amount)).await.map_err(|e| e.to_string())?;
    Ok(())
}

// Quiet: the fee of the time of the request is meant; it flows into another place, which is changed relatively.
#[update]
async fn top_up(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let fee = FEE.get();
    pull(who, amount).await?;
    CREDIT.with_borrow_mut(|c| *c.entry(who).or_default() += amount.saturating_sub(fee));
    Ok(())
}

// Quiet: keeps what was charged, in a place that nothing was read from.
#[update]
async fn top_up_and_note(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let fee = FEE.get();
    pull(who, amount + fee).await?;
    LAST_FEE.set(fee);
    Ok(())
}

// Quiet: the owner is only written by the installer, so the old reading is the present one.
#[update]
async fn tip_owner(amount: u64) -> Result<(), String> {
    let owner = OWNER.with_borrow(|o| *o).ok_or("no owner")?;
    pull(msg_caller(), amount).await?;
    CREDIT.with_borrow_mut(|c| *c.entry(owner).or_default() += amount);
    Ok(())
}

/// A surcharge set during the call is undone.
#[update]
async fn raise_surcharge() -> Result<(), String> {
    let surcharge = SURCHARGE.get();
    pull(msg_caller(), surcharge).await?;
    SURCHARGE.set(surcharge + 1); // want "stale-write confirmed"
    Ok(())
}

#[update]
fn set_fee(fee: u64) {
    FEE.set(fee);
}

#[update]
fn set_surcharge(surcharge: u64) {
    SURCHARGE.set(surcharge);
}
