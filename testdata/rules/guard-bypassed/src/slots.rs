//! A guard that lets a few in at a time keeps nobody from what they share.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use ic_cdk::update;

use crate::pay;

thread_local! {
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    static BUSY: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static NAMES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static TITLES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

struct Slot;

impl Slot {
    fn new() -> Result<Self, String> {
        if RUNNING.get() >= 5 {
            return Err("too many at a time".to_string());
        }
        RUNNING.set(RUNNING.get() + 1);
        Ok(Slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get() - 1);
    }
}

struct ItemGuard(u64);

impl ItemGuard {
    fn new(item: u64) -> Result<Self, String> {
        if !BUSY.with_borrow_mut(|busy| busy.insert(item)) {
            return Err("in work".to_string());
        }
        Ok(ItemGuard(item))
    }
}

impl Drop for ItemGuard {
    fn drop(&mut self) {
        BUSY.with_borrow_mut(|busy| busy.remove(&self.0));
    }
}

#[update]
async fn register(name: u64, owner: u64) -> Result<(), String> {
    let _slot = Slot::new()?;
    if NAMES.with_borrow(|names| names.contains_key(&name)) {
        return Err("taken".to_string());
    }
    pay(1).await?;
    NAMES.with_borrow_mut(|names| names.insert(name, owner)); // want "guard-bypassed confirmed" "stale-check"
    Ok(())
}

// Quiet: a slot, and a guard for the title that is registered.
#[update]
async fn register_title(title: u64, owner: u64) -> Result<(), String> {
    let _slot = Slot::new()?;
    let _item = ItemGuard::new(title)?;
    if TITLES.with_borrow(|titles| titles.contains_key(&title)) {
        return Err("taken".to_string());
    }
    pay(1).await?;
    TITLES.with_borrow_mut(|titles| titles.insert(title, owner));
    Ok(())
}
