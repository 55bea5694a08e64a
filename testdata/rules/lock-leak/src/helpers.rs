//! A heartbeat whose work is in a helper: what traps there takes back the segment that would
//! have given the lock back.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::{heartbeat, update};

use crate::SERVICE;

#[derive(Default)]
struct Index {
    running: bool,
    busy: bool,
    next: u64,
    blocks: Vec<u64>,
}

thread_local! {
    static INDEX: RefCell<Index> = RefCell::default();
}

fn mutate<R>(f: impl FnOnce(&mut Index) -> R) -> R {
    INDEX.with_borrow_mut(f)
}

async fn blocks(start: u64) -> Result<Vec<u64>, String> {
    let reply = Call::unbounded_wait(SERVICE, "blocks").with_arg(start).await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

async fn build() -> Result<(), String> {
    let start = INDEX.with_borrow(|index| index.next);
    let found = blocks(start).await?;
    let first = found.first().expect("no blocks in the answer"); // want "lock-leak confirmed"
    mutate(|index| index.blocks.push(*first));
    Ok(())
}

/// One empty answer, and the index stands still.
#[heartbeat]
async fn beat() {
    if INDEX.with_borrow(|index| index.running) {
        return;
    }
    mutate(|index| index.running = true);
    if let Err(e) = build().await {
        ic_cdk::println!("{e}");
    }
    mutate(|index| index.running = false);
}

struct Busy;

impl Busy {
    fn enter() -> Option<Self> {
        mutate(|index| {
            if index.busy {
                return None;
            }
            index.busy = true;
            Some(Self)
        })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        mutate(|index| index.busy = false);
    }
}

// Quiet: the cleanup after the trap drops the guard.
#[update]
async fn rebuild() {
    let Some(_busy) = Busy::enter() else {
        return;
    };
    let found = blocks(0).await.unwrap_or_default();
    let first = found.first().expect("no blocks in the answer");
    mutate(|index| index.blocks.push(*first));
}
