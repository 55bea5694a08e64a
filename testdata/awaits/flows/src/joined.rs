//! Several futures at once (M10, S20): what is sent together is sent in one segment.

use std::cell::RefCell;
use std::future::IntoFuture;

use candid::Principal;
use futures::future::{join, join_all, select, try_join_all, Either};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{pin_mut, select, FutureExt, TryStreamExt};
use ic_cdk::call::{Call, CallFailed, Response};
use ic_cdk::update;

thread_local! {
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

async fn left() -> u64 {
    Call::bounded_wait(Principal::anonymous(), "left").await.unwrap().candid().unwrap() // await: must, bounded, "left"
}

async fn right() -> Result<u64, String> {
    let r = Call::unbounded_wait(Principal::anonymous(), "right").await; // await: must, unbounded, "right"
    r.map_err(|e| e.to_string())?.candid().map_err(|e| e.to_string())
}

async fn quiet() -> u64 {
    2
}

async fn ask(id: Principal) -> Result<Response, CallFailed> {
    Call::bounded_wait(id, "ask").await // await: must, bounded, "ask"
}

#[update]
async fn join_macro() -> u64 {
    let (a, b) = futures::join!(left(), right()); // await: must, bounded, unbounded, "left", "right"
    a + b.unwrap_or(0)
}

#[update]
async fn join_macro_of_quiet_ones() -> u64 {
    let (a, b) = futures::join!(quiet(), quiet()); // await: never
    a + b
}

#[update]
async fn try_join_macro() -> Result<u64, String> {
    let (a, b) = futures::try_join!(right(), right())?; // await: must, unbounded, "right"
    Ok(a + b)
}

#[update]
async fn join_function() -> u64 {
    let (a, b) = join(left(), right()).await; // await: must, bounded, unbounded, "left", "right"
    a + b.unwrap_or(0)
}

#[update]
async fn join_calls() {
    let a = Call::bounded_wait(Principal::anonymous(), "a").into_future();
    let b = Call::bounded_wait(Principal::anonymous(), "b").into_future();
    let _ = join(a, b).await; // await: must, bounded, "a", "b"
}

#[update]
async fn join_all_of_a_list() -> usize {
    let all = vec![ask(Principal::anonymous()), ask(Principal::management_canister())];
    join_all(all).await.len() // await: must, bounded, "ask"
}

// With no element nothing is sent.
#[update]
async fn join_all_mapped(ids: Vec<Principal>) -> usize {
    let all: Vec<_> = ids.into_iter().map(ask).collect();
    join_all(all).await.len() // await: may, bounded, "ask"
}

#[update]
async fn join_all_of_closures(ids: Vec<Principal>) -> usize {
    let got = join_all(ids.into_iter().map(|id| async move {
        let r = ask(id).await; // await: must, bounded, "ask"
        SEEN.with_borrow_mut(|s| s.push(1));
        r
    }))
    .await; // await: may, bounded, "ask"
    got.len()
}

#[update]
async fn join_all_of_calls(ids: Vec<Principal>) -> usize {
    let calls: Vec<_> = ids.iter().map(|id| Call::bounded_wait(*id, "ping").into_future()).collect();
    join_all(calls).await.len() // await: may, bounded, "ping"
}

#[update]
async fn join_all_pushed(ids: Vec<Principal>) -> usize {
    let mut all = Vec::new();
    for id in ids {
        all.push(ask(id));
    }
    join_all(all).await.len() // await: may, bounded, "ask"
}

#[update]
async fn join_all_pushed_blocks(ids: Vec<Principal>) -> usize {
    let mut all = vec![];
    for id in ids {
        all.push(async move { ask(id).await.is_ok() }); // await: must, bounded, "ask"
    }
    let done = join_all(all).await; // await: may, bounded, "ask"
    done.into_iter().filter(|d| *d).count()
}

#[update]
async fn try_join_all_mapped(ids: Vec<Principal>) -> Result<usize, String> {
    let all = ids.iter().map(|id| async { ask(*id).await.map_err(|e| e.to_string()) }); // await: must, bounded, "ask"
    Ok(try_join_all(all).await?.len()) // await: may, bounded, "ask"
}

#[update]
async fn select_macro() -> u64 {
    let a = left().fuse();
    let b = right().fuse();
    pin_mut!(a, b);
    select! { // await: must, bounded, unbounded, "left", "right"
        n = a => n,
        r = b => r.unwrap_or(0),
    }
}

#[update]
async fn select_function() -> u64 {
    match select(Box::pin(left()), Box::pin(right())).await { // await: must, bounded, unbounded, "left", "right"
        Either::Left((n, _)) => n,
        Either::Right((r, _)) => r.unwrap_or(0),
    }
}

#[update]
async fn unordered(ids: Vec<Principal>) -> usize {
    let mut all = FuturesUnordered::new();
    for id in ids {
        all.push(ask(id));
    }
    let mut good = 0;
    while let Some(r) = all.next().await { // await: may, bounded, "ask"
        if r.is_ok() {
            good += 1;
        }
    }
    good
}

#[update]
async fn unordered_collected(ids: Vec<Principal>) -> usize {
    let all: FuturesUnordered<_> = ids.into_iter().map(ask).collect();
    let got: Vec<_> = all.collect().await; // await: may, bounded, "ask"
    got.len()
}

#[update]
async fn buffered(ids: Vec<Principal>) -> usize {
    let work = ids.into_iter().map(|id| async move { ask(id).await.is_ok() }); // await: must, bounded, "ask"
    let got: Vec<bool> = futures::stream::iter(work).buffered(10).collect().await; // await: may, bounded, "ask"
    got.len()
}

#[update]
async fn buffer_unordered(ids: Vec<Principal>) -> usize {
    let mut got = futures::stream::iter(ids).map(ask).buffer_unordered(5);
    let mut n = 0;
    while let Some(r) = got.next().await { // await: may, bounded, "ask"
        n += r.is_ok() as usize;
    }
    n
}

#[update]
async fn for_each_of_a_stream(ids: Vec<Principal>) {
    futures::stream::iter(ids)
        .for_each(|id| async move {
            let _ = ask(id).await; // await: must, bounded, "ask"
        })
        .await; // await: may, bounded, "ask"
}

#[update]
async fn try_for_each_of_a_stream(ids: Vec<Principal>) -> Result<(), String> {
    futures::stream::iter(ids.into_iter().map(Ok::<_, String>))
        .try_for_each(|id| async move {
            ask(id).await.map_err(|e| e.to_string())?; // await: must, bounded, "ask"
            Ok(())
        })
        .await // await: may, bounded, "ask"
}

// An async lock waits for other messages, not for a call (S23).
thread_local! {
    static TURN: std::rc::Rc<futures::lock::Mutex<u64>> = std::rc::Rc::new(futures::lock::Mutex::new(0));
}

#[update]
async fn async_lock() -> u64 {
    let turn = TURN.with(|t| t.clone());
    let mut n = turn.lock().await; // await: may
    *n += left().await; // await: must, bounded, "left"
    *n
}
