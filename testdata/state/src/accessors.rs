//! Functions that hide the cell, and records that are copied, changed and put back.

use candid::Principal;
use std::cell::RefCell;
use std::collections::HashMap;

#[derive(Clone, PartialEq)]
enum Status {
    Open,
    Closed { by: Principal },
}

#[derive(Clone)]
struct Market {
    id: u64,
    pool: u64,
    status: Status,
}

thread_local! {
    static MARKETS: RefCell<HashMap<u64, Market>> = RefCell::new(HashMap::new());
    static NEXT: RefCell<u64> = const { RefCell::new(0) };
}

fn get_market(id: u64) -> Option<Market> {
    MARKETS.with(|m| m.borrow().get(&id).cloned())
}

fn put_market(market: Market) {
    MARKETS.with(|m| m.borrow_mut().insert(market.id, market));
}

fn with_market<T>(id: u64, f: impl FnOnce(&mut Market) -> T) -> Result<T, String> {
    MARKETS.with(|m| {
        let mut markets = m.borrow_mut();
        let market = markets.get_mut(&id).ok_or_else(|| format!("no market {id}"))?;
        Ok(f(market))
    })
}

// Clone, modify, write back.
// reads MARKETS[id]
// writes MARKETS[id]
#[ic_cdk::update]
fn bet(id: u64, amount: u64) -> Result<u64, String> {
    let mut market = get_market(id).ok_or("no market")?;
    if market.status != Status::Open {
        return Err("closed".into());
    }
    market.pool += amount;
    let pool = market.pool;
    put_market(Market { id, ..market });
    Ok(pool)
}

// writes MARKETS[id].status
#[ic_cdk::update]
fn close(id: u64) -> Result<(), String> {
    with_market(id, |m| m.status = Status::Closed { by: ic_cdk::api::msg_caller() })
}

fn next_id() -> u64 {
    NEXT.with(|n| {
        let mut n = n.borrow_mut();
        *n += 1;
        *n
    })
}

// reads NEXT
// writes NEXT MARKETS[…]
#[ic_cdk::update]
fn open() -> u64 {
    let id = next_id();
    MARKETS.with_borrow_mut(|m| {
        m.entry(id).or_insert_with(|| Market { id, pool: 0, status: Status::Open });
    });
    id
}

// writes MARKETS[*].pool
#[ic_cdk::update]
fn empty_all() {
    MARKETS.with_borrow_mut(|m| {
        for market in m.values_mut() {
            market.pool = 0;
        }
    });
}

// writes MARKETS[*].pool
#[ic_cdk::update]
fn empty_by_pairs() {
    MARKETS.with_borrow_mut(|m| m.iter_mut().for_each(|(_, market)| market.pool = 0));
}

// writes MARKETS
#[ic_cdk::update]
fn drop_closed() {
    MARKETS.with_borrow_mut(|m| m.retain(|_, market| market.status == Status::Open));
}
