//! A two-token pool behind the usual pair of closure helpers over an optional state.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::{init, update};

use crate::SERVICE;

struct Pool {
    icp: u64,
    usd: u64,
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

fn read_pool<R>(f: impl FnOnce(&Pool) -> R) -> R {
    POOL.with(|p| f(p.borrow().as_ref().expect("the pool is set up in init")))
}

fn mutate_pool<R>(f: impl FnOnce(&mut Pool) -> R) -> R {
    POOL.with(|p| f(p.borrow_mut().as_mut().expect("the pool is set up in init")))
}

#[init]
fn init() {
    POOL.set(Some(Pool { icp: 1_000_000, usd: 5_000_000 }));
}

/// The price is right when asked for, but both reserves are set from figures of before the payment.
#[update]
async fn swap(icp_in: u64) -> Result<u64, String> {
    let (icp, usd) = read_pool(|p| (p.icp, p.usd));
    let usd_out = usd - usd / (1 + icp_in / 1_000);
    Call::unbounded_wait(SERVICE, "pay_usd").with_arg(usd_out).await.map_err(|e| e.to_string())?;
    mutate_pool(|p| {
        p.icp = icp + icp_in; // want "stale-write confirmed"
        p.usd = usd.saturating_sub(usd_out); // want "stale-write confirmed"
    });
    Ok(usd_out)
}

// Quiet: both reserves move before the payment, and back by the same amounts if it fails.
#[update]
async fn swap_first(icp_in: u64) -> Result<u64, String> {
    let usd_out = mutate_pool(|p| {
        let usd_out = p.usd - p.usd / (1 + icp_in / 1_000);
        p.icp += icp_in;
        p.usd -= usd_out;
        usd_out
    });
    if let Err(e) = Call::unbounded_wait(SERVICE, "pay_usd").with_arg(usd_out).await {
        mutate_pool(|p| {
            p.icp = p.icp.saturating_sub(icp_in);
            p.usd += usd_out;
        });
        return Err(e.to_string());
    }
    Ok(usd_out)
}

#[update]
fn add_liquidity(icp: u64, usd: u64) {
    mutate_pool(|p| {
        p.icp += icp;
        p.usd += usd;
    });
}
