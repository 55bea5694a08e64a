//! Sets in stable memory.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::update;
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::{DefaultMemoryImpl, StableBTreeSet};

use crate::SERVICE;

type Memory = VirtualMemory<DefaultMemoryImpl>;

thread_local! {
    static MEMORY: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
    static PAYING: RefCell<StableBTreeSet<u64, Memory>> = RefCell::new(StableBTreeSet::init(MEMORY.with_borrow(|m| m.get(MemoryId::new(1))))); // want "lock-survives-upgrade"
    static SENDING: RefCell<StableBTreeSet<u64, Memory>> = RefCell::new(StableBTreeSet::init(MEMORY.with_borrow(|m| m.get(MemoryId::new(2)))));
}

/// After an upgrade no message pays any more.
pub fn restore() {
    SENDING.with_borrow_mut(|sending| sending.clear());
}

/// A bill in stable memory is being paid for ever.
#[update]
async fn pay(bill: u64) -> bool {
    if !PAYING.with_borrow_mut(|paying| paying.insert(bill)) {
        return false;
    }
    let paid = Call::unbounded_wait(SERVICE, "pay").with_arg(bill).await.is_ok();
    PAYING.with_borrow_mut(|paying| paying.remove(&bill));
    paid
}

// Quiet: emptied after an upgrade.
#[update]
async fn transmit(bill: u64) -> bool {
    if !SENDING.with_borrow_mut(|sending| sending.insert(bill)) {
        return false;
    }
    let sent = Call::unbounded_wait(SERVICE, "send").with_arg(bill).await.is_ok();
    SENDING.with_borrow_mut(|sending| sending.remove(&bill));
    sent
}
