//! A change anticipates a call, and some way on which the call fails forgets to take it back.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod guarded;
mod inner;
mod inventory;
mod kept;
mod metrics;
mod names;
mod payouts;
mod pointers;
mod vault;
mod votes;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
