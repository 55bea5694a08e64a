//! Futures that are made early and awaited late.

use std::cell::Cell;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use candid::Principal;
use futures::FutureExt;
use ic_cdk::call::Call;
use ic_cdk::update;

thread_local! {
    static BALANCE: Cell<u64> = const { Cell::new(0) };
}

async fn fetch() -> u64 {
    Call::bounded_wait(Principal::anonymous(), "fetch").await.unwrap().candid().unwrap() // await: must, bounded, "fetch"
}

// An async function runs from where it is awaited, not from where it is called.
#[update]
async fn early_function() -> u64 {
    let got = fetch();
    BALANCE.set(BALANCE.get() - 1);
    got.await // await: must, bounded, "fetch"
}

// A call is sent at the first poll: here where it is awaited.
#[update]
async fn early_call() {
    let call = Call::unbounded_wait(Principal::anonymous(), "credit").with_arg(1u64).into_future();
    BALANCE.set(BALANCE.get() - 1);
    let _ = call.await; // await: must, unbounded, "credit"
}

#[update]
async fn early_block(n: u64) -> u64 {
    let work = async move {
        let got = fetch().await; // await: must, bounded, "fetch"
        got + n
    };
    BALANCE.set(n);
    work.await // await: must, bounded, "fetch"
}

#[update]
async fn block_in_place() -> u64 {
    async { fetch().await + 1 }.await // await: must, bounded, "fetch"
}

#[update]
async fn block_without_a_call() -> u64 {
    async { 1 }.await // await: never
}

// Boxes, pins and adapters change nothing about when it runs.
#[update]
async fn boxed() -> u64 {
    let a = Box::pin(async move { fetch().await }); // await: must, bounded, "fetch"
    let b = fetch().boxed_local();
    let c: Pin<Box<dyn Future<Output = u64>>> = Box::pin(fetch());
    a.await + b.await + c.await // await: must, bounded, "fetch"
}

#[update]
async fn pinned() -> u64 {
    let work = std::pin::pin!(fetch());
    work.await // await: must, bounded, "fetch"
}

#[update]
async fn adapted() -> u64 {
    fetch().map(|n| n + 1).fuse().await // await: must, bounded, "fetch"
}

#[update]
async fn chained() -> u64 {
    fetch().then(|n| async move { fetch().await + n }).await // await: must, bounded, "fetch"
}

#[update]
async fn unwrapped() -> u64 {
    let call = Call::bounded_wait(Principal::anonymous(), "mapped").into_future();
    call.map(|r| r.unwrap().candid().unwrap()).await // await: must, bounded, "mapped"
}

// Ready futures never wait.
#[update]
async fn ready() -> u64 {
    std::future::ready(3).await + futures::future::ready(4).await // await: never
}

// In a field, in a tuple, in an option.
struct Job<F> {
    amount: u64,
    work: F,
}

#[update]
async fn in_a_field() -> u64 {
    let job = Job { amount: 2, work: fetch() };
    BALANCE.set(job.amount);
    job.work.await // await: must, bounded, "fetch"
}

#[update]
async fn in_a_tuple() -> u64 {
    let (a, b) = (fetch(), async { 2 });
    b.await; // await: never
    a.await // await: must, bounded, "fetch"
}

#[update]
async fn in_an_option(want: bool) -> u64 {
    let work = want.then(fetch);
    match work {
        Some(w) => w.await, // await: must, bounded, "fetch"
        None => 0,
    }
}

// A future returned by a function that is not async.
fn lookup(n: u64) -> impl Future<Output = u64> {
    BALANCE.set(n); // runs at the call, not at the await
    async move { fetch().await + n } // await: must, bounded, "fetch"
}

#[update]
async fn returned() -> u64 {
    let work = lookup(1);
    work.await // await: must, bounded, "fetch"
}

fn boxed_lookup<'a>(n: &'a u64) -> Pin<Box<dyn Future<Output = u64> + 'a>> {
    Box::pin(async move { fetch().await + *n }) // await: must, bounded, "fetch"
}

#[update]
async fn returned_boxed() -> u64 {
    boxed_lookup(&4).await // await: must, bounded, "fetch"
}

// Branches that give different futures of one type.
#[update]
async fn either(fresh: bool) -> u64 {
    let work = if fresh { fetch().boxed_local() } else { async { BALANCE.get() }.boxed_local() };
    work.await // await: may, bounded, "fetch"
}

// A type of ours that can be awaited.
struct Lookup(u64);

impl IntoFuture for Lookup {
    type Output = u64;
    type IntoFuture = Pin<Box<dyn Future<Output = u64>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { fetch().await + self.0 }) // await: must, bounded, "fetch"
    }
}

#[update]
async fn own_into_future() -> u64 {
    Lookup(5).await // await: must, bounded, "fetch"
}
