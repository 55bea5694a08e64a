//! Everything that matters here comes out of macros.

use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::{init, update};
use shared::{canister_state, ensure};

mod entries;
#[macro_use]
mod local;

mod ledger {
    shared::client! {
        transfer(to: candid::Principal, amount: u64),
        burn(amount: u64),
    }
}

const LEDGER: Principal = Principal::from_slice(&[1]);

#[derive(Default)]
struct State {
    balances: BTreeMap<Principal, u64>,
    total: u64,
}

canister_state!(State);

#[init]
fn start() {
    init_state(State::default());
}

fn balance(of: Principal) -> u64 {
    read_state(|s| s.balances.get(&of).copied().unwrap_or_default())
}

#[update]
fn deposit(amount: u64) {
    mutate_state(|s| *s.balances.entry(msg_caller()).or_default() += amount);
}

/// The check and the write are in closures given to what a macro made.
#[update]
async fn withdraw(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    let before = balance(who);
    ensure!(before >= amount, "{who} has only {before}");
    ledger::transfer(LEDGER, who, amount).await?;
    mutate_state(|s| s.balances.insert(who, before - amount)); // want "stale-write confirmed" "stale-check confirmed"
    Ok(())
}

// Quiet: taken first, and given back where the transfer fails.
#[update]
async fn withdraw_taken(amount: u64) -> Result<(), String> {
    let who = msg_caller();
    take(who, amount)?;
    if let Err(e) = ledger::transfer(LEDGER, who, amount).await {
        mutate_state(|s| *s.balances.entry(who).or_default() += amount);
        return Err(e);
    }
    Ok(())
}

fn take(who: Principal, amount: u64) -> Result<(), String> {
    let has = balance(who);
    ensure!(has >= amount, "{who} has only {has}");
    mutate_state(|s| s.balances.insert(who, has - amount));
    Ok(())
}

/// The write is in the macro: it is reported where the macro is called.
#[update]
async fn shrink(amount: u64) -> Result<(), String> {
    let total = read_state(|s| s.total);
    ledger::burn(LEDGER, amount).await?;
    set_total!(total - amount); // want "stale-write confirmed"
    Ok(())
}

/// The macro's own `total` is another variable than the one here, which is old.
#[update]
async fn shrink_logged(amount: u64) -> Result<(), String> {
    let total = read_state(|s| s.total);
    ledger::burn(LEDGER, amount).await?;
    log_total!();
    set_total!(total - amount); // want "stale-write confirmed"
    Ok(())
}

// Quiet: what it was is read again.
#[update]
async fn shrink_anew(amount: u64) -> Result<(), String> {
    ledger::burn(LEDGER, amount).await?;
    let total = read_state(|s| s.total);
    set_total!(total.saturating_sub(amount));
    Ok(())
}

// Quiet: the same as `shrink_logged` but for the name that is given to the macro, which then binds it.
#[update]
async fn shrink_named(amount: u64) -> Result<(), String> {
    let _total = read_state(|s| s.total);
    ledger::burn(LEDGER, amount).await?;
    total_as!(total);
    set_total!(total.saturating_sub(amount));
    Ok(())
}
