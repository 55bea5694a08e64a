//! A lock is taken before a call, and some way out does not give it back.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod access;
mod batches;
mod ends;
mod fetches;
mod helpers;
mod items;
mod leases;
mod limits;
mod marks;
mod orders;
mod quarantine;
mod replies;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
