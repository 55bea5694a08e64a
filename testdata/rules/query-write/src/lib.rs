//! Queries that change state, and what they should do instead.

use candid::Principal;

pub mod ballot;
pub mod quotes;
pub mod relay;
pub mod tickets;
pub mod turnstile;
pub mod warehouse;

pub const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
