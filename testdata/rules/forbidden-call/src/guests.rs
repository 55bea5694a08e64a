//! Guests that are shown out, also after a trap.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ic_cdk::call::Call;
use ic_cdk::futures::is_recovering_from_trap;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static INSIDE: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
}

struct Visit(u64);
struct Tour(u64);
struct Stay(u64);

/// In cleanup the call traps, and with it the release is undone.
impl Drop for Visit {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|i| i.remove(&self.0));
        let _ = Call::unbounded_wait(SERVICE, "left").with_arg(self.0).oneway(); // want "forbidden-call"
    }
}

impl Drop for Tour {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|i| i.remove(&self.0));
        if !is_recovering_from_trap() {
            let _ = Call::unbounded_wait(SERVICE, "left").with_arg(self.0).oneway();
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|i| i.remove(&self.0));
    }
}

async fn name_of(guest: u64) -> Option<u64> {
    Call::bounded_wait(SERVICE, "name_of").with_arg(guest).await.ok()?.candid().ok()
}

#[update]
async fn visit(guest: u64) -> u64 {
    INSIDE.with_borrow_mut(|i| i.insert(guest));
    let _visit = Visit(guest);
    name_of(guest).await.expect("nobody of that name")
}

// Quiet: in cleanup the drop does not call.
#[update]
async fn tour(guest: u64) -> u64 {
    INSIDE.with_borrow_mut(|i| i.insert(guest));
    let _tour = Tour(guest);
    name_of(guest).await.expect("nobody of that name")
}

// Quiet: the drop calls nobody.
#[update]
async fn stay(guest: u64) -> u64 {
    INSIDE.with_borrow_mut(|i| i.insert(guest));
    let _stay = Stay(guest);
    name_of(guest).await.expect("nobody of that name")
}

// Quiet: nothing behind the await can trap.
#[update]
async fn look_in(guest: u64) -> Option<u64> {
    INSIDE.with_borrow_mut(|i| i.insert(guest));
    let _visit = Visit(guest);
    name_of(guest).await
}
