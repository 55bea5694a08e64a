//! A module of its own file that the features leave out.

#[ic_cdk::update] // = endpoints no entry point: feature off: feature = "extra"
fn more() {}
