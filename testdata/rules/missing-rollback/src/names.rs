//! A name is reserved while its canister is made; one of the refusals forgets to free it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::{CandidType, Principal};
use ic_cdk::call::Call;
use ic_cdk::update;
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize)]
enum CreateReply {
    Success(Principal),
    InternalError(String),
}

thread_local! {
    static NAMES: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

async fn create(name: &str) -> Result<CreateReply, String> {
    let reply = Call::unbounded_wait(SERVICE, "create").with_arg(name).await.map_err(|e| e.to_string())?;
    reply.candid().map_err(|e| e.to_string())
}

/// The transport error frees the name, the service's own does not.
#[update]
async fn create_group(name: String) -> Result<Principal, String> {
    if !NAMES.with_borrow_mut(|n| n.insert(name.clone())) {
        return Err("taken".to_string());
    }
    match create(&name).await {
        Ok(CreateReply::Success(id)) => Ok(id),
        Ok(CreateReply::InternalError(e)) => return Err(e), // want "missing-rollback"
        Err(e) => {
            NAMES.with_borrow_mut(|n| n.remove(&name));
            Err(e)
        }
    }
}

// Quiet: every refusal frees the name.
#[update]
async fn create_community(name: String) -> Result<Principal, String> {
    if !NAMES.with_borrow_mut(|n| n.insert(name.clone())) {
        return Err("taken".to_string());
    }
    match create(&name).await {
        Ok(CreateReply::Success(id)) => Ok(id),
        Ok(CreateReply::InternalError(e)) | Err(e) => {
            NAMES.with_borrow_mut(|n| n.remove(&name));
            Err(e)
        }
    }
}
