//! The ledger answers with a result inside the result, and one of the two errors is forgotten.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;
use ic_ledger_types::{
    transfer, AccountIdentifier, Memo, Tokens, TransferArgs, DEFAULT_FEE, DEFAULT_SUBACCOUNT,
    MAINNET_LEDGER_CANISTER_ID,
};

thread_local! {
    static DEPOSITS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static OPEN: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
}

fn take_off(who: Principal, e8s: u64) -> Result<(), String> {
    DEPOSITS.with_borrow_mut(|d| match d.get_mut(&who) {
        Some(have) if *have >= e8s => {
            *have -= e8s;
            Ok(())
        }
        _ => Err("not enough".to_string()),
    })
}

fn put_back(who: Principal, e8s: u64) {
    DEPOSITS.with_borrow_mut(|d| *d.entry(who).or_default() += e8s);
}

/// What may have been paid is written down, not given back.
fn leave_open(who: Principal, e8s: u64) {
    OPEN.with_borrow_mut(|o| o.push((who, e8s)));
}

fn transfer_args(to: Principal, e8s: u64) -> TransferArgs {
    TransferArgs {
        memo: Memo(0),
        amount: Tokens::from_e8s(e8s),
        fee: DEFAULT_FEE,
        from_subaccount: None,
        to: AccountIdentifier::new(&to, &DEFAULT_SUBACCOUNT),
        created_at_time: None,
    }
}

/// The ledger's own refusal leaves the deposit short.
#[update]
async fn pay_deposit(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    match transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await {
        Ok(Ok(block)) => Ok(block),
        Ok(Err(refusal)) => return Err(refusal.to_string()), // want "missing-rollback confirmed"
        Err(e) => {
            leave_open(who, e8s);
            Err(e.to_string())
        }
    }
}

/// The outer `?` is the one that forgets.
#[update]
async fn pay_deposit_outer(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    let answer = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await;
    let answer = answer.map_err(|e| e.to_string())?; // want "missing-rollback confirmed"
    answer.map_err(|refusal| {
        put_back(who, e8s);
        refusal.to_string()
    })
}

// Quiet: the refusal puts the amount back, the error of the transport is written down.
#[update]
async fn pay_deposit_both(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    match transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await {
        Ok(Ok(block)) => Ok(block),
        Ok(Err(refusal)) => {
            put_back(who, e8s);
            Err(refusal.to_string())
        }
        Err(e) => {
            leave_open(who, e8s);
            Err(e.to_string())
        }
    }
}

// Quiet: the two errors are made one first, and that one is handled.
#[update]
async fn pay_deposit_flat(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    let outcome = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s))
        .await
        .map_err(|e| (false, e.to_string()))
        .and_then(|inner| inner.map_err(|e| (true, e.to_string())));
    outcome.map_err(|(certain, why)| {
        if certain {
            put_back(who, e8s);
        } else {
            OPEN.with_borrow_mut(|o| o.push((who, e8s)));
        }
        why
    })
}

#[update]
fn add_deposit(who: Principal, e8s: u64) {
    put_back(who, e8s);
}
