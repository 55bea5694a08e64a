//! Every way to write an entry point that this CDK has.
#![allow(dead_code)]

use ic_cdk::update as change;

fn is_admin() -> Result<(), String> {
    Ok(())
}

fn is_open() -> Result<(), String> {
    Ok(())
}

#[ic_cdk::update]
fn qualified() {}

#[::ic_cdk::query]
fn global_path() {}

#[change]
fn renamed() {}

#[ic_cdk::update(name = "public_name", guard = "is_admin", guard = "crate::forms::is_open", hidden = true)]
fn arguments() {}

#[ic_cdk::update(
    manual_reply = true,
    decode_with = "decode",
)]
fn replies() -> std::marker::PhantomData<u64> {
    std::marker::PhantomData
}

fn decode(_: Vec<u8>) {}

#[ic_cdk::query(composite = true)]
async fn composite() {}

#[ic_cdk::query(composite = false)]
fn plain() {}

/// The candid attribute says nothing about what runs.
#[candid::candid_method(query)]
#[ic_cdk::update]
fn candid_too() {}

#[cfg_attr(all(), ic_cdk::update)]
fn conditional() {}

#[cfg_attr(any(), ic_cdk::update)]
fn not_conditional() {}

#[cfg(any())]
#[ic_cdk::update]
fn switched_off() {}

#[export_name = "canister_update raw"]
fn raw_update() {}

#[cfg_attr(target_family = "wasm", export_name = "canister_query raw_view")]
fn raw_query() {}

#[unsafe(export_name = "canister_composite_query raw_composite")]
extern "C" fn raw_composite_query() {}

#[unsafe(no_mangle)]
extern "C" fn canister_heartbeat() {}

/// Exported, but nothing that the system calls.
#[unsafe(no_mangle)]
extern "C" fn helper() {}

mod inner {
    #[ic_cdk::update]
    fn in_a_module() {}
}

fn outer() {
    #[ic_cdk::update]
    fn in_a_function() {}
}
