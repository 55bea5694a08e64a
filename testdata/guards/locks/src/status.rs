//! States of a record in which others are turned away.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::update;

use crate::work;

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Pending,
    Executing,
    Done,
}

struct Order {
    status: Status,
    amount: u64,
}

thread_local! {
    static ORDERS: RefCell<BTreeMap<u64, Order>> = const { RefCell::new(BTreeMap::new()) };
    static PHASE: RefCell<Option<u64>> = const { RefCell::new(None) };
}

fn set_status(id: u64, status: Status) {
    ORDERS.with_borrow_mut(|orders| {
        if let Some(order) = orders.get_mut(&id) {
            order.status = status;
        }
    });
}

/// lock: ORDERS[id].status, status, 1 await, freed on return; stays after trap
#[update]
async fn execute(id: u64) -> Result<u64, String> {
    let amount = ORDERS.with_borrow_mut(|orders| {
        let order = orders.get_mut(&id).ok_or("no such order")?;
        if order.status != Status::Pending {
            return Err("not pending".to_string());
        }
        order.status = Status::Executing;
        Ok(order.amount)
    })?;
    match work().await {
        Ok(()) => set_status(id, Status::Done),
        Err(_) => set_status(id, Status::Pending),
    }
    Ok(amount)
}

/// lock: ORDERS[id].status, status, 1 await, freed on return; stays after error, trap
#[update]
async fn execute_by_match(id: u64) -> Result<(), String> {
    ORDERS.with_borrow_mut(|orders| {
        let order = orders.get_mut(&id).ok_or("no such order")?;
        match order.status {
            Status::Executing | Status::Done => return Err("not pending".to_string()),
            Status::Pending => order.status = Status::Executing,
        }
        Ok(())
    })?;
    work().await?;
    set_status(id, Status::Done);
    Ok(())
}

// `Done` is asked for, `Executing` is written: a second message comes through.
/// no lock
#[update]
async fn execute_twice(id: u64) -> Result<(), String> {
    let done = ORDERS.with_borrow(|orders| orders.get(&id).map(|o| o.status == Status::Done));
    if done.ok_or("no such order")? {
        return Err("done".to_string());
    }
    set_status(id, Status::Executing);
    work().await?;
    set_status(id, Status::Done);
    Ok(())
}

/// lock: PHASE, flag, 1 await, freed on return, error; stays after trap
#[update]
async fn phase(id: u64) -> Result<(), String> {
    if PHASE.with_borrow(|phase| phase.is_some()) {
        return Err("another phase".to_string());
    }
    PHASE.with_borrow_mut(|phase| *phase = Some(id));
    let result = work().await;
    PHASE.with_borrow_mut(|phase| phase.take());
    result
}
