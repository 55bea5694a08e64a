//! The trap sits in a helper that is fine elsewhere.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Default)]
struct Order {
    price: u64,
    paid: bool,
}

type Orders = BTreeMap<u64, Order>;

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static ORDERS: RefCell<Orders> = const { RefCell::new(BTreeMap::new()) };
}

fn order_mut(orders: &mut Orders, id: u64) -> &mut Order {
    orders.get_mut(&id).expect("no such order") // want "trap-after-commit confirmed"
}

async fn charge(id: u64, price: u64) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "charge").with_args(&(id, price)).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Charged, and the order was cancelled meanwhile: the payment is not written down anywhere.
#[update]
async fn pay_order(id: u64) -> Result<(), String> {
    let price = ORDERS.with_borrow(|o| o.get(&id).map(|order| order.price)).ok_or("no such order")?;
    charge(id, price).await?;
    ORDERS.with_borrow_mut(|o| order_mut(o, id).paid = true);
    Ok(())
}

// Quiet: an order that has gone is an error with the charge taken back.
#[update]
async fn pay_order_checked(id: u64) -> Result<(), String> {
    let price = ORDERS.with_borrow(|o| o.get(&id).map(|order| order.price)).ok_or("no such order")?;
    charge(id, price).await?;
    let found = ORDERS.with_borrow_mut(|o| match o.get_mut(&id) {
        Some(order) => {
            order.paid = true;
            true
        }
        None => false,
    });
    if !found {
        Call::unbounded_wait(SERVICE, "refund").with_args(&(id, price)).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}

// Quiet: asked for in the same segment, so that the order is there.
#[update]
async fn pay_order_proved(id: u64, price: u64) -> Result<(), String> {
    charge(id, price).await?;
    ORDERS.with_borrow_mut(|o| {
        if !o.contains_key(&id) {
            o.insert(id, Order { price, paid: false });
        }
        o.get_mut(&id).unwrap().paid = true;
    });
    Ok(())
}

// Quiet: one segment; the trap takes everything back.
#[update]
fn reprice_order(id: u64, price: u64) {
    ORDERS.with_borrow_mut(|o| order_mut(o, id).price = price);
}

#[update]
fn new_order(price: u64) -> u64 {
    let id = NEXT.get();
    NEXT.set(id + 1);
    ORDERS.with_borrow_mut(|o| o.insert(id, Order { price, ..Order::default() }));
    id
}

#[update]
fn cancel_order(id: u64) {
    ORDERS.with_borrow_mut(|o| o.remove(&id));
}
