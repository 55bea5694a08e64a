//! Calls that are built and never sent, and the ways to send them.

use candid::Principal;

pub mod alarm;
pub mod courier;

pub const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
