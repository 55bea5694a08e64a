//! A lock for each neuron, held while its stake is paid out. `split` and `merge` never wait.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ic_cdk::update;

use crate::pay;

thread_local! {
    static LOCKS: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static STAKES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static BONDS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static SHARES: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

struct NeuronLock {
    id: u64,
}

impl NeuronLock {
    fn new(id: u64) -> Result<Self, String> {
        LOCKS.with_borrow_mut(|locks| {
            if locks.contains(&id) {
                return Err("the neuron is in use".to_string());
            }
            locks.insert(id);
            Ok(NeuronLock { id })
        })
    }
}

impl Drop for NeuronLock {
    fn drop(&mut self) {
        LOCKS.with_borrow_mut(|locks| locks.remove(&self.id));
    }
}

#[update]
async fn disburse(id: u64) -> Result<u64, String> {
    let _lock = NeuronLock::new(id)?;
    let stake = STAKES.with_borrow(|s| s.get(&id).copied()).ok_or("no such neuron")?;
    pay(stake).await?;
    STAKES.with_borrow_mut(|s| s.remove(&id)); // want "stale-check"
    Ok(stake)
}

#[update]
fn split(id: u64, amount: u64, child: u64) -> Result<(), String> {
    STAKES.with_borrow_mut(|s| {
        let stake = s.get_mut(&id).ok_or("no such neuron")?;
        *stake = stake.checked_sub(amount).ok_or("not enough")?; // want "guard-bypassed confirmed"
        s.insert(child, amount);
        Ok(())
    })
}

#[update]
async fn disburse_bond(id: u64) -> Result<u64, String> {
    let _lock = NeuronLock::new(id)?;
    let bond = BONDS.with_borrow(|b| b.get(&id).copied()).ok_or("no such neuron")?;
    pay(bond).await?;
    BONDS.with_borrow_mut(|b| b.remove(&id));
    Ok(bond)
}

// Quiet: takes both locks, though it never waits: it is refused while somebody holds one.
#[update]
fn split_bond(id: u64, amount: u64, child: u64) -> Result<(), String> {
    let _parent = NeuronLock::new(id)?;
    let _child = NeuronLock::new(child)?;
    BONDS.with_borrow_mut(|b| {
        let bond = b.get_mut(&id).ok_or("no such neuron")?;
        *bond = bond.checked_sub(amount).ok_or("not enough")?;
        b.insert(child, amount);
        Ok(())
    })
}

// Quiet: what is paid is taken before the await: nothing that was read is used after it.
#[update]
async fn disburse_share(id: u64) -> Result<u64, String> {
    let _lock = NeuronLock::new(id)?;
    let share = SHARES.with_borrow_mut(|s| s.remove(&id)).ok_or("no such neuron")?;
    if let Err(e) = pay(share).await {
        SHARES.with_borrow_mut(|s| *s.entry(id).or_default() += share);
        return Err(e);
    }
    Ok(share)
}

#[update]
fn add_share(id: u64, amount: u64) {
    SHARES.with_borrow_mut(|s| *s.entry(id).or_default() += amount);
}
