//! Calls made directly: how each is sent, how it waits, and helpers that may or may not reach one.

use std::cell::{Cell, RefCell};

use candid::{Nat, Principal};
use ic_cdk::call::{Call, CallResult};
use ic_cdk::update;
use ic_cdk_management_canister as mgmt;

thread_local! {
    static KEY: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

fn ledger() -> Principal {
    Principal::management_canister()
}

// Wait modes (C3, table 2.1).

#[update]
async fn bounded() -> Nat {
    let r = Call::bounded_wait(ledger(), "icrc1_fee").await; // await: must, bounded, "icrc1_fee"
    r.unwrap().candid().unwrap()
}

#[update]
async fn unbounded(amount: Nat) -> Nat {
    withdraw(amount).await.unwrap() // await: must, unbounded, "withdraw"
}

async fn withdraw(amount: Nat) -> CallResult<Nat> {
    let r = Call::unbounded_wait(ledger(), "withdraw")
        .with_arg(&amount)
        .with_cycles(1_000)
        .await?; // await: must, unbounded, "withdraw"
    Ok(r.candid()?)
}

#[update]
async fn builder_in_steps(amount: u64) {
    let call = Call::bounded_wait(ledger(), "mint");
    let call = call.with_arg(amount);
    let call = if amount > 10 { call.change_timeout(5) } else { call };
    let _ = call.await; // await: must, bounded, "mint"
}

#[update]
async fn built_by_a_helper() {
    let _ = fee_call().await; // await: must, bounded, "fee"
}

fn fee_call<'a, 'm>() -> Call<'a, 'm> {
    Call::bounded_wait(ledger(), "fee")
}

#[update]
async fn sent_twice() {
    let call = Call::bounded_wait(ledger(), "ping");
    if call.clone().await.is_err() { // await: must, bounded, "ping"
        let _ = call.await; // await: must, bounded, "ping"
    }
}

#[update]
async fn into_future() {
    use std::future::IntoFuture;
    let future = Call::unbounded_wait(ledger(), "burn").into_future();
    COUNT.set(COUNT.get() + 1);
    let _ = future.await; // await: must, unbounded, "burn"
}

#[update]
async fn built_either_way(timeout: Option<u32>) {
    use std::future::IntoFuture;
    let call = match timeout {
        Some(t) => Call::bounded_wait(ledger(), "either").change_timeout(t),
        None => Call::unbounded_wait(ledger(), "either"),
    }
    .with_cycles(5)
    .with_arg(1u64);
    let _ = IntoFuture::into_future(call).await; // await: must, bounded, unbounded, "either"
}

#[update]
async fn method_name_in_a_constant() {
    const METHOD: &str = "archive";
    let _ = Call::bounded_wait(ledger(), METHOD).await; // await: must, bounded, "archive"
}

// Management canister: per method (table 2.2).

#[update]
async fn management(id: Principal) {
    let _ = mgmt::raw_rand().await; // await: must, bounded, "raw_rand"
    let args = mgmt::StartCanisterArgs { canister_id: id };
    let _ = mgmt::start_canister(&args).await; // await: must, unbounded, "start_canister"
    let args = mgmt::CanisterStatusArgs { canister_id: id };
    let _ = mgmt::canister_status(&args).await; // await: must, bounded, "canister_status"
}

// Ledger functions: bounded from 0.15 (table 2.3).

#[update]
async fn icp(to: Principal) {
    let args = ic_ledger_types::AccountBalanceArgs {
        account: ic_ledger_types::AccountIdentifier::new(&to, &ic_ledger_types::DEFAULT_SUBACCOUNT),
    };
    let _ = ic_ledger_types::account_balance(to, &args).await; // await: must, bounded, "account_balance"
}

// One-way calls and calls that nobody awaits: no segment ends.

#[update]
async fn oneway() {
    let _ = Call::bounded_wait(ledger(), "log").oneway(); // oneway: "log"
    COUNT.set(COUNT.get() + 1);
}

#[update]
async fn never_sent() {
    let _forgotten = Call::bounded_wait(ledger(), "lost"); // lazy since 0.8: nothing is sent
    COUNT.set(COUNT.get() + 1);
}

// Helpers: an await commits if what it awaits does (S4, S6).

#[update]
async fn nested() -> u64 {
    charge(7).await.unwrap() // await: must, bounded, "debit"
}

async fn charge(amount: u64) -> CallResult<u64> {
    let got = debit(amount).await?; // await: must, bounded, "debit"
    Ok(got + 1)
}

async fn debit(amount: u64) -> CallResult<u64> {
    let r = Call::bounded_wait(ledger(), "debit").with_arg(amount).await?; // await: must, bounded, "debit"
    Ok(r.candid()?)
}

#[update]
async fn no_call_at_all(amount: u64) -> Result<(), String> {
    validate(amount).await?; // await: never
    COUNT.set(COUNT.get() + amount);
    Ok(())
}

async fn validate(amount: u64) -> Result<(), String> {
    if amount == 0 {
        return Err("nothing".into());
    }
    limits(amount).await // await: never
}

async fn limits(amount: u64) -> Result<(), String> {
    if amount > 100 { Err("too much".into()) } else { Ok(()) }
}

#[update]
async fn after_a_check(amount: u64) -> Result<u64, String> {
    checked(amount).await // await: may, bounded, "debit"
}

async fn checked(amount: u64) -> Result<u64, String> {
    if amount == 0 {
        return Err("nothing".into());
    }
    debit(amount).await.map_err(|e| e.to_string()) // await: must, bounded, "debit"
}

#[update]
async fn cached_key() -> Vec<u8> {
    key().await // await: may, bounded, "key"
}

async fn key() -> Vec<u8> {
    if let Some(k) = KEY.with_borrow(|k| k.clone()) {
        return k;
    }
    let fetched: Vec<u8> = Call::bounded_wait(ledger(), "key").await.unwrap().candid().unwrap(); // await: must, bounded, "key"
    KEY.set(Some(fetched.clone()));
    fetched
}

#[update]
async fn either_way(big: bool) {
    choose(big).await; // await: must, bounded, unbounded, "big", "small"
}

async fn choose(big: bool) {
    if big {
        let _ = Call::unbounded_wait(ledger(), "big").await; // await: must, unbounded, "big"
    } else {
        let _ = Call::bounded_wait(ledger(), "small").await; // await: must, bounded, "small"
    }
}

#[update]
async fn each(ids: Vec<Principal>) {
    visit(ids).await; // await: may, bounded, "visit"
}

async fn visit(ids: Vec<Principal>) {
    for id in ids {
        let _ = Call::bounded_wait(id, "visit").await; // await: must, bounded, "visit"
    }
}

#[update]
async fn until_it_works() {
    retry().await; // await: must, bounded, "try"
}

async fn retry() {
    loop {
        if Call::bounded_wait(ledger(), "try").await.is_ok() { // await: must, bounded, "try"
            break;
        }
    }
}

#[update]
async fn down(n: u64) -> u64 {
    countdown(n).await // await: may, bounded, "step"
}

async fn countdown(n: u64) -> u64 {
    if n == 0 {
        return 0;
    }
    let _ = Call::bounded_wait(ledger(), "step").await; // await: must, bounded, "step"
    Box::pin(countdown(n - 1)).await // await: may
}

// A manual reply goes out with the segment; the await after it still commits (S13).

#[update(manual_reply = true)]
async fn manual() {
    ic_cdk::api::msg_reply(candid::encode_one(1u64).unwrap());
    let _ = Call::bounded_wait(ledger(), "after").await; // await: must, bounded, "after"
}
