//! A change is taken back on an error of a call that may have run.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod drops;
mod guaranteed;
mod ledger;
mod queue;
mod vault;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
