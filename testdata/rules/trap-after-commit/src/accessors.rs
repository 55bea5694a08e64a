//! The state is an Option that the installation fills: unwrapping it does not trap.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{init, update};

use crate::SERVICE;

#[derive(Default)]
struct Ledger {
    balances: BTreeMap<Principal, u64>,
    paid: u64,
}

thread_local! {
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
    static BOOK: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

#[init]
fn init() {
    LEDGER.with_borrow_mut(|l| *l = Some(Ledger::default()));
    BOOK.with_borrow_mut(|l| *l = Some(Ledger::default()));
}

fn ledger<R>(f: impl FnOnce(&mut Ledger) -> R) -> R {
    LEDGER.with_borrow_mut(|l| f(l.as_mut().expect("the ledger is not there")))
}

fn old_book<R>(f: impl FnOnce(&mut Ledger) -> R) -> R {
    BOOK.with_borrow_mut(|l| f(l.as_mut().expect("the book is not there"))) // want "trap-after-commit confirmed"
}

fn debit(l: &mut Ledger, who: Principal, amount: u64) -> bool {
    match l.balances.get_mut(&who) {
        Some(balance) if *balance >= amount => {
            *balance -= amount;
            true
        }
        _ => false,
    }
}

fn credit(l: &mut Ledger, who: Principal, amount: u64) {
    *l.balances.entry(who).or_insert(0) += amount;
}

// Quiet: nobody empties the state.
#[update]
async fn pay(amount: u64) -> bool {
    let who = ic_cdk::api::msg_caller();
    if !ledger(|l| debit(l, who, amount)) {
        return false;
    }
    let paid = Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await.is_ok();
    if paid {
        ledger(|l| l.paid += amount);
    } else {
        ledger(|l| credit(l, who, amount));
    }
    paid
}

/// The book can be closed while the call is under way.
#[update]
async fn pay_from_book(amount: u64) -> bool {
    let who = ic_cdk::api::msg_caller();
    if !old_book(|l| debit(l, who, amount)) {
        return false;
    }
    let paid = Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await.is_ok();
    if paid {
        old_book(|l| l.paid += amount);
    } else {
        old_book(|l| credit(l, who, amount));
    }
    paid
}

#[update]
fn deposit(amount: u64) {
    ledger(|l| credit(l, ic_cdk::api::msg_caller(), amount));
    old_book(|l| credit(l, ic_cdk::api::msg_caller(), amount));
}

#[update]
fn close_book() {
    BOOK.with_borrow_mut(|l| *l = None);
}
