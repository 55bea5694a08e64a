//! The same functions by the rules of edition 2024.

#[path = "../../alive/src/rows.rs"]
mod rows;
