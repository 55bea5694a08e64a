//! The old value travels in a struct, a tuple, and through a pure helper.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static STAKED: Cell<u64> = const { Cell::new(0) };
    static REWARDS: Cell<u64> = const { Cell::new(0) };
}

struct Snapshot {
    staked: u64,
    rewards: u64,
}

impl Snapshot {
    fn take() -> Self {
        Self { staked: STAKED.get(), rewards: REWARDS.get() }
    }

    fn with_interest(&self, percent: u64) -> u64 {
        self.rewards + self.staked * percent / 100
    }
}

async fn percent() -> Result<u64, String> {
    let Ok(reply) = Call::bounded_wait(SERVICE, "percent").await else {
        return Err("no answer".to_string());
    };
    reply.candid().map_err(|e| e.to_string())
}

/// Rewards claimed while the rate was asked for come back.
#[update]
async fn add_rewards() -> Result<(), String> {
    let snapshot = Snapshot::take();
    let percent = percent().await?;
    REWARDS.set(snapshot.with_interest(percent)); // want "stale-write confirmed"
    Ok(())
}

/// The pair is taken apart only after the call.
#[update]
async fn compound() -> Result<(), String> {
    let pair = (STAKED.get(), 2);
    let percent = percent().await?;
    let (staked, parts) = pair;
    STAKED.set(staked + staked * percent / 100 / parts); // want "stale-write confirmed"
    Ok(())
}

// Quiet: the snapshot is taken after the call.
#[update]
async fn add_rewards_after() -> Result<(), String> {
    let percent = percent().await?;
    let snapshot = Snapshot::take();
    REWARDS.set(snapshot.with_interest(percent));
    Ok(())
}

// Quiet: the old stake only sizes what is added; nothing that others wrote is overwritten.
#[update]
async fn compound_relative() -> Result<(), String> {
    let staked = STAKED.get();
    let percent = percent().await?;
    REWARDS.set(REWARDS.get() + staked * percent / 100);
    Ok(())
}

#[update]
fn claim_rewards() -> u64 {
    REWARDS.replace(0)
}

#[update]
fn stake(amount: u64) {
    STAKED.set(STAKED.get() + amount);
}

#[query]
fn totals() -> (u64, u64) {
    (STAKED.get(), REWARDS.get())
}
