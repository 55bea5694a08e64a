//! Answers that are unwrapped.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static ASKING: Cell<bool> = const { Cell::new(false) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static ANSWER: Cell<u64> = const { Cell::new(0) };
    static REPLY: Cell<u64> = const { Cell::new(0) };
}

/// A reject traps, and the segment that takes the flag back is lost.
#[update]
async fn ask() {
    assert!(!ASKING.get(), "is asked already");
    ASKING.set(true);
    let answer = Call::unbounded_wait(SERVICE, "ask").await;
    ASKING.set(false);
    ANSWER.set(answer.unwrap().candid().unwrap()); // want "lock-leak confirmed"
}

// Quiet: an answer that is none ends in a return.
#[update]
async fn ask_again() -> Result<(), String> {
    assert!(!ASKED.get(), "is asked already");
    ASKED.set(true);
    let answer = Call::unbounded_wait(SERVICE, "ask").await;
    ASKED.set(false);
    let reply = answer.map_err(|e| e.to_string())?;
    REPLY.set(reply.candid().map_err(|e| e.to_string())?);
    Ok(())
}
