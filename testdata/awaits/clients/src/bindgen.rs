//! Bindings as generators write them: a struct around the principal, or free functions.

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::call::{Call, CallFailed, CallResult, Error};
use ic_cdk::update;

#[derive(CandidType, Deserialize)]
pub struct Args {
    pub amount: u64,
}

pub struct Service(pub Principal);

impl Service {
    pub async fn transfer(&self, args: &Args) -> CallResult<u64> {
        Ok(Call::bounded_wait(self.0, "transfer").with_arg(args).await?.candid()?) // await: must, bounded, "transfer"
    }

    pub async fn greet(&self) -> Result<String, CallFailed> {
        let r = Call::unbounded_wait(self.0, "greet").await?; // await: must, unbounded, "greet"
        Ok(r.candid().unwrap())
    }
}

pub const BACKEND: Service = Service(Principal::management_canister());

#[update]
async fn pay(amount: u64) -> u64 {
    BACKEND.transfer(&Args { amount }).await.unwrap() // await: must, bounded, "transfer"
}

#[update]
async fn greet(id: Principal) -> String {
    Service(id).greet().await.unwrap() // await: must, unbounded, "greet"
}

mod oracle {
    use super::*;

    pub const CANISTER_ID: Principal = Principal::management_canister();

    pub async fn rate(pair: &str) -> Result<u64, Error> {
        Ok(Call::bounded_wait(CANISTER_ID, "rate").with_arg(pair).await?.candid()?) // await: must, bounded, "rate"
    }
}

#[update]
async fn rate() -> u64 {
    oracle::rate("ICP/XDR").await.unwrap_or_default() // await: must, bounded, "rate"
}

// A client that names the method it is given.
async fn call_and_decode(id: Principal, method: &str, amount: u64) -> CallResult<u64> {
    Ok(Call::unbounded_wait(id, method).with_arg(amount).await?.candid()?) // await: must, unbounded, "burn"
}

#[update]
async fn burn(id: Principal, amount: u64) -> u64 {
    call_and_decode(id, "burn", amount).await.unwrap() // await: must, unbounded, "burn"
}
