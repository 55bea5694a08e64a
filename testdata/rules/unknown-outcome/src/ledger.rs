//! The ledger's own error is a definite no; that of the transport is none, and this client waits
//! for a limited time.

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
    static SAVINGS: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
    static UNSURE: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
}

fn take_off(who: Principal, e8s: u64) -> Result<(), String> {
    SAVINGS.with_borrow_mut(|s| match s.get_mut(&who) {
        Some(have) if *have >= e8s => {
            *have -= e8s;
            Ok(())
        }
        _ => Err("not enough".to_string()),
    })
}

fn put_back(who: Principal, e8s: u64) {
    SAVINGS.with_borrow_mut(|s| *s.entry(who).or_default() += e8s);
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

/// Both errors are taken for a no.
#[update]
async fn pay_out(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    match transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await {
        Ok(Ok(block)) => Ok(block),
        Ok(Err(refusal)) => {
            put_back(who, e8s);
            Err(refusal.to_string())
        }
        Err(e) => {
            put_back(who, e8s); // want "unknown-outcome confirmed"
            Err(e.to_string())
        }
    }
}

/// The two errors are made one, and that one is refunded.
#[update]
async fn pay_out_flat(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    let outcome = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s))
        .await
        .map_err(|e| e.to_string())
        .and_then(|inner| inner.map_err(|e| e.to_string()));
    if outcome.is_err() {
        put_back(who, e8s); // want "unknown-outcome confirmed"
    }
    outcome
}

// Quiet: only the ledger's own error is refunded.
#[update]
async fn pay_out_refused(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    match transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await {
        Ok(Ok(block)) => Ok(block),
        Ok(Err(refusal)) => {
            put_back(who, e8s);
            Err(refusal.to_string())
        }
        Err(e) => {
            UNSURE.with_borrow_mut(|u| u.push((who, e8s)));
            Err(e.to_string())
        }
    }
}

// Quiet: the error of the transport goes its own way before the other one is looked at.
#[update]
async fn pay_out_in_two_steps(e8s: u64) -> Result<u64, String> {
    let who = msg_caller();
    take_off(who, e8s)?;
    let answer = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(who, e8s)).await;
    let Ok(answer) = answer else {
        UNSURE.with_borrow_mut(|u| u.push((who, e8s)));
        return Err("the outcome is not known".to_string());
    };
    answer.map_err(|refusal| {
        put_back(who, e8s);
        refusal.to_string()
    })
}

#[update]
fn save(e8s: u64) {
    put_back(msg_caller(), e8s);
}
