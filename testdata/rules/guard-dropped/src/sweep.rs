//! One sweep at a time: a flag, and a guard that resets it. The guard is dropped where it is made.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

thread_local! {
    static SWEEPING: Cell<bool> = const { Cell::new(false) };
}

struct SweepGuard;

impl SweepGuard {
    fn new() -> Result<Self, String> {
        if SWEEPING.replace(true) {
            return Err("a sweep is running".to_string());
        }
        Ok(SweepGuard)
    }

    fn start() -> Self {
        SweepGuard::new().expect("a sweep is running")
    }
}

impl Drop for SweepGuard {
    fn drop(&mut self) {
        SWEEPING.set(false);
    }
}

async fn sweep() -> Result<(), String> {
    let call = Call::unbounded_wait(LEDGER, "sweep");
    call.await.map(|_| ()).map_err(|e| e.to_string())
}

#[update]
async fn wildcard() -> Result<(), String> {
    let _ = SweepGuard::new()?; // want "guard-dropped"
    sweep().await
}

#[update]
async fn wildcard_that_traps() -> Result<(), String> {
    let _ = SweepGuard::start(); // want "guard-dropped"
    sweep().await
}

// Quiet: a name keeps it, also one that begins with an underscore.
#[update]
async fn wildcard_fixed() -> Result<(), String> {
    let _guard = SweepGuard::new()?;
    sweep().await
}

#[update]
async fn wildcard_of_result() -> Result<(), String> {
    let _ = SweepGuard::new(); // want "guard-dropped"
    sweep().await
}

// Quiet: what is dropped at the end is the result, and the guard in it.
#[update]
async fn wildcard_of_result_fixed() -> Result<(), String> {
    let guard = SweepGuard::new();
    if guard.is_err() {
        return Err("a sweep is running".to_string());
    }
    sweep().await
}

#[update]
async fn statement() -> Result<(), String> {
    SweepGuard::new()?; // want "guard-dropped"
    sweep().await
}

// Quiet: `let _ =` of a variable does not move it.
#[update]
async fn statement_fixed() -> Result<(), String> {
    let guard = SweepGuard::new()?;
    let _ = guard;
    sweep().await
}

#[update]
async fn wildcard_in_let_else() -> Result<(), String> {
    let Ok(_) = SweepGuard::new() else { // want "guard-dropped"
        return Err("a sweep is running".to_string());
    };
    sweep().await
}

// Quiet: bound to a name.
#[update]
async fn wildcard_in_let_else_fixed() -> Result<(), String> {
    let Ok(_guard) = SweepGuard::new() else {
        return Err("a sweep is running".to_string());
    };
    sweep().await
}

#[update]
async fn only_the_error() -> Result<(), String> {
    if let Err(e) = SweepGuard::new() { // want "guard-dropped"
        return Err(e);
    }
    sweep().await
}

// Quiet: the guard lives as long as the scrutinee, through the block that waits.
#[update]
async fn only_the_error_fixed() -> Result<(), String> {
    match SweepGuard::new() {
        Ok(_) => sweep().await,
        Err(e) => Err(e),
    }
}

#[update]
async fn only_asked() -> Result<(), String> {
    if SweepGuard::new().is_err() { // want "guard-dropped"
        return Err("a sweep is running".to_string());
    }
    sweep().await
}

// Quiet: `if let` keeps what it looks at.
#[update]
async fn only_asked_fixed() -> Result<(), String> {
    if let Ok(_) = SweepGuard::new() {
        return sweep().await;
    }
    Err("a sweep is running".to_string())
}

#[update]
async fn mapped_away() -> Result<(), String> {
    SweepGuard::new().map(|_| ())?; // want "guard-dropped"
    sweep().await
}

// Quiet: only the error is mapped.
#[update]
async fn mapped_away_fixed() -> Result<(), String> {
    let _guard = SweepGuard::new().map_err(|e| format!("{e}, come back later"))?;
    sweep().await
}

#[update]
async fn wildcard_in_tuple() -> Result<u64, String> {
    let (_, rounds) = (SweepGuard::new()?, 1); // want "guard-dropped"
    sweep().await?;
    Ok(rounds)
}

// Quiet: both parts have names.
#[update]
async fn wildcard_in_tuple_fixed() -> Result<u64, String> {
    let (_guard, rounds) = (SweepGuard::new()?, 1);
    sweep().await?;
    Ok(rounds)
}

#[update]
async fn each_round() -> Result<(), String> {
    for _ in 0..3 {
        let _ = SweepGuard::new()?; // want "guard-dropped"
        sweep().await?;
    }
    Ok(())
}

// Quiet: alive to the end of each round.
#[update]
async fn each_round_fixed() -> Result<(), String> {
    for _ in 0..3 {
        let _guard = SweepGuard::new()?;
        sweep().await?;
    }
    Ok(())
}
