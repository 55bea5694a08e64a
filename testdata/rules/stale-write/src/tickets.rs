//! Numbers that are taken before a call and stored after it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::{query, update};

use crate::SERVICE;

thread_local! {
    static NEXT_TICKET: Cell<u64> = const { Cell::new(1) };
    static SEATS: RefCell<BTreeMap<usize, Principal>> = const { RefCell::new(BTreeMap::new()) };
}

/// Two tickets issued at once carry one number.
#[update]
async fn issue_ticket() -> Result<u64, String> {
    let number = NEXT_TICKET.get();
    Call::unbounded_wait(SERVICE, "print").with_arg(number).await.map_err(|e| e.to_string())?;
    NEXT_TICKET.set(number + 1); // want "stale-write confirmed"
    Ok(number)
}

// Quiet: the number is drawn, read and moved on in one segment; a gap in the numbers hurts nobody.
#[update]
async fn draw_ticket() -> Result<u64, String> {
    let number = NEXT_TICKET.get();
    NEXT_TICKET.set(number + 1);
    Call::unbounded_wait(SERVICE, "print").with_arg(number).await.map_err(|e| e.to_string())?;
    Ok(number)
}

/// The next free seat is the length of before the call: two guests are put on one seat.
#[update]
async fn take_seat() -> Result<usize, String> {
    let who = msg_caller();
    let seat = SEATS.with_borrow(|s| s.len());
    Call::unbounded_wait(SERVICE, "charge").with_arg(who).await.map_err(|e| e.to_string())?;
    SEATS.with_borrow_mut(|s| s.insert(seat, who)); // want "stale-write confirmed"
    Ok(seat)
}

// Quiet: the length is taken in the segment of the insert.
#[update]
async fn take_seat_after() -> Result<usize, String> {
    let who = msg_caller();
    Call::unbounded_wait(SERVICE, "charge").with_arg(who).await.map_err(|e| e.to_string())?;
    let seat = SEATS.with_borrow_mut(|s| {
        let seat = s.len();
        s.insert(seat, who);
        seat
    });
    Ok(seat)
}

#[query]
fn seats_taken() -> usize {
    SEATS.with_borrow(|s| s.len())
}
