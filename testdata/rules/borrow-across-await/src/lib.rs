//! Something of the state is borrowed while the message waits.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod cells;
mod globals;
mod holders;
mod journal;
mod registry;
mod settings;
mod temporaries;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
