//! Changes that belong together, with an await in between, and those who look meanwhile.

use candid::Principal;

pub mod deliveries;
pub mod transfers;

pub const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
