//! Example 9: the debit is made before the call. Three ways to take it back on error.

mod clean_reject;
mod new_balance;
mod old_balance;

use candid::Principal;

const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
