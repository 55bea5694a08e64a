//! An order is `Paying` while it is paid. Who changes it must look at that.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::update;

use crate::pay;

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Open,
    Paying,
    Paid,
}

struct Order {
    status: Status,
    amount: u64,
}

thread_local! {
    static ORDERS: RefCell<BTreeMap<u64, Order>> = const { RefCell::new(BTreeMap::new()) };
    static BILLS: RefCell<BTreeMap<u64, Order>> = const { RefCell::new(BTreeMap::new()) };
}

#[update]
async fn settle(id: u64, part: u64) -> Result<(), String> {
    ORDERS.with_borrow_mut(|orders| {
        let order = orders.get_mut(&id).ok_or("no such order")?;
        if order.status != Status::Open {
            return Err("not open".to_string());
        }
        order.status = Status::Paying;
        Ok(())
    })?;
    let amount = ORDERS.with_borrow(|orders| orders.get(&id).map_or(0, |order| order.amount));
    let paid = pay(part).await;
    ORDERS.with_borrow_mut(|orders| {
        if let Some(order) = orders.get_mut(&id) {
            match paid {
                Ok(()) => {
                    order.amount = amount.saturating_sub(part); // want "stale-write"
                    order.status = Status::Paid;
                }
                Err(_) => order.status = Status::Open,
            }
        }
    });
    Ok(())
}

#[update]
fn raise(id: u64, by: u64) -> Result<(), String> {
    ORDERS.with_borrow_mut(|orders| {
        let order = orders.get_mut(&id).ok_or("no such order")?;
        order.amount += by; // want "guard-bypassed confirmed"
        Ok(())
    })
}

#[update]
async fn settle_bill(id: u64, part: u64) -> Result<(), String> {
    BILLS.with_borrow_mut(|bills| {
        let bill = bills.get_mut(&id).ok_or("no such bill")?;
        if bill.status != Status::Open {
            return Err("not open".to_string());
        }
        bill.status = Status::Paying;
        Ok(())
    })?;
    let amount = BILLS.with_borrow(|bills| bills.get(&id).map_or(0, |bill| bill.amount));
    let paid = pay(part).await;
    BILLS.with_borrow_mut(|bills| {
        if let Some(bill) = bills.get_mut(&id) {
            match paid {
                Ok(()) => {
                    bill.amount = amount.saturating_sub(part);
                    bill.status = Status::Paid;
                }
                Err(_) => bill.status = Status::Open,
            }
        }
    });
    Ok(())
}

// Quiet: only an open bill is raised.
#[update]
fn raise_bill(id: u64, by: u64) -> Result<(), String> {
    BILLS.with_borrow_mut(|bills| {
        let bill = bills.get_mut(&id).ok_or("no such bill")?;
        if bill.status != Status::Open {
            return Err("not open".to_string());
        }
        bill.amount += by;
        Ok(())
    })
}
