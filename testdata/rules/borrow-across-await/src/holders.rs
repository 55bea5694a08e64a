//! Guards inside of other values, and those that helpers give.

use std::sync::{Mutex, MutexGuard};

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

struct Hall {
    visits: u64,
}

static HALL: Mutex<Hall> = Mutex::new(Hall { visits: 0 });

fn hall() -> MutexGuard<'static, Hall> {
    HALL.lock().unwrap()
}

/// A guard and what it is for.
struct Visit {
    hall: MutexGuard<'static, Hall>,
    weight: u64,
}

fn visit(weight: u64) -> Option<Visit> {
    let hall = hall();
    if hall.visits > weight {
        return None;
    }
    Some(Visit { hall, weight })
}

/// A helper gives the guard.
#[update]
async fn enter() {
    let mut s = hall();
    s.visits += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
}

// Quiet: the helper's guard is a temporary here.
#[update]
async fn enter_at_once() {
    hall().visits += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await;
}

/// A struct holds it.
#[update]
async fn enter_on_visit() -> bool {
    let Some(mut v) = visit(2) else {
        return false;
    };
    v.hall.visits += v.weight;
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
    true
}

// Quiet: the struct is dropped before the call.
#[update]
async fn enter_on_short_visit() -> bool {
    let Some(mut v) = visit(2) else {
        return false;
    };
    v.hall.visits += v.weight;
    drop(v);
    let _ = Call::unbounded_wait(SERVICE, "note").await;
    true
}

/// It goes to an async helper by value.
#[update]
async fn enter_and_pass_on() {
    let s = hall();
    finish(s).await; // want "borrow-across-await"
}

async fn finish(mut s: MutexGuard<'static, Hall>) {
    s.visits += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await;
}

// Quiet: the helper that was given the guard has dropped it at its end.
#[update]
async fn enter_and_go_on() {
    let s = hall();
    count(s);
    let _ = Call::unbounded_wait(SERVICE, "note").await;
}

fn count(mut s: MutexGuard<'static, Hall>) {
    s.visits += 1;
}

/// An arm of the match gives it.
#[update]
async fn enter_or_recover() {
    let mut s = match HALL.lock() {
        Ok(s) => s,
        Err(poisoned) => poisoned.into_inner(),
    };
    s.visits += 1;
    let _ = Call::unbounded_wait(SERVICE, "note").await; // want "borrow-across-await"
}

// Quiet: the name in the arm is gone with the match.
#[update]
async fn enter_in_arm() {
    match HALL.lock() {
        Ok(mut s) => s.visits += 1,
        Err(_) => return,
    };
    let _ = Call::unbounded_wait(SERVICE, "note").await;
}

#[update]
fn leave() {
    hall().visits = 0;
}
