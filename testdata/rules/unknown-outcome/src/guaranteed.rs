//! A call that waits for its response without bound: only a callee that acts and then rejects,
//! or that answers something else, leaves a doubt. That is worth a note.

use std::cell::Cell;

use ic_cdk::call::{Call, CallErrorExt};
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static POOL: Cell<u64> = const { Cell::new(100) };
    static DOUBTS: Cell<u64> = const { Cell::new(0) };
}

fn take(amount: u64) -> Result<(), String> {
    POOL.set(POOL.get().checked_sub(amount).ok_or("too little")?);
    Ok(())
}

/// The callee may have paid and trapped then.
#[update]
async fn pay(amount: u64) -> Result<(), String> {
    take(amount)?;
    if let Err(e) = Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await {
        POOL.set(POOL.get() + amount); // want "unknown-outcome confirmed"
        return Err(e.to_string());
    }
    Ok(())
}

/// The callee has paid and says so in words nobody understands.
#[update]
async fn pay_for_receipt(amount: u64) -> Result<u64, String> {
    take(amount)?;
    let reply = match Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await {
        Ok(reply) => reply,
        Err(e) => {
            DOUBTS.set(DOUBTS.get() + amount);
            return Err(e.to_string());
        }
    };
    reply.candid::<u64>().map_err(|e| {
        POOL.set(POOL.get() + amount); // want "unknown-outcome confirmed"
        e.to_string()
    })
}

// Quiet: what may be paid stays off the pool, and is counted.
#[update]
async fn pay_or_doubt(amount: u64) -> Result<(), String> {
    take(amount)?;
    if let Err(e) = Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await {
        let to = if e.is_clean_reject() { &POOL } else { &DOUBTS };
        to.set(to.get() + amount);
        return Err(e.to_string());
    }
    Ok(())
}

// Quiet: a receipt that cannot be read does not undo the payment.
#[update]
async fn pay_for_any_receipt(amount: u64) -> Result<Option<u64>, String> {
    take(amount)?;
    match Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await {
        Ok(reply) => Ok(reply.candid::<u64>().ok()),
        Err(e) => {
            DOUBTS.set(DOUBTS.get() + amount);
            Err(e.to_string())
        }
    }
}
