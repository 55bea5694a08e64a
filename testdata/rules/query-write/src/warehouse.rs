//! Queries that try out what an update does.

use std::cell::RefCell;

use ic_cdk::{query, update};

thread_local! {
    static STOCK: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static ORDERS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn take_for(wanted: u64) -> Option<u64> {
    let mut taken = 0;
    while taken < wanted {
        taken += STOCK.with_borrow_mut(|s| s.pop())?;
    }
    Some(taken)
}

#[update]
fn order(wanted: u64) -> bool {
    match take_for(wanted) {
        Some(taken) => {
            ORDERS.with_borrow_mut(|o| o.push(taken));
            true
        }
        None => false,
    }
}

// Quiet: it runs the code of `order` to see what would come of it.
#[query]
fn estimate(wanted: u64) -> Option<u64> {
    take_for(wanted)
}

/// It takes an order, and leaves it.
#[query]
fn next_order() -> Option<u64> {
    ORDERS.with_borrow_mut(|o| o.pop()) // want "query-write confirmed"
}

// Quiet: it only looks.
#[query]
fn first_order() -> Option<u64> {
    ORDERS.with_borrow(|o| o.last().copied())
}

// Quiet: what is taken out to be counted is put back.
#[query]
fn count_orders() -> u64 {
    let orders = ORDERS.take();
    let n = orders.len() as u64;
    ORDERS.set(orders);
    n
}
