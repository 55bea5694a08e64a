//! A status that turns others away.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Open,
    Executing,
    Done,
    Failed,
}

thread_local! {
    static ORDERS: RefCell<BTreeMap<u64, Status>> = const { RefCell::new(BTreeMap::new()) };
    static TRADES: RefCell<BTreeMap<u64, Status>> = const { RefCell::new(BTreeMap::new()) };
}

async fn execute() -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "execute").await.map(|_| ()).map_err(|e| e.to_string())
}

/// A rejected order is executing for ever.
#[update]
async fn execute_order(id: u64) -> Result<(), String> {
    let open = ORDERS.with_borrow(|orders| orders.get(&id) == Some(&Status::Open));
    if !open {
        return Err("not open".to_string());
    }
    ORDERS.with_borrow_mut(|orders| orders.insert(id, Status::Executing));
    execute().await?; // want "lock-leak confirmed"
    ORDERS.with_borrow_mut(|orders| orders.insert(id, Status::Done));
    Ok(())
}

// Quiet: a failure is a status of its own.
#[update]
async fn execute_trade(id: u64) -> Result<(), String> {
    let open = TRADES.with_borrow(|trades| trades.get(&id) == Some(&Status::Open));
    if !open {
        return Err("not open".to_string());
    }
    TRADES.with_borrow_mut(|trades| trades.insert(id, Status::Executing));
    if let Err(e) = execute().await {
        TRADES.with_borrow_mut(|trades| trades.insert(id, Status::Failed));
        return Err(e);
    }
    TRADES.with_borrow_mut(|trades| trades.insert(id, Status::Done));
    Ok(())
}
