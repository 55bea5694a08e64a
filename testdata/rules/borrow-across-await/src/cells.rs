//! A cell in a thread-local that is handed out by reference count.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

#[derive(Default)]
struct Shop {
    price: u64,
    sold: u64,
}

thread_local! {
    static SHOP: Rc<RefCell<Shop>> = Rc::new(RefCell::new(Shop::default()));
}

fn shop() -> Rc<RefCell<Shop>> {
    SHOP.with(|s| s.clone())
}

/// Whoever sells meanwhile traps, and whoever asks.
#[update]
async fn sell() {
    let shop = shop();
    let mut open = shop.borrow_mut();
    open.sold += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
}

// Quiet: the borrow is a temporary of the statement that writes.
#[update]
async fn sell_at_once() {
    let shop = shop();
    shop.borrow_mut().sold += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await;
}

/// A shared borrow: those who only ask are let in, those who sell are not.
#[update]
async fn quote() -> u64 {
    let shop = shop();
    let open = shop.borrow();
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    open.price
}

// Quiet: what is borrowed is copied first.
#[update]
async fn quote_copy() -> u64 {
    let shop = shop();
    let price = shop.borrow().price;
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    price
}

/// A part of what is borrowed is a borrow too.
#[update]
async fn quote_part() -> u64 {
    let shop = shop();
    let price = Ref::map(shop.borrow(), |s| &s.price);
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    *price
}

/// The block runs within the statement that lends.
#[update]
async fn sell_in_block() {
    SHOP.with(|s| {
        let s = s.clone();
        async move {
            let mut open = s.borrow_mut();
            open.sold += 1;
            let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
        }
    })
    .await
}

// Quiet: the same with the borrow in a block of its own.
#[update]
async fn sell_in_inner_block() {
    SHOP.with(|s| {
        let s = s.clone();
        async move {
            {
                let mut open = s.borrow_mut();
                open.sold += 1;
            }
            let _ = Call::unbounded_wait(SERVICE, "note").await;
        }
    })
    .await
}

/// It is taken only if it is free, and held all the same.
#[update]
async fn sell_if_free() -> bool {
    let shop = shop();
    let Ok(mut open) = shop.try_borrow_mut() else {
        return false;
    };
    open.sold += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    true
}

// Quiet: a cell of the message's own; nobody else has it.
#[update]
async fn sum_up() -> u64 {
    let sums = RefCell::new(Shop::default());
    let mut own = sums.borrow_mut();
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    own.sold += 1;
    own.sold
}

#[update]
fn set_price(price: u64) {
    shop().borrow_mut().price = price;
}

#[query]
fn price() -> u64 {
    shop().borrow().price
}
