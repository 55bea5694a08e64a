//! An interval timer of ic-cdk-timers 0.6: the task it spawns may still wait when the next one starts.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::{init, update};

use crate::LEDGER;

thread_local! {
    static ROUND_DUE: Cell<bool> = Cell::new(false);
    static REPORT_DUE: Cell<bool> = Cell::new(false);
}

#[init]
fn init() {
    ic_cdk_timers::set_timer_interval(Duration::from_secs(5), || ic_cdk::spawn(start_round()));
    ic_cdk_timers::set_timer_interval(Duration::from_secs(5), || ic_cdk::spawn(send_report()));
}

/// Each tick before the answer starts the round once more.
async fn start_round() {
    if !ROUND_DUE.with(|d| d.get()) {
        return;
    }
    let started: Result<(), _> = ic_cdk::call(LEDGER, "start_round", ()).await; // want "overlapping-task confirmed"
    if started.is_ok() {
        ROUND_DUE.with(|d| d.set(false)); // want "stale-check"
    }
}

// Quiet: the mark is taken away with the check and set again if nothing was sent.
async fn send_report() {
    if !REPORT_DUE.with(|d| d.replace(false)) {
        return;
    }
    let sent: Result<(), _> = ic_cdk::call(LEDGER, "report", ()).await;
    if sent.is_err() {
        REPORT_DUE.with(|d| d.set(true));
    }
}

#[update]
fn order_round() {
    ROUND_DUE.with(|d| d.set(true));
}

#[update]
fn order_report() {
    REPORT_DUE.with(|d| d.set(true));
}
