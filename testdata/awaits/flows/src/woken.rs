//! What waits for another message of the canister instead of a reply (S23): channels, locks, futures written by hand.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use candid::Principal;
use futures::channel::{mpsc, oneshot};
use futures::stream::FuturesUnordered;
use futures::{SinkExt, StreamExt};
use ic_cdk::call::Call;
use ic_cdk::update;

thread_local! {
    static WAITERS: RefCell<Vec<oneshot::Sender<u64>>> = const { RefCell::new(Vec::new()) };
    static OPEN: Cell<bool> = const { Cell::new(false) };
    static WAKER: Cell<Option<Waker>> = const { Cell::new(None) };
}

async fn ask(id: Principal) -> u64 {
    Call::bounded_wait(id, "ask").await.unwrap().candid().unwrap() // await: must, bounded, "ask"; await: must, bounded, "ask", in task
}

#[update]
async fn through_a_channel(id: Principal) -> Option<u64> {
    let (mut to, mut from) = mpsc::channel(1);
    ic_cdk::futures::spawn(async move {
        let n = ask(id).await; // await: must, bounded, "ask", in task
        to.send(n).await.unwrap(); // await: may, in task
    });
    from.next().await // await: may
}

#[update]
async fn once() -> u64 {
    let (to, from) = oneshot::channel();
    WAITERS.with_borrow_mut(|w| w.push(to));
    from.await.unwrap() // await: may
}

/// Whoever waits at the gate is let through by another message.
struct Gate;

impl Future for Gate {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u64> {
        if OPEN.get() {
            return Poll::Ready(1);
        }
        WAKER.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

#[update]
async fn at_the_gate() -> u64 {
    Gate.await // await: may
}

#[update]
async fn some_of(ids: Vec<Principal>) -> u64 {
    let mut asked = FuturesUnordered::from_iter(ids.into_iter().map(ask));
    asked.next().await.unwrap_or(0) // await: may, bounded, "ask"
}

#[update]
async fn in_parts(ids: Vec<Principal>) -> u64 {
    let mut sum = 0;
    for part in ids.chunks(10) {
        let answers = futures::future::join_all(part.iter().map(|id| ask(*id))).await; // await: may, bounded, "ask"
        sum += answers.iter().sum::<u64>();
    }
    sum
}
