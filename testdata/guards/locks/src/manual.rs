//! Locks set and reset by hand.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use ic_cdk::update;

use crate::work;

thread_local! {
    static LOCKED: Cell<bool> = const { Cell::new(false) };
    static FREE: Cell<bool> = const { Cell::new(true) };
    static ITEMS: RefCell<BTreeSet<u64>> = RefCell::default();
    static CONFIG: RefCell<Config> = RefCell::default();
    static RUN: Cell<bool> = const { Cell::new(false) };
}

#[derive(Default)]
struct Config {
    busy: bool,
    version: u64,
}

/// lock: LOCKED, flag, 1 await, freed on return; stays after trap
#[update]
async fn flag() {
    if LOCKED.get() {
        return;
    }
    LOCKED.set(true);
    let _ = work().await;
    LOCKED.set(false);
}

/// lock: LOCKED, flag, 1 await, freed on return; stays after error, trap
#[update]
async fn flag_leaked_by_question_mark() -> Result<(), String> {
    if LOCKED.replace(true) {
        return Err("locked".to_string());
    }
    work().await?;
    LOCKED.set(false);
    Ok(())
}

/// lock: FREE, flag, 1 await, freed on return, error; stays after trap
#[update]
async fn flag_upside_down() -> Result<(), String> {
    if !FREE.get() {
        return Err("taken".to_string());
    }
    FREE.set(false);
    let result = work().await;
    FREE.set(true);
    result
}

fn lock() {
    assert!(!LOCKED.get(), "locked");
    LOCKED.set(true);
}

fn unlock() {
    LOCKED.set(false);
}

/// lock: LOCKED, flag, 1 await, freed on return; stays after trap
#[update]
async fn flag_or_trap() {
    lock();
    let _ = work().await;
    unlock();
}

/// lock: CONFIG.busy, flag, 1 await, freed on return, error; stays after trap
#[update]
async fn flag_of_a_record() -> Result<u64, String> {
    CONFIG.with_borrow_mut(|config| {
        if config.busy {
            return Err("busy".to_string());
        }
        config.busy = true;
        Ok(())
    })?;
    let result = work().await;
    CONFIG.with_borrow_mut(|config| {
        config.busy = false;
        config.version += 1;
    });
    result.map(|_| CONFIG.with_borrow(|config| config.version))
}

/// lock: ITEMS[item], flag, 1 await, freed on return; stays after error, trap
#[update]
async fn item(item: u64) -> Result<(), String> {
    if ITEMS.with_borrow(|items| items.contains(&item)) {
        return Err("in work".to_string());
    }
    ITEMS.with_borrow_mut(|items| items.insert(item));
    work().await?;
    ITEMS.with_borrow_mut(|items| items.remove(&item));
    Ok(())
}

// Taken back only where the work failed: a record of what was done, no lock.
/// no lock
#[update]
async fn once(item: u64) -> Result<(), String> {
    if !ITEMS.with_borrow_mut(|items| items.insert(item)) {
        return Err("done".to_string());
    }
    if let Err(e) = work().await {
        ITEMS.with_borrow_mut(|items| items.remove(&item));
        return Err(e);
    }
    Ok(())
}

// Others are told, and go on all the same.
/// no lock
#[update]
async fn only_noted() {
    if RUN.get() {
        ic_cdk::println!("runs already");
    }
    RUN.set(true);
    let _ = work().await;
    RUN.set(false);
}

// Another key than the one that was looked at.
/// no lock
#[update]
async fn another_item(item: u64, other: u64) -> Result<(), String> {
    if ITEMS.with_borrow(|items| items.contains(&item)) {
        return Err("in work".to_string());
    }
    ITEMS.with_borrow_mut(|items| items.insert(other));
    work().await?;
    ITEMS.with_borrow_mut(|items| items.remove(&other));
    Ok(())
}

// Writes what the flag of `flag_of_a_record` is about, without asking.
/// no lock
#[update]
async fn bypass() {
    CONFIG.with_borrow_mut(|config| config.busy = false);
    let _ = work().await;
}
