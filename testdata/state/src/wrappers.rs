//! Types of the canister round the containers.

use candid::Principal;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

#[derive(Default)]
struct Balances(BTreeMap<Principal, u64>);

impl Deref for Balances {
    type Target = BTreeMap<Principal, u64>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Balances {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

struct Index<K, V> {
    entries: BTreeMap<K, BTreeSet<V>>,
    size: usize,
}

impl<K, V> Default for Index<K, V> {
    fn default() -> Self {
        Index { entries: BTreeMap::new(), size: 0 }
    }
}

impl<K: Ord, V: Ord> Index<K, V> {
    fn add(&mut self, key: K, value: V) -> bool {
        let new = self.entries.entry(key).or_default().insert(value);
        if new {
            self.size += 1;
        }
        new
    }
}

#[derive(Default)]
struct Wrapped {
    balances: Balances,
    owners: Index<Principal, u64>,
    pending: Option<Vec<u64>>,
    pair: (u64, BTreeMap<u64, u64>),
}

thread_local! {
    static WRAPPED: RefCell<Wrapped> = RefCell::default();
}

// writes WRAPPED.balances.0[who]
#[ic_cdk::update]
fn put_through_deref(who: Principal, x: u64) {
    WRAPPED.with_borrow_mut(|w| w.balances.insert(who, x));
}

// writes WRAPPED.owners.entries[who][id] WRAPPED.owners.size WRAPPED.owners.entries[who]
#[ic_cdk::update]
fn add_owner(who: Principal, id: u64) -> bool {
    WRAPPED.with_borrow_mut(|w| w.owners.add(who, id))
}

// writes WRAPPED.pending[*]
#[ic_cdk::update]
fn pend(x: u64) {
    WRAPPED.with_borrow_mut(|w| w.pending.get_or_insert_with(Vec::new).push(x));
}

// writes WRAPPED.pair.0 WRAPPED.pair.1[x]
#[ic_cdk::update]
fn set_pair(x: u64) {
    WRAPPED.with_borrow_mut(|w| {
        let (first, second) = &mut w.pair;
        *first = x;
        second.insert(x, x);
    });
}

#[derive(Default)]
struct Core {
    count: u64,
}

impl Core {
    fn bump(&mut self) {
        self.count += 1;
    }
}

#[derive(Default)]
struct Shell {
    core: Core,
}

impl Deref for Shell {
    type Target = Core;
    fn deref(&self) -> &Core {
        &self.core
    }
}

impl DerefMut for Shell {
    fn deref_mut(&mut self) -> &mut Core {
        &mut self.core
    }
}

thread_local! {
    static SHELL: RefCell<Shell> = RefCell::default();
}

// writes SHELL.core.count
#[ic_cdk::update]
fn bump_through_deref() {
    SHELL.with_borrow_mut(|s| s.bump());
}

// writes SHELL.core.count
#[ic_cdk::update]
fn set_through_deref(x: u64) {
    SHELL.with_borrow_mut(|s| s.count = x);
}

// writes SHELL.core
#[ic_cdk::update]
fn replace_through_deref() {
    SHELL.with_borrow_mut(|s| **s = Core::default());
}

// writes SHELL
#[ic_cdk::update]
fn replace_whole() {
    SHELL.with_borrow_mut(|s| *s = Shell::default());
    SHELL.with(|s| *s.borrow_mut() = Shell::default());
}
