//! One settlement a caller at a time, asked for in the attribute of the entry point.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static INSIDE: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

struct Inside(Principal);

impl Inside {
    fn new(who: Principal) -> Result<Self, String> {
        if !INSIDE.with_borrow_mut(|inside| inside.insert(who)) {
            return Err("you are at it already".to_string());
        }
        Ok(Inside(who))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|inside| inside.remove(&self.0));
    }
}

fn one_at_a_time() -> Result<(), String> {
    let _inside = Inside::new(msg_caller())?; // want "guard-dropped"
    Ok(())
}

fn not_anonymous() -> Result<(), String> {
    if msg_caller() == Principal::anonymous() {
        return Err("who are you?".to_string());
    }
    Ok(())
}

async fn settle_for(who: Principal) -> Result<(), String> {
    let call = Call::unbounded_wait(LEDGER, "settle").with_arg(who);
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

#[update(guard = "one_at_a_time")]
async fn settle() -> Result<(), String> {
    settle_for(msg_caller()).await
}

// Quiet: the attribute only checks who calls, the guard lives in the body.
#[update(guard = "not_anonymous")]
async fn settle_fixed() -> Result<(), String> {
    let _inside = Inside::new(msg_caller())?;
    settle_for(msg_caller()).await
}

// Quiet: the guard is a parameter that its function never looks at, and that lives to its end.
#[update]
async fn settle_handed_over() -> Result<(), String> {
    settle_with(Inside::new(msg_caller())?, msg_caller()).await
}

async fn settle_with(_: Inside, who: Principal) -> Result<(), String> {
    settle_for(who).await
}
