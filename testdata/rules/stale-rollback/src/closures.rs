//! The restoring write sits in a closure of the error.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static BUDGET: Cell<u64> = const { Cell::new(1_000) };
}

/// Money granted during the failed purchase is lost.
#[update]
async fn buy(price: u64) -> Result<(), String> {
    let budget = BUDGET.get();
    BUDGET.set(budget.checked_sub(price).ok_or("over budget")?);
    Call::unbounded_wait(SERVICE, "buy").with_arg(price).await.map_err(|e| {
        BUDGET.set(budget); // want "stale-rollback confirmed"
        e.to_string()
    })?;
    Ok(())
}

// Quiet: the closure adds the price to the budget of now.
#[update]
async fn buy_or_return(price: u64) -> Result<(), String> {
    let budget = BUDGET.get();
    BUDGET.set(budget.checked_sub(price).ok_or("over budget")?);
    Call::unbounded_wait(SERVICE, "buy").with_arg(price).await.map_err(|e| {
        BUDGET.set(BUDGET.get() + price);
        e.to_string()
    })?;
    Ok(())
}

#[update]
fn grant(amount: u64) {
    BUDGET.set(BUDGET.get() + amount);
}
