//! The callee is state, and who can set it decides.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::{is_controller, msg_caller};
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, update};

struct Shop {
    ledger: Principal,
    open: bool,
}

thread_local! {
    static ARCHIVE: Cell<Principal> = const { Cell::new(Principal::anonymous()) };
    static MIRROR: Cell<Principal> = const { Cell::new(Principal::anonymous()) };
    static SHOP: RefCell<Shop> = const { RefCell::new(Shop { ledger: Principal::anonymous(), open: false }) };
    static OWNER: Cell<Principal> = const { Cell::new(Principal::anonymous()) };
    static BACKUPS: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
}

#[update]
fn set_mirror(to: Principal) {
    MIRROR.set(to);
}

#[update]
fn set_archive(to: Principal) {
    if is_controller(&msg_caller()) {
        ARCHIVE.set(to);
    }
}

/// Anybody can set the mirror.
#[update]
async fn mirror(n: u64) -> bool {
    Call::unbounded_wait(MIRROR.get(), "store").with_arg(n).await.is_ok() // want "untrusted-wait"
}

// Quiet: only a controller can set the archive.
#[update]
async fn archive(n: u64) -> bool {
    Call::unbounded_wait(ARCHIVE.get(), "store").with_arg(n).await.is_ok()
}

#[update]
fn set_backup(n: u64, to: Principal) {
    BACKUPS.with_borrow_mut(|b| b.insert(n, to));
}

/// A heartbeat that waits for what anybody has set.
#[heartbeat]
async fn back_up() {
    if let Some(to) = BACKUPS.with_borrow(|b| b.get(&0).copied()) {
        let _ = Call::unbounded_wait(to, "store").await; // want "untrusted-wait"
    }
}

// Quiet: anybody can open the shop, but only its owner names the ledger.
#[update]
async fn charge(amount: u64) -> bool {
    let ledger = SHOP.with_borrow(|s| s.ledger);
    Call::unbounded_wait(ledger, "charge").with_arg(amount).await.is_ok()
}

#[update]
fn open_shop(open: bool) {
    SHOP.with_borrow_mut(|s| s.open = open);
}

#[update]
fn move_shop(ledger: Principal) -> Result<(), String> {
    if msg_caller() != OWNER.get() {
        return Err("not the owner".to_string());
    }
    SHOP.with_borrow_mut(|s| s.ledger = ledger);
    Ok(())
}
