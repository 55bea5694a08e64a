//! Futures as values: passed on, kept, wrapped, combined.

mod higher;
mod joined;
mod kept;
mod woken;
