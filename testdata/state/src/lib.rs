//! How canisters keep their state. The comment above an entry point says which
//! places it reads and writes; analyzer/driver checks that.

mod accessors;
mod closures;
mod conditions;
mod elements;
mod helpers;
mod methods;
mod records;
mod services;
mod statics;
mod unknown;
mod wrappers;
