//! A heartbeat and timers that work off a list.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, init, post_upgrade, update};

use crate::LEDGER;

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Pending,
    Running,
    Done,
}

#[derive(Clone)]
struct Payout {
    to: Principal,
    amount: u64,
    status: Status,
}

type Payouts = BTreeMap<u64, Payout>;

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
    static PAYOUTS: RefCell<Payouts> = const { RefCell::new(BTreeMap::new()) };
    static WAGES: RefCell<Payouts> = const { RefCell::new(BTreeMap::new()) };
}

#[init]
fn init() {
    ic_cdk_timers::set_timer_interval(Duration::from_secs(60), || async { pay_wages().await });
}

#[post_upgrade]
fn post_upgrade() {
    init();
}

fn pending(payouts: &Payouts) -> Option<(u64, Payout)> {
    payouts.iter().find(|(_, p)| p.status == Status::Pending).map(|(id, p)| (*id, p.clone()))
}

async fn send(to: Principal, amount: u64) -> bool {
    Call::unbounded_wait(LEDGER, "pay").with_args(&(to, amount)).await.is_ok()
}

/// The next tick comes while the ledger is still working and pays again.
#[heartbeat]
async fn heartbeat() {
    let Some((id, payout)) = PAYOUTS.with_borrow(pending) else {
        return;
    };
    // want +1 "overlapping-task confirmed"
    if send(payout.to, payout.amount).await {
        PAYOUTS.with_borrow_mut(|p| {
            if let Some(payout) = p.get_mut(&id) {
                payout.status = Status::Done; // want "stale-check"
            }
        });
    }
}

// Quiet: the wage is marked as running in the segment that picks it.
async fn pay_wages() {
    let picked = WAGES.with_borrow_mut(|w| {
        let (id, wage) = pending(w)?;
        w.get_mut(&id)?.status = Status::Running;
        Some((id, wage))
    });
    let Some((id, wage)) = picked else { return };
    let paid = send(wage.to, wage.amount).await;
    WAGES.with_borrow_mut(|w| {
        if let Some(wage) = w.get_mut(&id) {
            wage.status = if paid { Status::Done } else { Status::Pending };
        }
    });
}

fn draw() -> u64 {
    NEXT.replace(NEXT.get() + 1)
}

#[update]
fn order_payout(to: Principal, amount: u64) -> u64 {
    let id = draw();
    PAYOUTS.with_borrow_mut(|p| p.insert(id, Payout { to, amount, status: Status::Pending }));
    id
}

#[update]
fn order_wage(to: Principal, amount: u64) -> u64 {
    let id = draw();
    WAGES.with_borrow_mut(|w| w.insert(id, Payout { to, amount, status: Status::Pending }));
    id
}
