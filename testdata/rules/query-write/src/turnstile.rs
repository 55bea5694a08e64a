//! Counters, and what is made to depend on them.

use std::cell::{Cell, RefCell};

use ic_cdk::api::in_replicated_execution;
use ic_cdk::{inspect_message, query, update};

thread_local! {
    static NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
    static SPENT: Cell<u64> = const { Cell::new(0) };
    static TRIES: Cell<u64> = const { Cell::new(0) };
    static LAST: Cell<u64> = const { Cell::new(0) };
}

// Quiet: a metric nobody decides by.
#[query]
fn hours() -> u64 {
    ASKED.set(ASKED.get() + 1);
    9
}

#[query]
fn metrics() -> u64 {
    ASKED.get()
}

/// The same, but `pass` refuses by that number: nobody is ever refused.
#[query]
fn look_inside() -> u64 {
    SPENT.set(SPENT.get() + 1); // want "query-write confirmed"
    9
}

#[update]
fn pass() -> bool {
    if SPENT.get() > 100 {
        return false;
    }
    SPENT.set(0);
    true
}

/// The system forgets what an inspection counted.
#[inspect_message]
fn inspect() {
    TRIES.set(TRIES.get() + 1); // want "query-write confirmed"
    if TRIES.get() < 10 {
        ic_cdk::api::accept_message();
    }
}

fn remember() {
    LAST.set(ic_cdk::api::time());
}

// Quiet: it knows that it is lost unless it is part of an update.
#[query]
fn last_asked() -> u64 {
    let last = LAST.get();
    if in_replicated_execution() {
        LAST.set(ic_cdk::api::time());
    }
    last
}

#[update]
fn ask_again() -> bool {
    let long_ago = LAST.get() + 60 < ic_cdk::api::time();
    remember();
    long_ago
}

/// The time is lost, and `ask_again` never sees it.
#[query]
fn ask_now() -> u64 {
    LAST.set(ic_cdk::api::time()); // want "query-write confirmed"
    9
}

// Quiet: a log; a line of it is no state anybody rests on.
#[query]
fn greet(name: String) -> u64 {
    NAMES.with_borrow_mut(|n| n.push(name));
    9
}

#[update]
fn greet_for_good(name: String) {
    NAMES.with_borrow_mut(|n| n.push(name));
}

#[query]
fn guests() -> Vec<String> {
    NAMES.with_borrow(|n| n.clone())
}
