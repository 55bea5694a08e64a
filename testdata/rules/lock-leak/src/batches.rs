//! A loop that is left early although every call went well.

use std::cell::{Cell, RefCell};

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static SAMPLING: Cell<bool> = const { Cell::new(false) };
    static PROBING: Cell<bool> = const { Cell::new(false) };
    static SAMPLES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static PROBES: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

async fn measure(sensor: u64) -> u64 {
    match Call::unbounded_wait(SERVICE, "measure").with_arg(sensor).await {
        Ok(reply) => reply.candid().unwrap_or_default(),
        Err(_) => 0,
    }
}

/// A value out of range ends the batch, and all batches to come.
#[update]
async fn sample(sensors: Vec<u64>) {
    if SAMPLING.get() {
        return;
    }
    SAMPLING.set(true);
    for sensor in sensors {
        let value = measure(sensor).await;
        if value > 1_000 {
            ic_cdk::println!("{sensor} is broken");
            return; // want "lock-leak confirmed"
        }
        SAMPLES.with_borrow_mut(|samples| samples.push(value));
    }
    SAMPLING.set(false);
}

// Quiet: `break` leads to the line that takes the flag back.
#[update]
async fn probe(sensors: Vec<u64>) {
    if PROBING.get() {
        return;
    }
    PROBING.set(true);
    for sensor in sensors {
        let value = measure(sensor).await;
        if value > 1_000 {
            ic_cdk::println!("{sensor} is broken");
            break;
        }
        PROBES.with_borrow_mut(|probes| probes.push(value));
    }
    PROBING.set(false);
}
