//! A getter of a global gives a reference that nothing checks.

use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Default)]
struct Registry {
    names: BTreeMap<u64, String>,
    asked: u64,
}

static mut REGISTRY: Option<Registry> = None;

#[allow(static_mut_refs)]
fn registry() -> &'static mut Registry {
    unsafe { REGISTRY.get_or_insert_with(Registry::default) }
}

/// The reference to an element is from before the call: by now the element may be gone.
#[update]
async fn rename(id: u64, name: String) {
    let Some(entry) = registry().names.get_mut(&id) else {
        return;
    };
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await; // want "borrow-across-await"
    *entry = name;
}

// Quiet: it is looked up again after the call.
#[update]
async fn rename_afterwards(id: u64, name: String) {
    if !registry().names.contains_key(&id) {
        return;
    }
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await;
    if let Some(entry) = registry().names.get_mut(&id) {
        *entry = name;
    }
}

/// The whole state, kept for later.
#[update]
async fn ask(id: u64) -> bool {
    let r = registry();
    let known = r.names.contains_key(&id);
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await; // want "borrow-across-await"
    r.asked += 1;
    known
}

// Quiet: the reference is not used again.
#[update]
async fn ask_first(id: u64) -> bool {
    let r = registry();
    let known = r.names.contains_key(&id);
    r.asked += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await;
    known
}

// Quiet: each turn takes a reference of its own.
#[update]
async fn ask_all(ids: Vec<u64>) {
    for id in ids {
        let r = registry();
        r.asked += 1;
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await;
    }
}

/// One reference for all turns.
#[update]
async fn ask_all_at_once(ids: Vec<u64>) {
    let r = registry();
    for id in ids {
        r.asked += 1;
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await; // want "borrow-across-await"
    }
}

impl Registry {
    /// Whoever awaits this lends `self` as long.
    async fn announce(&mut self, id: u64) {
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await;
        self.asked += 1;
    }

    fn count(&mut self) {
        self.asked += 1;
    }
}

#[update]
async fn announce(id: u64) {
    registry().announce(id).await; // want "borrow-across-await"
}

// Quiet: the method is called after the call, on a reference of its own.
#[update]
async fn announce_and_count(id: u64) {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(id).await;
    registry().count();
}

#[update]
fn register(id: u64, name: String) {
    registry().names.insert(id, name);
}

#[update]
fn remove(id: u64) {
    registry().names.remove(&id);
}

#[query]
fn asked() -> u64 {
    registry().asked
}
