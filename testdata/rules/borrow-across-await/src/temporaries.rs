//! Guards that nobody names live to the end of their statement, and what is looked into by
//! a match or a loop lives as long as that.

use std::collections::BTreeMap;
use std::sync::RwLock;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Default)]
struct Desk {
    fee: u64,
    queue: Vec<u64>,
    names: BTreeMap<u64, String>,
    open: bool,
}

static DESK: RwLock<Desk> = RwLock::new(Desk { fee: 1, queue: Vec::new(), names: BTreeMap::new(), open: true });

/// The fee is copied, but the temporary guard lives to the semicolon.
#[update]
async fn pay() {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(DESK.read().unwrap().fee).await; // want "borrow-across-await"
}

// Quiet: the fee is taken in a statement of its own.
#[update]
async fn pay_fee() {
    let fee = DESK.read().unwrap().fee;
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(fee).await;
}

/// A reference into a temporary makes that live as long as the name.
#[update]
async fn pay_by_reference() {
    let fee = &DESK.read().unwrap().fee;
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(*fee).await; // want "borrow-across-await"
}

// Quiet: a copy behind a reference, the guard ends with the statement.
#[update]
async fn pay_by_copy() {
    let fee = &DESK.read().unwrap().fee.clone();
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(*fee).await;
}

/// What `match` looks into lives to its end.
#[update]
async fn greet(id: u64) {
    match DESK.read().unwrap().names.get(&id) {
        Some(name) => {
            let _ = Call::unbounded_wait(SERVICE, "greet").with_arg(name).await; // want "borrow-across-await"
        }
        None => ic_cdk::println!("nobody"),
    }
}

// Quiet: the name is cloned out of it before the match.
#[update]
async fn greet_by_clone(id: u64) {
    let name = DESK.read().unwrap().names.get(&id).cloned();
    match name {
        Some(name) => {
            let _ = Call::unbounded_wait(SERVICE, "greet").with_arg(&name).await;
        }
        None => ic_cdk::println!("nobody"),
    }
}

/// So does what `if let` looks into, although only a copy is bound.
#[update]
async fn serve() {
    if let Some(next) = DESK.read().unwrap().queue.first().copied() {
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await; // want "borrow-across-await"
    }
}

// Quiet: after the statement it is gone.
#[update]
async fn serve_after() {
    let mut next = 0;
    if let Some(first) = DESK.read().unwrap().queue.first() {
        next = *first;
    }
    let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await;
}

// Quiet: so it is with `let else`.
#[update]
async fn serve_or_return() {
    let Some(next) = DESK.read().unwrap().queue.first().copied() else {
        return;
    };
    let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await;
}

/// The guard of `while let` lives through the turn.
#[update]
async fn serve_all() {
    let mut i = 0;
    while let Some(next) = DESK.read().unwrap().queue.get(i).copied() {
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await; // want "borrow-across-await"
        i += 1;
    }
}

// Quiet: the guard dies with the statement in which it is made, in every turn.
#[update]
async fn serve_all_by_loop() {
    let mut i = 0;
    loop {
        let next = DESK.read().unwrap().queue.get(i).copied();
        let Some(next) = next else { break };
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await;
        i += 1;
    }
}

/// What a `for` goes through is borrowed until it is through.
#[update]
async fn call_all() {
    for next in DESK.read().unwrap().queue.iter() {
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(*next).await; // want "borrow-across-await"
    }
}

// Quiet: it goes through a copy.
#[update]
async fn call_all_by_copy() {
    let queue = DESK.read().unwrap().queue.clone();
    for next in queue.iter() {
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(*next).await;
    }
}

// Quiet: the temporaries of an `if` condition die before its block.
#[update]
async fn ring() {
    if DESK.read().unwrap().open {
        let _ = Call::unbounded_wait(SERVICE, "ring").await;
    }
}

/// Those of a match on the same bool do not.
#[update]
async fn ring_by_match() {
    match DESK.read().unwrap().open {
        true => {
            let _ = Call::unbounded_wait(SERVICE, "ring").await; // want "borrow-across-await"
        }
        false => (),
    }
}

#[update]
fn enter(id: u64, name: String) {
    let mut desk = DESK.write().unwrap();
    desk.queue.push(id);
    desk.names.insert(id, name);
}

#[update]
fn close() {
    DESK.write().unwrap().open = false;
}

#[update]
fn set_fee(fee: u64) {
    DESK.write().unwrap().fee = fee;
}

#[query]
fn fee() -> u64 {
    DESK.read().unwrap().fee
}

/// Up to edition 2021 the temporary of a block's last expression outlives the block.
#[update]
#[allow(unused_braces)]
async fn tell_length() {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg({ DESK.read().unwrap().queue.len() as u64 }).await; // want "borrow-across-await"
}

/// Up to edition 2021 the guard of an `if let` lives through its `else` as well.
#[update]
async fn serve_or_ask() {
    if let Some(next) = DESK.read().unwrap().queue.first() {
        ic_cdk::println!("{next} is waiting");
    } else {
        let _ = Call::unbounded_wait(SERVICE, "idle").await; // want "borrow-across-await"
    }
}

/// A function that gives a future is waited for by whoever calls it.
#[allow(dead_code)]
pub fn report() -> impl std::future::Future<Output = ()> {
    async {
        let desk = DESK.read().unwrap();
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(desk.fee).await; // want "borrow-across-await"
    }
}

// Quiet: the guard ends before the future is made.
#[allow(dead_code)]
pub fn report_fee() -> impl std::future::Future<Output = ()> {
    let fee = DESK.read().unwrap().fee;
    async move {
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(fee).await;
    }
}
