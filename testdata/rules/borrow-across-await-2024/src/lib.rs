//! The rules of edition 2024: temporaries of `if let` die before its `else`, those of the last
//! expression of a block with the block.

use std::sync::Mutex;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

static QUEUE: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// The guard lives through the block of the `if let`.
#[update]
async fn next_or_ask() {
    if let Some(next) = QUEUE.lock().unwrap().first().copied() {
        let _ = Call::unbounded_wait(SERVICE, "serve").with_arg(next).await; // want "borrow-across-await"
    }
}

// Quiet: before the `else` it is dropped.
#[update]
async fn next_else_ask() {
    if let Some(next) = QUEUE.lock().unwrap().first() {
        ic_cdk::println!("{next} is waiting");
    } else {
        let _ = Call::unbounded_wait(SERVICE, "idle").await;
    }
}

/// What `match` looks into is dropped at its end only, in all editions.
#[update]
async fn match_and_ask() {
    match QUEUE.lock().unwrap().first() {
        Some(next) => ic_cdk::println!("{next} is waiting"),
        None => {
            let _ = Call::unbounded_wait(SERVICE, "idle").await; // want "borrow-across-await"
        }
    }
}

// Quiet: the temporary of the block's last expression dies with the block.
#[update]
#[allow(unused_braces)]
async fn tell_length() {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg({ QUEUE.lock().unwrap().len() as u64 }).await;
}

/// Without a block it dies with the statement.
#[update]
async fn tell_length_at_once() {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(QUEUE.lock().unwrap().len() as u64).await; // want "borrow-across-await"
}

#[update]
fn add(n: u64) {
    QUEUE.lock().unwrap().push(n);
}

#[query]
fn length() -> u64 {
    QUEUE.lock().unwrap().len() as u64
}
