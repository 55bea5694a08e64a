//! The result of a call that moves value is dropped.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod books;
mod dividends;
mod ledger;
mod oneway;
mod tasks;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
