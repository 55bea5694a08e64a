//! Who may write past the lock: nobody, or those who were chosen.

use std::cell::{Cell, RefCell};

use candid::Principal;
use ic_cdk::api::{is_controller, msg_caller};
use ic_cdk::update;

use crate::pay;

thread_local! {
    static PRICING: Cell<bool> = const { Cell::new(false) };
    static PRICE: Cell<u64> = const { Cell::new(0) };
    static RATE: Cell<u64> = const { Cell::new(0) };
    static FEE: Cell<u64> = const { Cell::new(0) };
    static OWNER: RefCell<Option<Principal>> = const { RefCell::new(None) };
    static HELPER: RefCell<Option<Principal>> = const { RefCell::new(None) };
}

struct Pricing;

impl Pricing {
    fn new() -> Result<Self, String> {
        if PRICING.replace(true) {
            return Err("pricing".to_string());
        }
        Ok(Pricing)
    }
}

impl Drop for Pricing {
    fn drop(&mut self) {
        PRICING.set(false);
    }
}

#[update]
async fn raise_price() -> Result<(), String> {
    let _pricing = Pricing::new()?;
    let price = PRICE.get();
    pay(price).await?;
    PRICE.set(price + 1); // want "stale-write"
    Ok(())
}

// It asks who calls, but anybody is let through who says so first.
#[update]
fn set_price(price: u64) -> Result<(), String> {
    if HELPER.with_borrow(|helper| *helper != Some(msg_caller())) {
        return Err("only the helper".to_string());
    }
    PRICE.set(price); // want "guard-bypassed confirmed"
    Ok(())
}

#[update]
fn help() {
    HELPER.with_borrow_mut(|helper| *helper = Some(msg_caller()));
}

#[update]
async fn raise_rate() -> Result<(), String> {
    let _pricing = Pricing::new()?;
    let rate = RATE.get();
    pay(rate).await?;
    RATE.set(rate + 1); // want "stale-write"
    Ok(())
}

// Quiet: controllers only.
#[update]
fn set_rate(rate: u64) -> Result<(), String> {
    if !is_controller(&msg_caller()) {
        return Err("only for controllers".to_string());
    }
    RATE.set(rate);
    Ok(())
}

#[update]
async fn raise_fee() -> Result<(), String> {
    let _pricing = Pricing::new()?;
    let fee = FEE.get();
    pay(fee).await?;
    FEE.set(fee + 1); // want "stale-write"
    Ok(())
}

// Quiet: only the owner, whom only a controller can make one.
#[update]
fn set_fee(fee: u64) -> Result<(), String> {
    if OWNER.with_borrow(|owner| *owner != Some(msg_caller())) {
        return Err("only the owner".to_string());
    }
    FEE.set(fee);
    Ok(())
}

#[update]
fn set_owner(owner: Principal) -> Result<(), String> {
    if !is_controller(&msg_caller()) {
        return Err("only for controllers".to_string());
    }
    OWNER.with_borrow_mut(|o| *o = Some(owner));
    Ok(())
}
