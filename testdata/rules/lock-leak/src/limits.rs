//! Nothing traps that can be seen, but the segment works through as much as it was sent.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static IMPORTING: Cell<bool> = const { Cell::new(false) };
    static READING: Cell<bool> = const { Cell::new(false) };
    static LOCKED: Cell<bool> = const { Cell::new(false) };
    static RECORDS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static TOTAL: Cell<u64> = const { Cell::new(0) };
}

async fn records() -> Vec<(u64, u64)> {
    match Call::unbounded_wait(SERVICE, "records").await {
        Ok(reply) => reply.candid().unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

/// Too many records for one message, and none is ever imported again.
#[update]
async fn import() {
    if IMPORTING.get() {
        return;
    }
    IMPORTING.set(true);
    let found = records().await;
    // want +1 "lock-leak possible"
    for (id, value) in found {
        RECORDS.with_borrow_mut(|records| records.insert(id, value));
    }
    IMPORTING.set(false);
}

// Quiet: what follows the call is short.
#[update]
async fn read() {
    if READING.get() {
        return;
    }
    READING.set(true);
    let found = records().await;
    TOTAL.set(found.len() as u64);
    READING.set(false);
}

struct Lock;

impl Lock {
    fn take() -> Option<Self> {
        if LOCKED.get() {
            return None;
        }
        LOCKED.set(true);
        Some(Self)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        LOCKED.set(false);
    }
}

// Quiet: the cleanup drops the guard, whatever ended the segment.
#[update]
async fn import_locked() {
    let Some(_lock) = Lock::take() else {
        return;
    };
    for (id, value) in records().await {
        RECORDS.with_borrow_mut(|records| records.insert(id, value));
    }
}
