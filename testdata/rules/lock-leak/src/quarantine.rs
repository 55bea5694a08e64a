//! After a trap nobody knows how far the transfer got.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use ic_cdk::call::Call;
use ic_cdk::futures::is_recovering_from_trap;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static SETTLING: Cell<bool> = const { Cell::new(false) };
    static ACCOUNTS: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static BALANCE: Cell<u64> = const { Cell::new(0) };
}

async fn balance(account: u64) -> u64 {
    let reply = Call::unbounded_wait(SERVICE, "balance").with_arg(account).await;
    reply.expect("the ledger does not answer").candid().unwrap_or_default() // want "lock-leak confirmed"
}

/// Nobody meant the flag to stay.
#[update]
async fn settle(account: u64) {
    assert!(!SETTLING.get(), "is being settled");
    SETTLING.set(true);
    BALANCE.set(balance(account).await);
    SETTLING.set(false);
}

struct Account(u64);

impl Account {
    fn lock(id: u64) -> Option<Self> {
        ACCOUNTS.with_borrow_mut(|accounts| accounts.insert(id)).then_some(Self(id))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if is_recovering_from_trap() {
            return; // locked until somebody has looked into it
        }
        ACCOUNTS.with_borrow_mut(|accounts| accounts.remove(&self.0));
    }
}

// Quiet: the drop asks whether there was a trap, and keeps the lock on purpose.
#[update]
async fn settle_account(id: u64) {
    let Some(_account) = Account::lock(id) else {
        return;
    };
    let reply = Call::unbounded_wait(SERVICE, "balance").with_arg(id).await;
    BALANCE.set(reply.map_or(0, |r| r.candid().unwrap()));
}
