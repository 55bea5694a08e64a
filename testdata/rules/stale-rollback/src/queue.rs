//! A list taken out whole and put back whole.

use std::cell::RefCell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static OUTBOX: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

async fn send(letters: &[String]) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "receive").with_arg(letters).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// Letters written during the failed delivery are thrown away.
#[update]
async fn flush() -> Result<(), String> {
    let letters = OUTBOX.take();
    if let Err(e) = send(&letters).await {
        OUTBOX.set(letters); // want "stale-rollback confirmed"
        return Err(e);
    }
    Ok(())
}

// Quiet: what came out goes back beside what came in since.
#[update]
async fn flush_keeping() -> Result<(), String> {
    let letters = OUTBOX.take();
    if let Err(e) = send(&letters).await {
        OUTBOX.with_borrow_mut(|o| o.extend(letters));
        return Err(e);
    }
    Ok(())
}

#[update]
fn write_letter(text: String) {
    OUTBOX.with_borrow_mut(|o| o.push(text));
}
