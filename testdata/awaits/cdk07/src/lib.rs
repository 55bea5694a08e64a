//! Eager calls: from 0.5.0 to 0.7.4 the call is performed when the function is invoked.

use std::cell::Cell;

use candid::{candid_method, Principal};
use ic_cdk::api::call::CallResult;
use ic_cdk_macros::update;

thread_local! {
    static N: Cell<u64> = const { Cell::new(0) };
}

#[candid_method(update)]
#[update]
async fn early(id: Principal) -> u64 {
    let call = ic_cdk::call::<_, (u64,)>(id, "early", ()); // request: "early"
    N.with(|n| n.set(n.get() + 1));
    call.await.unwrap().0 // await: must, unbounded, "early"
}

// Nobody awaits it, and it is sent all the same.
#[update]
async fn forgotten(id: Principal) {
    let _call = ic_cdk::call::<_, ()>(id, "forgotten", ()); // request: "forgotten"
    N.with(|n| n.set(n.get() + 1));
}

#[update]
async fn at_once(id: Principal) -> CallResult<(u64,)> {
    ic_cdk::call(id, "at_once", ()).await // await: must, unbounded, "at_once"; request: "at_once"
}
