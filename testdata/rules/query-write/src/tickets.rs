//! Numbers that must not be given twice.

use std::cell::Cell;

use ic_cdk::{query, update};

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

fn draw() -> u64 {
    let id = NEXT.get();
    NEXT.set(id + 1); // want "query-write confirmed"
    id
}

/// Everybody gets the same ticket.
#[query]
fn ticket() -> u64 {
    draw()
}

// Quiet: the same in an update; the finding above names the query.
#[update]
fn ticket_for_good() -> u64 {
    draw()
}

// Quiet: the next number is shown, not drawn.
#[query]
fn next_ticket() -> u64 {
    NEXT.get() + 1
}
