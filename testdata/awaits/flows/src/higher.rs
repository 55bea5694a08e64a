//! Functions that take what they await.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static PAID: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

async fn send(amount: u64) -> Result<u64, String> {
    let r = Call::bounded_wait(Principal::anonymous(), "send").with_arg(amount).await; // await: must, bounded, "send"
    r.map_err(|e| e.to_string())?.candid().map_err(|e| e.to_string())
}

async fn check(amount: u64) -> Result<u64, String> {
    if amount > 0 { Ok(amount) } else { Err("nothing".into()) }
}

// F: FnOnce() -> Fut

async fn exclusive<F, Fut, T>(work: F) -> T
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = T>,
{
    BUSY.set(true);
    let got = work().await; // await: must, bounded, "send"
    BUSY.set(false);
    got
}

#[update]
async fn wrapped_closure() -> Result<u64, String> {
    exclusive(|| async { send(1).await }).await // await: must, bounded, "send"
}

#[update]
async fn wrapped_function() -> Result<u64, String> {
    exclusive(|| send(2)).await // await: must, bounded, "send"
}

// The same wrapper where nothing is called is judged by what it is given.
async fn timed<F, Fut>(work: F) -> Result<u64, String>
where
    F: FnOnce(u64) -> Fut,
    Fut: Future<Output = Result<u64, String>>,
{
    work(7).await // await: never
}

#[update]
async fn wrapped_without_a_call() -> Result<u64, String> {
    timed(check).await // await: never
}

// A wrapper around the whole endpoint.

async fn execute_update_async<F: Future<Output = R>, R>(f: impl FnOnce() -> F) -> R {
    BUSY.set(true);
    let r = f().await; // await: must, bounded, "send"
    BUSY.set(false);
    r
}

#[update]
async fn pay(amount: u64) -> Result<u64, String> {
    execute_update_async(|| pay_impl(amount)).await // await: must, bounded, "send"
}

async fn pay_impl(amount: u64) -> Result<u64, String> {
    send(amount).await // await: must, bounded, "send"
}

// A future as a parameter.

async fn tracked(who: Principal, work: impl Future<Output = Result<u64, String>>) -> Result<u64, String> {
    PAID.with_borrow_mut(|p| p.insert(who, 0));
    let r = work.await; // await: must, bounded, "send"
    PAID.with_borrow_mut(|p| p.remove(&who));
    r
}

#[update]
async fn future_as_parameter(who: Principal) -> Result<u64, String> {
    tracked(who, send(3)).await // await: must, bounded, "send"
}

#[update]
async fn pinned_parameter(who: Principal) -> Result<u64, String> {
    boxed_parameter(who, Box::pin(send(3))).await // await: must, bounded, "send"
}

async fn boxed_parameter(
    who: Principal,
    work: Pin<Box<dyn Future<Output = Result<u64, String>>>>,
) -> Result<u64, String> {
    PAID.with_borrow_mut(|p| p.insert(who, 0));
    work.await // await: must, bounded, "send"
}

// A local closure with an async body, called twice.

#[update]
async fn refund_closure(amount: u64) -> u64 {
    let do_refund = || async {
        let _ = send(amount).await; // await: must, bounded, "send"
    };
    if amount > 10 {
        do_refund().await; // await: must, bounded, "send"
        return 0;
    }
    do_refund().await; // await: must, bounded, "send"
    amount
}

#[update]
async fn async_closure(amount: u64) -> u64 {
    let again = async |n: u64| send(n).await; // await: must, bounded, "send"
    again(amount).await.unwrap_or(0) // await: must, bounded, "send"
}

// A table of handlers, boxed: which one runs is not known, each makes its call.

type Handler = fn(u64) -> Pin<Box<dyn Future<Output = u64>>>;

async fn first(n: u64) -> u64 {
    send(n).await.unwrap_or(0) // await: must, bounded, "send"
}

async fn second(n: u64) -> u64 {
    let r = Call::unbounded_wait(Principal::anonymous(), "second").with_arg(n).await; // await: must, unbounded, "second"
    r.unwrap().candid().unwrap()
}

fn routes() -> Vec<(&'static str, Handler)> {
    vec![
        ("first", |n| Box::pin(first(n))),
        ("second", |n| Box::pin(second(n))),
    ]
}

#[update]
async fn route(name: String, n: u64) -> u64 {
    for (route, handler) in routes() {
        if route == name {
            return handler(n).await; // await: must, bounded, unbounded, "second", "send"
        }
    }
    0
}

// The next step is chosen by a match that gives futures.

#[update]
async fn boxed_by_match(n: u64) -> u64 {
    let work: Pin<Box<dyn Future<Output = u64>>> = match n {
        0 => Box::pin(async { 0 }),
        1 => Box::pin(first(1)),
        _ => Box::pin(second(n)),
    };
    work.await // await: may, bounded, unbounded, "second", "send"
}
