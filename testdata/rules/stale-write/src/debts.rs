//! Accessor functions around the map, and an async helper two levels down.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static DEBTS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

fn debt_of(who: Principal) -> u64 {
    DEBTS.with_borrow(|d| d.get(&who).copied().unwrap_or(0))
}

fn set_debt(who: Principal, debt: u64) {
    DEBTS.with_borrow_mut(|d| d.insert(who, debt)); // want "stale-write confirmed"
}

async fn ask(method: &str) -> Result<u64, String> {
    let reply = Call::bounded_wait(SERVICE, method).await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// The yearly rate in hundredths of a per cent.
async fn rate() -> Result<u64, String> {
    ask("rate").await
}

/// What was repaid while the oracle was asked is owed again.
#[update]
async fn accrue() -> Result<u64, String> {
    let who = msg_caller();
    let debt = debt_of(who);
    let rate = rate().await?;
    set_debt(who, debt + debt * rate / 10_000);
    Ok(debt_of(who))
}

// Quiet: asked first; debt read and written in one segment.
#[update]
async fn accrue_after() -> Result<u64, String> {
    let who = msg_caller();
    let rate = rate().await?;
    let debt = debt_of(who);
    set_debt(who, debt + debt * rate / 10_000);
    Ok(debt_of(who))
}

// Quiet: one segment.
#[update]
fn repay(amount: u64) {
    let who = msg_caller();
    set_debt(who, debt_of(who).saturating_sub(amount));
}
