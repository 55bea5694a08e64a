//! A value whose `Drop` undoes the reservation, unless it was told that all went well.

use std::cell::Cell;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static ROOMS: Cell<u64> = const { Cell::new(10) };
    static BEDS: Cell<u64> = const { Cell::new(10) };
}

struct Reservation {
    beds: u64,
}

impl Reservation {
    fn new(beds: u64) -> Result<Self, String> {
        let left = BEDS.get().checked_sub(beds).ok_or("full")?;
        BEDS.set(left);
        Ok(Self { beds })
    }

    fn keep(mut self) {
        self.beds = 0;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        BEDS.set(BEDS.get() + self.beds);
    }
}

/// Asks and changes nothing there: a drop that gives the beds back cannot be wrong.
async fn is_open(count: u64) -> Result<(), String> {
    let reply = Call::unbounded_wait(SERVICE, "is_open").with_arg(count).await.map_err(|e| e.to_string())?;
    match reply.candid::<bool>() {
        Ok(true) => Ok(()),
        Ok(false) => Err("closed".to_string()),
        Err(e) => Err(e.to_string()),
    }
}

/// A refused booking leaves the hotel fuller than it is.
#[update]
async fn book_rooms(count: u64) -> Result<(), String> {
    ROOMS.set(ROOMS.get().checked_sub(count).ok_or("full")?);
    is_open(count).await?; // want "missing-rollback confirmed"
    Ok(())
}

// Quiet: `?` drops the reservation, and that gives the beds back.
#[update]
async fn book_beds(count: u64) -> Result<(), String> {
    let reservation = Reservation::new(count)?;
    is_open(count).await?;
    reservation.keep();
    Ok(())
}
