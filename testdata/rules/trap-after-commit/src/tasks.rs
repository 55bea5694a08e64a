//! A queue of tasks: one is taken out, done, and put back where that failed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, update};
use scopeguard::ScopeGuard;

use crate::SERVICE;

thread_local! {
    static TASKS: RefCell<VecDeque<Principal>> = const { RefCell::new(VecDeque::new()) };
    static ROUNDS: RefCell<VecDeque<Principal>> = const { RefCell::new(VecDeque::new()) };
    static AGAIN: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static LAST: Cell<u64> = const { Cell::new(0) };
}

async fn install(canister: Principal) -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "install").with_arg(canister).await.map_err(|e| e.to_string())?;
    let (version,): (u64,) = reply.candid_tuple().expect("a version"); // want "trap-after-commit confirmed"
    ic_cdk::println!("installed {version}");
    Ok(())
}

/// A trap in the callback, and the task is gone: it is put back only where the call failed.
#[heartbeat]
async fn run() {
    let Some(canister) = TASKS.with_borrow_mut(|t| t.pop_front()) else {
        return;
    };
    if install(canister).await.is_err() {
        TASKS.with_borrow_mut(|t| t.push_back(canister));
    }
}

async fn upgrade(canister: Principal) -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "upgrade").with_arg(canister).await.map_err(|e| e.to_string())?;
    let (version,): (u64,) = reply.candid_tuple().expect("a version");
    ic_cdk::println!("upgraded to {version}");
    Ok(())
}

// Quiet: the guard has the task done again, unless it is done.
#[update]
async fn run_round() {
    let Some(canister) = ROUNDS.with_borrow_mut(|t| t.pop_front()) else {
        return;
    };
    let again = scopeguard::guard(canister, |canister| {
        AGAIN.with_borrow_mut(|t| t.insert(canister));
    });
    if upgrade(canister).await.is_ok() {
        ScopeGuard::into_inner(again);
    }
}

async fn remove(canister: Principal) -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "remove").with_arg(canister).await.map_err(|e| e.to_string())?;
    let (version,): (u64,) = reply.candid_tuple().expect("a version"); // want "trap-after-commit confirmed"
    ic_cdk::println!("removed {version}");
    Ok(())
}

/// The guard remembers when, not what.
#[update]
async fn run_last() {
    let Some(canister) = ROUNDS.with_borrow_mut(|t| t.pop_front()) else {
        return;
    };
    let noted = scopeguard::guard((), |_| LAST.set(ic_cdk::api::time()));
    if remove(canister).await.is_err() {
        ROUNDS.with_borrow_mut(|t| t.push_back(canister));
    }
    ScopeGuard::into_inner(noted);
}

#[update]
fn retry() {
    for canister in AGAIN.take() {
        ROUNDS.with_borrow_mut(|t| t.push_back(canister));
    }
}

#[update]
fn submit(canister: Principal) {
    TASKS.with_borrow_mut(|t| t.push_back(canister));
    ROUNDS.with_borrow_mut(|t| t.push_back(canister));
}
