//! The compensation sits in a drop: it runs whatever became of the call.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;
use scopeguard::{guard, ScopeGuard};

use crate::SERVICE;

thread_local! {
    static FUNDS: Cell<u64> = const { Cell::new(100) };
    static PAID: Cell<u64> = const { Cell::new(0) };
    static LOCKS: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

/// Gives the amount back unless it is told that it was spent.
struct Deduction {
    amount: u64,
}

impl Deduction {
    fn new(amount: u64) -> Result<Self, String> {
        FUNDS.set(FUNDS.get().checked_sub(amount).ok_or("not enough")?);
        Ok(Self { amount })
    }

    fn spent(mut self) {
        self.amount = 0;
    }
}

impl Drop for Deduction {
    fn drop(&mut self) {
        FUNDS.set(FUNDS.get() + self.amount); // want "unknown-outcome confirmed"
    }
}

/// If the callback traps after the payment, the drop pays it a second time.
#[update]
async fn pay(amount: u64) -> Result<(), String> {
    let deduction = Deduction::new(amount)?;
    let sent = Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await;
    if sent.is_ok() {
        deduction.spent();
        PAID.set(PAID.get().checked_add(amount).expect("overflow"));
    }
    Ok(())
}

/// The same with a scope guard.
#[update]
async fn pay_scoped(amount: u64) -> Result<(), String> {
    FUNDS.set(FUNDS.get().checked_sub(amount).ok_or("not enough")?);
    let refund = guard(amount, |amount| {
        FUNDS.set(FUNDS.get() + amount) // want "unknown-outcome confirmed"
    });
    Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await.map_err(|e| e.to_string())?;
    PAID.set(PAID.get() + ScopeGuard::into_inner(refund));
    Ok(())
}

// Quiet: the guard covers what comes before the payment and is taken off for the payment itself.
#[update]
async fn pay_checked(amount: u64) -> Result<(), String> {
    FUNDS.set(FUNDS.get().checked_sub(amount).ok_or("not enough")?);
    let refund = guard(amount, |amount| FUNDS.set(FUNDS.get() + amount));
    Call::unbounded_wait(SERVICE, "account_balance").with_arg(amount).await.map_err(|e| e.to_string())?;
    let amount = ScopeGuard::into_inner(refund);
    Call::unbounded_wait(SERVICE, "pay").with_arg(amount).await.map_err(|e| e.to_string())?; // want "missing-rollback"
    Ok(())
}

struct Lock(Principal);

impl Drop for Lock {
    fn drop(&mut self) {
        LOCKS.with_borrow_mut(|l| l.remove(&self.0));
    }
}

// Quiet: the drop gives back a lock and nothing else.
#[update]
async fn pay_locked() -> Result<(), String> {
    let who = msg_caller();
    if !LOCKS.with_borrow_mut(|l| l.insert(who)) {
        return Err("busy".to_string());
    }
    let _lock = Lock(who);
    Call::unbounded_wait(SERVICE, "pay").with_arg(who).await.map_err(|e| e.to_string())?;
    Ok(())
}
