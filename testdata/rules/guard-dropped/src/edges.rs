//! Values that look like guards, and guards that are kept in something else.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static LOADING: Cell<bool> = const { Cell::new(false) };
    static RUNS: Cell<u64> = const { Cell::new(0) };
}

struct Loading;

impl Loading {
    fn new() -> Result<Self, String> {
        if LOADING.replace(true) {
            return Err("loading".to_string());
        }
        Ok(Loading)
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        LOADING.set(false);
    }
}

struct Session {
    _loading: Loading,
    rounds: u32,
}

fn session() -> Result<Session, String> {
    Ok(Session { _loading: Loading::new()?, rounds: 2 })
}

async fn load() -> Result<(), String> {
    let call = Call::unbounded_wait(LEDGER, "load");
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

#[update]
async fn only_a_part() -> Result<(), String> {
    let rounds = session()?.rounds; // want "guard-dropped"
    for _ in 0..rounds {
        load().await?;
    }
    Ok(())
}

// Quiet: the session is kept, and the guard in it.
#[update]
async fn only_a_part_fixed() -> Result<(), String> {
    let session = session()?;
    for _ in 0..session.rounds {
        load().await?;
    }
    Ok(())
}

#[update]
async fn undone_at_once() -> Result<(), String> {
    if LOADING.replace(true) {
        return Err("loading".to_string());
    }
    let _ = scope(); // want "guard-dropped"
    load().await
}

// Quiet: undone at the end.
#[update]
async fn undone_at_once_fixed() -> Result<(), String> {
    if LOADING.replace(true) {
        return Err("loading".to_string());
    }
    let _loading = scope();
    load().await
}

fn scope() -> Loading {
    Loading
}

/// Counts what it sees, and undoes nothing.
struct Counted;

impl Counted {
    fn new() -> Self {
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        RUNS.set(RUNS.get() + 1);
    }
}

// Quiet: no guard: making it changes nothing.
#[update]
async fn counted() -> Result<(), String> {
    let _ = Counted::new();
    load().await
}
