//! A loop of calls: what traps in one turn takes back the bookkeeping of the turn before, up to
//! the call between them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{query, update};
use scopeguard::ScopeGuard;

use crate::SERVICE;

thread_local! {
    static PENDING: RefCell<BTreeMap<u64, (Principal, u64)>> = const { RefCell::new(BTreeMap::new()) };
    static MINTED: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static DOUBTFUL: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static LIMIT: Cell<u64> = const { Cell::new(1_000) };
    static TRAPS: Cell<u64> = const { Cell::new(0) };
}

fn pending() -> Vec<(u64, Principal, u64)> {
    PENDING.with_borrow(|p| p.iter().map(|(id, (to, amount))| (*id, *to, *amount)).collect())
}

fn book(id: u64) {
    PENDING.with_borrow_mut(|p| p.remove(&id)); // want "stale-check"
    MINTED.with_borrow_mut(|m| m.insert(id));
}

/// The second amount is over the limit: the record of the first mint is lost, and it is minted again.
#[update]
async fn mint_all() {
    for (id, to, amount) in pending() {
        assert!(amount <= LIMIT.get(), "over the limit"); // want "trap-after-commit confirmed"
        if Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await.is_ok() {
            book(id);
        }
    }
}

// Quiet: what is over the limit is passed over.
#[update]
async fn mint_all_within() {
    for (id, to, amount) in pending() {
        if amount > LIMIT.get() {
            continue;
        }
        if Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await.is_ok() {
            book(id);
        }
    }
}

// Quiet: all amounts are looked at before the first call.
#[update]
async fn mint_all_checked() {
    let all = pending();
    for (_, _, amount) in &all {
        assert!(*amount <= LIMIT.get(), "over the limit");
    }
    for (id, to, amount) in all {
        if Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await.is_ok() {
            book(id);
        }
    }
}

// Quiet: whatever traps behind the call, the cleanup marks what was being minted as doubtful. What
// an earlier turn has booked is booked for good.
#[update]
async fn mint_all_quarantined() {
    for (id, to, amount) in pending() {
        let quarantine = scopeguard::guard(id, |id| {
            DOUBTFUL.with_borrow_mut(|d| d.insert(id));
        });
        let reply = Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await;
        match reply {
            Ok(reply) => {
                let block: u64 = reply.candid().expect("a block index");
                assert!(block > 0, "the first block");
                book(id);
            }
            Err(_) => ic_cdk::println!("not minted"),
        }
        ScopeGuard::into_inner(quarantine);
    }
}

/// The guard only counts: nothing tells what was minted.
#[update]
async fn mint_all_counted() {
    for (id, to, amount) in pending() {
        let counter = scopeguard::guard((), |_| TRAPS.set(TRAPS.get() + 1));
        let reply = Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await;
        match reply {
            Ok(reply) => {
                let block: u64 = reply.candid().expect("a block index"); // want "trap-after-commit confirmed"
                assert!(block > 0, "the first block");
                book(id);
            }
            Err(_) => ic_cdk::println!("not minted"),
        }
        ScopeGuard::into_inner(counter);
    }
}

#[update]
fn add(id: u64, to: Principal, amount: u64) {
    PENDING.with_borrow_mut(|p| p.insert(id, (to, amount)));
}

#[update]
fn set_limit(limit: u64) {
    LIMIT.set(limit);
}

#[query]
fn traps() -> u64 {
    TRAPS.get()
}
