//! A periodic task waits for a call, and its next run starts meanwhile.
//!
//! Every module is a small service of its own: the firing task, its fixed versions, and the
//! entry points around it.

mod beats;
mod intervals;
mod queue;
mod rearmed;
mod spawned;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
