//! A lock for each lot, held while it is shipped. What the receipt must look like is beyond the
//! model: that the parts of a lot belong together, only the lock says.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ic_cdk::update;

use crate::pay;

#[derive(Clone, Copy, PartialEq)]
enum Grade {
    Raw,
    Checked,
}

struct Lot {
    grade: Grade,
    shipped: u64,
    price: u64,
}

thread_local! {
    static LOCKS: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static LOTS: RefCell<BTreeMap<u64, Lot>> = const { RefCell::new(BTreeMap::new()) };
}

struct LotLock(u64);

impl LotLock {
    fn new(id: u64) -> Result<Self, String> {
        if !LOCKS.with_borrow_mut(|locks| locks.insert(id)) {
            return Err("in use".to_string());
        }
        Ok(LotLock(id))
    }
}

impl Drop for LotLock {
    fn drop(&mut self) {
        LOCKS.with_borrow_mut(|locks| locks.remove(&self.0));
    }
}

fn checked(id: u64) -> Result<(), String> {
    let grade = LOTS.with_borrow(|lots| lots.get(&id).map(|lot| lot.grade)).ok_or("no such lot")?;
    if grade != Grade::Checked {
        return Err("not checked".to_string());
    }
    Ok(())
}

#[update]
async fn ship(id: u64, amount: u64) -> Result<(), String> {
    let _lock = LotLock::new(id)?;
    checked(id)?;
    pay(amount).await?;
    if amount < 10_000 || amount % 977 != 5 {
        return Err("no receipt".to_string());
    }
    LOTS.with_borrow_mut(|lots| {
        if let Some(lot) = lots.get_mut(&id) {
            lot.shipped += amount;
        }
    });
    Ok(())
}

#[update]
fn downgrade(id: u64) -> Result<(), String> {
    LOTS.with_borrow_mut(|lots| {
        let lot = lots.get_mut(&id).ok_or("no such lot")?;
        lot.grade = Grade::Raw; // want "guard-bypassed cannot tell"
        Ok(())
    })
}

// Quiet: refused while the lot is shipped.
#[update]
fn downgrade_fixed(id: u64) -> Result<(), String> {
    let _lock = LotLock::new(id)?;
    LOTS.with_borrow_mut(|lots| {
        let lot = lots.get_mut(&id).ok_or("no such lot")?;
        lot.grade = Grade::Raw;
        Ok(())
    })
}

// Quiet: the price is nothing that shipping looks at.
#[update]
fn reprice(id: u64, price: u64) -> Result<(), String> {
    LOTS.with_borrow_mut(|lots| {
        let lot = lots.get_mut(&id).ok_or("no such lot")?;
        lot.price = price;
        Ok(())
    })
}
