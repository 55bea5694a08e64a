//! A lock on a list of lines: when its guard dies.

use std::sync::Mutex;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

static LINES: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// The guard lives to the end of the function, and so over the call.
#[update]
async fn send() {
    let lines = LINES.lock().unwrap();
    let sum: u64 = lines.iter().sum();
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await; // want "borrow-across-await"
}

// Quiet: the block ends before the call, and the guard with it.
#[update]
async fn send_from_block() {
    let sum: u64 = {
        let lines = LINES.lock().unwrap();
        lines.iter().sum()
    };
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await;
}

// Quiet: the guard is dropped before the call.
#[update]
async fn send_after_drop() {
    let lines = LINES.lock().unwrap();
    let sum: u64 = lines.iter().sum();
    drop(lines);
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await;
}

/// A reference to the guard is dropped, not the guard.
#[update]
async fn send_after_drop_of_a_reference() {
    let lines = LINES.lock().unwrap();
    let sum: u64 = lines.iter().sum();
    #[allow(dropping_references)]
    drop(&lines);
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await; // want "borrow-across-await"
}

/// The guard is dropped on one of two ways only.
#[update]
async fn send_unless_empty() {
    let lines = LINES.lock().unwrap();
    let sum: u64 = lines.iter().sum();
    if sum > 0 {
        drop(lines);
    }
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await; // want "borrow-across-await"
}

// Quiet: on the way to the call it is dropped, on the other there is no call.
#[update]
async fn send_or_return() {
    let lines = LINES.lock().unwrap();
    let sum: u64 = lines.iter().sum();
    if sum == 0 {
        return;
    }
    drop(lines);
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(sum).await;
}

/// The second call is made before the guard of the turn is dropped.
#[update]
async fn send_each() {
    for i in 0..2 {
        let _ = Call::unbounded_wait(SERVICE, "begin").with_arg(i).await;
        let mut lines = LINES.lock().unwrap();
        lines.push(i);
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(i).await; // want "borrow-across-await"
    }
}

// Quiet: the guard of a turn is gone at its end.
#[update]
async fn send_each_first() {
    for i in 0..2 {
        let _ = Call::unbounded_wait(SERVICE, "note").with_arg(i).await;
        let mut lines = LINES.lock().unwrap();
        lines.push(i);
    }
}

/// The lock is taken anew, and held again.
#[update]
async fn send_and_retake() {
    let mut lines = LINES.lock().unwrap();
    let first = lines.first().copied();
    drop(lines);
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(first).await;
    lines = LINES.lock().unwrap();
    let second = lines.last().copied();
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(second).await; // want "borrow-across-await"
}

// Quiet: nothing is called, the await runs straight through.
#[update]
async fn count_asynchronously() -> usize {
    let lines = LINES.lock().unwrap();
    length(&lines).await
}

async fn length(lines: &[u64]) -> usize {
    lines.len()
}

/// The same, but the helper makes a call.
#[update]
async fn tell_length() {
    let lines = LINES.lock().unwrap();
    tell(&lines).await; // want "borrow-across-await"
}

async fn tell(lines: &[u64]) {
    let _ = Call::unbounded_wait(SERVICE, "note").with_arg(lines.len() as u64).await;
}

// Quiet: the guard is the task's, which calls before it takes it.
#[update]
fn send_later() {
    ic_cdk::futures::spawn(async {
        let _ = Call::unbounded_wait(SERVICE, "begin").await;
        let mut lines = LINES.lock().unwrap();
        lines.push(1);
    });
}

/// A task that calls with the guard in hand.
#[update]
fn send_later_locked() {
    ic_cdk::futures::spawn(async {
        let mut lines = LINES.lock().unwrap();
        lines.push(1);
        let _ = Call::unbounded_wait(SERVICE, "begin").await; // want "borrow-across-await"
    });
}

#[update]
fn add(line: u64) {
    LINES.lock().unwrap().push(line);
}

#[query]
fn count() -> u64 {
    LINES.lock().unwrap().len() as u64
}
