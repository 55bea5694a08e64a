//! A value read before an await is written back after it.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points that can run in the gap.

mod cache;
mod debts;
mod fees;
mod guarded;
mod orders;
mod points;
mod pool;
mod price;
mod profiles;
mod tickets;
mod totals;
mod treasury;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
