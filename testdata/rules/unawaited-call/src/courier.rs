//! A courier that forgets to leave.

use std::cell::Cell;
use std::future::{Future, IntoFuture};

use futures::future::join_all;
use ic_cdk::call::Call;
use ic_cdk::futures::spawn;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static SENT: Cell<u64> = const { Cell::new(0) };
}

async fn deliver(n: u64) -> bool {
    Call::unbounded_wait(SERVICE, "deliver").with_arg(n).await.is_ok()
}

async fn count(n: u64) -> bool {
    SENT.set(SENT.get() + n);
    true
}

/// The builder is complete, and dropped.
#[update]
fn send(n: u64) {
    SENT.set(SENT.get() + 1);
    let _ = Call::unbounded_wait(SERVICE, "deliver").with_arg(n); // want "unawaited-call"
}

// Quiet: awaited.
#[update]
async fn send_awaited(n: u64) -> bool {
    SENT.set(SENT.get() + 1);
    Call::unbounded_wait(SERVICE, "deliver").with_arg(n).await.is_ok()
}

// Quiet: sent without waiting.
#[update]
fn send_oneway(n: u64) {
    let _ = Call::unbounded_wait(SERVICE, "deliver").with_arg(n).oneway();
}

/// A method that looks as if it sent something.
#[update]
fn send_twice(n: u64) {
    let call = Call::unbounded_wait(SERVICE, "deliver");
    call.with_arg(n); // want "unawaited-call"
}

// Quiet: the second step goes on with what the first gave.
#[update]
async fn send_steps(n: u64) -> bool {
    let call = Call::unbounded_wait(SERVICE, "deliver");
    let call = call.with_arg(n);
    call.await.is_ok()
}

/// An async function runs when it is awaited, not when it is called.
#[update]
fn send_all(n: u64) {
    for i in 0..n {
        let _future = deliver(i); // want "unawaited-call"
    }
}

// Quiet: all of them are awaited together.
#[update]
async fn send_all_joined(n: u64) -> u64 {
    let futures: Vec<_> = (0..n).map(deliver).collect();
    join_all(futures).await.into_iter().filter(|sent| *sent).count() as u64
}

// Quiet: the future is kept, and awaited later.
#[update]
async fn send_later(n: u64) -> bool {
    let future = deliver(n);
    SENT.set(SENT.get() + 1);
    future.await
}

/// The block is as idle as the call in it.
#[update]
fn send_block(n: u64) {
    let _ = async move { // want "unawaited-call"
        deliver(n).await;
    };
}

// Quiet: spawned.
#[update]
fn send_spawned(n: u64) {
    spawn(async move {
        deliver(n).await;
    });
}

/// Dropped in so many words; it was meant to be sent all the same.
#[update]
fn send_dropped(n: u64) {
    drop(deliver(n)); // want "unawaited-call"
}

fn prepared(n: u64) -> impl Future<Output = bool> {
    SENT.set(SENT.get() + 1);
    deliver(n)
}

/// What a helper gives is a future too.
#[update]
async fn send_prepared(n: u64) {
    let first = prepared(n); // want "unawaited-call"
    let second = prepared(n + 1);
    second.await;
}

// Quiet: the helper's futures are awaited.
#[update]
async fn send_both(n: u64) -> bool {
    let first = prepared(n);
    let second = prepared(n + 1);
    first.await && second.await
}

// Quiet: nothing in it waits for a call; what is lost is no call.
#[update]
async fn only_count(n: u64) -> bool {
    drop(count(n));
    count(n).await
}

// Quiet: it is handed on to whoever runs it.
#[update]
async fn send_handed(n: u64) {
    let call = Call::unbounded_wait(SERVICE, "deliver").with_arg(n).into_future();
    let _ = in_time(call).await;
}

async fn in_time<F: Future>(work: F) -> F::Output {
    SENT.set(SENT.get() + 1);
    work.await
}
