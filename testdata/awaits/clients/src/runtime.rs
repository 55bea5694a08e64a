//! Clients generic in what sends the calls.

use std::future::Future;

use candid::{CandidType, Principal};
use ic_cdk::call::Call;
use ic_cdk::update;

type Outcome<T> = Result<T, (i32, String)>;

pub trait Runtime {
    fn call(&self, id: Principal, method: &str, amount: u64) -> impl Future<Output = Outcome<u64>>;
}

#[derive(Clone, CandidType)]
pub struct CdkRuntime;

impl Runtime for CdkRuntime {
    async fn call(&self, id: Principal, method: &str, amount: u64) -> Outcome<u64> {
        let r = Call::unbounded_wait(id, method).with_arg(amount).await.map_err(|e| (0, e.to_string()))?; // await: must, unbounded, "icrc1_transfer"
        r.candid().map_err(|e| (1, e.to_string()))
    }
}

pub struct LedgerClient<R> {
    pub runtime: R,
    pub ledger: Principal,
}

impl<R: Runtime> LedgerClient<R> {
    pub async fn transfer(&self, amount: u64) -> Outcome<u64> {
        self.runtime.call(self.ledger, "icrc1_transfer", amount).await // await: must, unbounded, "icrc1_transfer"
    }
}

#[update]
async fn pay(ledger: Principal) -> Outcome<u64> {
    let client = LedgerClient { runtime: CdkRuntime, ledger };
    client.transfer(5).await // await: must, unbounded, "icrc1_transfer"
}

#[update]
async fn pay_by_impl(ledger: Principal) -> Outcome<u64> {
    by_impl(&CdkRuntime, ledger).await // await: must, unbounded, "icrc1_transfer"
}

async fn by_impl(runtime: &impl Runtime, ledger: Principal) -> Outcome<u64> {
    runtime.call(ledger, "icrc1_transfer", 1).await // await: must, unbounded, "icrc1_transfer"
}

#[update]
async fn pay_by_bound(ledger: Principal) -> Outcome<u64> {
    by_bound(&CdkRuntime, ledger).await // await: must, unbounded, "icrc1_transfer"
}

async fn by_bound<R: Runtime>(runtime: &R, ledger: Principal) -> Outcome<u64> {
    LedgerClientRef { runtime, ledger }.transfer(1).await // await: must, unbounded, "icrc1_transfer"
}

struct LedgerClientRef<'a, R> {
    runtime: &'a R,
    ledger: Principal,
}

impl<R: Runtime> LedgerClientRef<'_, R> {
    async fn transfer(&self, amount: u64) -> Outcome<u64> {
        self.runtime.call(self.ledger, "icrc1_transfer", amount).await // await: must, unbounded, "icrc1_transfer"
    }
}

// A trait whose functions have no receiver: the type alone says who sends.
trait Env {
    async fn rand() -> Vec<u8>;
    async fn now() -> u64;
}

struct Ic;

impl Env for Ic {
    async fn rand() -> Vec<u8> {
        ic_cdk_management_canister::raw_rand().await.unwrap() // await: must, bounded, "raw_rand"
    }

    async fn now() -> u64 {
        ic_cdk::api::time()
    }
}

async fn seed<E: Env>() -> Vec<u8> {
    let _at = E::now().await; // await: never
    E::rand().await // await: must, bounded, "raw_rand"
}

#[update]
async fn reseed() -> Vec<u8> {
    seed::<Ic>().await // await: must, bounded, "raw_rand"
}
