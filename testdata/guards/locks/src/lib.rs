//! Locks, by what they do. The comments above an entry point list the locks it
//! holds over an await, as `effects.Lock` describes them; `no lock` claims that there is none.

mod leases;
mod manual;
mod scoped;
mod status;
mod values;

use candid::Principal;
use ic_cdk::call::Call;

/// A call that may fail.
async fn work() -> Result<(), String> {
    let call = Call::unbounded_wait(Principal::management_canister(), "raw_rand");
    call.await.map(|_| ()).map_err(|e| e.to_string())
}
