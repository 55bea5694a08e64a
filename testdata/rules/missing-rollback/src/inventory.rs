//! Two places change before the call; and an item is taken out of a map.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Default)]
struct State {
    stock: BTreeMap<u64, u64>,
    credit: BTreeMap<Principal, u64>,
    parcels: BTreeMap<u64, String>,
    next_parcel: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
}

fn mutate_state<R>(f: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(f)
}

fn reserve(s: &mut State, who: Principal, item: u64, price: u64) -> bool {
    let Some(credit) = s.credit.get(&who).and_then(|c| c.checked_sub(price)) else {
        return false;
    };
    let Some(left) = s.stock.get(&item).and_then(|n| n.checked_sub(1)) else {
        return false;
    };
    s.credit.insert(who, credit);
    s.stock.insert(item, left);
    true
}

async fn dispatch(who: Principal, item: u64, price: u64) -> bool {
    Call::unbounded_wait(SERVICE, "dispatch").with_args(&(who, item, price)).await.is_ok()
}

/// The item goes back on the shelf; the money stays gone.
#[update]
async fn purchase(item: u64, price: u64) -> bool {
    let who = msg_caller();
    if !mutate_state(|s| reserve(s, who, item, price)) {
        return false;
    }
    if !dispatch(who, item, price).await {
        mutate_state(|s| *s.stock.entry(item).or_default() += 1);
        return false; // want "missing-rollback confirmed"
    }
    true
}

/// The parcel leaves the shelf and never arrives.
#[update]
async fn forward(id: u64) -> Result<(), String> {
    let parcel = mutate_state(|s| s.parcels.remove(&id)).ok_or("no such parcel")?;
    let call = Call::unbounded_wait(SERVICE, "forward").with_args(&(id, parcel));
    call.await.map_err(|e| e.to_string())?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: both places are undone.
#[update]
async fn purchase_safely(item: u64, price: u64) -> bool {
    let who = msg_caller();
    if !mutate_state(|s| reserve(s, who, item, price)) {
        return false;
    }
    let sent = dispatch(who, item, price).await;
    if !sent {
        mutate_state(|s| {
            *s.stock.entry(item).or_default() += 1;
            *s.credit.entry(who).or_default() += price;
        });
    }
    sent
}

// Quiet: the parcel goes back to its place.
#[update]
async fn forward_safely(id: u64) -> Result<(), String> {
    let parcel = mutate_state(|s| s.parcels.remove(&id)).ok_or("no such parcel")?;
    match Call::unbounded_wait(SERVICE, "forward").with_args(&(id, &parcel)).await {
        Ok(_) => Ok(()),
        Err(e) => {
            mutate_state(|s| s.parcels.insert(id, parcel));
            Err(e.to_string())
        }
    }
}

#[update]
fn receive(item: u64, count: u64, who: Principal, credit: u64) {
    mutate_state(|s| {
        *s.stock.entry(item).or_default() += count;
        *s.credit.entry(who).or_default() += credit;
    });
}

#[update]
fn shelve(text: String) -> u64 {
    mutate_state(|s| {
        let id = s.next_parcel;
        s.next_parcel += 1;
        s.parcels.insert(id, text);
        id
    })
}
