//! Who chooses the canister that is waited for.

pub mod announcements;
pub mod exchange;
pub mod settings;
