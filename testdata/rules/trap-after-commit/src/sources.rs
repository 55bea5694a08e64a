//! What waits lies under keys of two parts, which each item makes of itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Source {
    block: u64,
    index: u64,
}

#[derive(Clone)]
struct Deposit {
    block: u64,
    index: u64,
    to: Principal,
    amount: u64,
}

impl Deposit {
    fn source(&self) -> Source {
        Source { block: self.block, index: self.index }
    }
}

thread_local! {
    static WAITING: RefCell<BTreeMap<Source, Deposit>> = const { RefCell::new(BTreeMap::new()) };
    static MINTED: RefCell<BTreeMap<Source, u64>> = const { RefCell::new(BTreeMap::new()) };
    static DOUBTFUL: RefCell<BTreeSet<Source>> = const { RefCell::new(BTreeSet::new()) };
}

fn waiting() -> Vec<Deposit> {
    WAITING.with_borrow(|w| w.values().cloned().collect())
}

fn book(deposit: &Deposit, block: u64) {
    let source = deposit.source();
    if WAITING.with_borrow_mut(|w| w.remove(&source)).is_some() { // want "stale-check"
        MINTED.with_borrow_mut(|m| m.insert(source, block));
    }
}

/// An answer that cannot be read traps after the mint: the deposit waits as before, and is minted again.
#[update]
async fn mint_deposits() {
    for deposit in waiting() {
        let call = Call::unbounded_wait(SERVICE, "mint").with_args(&(deposit.to, deposit.amount));
        let Ok(reply) = call.await else { continue };
        let block: u64 = reply.candid().expect("a block"); // want "trap-after-commit confirmed"
        book(&deposit, block);
    }
}

// Quiet: it is put aside instead.
#[update]
async fn mint_deposits_or_put_aside() {
    for deposit in waiting() {
        let call = Call::unbounded_wait(SERVICE, "mint").with_args(&(deposit.to, deposit.amount));
        let Ok(reply) = call.await else { continue };
        match reply.candid() {
            Ok(block) => book(&deposit, block),
            Err(_) => {
                WAITING.with_borrow_mut(|w| w.remove(&deposit.source())); // want "stale-check"
                DOUBTFUL.with_borrow_mut(|d| d.insert(deposit.source()));
            }
        }
    }
}

#[update]
fn deposit(block: u64, index: u64, to: Principal, amount: u64) {
    let deposit = Deposit { block, index, to, amount };
    WAITING.with_borrow_mut(|w| w.insert(deposit.source(), deposit));
}

#[query]
fn minted() -> u64 {
    MINTED.with_borrow(|m| m.len() as u64)
}
