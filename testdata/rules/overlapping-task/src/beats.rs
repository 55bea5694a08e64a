//! What the heartbeat and timers do once a day.

use std::cell::Cell;
use std::time::Duration;

use ic_cdk::api::time;
use ic_cdk::call::Call;
use ic_cdk::{heartbeat, init};
use ic_cdk_timers::set_timer_interval;

use crate::SERVICE;

thread_local! {
    static PAID_AT: Cell<u64> = const { Cell::new(0) };
    static MINTED_AT: Cell<u64> = const { Cell::new(0) };
    static MINTING: Cell<bool> = const { Cell::new(false) };
    static BURNT_AT: Cell<u64> = const { Cell::new(0) };
    static RATE: Cell<u64> = const { Cell::new(0) };
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: u64 = 86_400_000_000_000;

async fn transfer(kind: &str) -> Result<(), String> {
    let call = Call::unbounded_wait(SERVICE, "transfer").with_arg(kind);
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

/// A beat that comes before the ledger has answered pays once more.
async fn pay_daily() -> Result<(), String> {
    let now = time();
    if now < PAID_AT.get() + DAY {
        return Ok(());
    }
    transfer("wages").await?; // want "overlapping-task confirmed"
    PAID_AT.set(now); // want "stale-check"
    Ok(())
}

struct Minting;

impl Minting {
    fn start() -> Option<Self> {
        if MINTING.replace(true) {
            return None;
        }
        Some(Self)
    }
}

impl Drop for Minting {
    fn drop(&mut self) {
        MINTING.set(false);
    }
}

// Quiet: whoever comes while the guard lives leaves.
async fn mint_daily() -> Result<(), String> {
    let now = time();
    if now < MINTED_AT.get() + DAY {
        return Ok(());
    }
    let Some(_minting) = Minting::start() else {
        return Ok(());
    };
    transfer("mint").await?;
    MINTED_AT.set(now);
    Ok(())
}

// Quiet: the day is marked before the call, so that the next beat has nothing to do.
async fn burn_daily() -> Result<(), String> {
    let now = time();
    if now < BURNT_AT.get() + DAY {
        return Ok(());
    }
    BURNT_AT.set(now);
    transfer("burn").await
}

// Quiet: fetched twice is as good as once.
async fn fetch_rate() -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "rate").await.map_err(|e| e.to_string())?;
    RATE.set(reply.candid().map_err(|e| e.to_string())?);
    Ok(())
}

#[heartbeat]
async fn beat() {
    if let Err(e) = pay_daily().await {
        ic_cdk::println!("{e}");
    }
}

#[init]
fn init() {
    set_timer_interval(HOUR, async || mint_daily().await.unwrap_or_default());
    set_timer_interval(HOUR, async || burn_daily().await.unwrap_or_default());
    set_timer_interval(HOUR, async || fetch_rate().await.unwrap_or_default());
}
