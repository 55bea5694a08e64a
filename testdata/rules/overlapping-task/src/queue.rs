//! A worker that goes through a queue.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use ic_cdk::api::time;
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, init, update};
use ic_cdk_timers::set_timer_interval;

use crate::SERVICE;

thread_local! {
    static MAILS: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
    static LETTERS: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
    static BUSY_UNTIL: Cell<u64> = const { Cell::new(0) };
}

async fn deliver(text: &str) -> bool {
    Call::unbounded_wait(SERVICE, "deliver").with_arg(text).await.is_ok()
}

/// A beat that comes meanwhile sends the same mail, and then both take one off the queue.
async fn send_mails() {
    let Some(mail) = MAILS.with_borrow(|mails| mails.front().cloned()) else {
        return;
    };
    // want +1 "overlapping-task confirmed"
    if deliver(&mail).await {
        MAILS.with_borrow_mut(|mails| mails.pop_front()); // want "stale-check"
    }
}

// Quiet: for a minute nobody else gets in.
async fn send_letters() {
    let now = time();
    if now < BUSY_UNTIL.get() {
        return;
    }
    BUSY_UNTIL.set(now + 60_000_000_000);
    let Some(letter) = LETTERS.with_borrow(|letters| letters.front().cloned()) else {
        return;
    };
    if deliver(&letter).await {
        LETTERS.with_borrow_mut(|letters| letters.pop_front());
    }
    BUSY_UNTIL.set(0);
}

#[heartbeat]
async fn beat() {
    send_mails().await;
}

#[init]
fn init() {
    set_timer_interval(Duration::from_secs(1), send_letters);
}

#[update]
fn write(text: String) {
    MAILS.with_borrow_mut(|mails| mails.push_back(text.clone()));
    LETTERS.with_borrow_mut(|letters| letters.push_back(text));
}
