//! A record that only its own message writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Clone, PartialEq)]
enum Status {
    Pending,
    Paid(u64),
    Failed,
}

#[derive(Clone)]
struct Order {
    item: String,
    status: Status,
    note: String,
}

thread_local! {
    static NEXT_ID: Cell<u64> = const { Cell::new(0) };
    static ORDERS: RefCell<BTreeMap<u64, Order>> = const { RefCell::new(BTreeMap::new()) };
    static DRAFTS: RefCell<BTreeMap<u64, Order>> = const { RefCell::new(BTreeMap::new()) };
}

fn draw_id() -> u64 {
    let id = NEXT_ID.get();
    NEXT_ID.set(id + 1);
    id
}

/// A note added to the draft while its price was asked for is overwritten.
#[update]
async fn price_draft(id: u64) -> Result<(), String> {
    let draft = DRAFTS.with_borrow(|d| d.get(&id).cloned()).ok_or("no such draft")?;
    let reply =
        Call::bounded_wait(SERVICE, "price").with_arg(&draft.item).await.map_err(|e| e.to_string())?;
    let price: u64 = reply.candid().map_err(|e| e.to_string())?;
    let priced = Order { status: Status::Paid(price), ..draft };
    DRAFTS.with_borrow_mut(|d| d.insert(id, priced)); // want "stale-write confirmed"
    Ok(())
}

#[update]
fn new_draft(item: String) -> u64 {
    let id = draw_id();
    DRAFTS.with_borrow_mut(|d| d.insert(id, Order { item, status: Status::Pending, note: String::new() }));
    id
}

#[update]
fn note_on_draft(id: u64, note: String) {
    DRAFTS.with_borrow_mut(|d| {
        if let Some(draft) = d.get_mut(&id) {
            draft.note = note;
        }
    });
}

// Quiet: the order was made in this call under an id nobody else has, and no other entry point writes orders.
#[update]
async fn place_order(item: String) -> Result<u64, String> {
    let id = draw_id();
    let mut order = Order { item, status: Status::Pending, note: String::new() };
    ORDERS.with_borrow_mut(|o| o.insert(id, order.clone()));
    let outcome = Call::unbounded_wait(SERVICE, "charge").with_arg(id).await;
    order.status = match &outcome {
        Ok(_) => Status::Paid(id),
        Err(_) => Status::Failed,
    };
    ORDERS.with_borrow_mut(|o| o.insert(id, order));
    outcome.map(|_| id).map_err(|e| e.to_string())
}

#[query]
fn is_paid(id: u64) -> bool {
    ORDERS.with_borrow(|o| o.get(&id).is_some_and(|order| matches!(order.status, Status::Paid(_))))
}

#[query]
fn note_of(id: u64) -> Option<String> {
    DRAFTS.with_borrow(|d| d.get(&id).map(|draft| draft.note.clone()))
}
