//! Awaits: what they rest on, and those that are not known.

use candid::Principal;
use ic_cdk::call::Call;

#[ic_cdk::update] // = endpoints entry point
async fn pay(to: Principal, really: bool) {
    sent(to).await; // = awaits must: a body in the workspace
    maybe(to, really).await; // = awaits may: a body in the workspace
    nothing().await; // = awaits never: no call at all
    let later = async { sent(to).await }; // = awaits must: a body in the workspace
    later.await; // = awaits must: a body in the workspace
    futures::join!(sent(to), nothing()); // = awaits must: a body in the workspace
    futures::pending!(); // a macro that waits, which nobody knows
    futures::future::poll_immediate(nothing()).await; // = awaits not known: `futures::future::poll_immediate` is not known
}

async fn sent(to: Principal) {
    Call::bounded_wait(to, "f").await.ok(); // = awaits must: a knowledge entry
}

async fn maybe(to: Principal, really: bool) {
    if really {
        sent(to).await; // = awaits must: a body in the workspace
    }
}

async fn nothing() {}

/// It may have to wait, and that is all there is to know.
#[ic_cdk::update] // = endpoints entry point
async fn locked() {
    let lock = futures::lock::Mutex::new(0);
    *lock.lock().await += 1; // = awaits may: a knowledge entry
}

/// No message reaches it: it is looked at alone.
pub async fn alone(to: Principal) {
    sent(to).await; // = awaits must: a body in the workspace
}

/// Its body is left out of itself, and is all there is.
#[ic_cdk::update] // = endpoints entry point
async fn again(to: Principal) {
    Box::pin(round(to)).await // = awaits may: a body in the workspace
}

async fn round(to: Principal) {
    Box::pin(round(to)).await // = awaits may: a body in the workspace
}

/// What it waits for besides itself is not known.
#[ic_cdk::update] // = endpoints entry point
async fn asks_again(to: Principal) {
    Box::pin(asked(to)).await // = awaits not known: `futures::future::poll_immediate` is not known
}

async fn asked(to: Principal) {
    futures::future::poll_immediate(nothing()).await; // = awaits not known: `futures::future::poll_immediate` is not known
    Box::pin(asked(to)).await // = awaits not known: `asked` is left out here: recursion
}

macro_rules! wait {
    ($e:expr) => {
        $e.await
    };
}

#[allow(unused_macros)]
macro_rules! never_called {
    ($e:expr) => {
        $e.await // = awaits not known: inside the macro definition never_called
    };
}

#[ic_cdk::update] // = endpoints entry point
async fn with_macro(to: Principal) {
    wait!(sent(to)); // = awaits must: a body in the workspace
}
