//! Hooks and queries that call, and traps that come of it. What is mended is in `forbidden-call-mended`, for
//! a canister has one hook of each kind.

use candid::Principal;

pub mod guests;
pub mod hooks;
pub mod prices;

pub const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
