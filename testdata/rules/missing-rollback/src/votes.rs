//! A mark set before the call stays when the call is refused.

use std::cell::RefCell;
use std::collections::HashSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static VOTED: RefCell<HashSet<Principal>> = RefCell::new(HashSet::new());
}

async fn cast(who: Principal, yes: bool) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "cast").with_args(&(who, yes)).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Whose vote did not arrive cannot vote again.
#[update]
async fn vote(yes: bool) -> Result<(), String> {
    let who = msg_caller();
    if !VOTED.with_borrow_mut(|v| v.insert(who)) {
        return Err("you have voted".to_string());
    }
    cast(who, yes).await?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: the mark is taken back.
#[update]
async fn vote_again(yes: bool) -> Result<(), String> {
    let who = msg_caller();
    if !VOTED.with_borrow_mut(|v| v.insert(who)) {
        return Err("you have voted".to_string());
    }
    let cast = cast(who, yes).await;
    if cast.is_err() {
        VOTED.with_borrow_mut(|v| v.remove(&who));
    }
    cast
}
