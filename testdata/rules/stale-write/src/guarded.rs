//! One cell written with and without a guard: the unguarded version and its fixed twin on another cell.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static OPEN_LIMIT: Cell<u64> = const { Cell::new(0) };
    static LIMIT: Cell<u64> = const { Cell::new(0) };
    static LIMIT_BUSY: Cell<bool> = const { Cell::new(false) };
    static SCORES: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
    static BUSY: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

/// Held by every message that writes `LIMIT`.
struct LimitGuard;

impl LimitGuard {
    fn new() -> Result<Self, String> {
        if LIMIT_BUSY.replace(true) {
            return Err("busy".to_string());
        }
        Ok(Self)
    }
}

impl Drop for LimitGuard {
    fn drop(&mut self) {
        LIMIT_BUSY.set(false);
    }
}

/// One message of a caller at a time.
struct CallerGuard {
    who: Principal,
}

impl CallerGuard {
    fn new(who: Principal) -> Result<Self, String> {
        if !BUSY.with_borrow_mut(|b| b.insert(who)) {
            return Err("already working for you".to_string());
        }
        Ok(Self { who })
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        BUSY.with_borrow_mut(|b| b.remove(&self.who));
    }
}

async fn advice() -> Result<u64, String> {
    let reply = Call::bounded_wait(SERVICE, "advice").await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// Two raises at once count as one.
#[update]
async fn raise_open_limit() -> Result<(), String> {
    let limit = OPEN_LIMIT.get();
    let by = advice().await?;
    OPEN_LIMIT.set(limit + by); // want "stale-write confirmed"
    Ok(())
}

// Quiet: the guard keeps every other writer of `LIMIT` out until the end of the message.
#[update]
async fn raise_limit() -> Result<(), String> {
    let _guard = LimitGuard::new()?;
    let limit = LIMIT.get();
    let by = advice().await?;
    LIMIT.set(limit + by);
    Ok(())
}

// Quiet: takes the same guard, after the read but in the same segment.
#[update]
async fn lower_limit() -> Result<(), String> {
    let limit = LIMIT.get();
    let _guard = LimitGuard::new()?;
    let by = advice().await?;
    LIMIT.set(limit.saturating_sub(by));
    Ok(())
}

fn score_of(who: Principal) -> u64 {
    SCORES.with_borrow(|s| s.iter().find(|(p, _)| *p == who).map_or(0, |(_, score)| *score))
}

// Quiet: a caller's score is only written for that caller, one message at a time.
#[update]
async fn improve_score() -> Result<u64, String> {
    let who = msg_caller();
    let _guard = CallerGuard::new(who)?;
    let score = score_of(who);
    let by = advice().await?;
    SCORES.with_borrow_mut(|s| {
        s.retain(|(p, _)| *p != who);
        s.push((who, score + by));
    });
    Ok(score + by)
}
