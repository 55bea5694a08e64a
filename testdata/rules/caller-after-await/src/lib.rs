//! Who sent the message, and with what, is asked for after an await.
//!
//! Every module is a small service of its own: the firing function, its fixed versions, and the
//! entry points around it.

mod cycles;
mod offers;

use candid::Principal;

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
