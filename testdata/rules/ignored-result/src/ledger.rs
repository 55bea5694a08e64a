//! Of a result in a result the inner one is the ledger's word.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::update;
use ic_ledger_types::{
    transfer, AccountIdentifier, Memo, Tokens, TransferArgs, DEFAULT_FEE, DEFAULT_SUBACCOUNT,
    MAINNET_LEDGER_CANISTER_ID,
};

thread_local! {
    static SENT: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
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

fn note(to: Principal, e8s: u64) {
    SENT.with_borrow_mut(|s| *s.entry(to).or_default() += e8s);
}

/// `?` is for the transport; what the ledger says is dropped.
#[update]
async fn send(to: Principal, e8s: u64) -> Result<(), String> {
    let _ = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(to, e8s)).await.map_err(|e| e.to_string())?; // want "ignored-result confirmed"
    note(to, e8s);
    Ok(())
}

/// An error of the ledger is counted as a success.
#[update]
async fn send_if_delivered(to: Principal, e8s: u64) {
    let answer = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(to, e8s)).await; // want "ignored-result confirmed"
    if answer.is_ok() {
        note(to, e8s);
    }
}

// Quiet: both are looked at.
#[update]
async fn send_surely(to: Principal, e8s: u64) -> Result<(), String> {
    let answer = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(to, e8s)).await.map_err(|e| e.to_string())?;
    answer.map_err(|e| e.to_string())?;
    note(to, e8s);
    Ok(())
}

// Quiet: only a block of the ledger is a success.
#[update]
async fn send_if_booked(to: Principal, e8s: u64) {
    if let Ok(Ok(_)) = transfer(MAINNET_LEDGER_CANISTER_ID, &transfer_args(to, e8s)).await {
        note(to, e8s);
    }
}
