//! Tuple calls whose payload is a result of the ledger's own.

mod tasks;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::{caller, query, update};

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

#[derive(Default)]
struct State {
    balances: BTreeMap<Principal, u64>,
    rewarded: BTreeSet<Principal>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
}

fn read_state<R>(f: impl FnOnce(&State) -> R) -> R {
    STATE.with(|s| f(&s.borrow()))
}

fn mutate_state<R>(f: impl FnOnce(&mut State) -> R) -> R {
    STATE.with(|s| f(&mut s.borrow_mut()))
}

/// Two withdrawals are paid from one balance.
#[update]
async fn withdraw(amount: u64) -> Result<u64, String> {
    let who = caller();
    let balance = read_state(|s| s.balances.get(&who).copied().unwrap_or(0));
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    match ic_cdk::call::<_, (Result<u64, String>,)>(LEDGER, "transfer", (who, amount)).await {
        Ok((Ok(block),)) => {
            mutate_state(|s| {
                s.balances.entry(who).and_modify(|b| *b = b.saturating_sub(amount));
                // want -1 "stale-check confirmed"
            });
            Ok(block)
        }
        Ok((Err(e),)) | Err((_, e)) => Err(e),
    }
}

/// Whoever asks twice at once is rewarded twice.
#[update]
async fn reward() -> Result<(), String> {
    let who = caller();
    if read_state(|s| s.rewarded.contains(&who)) {
        return Err("only once".to_string());
    }
    let (minted,): (Result<(), String>,) =
        ic_cdk::call(LEDGER, "mint", (who, 1u64)).await.map_err(|(_, e)| e)?;
    minted?;
    mutate_state(|s| s.rewarded.insert(who)); // want "stale-check confirmed"
    Ok(())
}

// Quiet: taken off with the check, put back on either error.
#[update]
async fn withdraw_first(amount: u64) -> Result<u64, String> {
    let who = caller();
    mutate_state(|s| {
        let balance = s.balances.entry(who).or_default();
        if *balance < amount {
            return Err("not enough funds".to_string());
        }
        *balance -= amount;
        Ok(())
    })?;
    match ic_cdk::call::<_, (Result<u64, String>,)>(LEDGER, "transfer", (who, amount)).await {
        Ok((Ok(block),)) => Ok(block),
        Ok((Err(e),)) | Err((_, e)) => {
            mutate_state(|s| *s.balances.entry(who).or_default() += amount);
            Err(e)
        }
    }
}

// Quiet: marked with the check, unmarked on either error.
#[update]
async fn reward_marked() -> Result<(), String> {
    let who = caller();
    if !mutate_state(|s| s.rewarded.insert(who)) {
        return Err("only once".to_string());
    }
    let minted: Result<(Result<(), String>,), _> = ic_cdk::call(LEDGER, "mint", (who, 1u64)).await;
    let outcome = match minted {
        Ok((inner,)) => inner,
        Err((code, e)) => Err(format!("{code:?}: {e}")),
    };
    if outcome.is_err() {
        mutate_state(|s| s.rewarded.remove(&who));
    }
    outcome
}

#[update]
fn deposit(who: Principal, amount: u64) {
    mutate_state(|s| *s.balances.entry(who).or_default() += amount);
}

#[query]
fn balance_of(who: Principal) -> u64 {
    read_state(|s| s.balances.get(&who).copied().unwrap_or(0))
}

ic_cdk::export_candid!();
