//! Entry attributes, and text that looks like one: #[ic_cdk::update]. // = endpoints no entry point: in a comment

use ic_cdk::{query, update};

#[update] // = endpoints entry point
fn put() {}

#[query( // = endpoints entry point
    name = "other_name", // the attribute takes several lines
    composite = true
)]
fn get() {}

#[unsafe(export_name = "canister_heartbeat")] // = endpoints entry point
extern "C" fn beat() {}

/* #[update] */ // = endpoints no entry point: in a comment
pub const TEXT: &str = "#[update]"; // = endpoints no entry point: in a string

#[cfg_attr(feature = "extra", update)] // = endpoints no entry point: the condition of its cfg_attr does not hold
fn sometimes() {}

#[cfg_attr(not(feature = "extra"), query)] // = endpoints entry point
fn otherwise() {
    sometimes();
}

#[cfg(feature = "extra")]
#[update] // = endpoints no entry point: feature off: feature = "extra"
fn extra() {}

#[cfg(feature = "extra")]
mod more;

#[cfg(test)]
mod tests {
    #[ic_cdk::update] // = endpoints no entry point: test code: cfg(test)
    fn put() {}
}

macro_rules! endpoint {
    ($name:ident) => {
        #[ic_cdk::update] // = endpoints no entry point: inside the macro definition endpoint
        fn $name() {}
    };
}
endpoint!(made);
