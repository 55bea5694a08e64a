//! The state is behind a pointer, also in the value whose `Drop` gives back what was reserved.

#![allow(static_mut_refs)]

use std::collections::BTreeMap;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Default)]
struct Depot {
    loans: BTreeMap<u64, u64>,
    stock: BTreeMap<u64, u64>,
}

static mut DEPOT: Option<Depot> = None;

fn depot() -> &'static mut Depot {
    unsafe { DEPOT.get_or_insert_with(Depot::default) }
}

/// Gives the loan back when it is dropped, unless it is told to keep it.
struct Loan {
    id: u64,
    of: *mut Depot,
    keep: bool,
}

impl Drop for Loan {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        let depot = unsafe { &mut *self.of };
        depot.loans.remove(&self.id);
    }
}

impl Depot {
    fn lend(&mut self, id: u64, count: u64) -> Loan {
        self.loans.insert(id, count);
        Loan { id, of: self, keep: false }
    }

    fn take(&mut self, id: u64, count: u64) -> Result<(), String> {
        let left = self.stock.get_mut(&id).ok_or("unknown")?;
        *left = left.checked_sub(count).ok_or("too few")?;
        Ok(())
    }
}

async fn is_known(id: u64, count: u64) -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "is_known").with_args(&(id, count)).await.map_err(|e| e.to_string())?;
    match reply.candid::<bool>() {
        Ok(true) => Ok(()),
        _ => Err("unknown".to_string()),
    }
}

/// What was taken for a loan that was refused is gone.
#[update]
async fn lend_from_stock(id: u64, count: u64) -> Result<(), String> {
    depot().take(id, count)?;
    is_known(id, count).await?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: `?` drops the loan, and that takes it out again, through the pointer.
#[update]
async fn lend(id: u64, count: u64) -> Result<(), String> {
    let mut loan = depot().lend(id, count);
    is_known(id, count).await?;
    loan.keep = true;
    Ok(())
}
