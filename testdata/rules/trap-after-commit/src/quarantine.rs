//! A value that marks the event as doubtful when it is dropped before it was defused.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;
use scopeguard::ScopeGuard;

use crate::SERVICE;

thread_local! {
    static EVENTS: RefCell<BTreeMap<u64, (Principal, u64)>> = const { RefCell::new(BTreeMap::new()) };
    static MINTS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static DOUBTFUL: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Keeps an event from being minted again if its message ends in a trap.
struct Quarantine {
    id: u64,
    armed: bool,
}

impl Quarantine {
    fn defuse(mut self) {
        self.armed = false;
    }
}

impl Drop for Quarantine {
    fn drop(&mut self) {
        if self.armed {
            DOUBTFUL.with_borrow_mut(|d| d.insert(self.id));
        }
    }
}

fn take_event() -> Option<(u64, Principal, u64)> {
    EVENTS.with_borrow_mut(|e| e.pop_first().map(|(id, (to, amount))| (id, to, amount)))
}

/// The event is taken out, minted, and then forgotten with the trap.
#[update]
async fn mint_event() -> bool {
    let Some((id, to, amount)) = take_event() else {
        return false;
    };
    match Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await {
        Ok(reply) => {
            let block = reply.candid::<u64>().expect("a block index"); // want "trap-after-commit confirmed"
            MINTS.with_borrow_mut(|m| m.insert(id, block));
            true
        }
        Err(_) => {
            EVENTS.with_borrow_mut(|e| e.insert(id, (to, amount)));
            false
        }
    }
}

// Quiet: in cleanup the quarantine is dropped armed, and the event is marked as doubtful.
#[update]
async fn mint_event_quarantined() -> bool {
    let Some((id, to, amount)) = take_event() else {
        return false;
    };
    let quarantine = Quarantine { id, armed: true };
    match Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await {
        Ok(reply) => {
            let block = reply.candid::<u64>().expect("a block index");
            MINTS.with_borrow_mut(|m| m.insert(id, block));
            quarantine.defuse();
            true
        }
        Err(_) => {
            EVENTS.with_borrow_mut(|e| e.insert(id, (to, amount)));
            quarantine.defuse();
            false
        }
    }
}

// Quiet: the same with a scope guard, whose closure runs in cleanup unless it is defused.
#[update]
async fn mint_event_scoped() -> bool {
    let Some((id, to, amount)) = take_event() else {
        return false;
    };
    let quarantine = scopeguard::guard(id, |id| {
        DOUBTFUL.with_borrow_mut(|d| d.insert(id));
    });
    match Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await {
        Ok(reply) => {
            let block = reply.candid::<u64>().expect("a block index");
            MINTS.with_borrow_mut(|m| m.insert(id, block));
            ScopeGuard::into_inner(quarantine);
            true
        }
        Err(_) => {
            EVENTS.with_borrow_mut(|e| e.insert(id, (to, amount)));
            ScopeGuard::into_inner(quarantine);
            false
        }
    }
}

/// The scope guard is defused before the call: in cleanup it does nothing.
#[update]
async fn mint_event_defused_early() -> bool {
    let Some((id, to, amount)) = take_event() else {
        return false;
    };
    let quarantine = scopeguard::guard(id, |id| {
        DOUBTFUL.with_borrow_mut(|d| d.insert(id));
    });
    ScopeGuard::into_inner(quarantine);
    match Call::unbounded_wait(SERVICE, "mint").with_args(&(to, amount)).await {
        Ok(reply) => {
            let block = reply.candid::<u64>().expect("a block index"); // want "trap-after-commit confirmed"
            MINTS.with_borrow_mut(|m| m.insert(id, block));
            true
        }
        Err(_) => {
            EVENTS.with_borrow_mut(|e| e.insert(id, (to, amount)));
            false
        }
    }
}

#[update]
fn add_event(to: Principal, amount: u64) {
    let id = NEXT.get();
    NEXT.set(id + 1);
    EVENTS.with_borrow_mut(|e| e.insert(id, (to, amount)));
}
