//! When guards die, by the rules of edition 2021.

mod rows;
