//! Settings in a stable cell, pushed to a worker canister.

use std::borrow::Cow;
use std::cell::RefCell;

use candid::{CandidType, Decode, Encode};
use ic_cdk::call::Call;
use ic_cdk::update;
use ic_stable_structures::storable::Bound;
use ic_stable_structures::{DefaultMemoryImpl, StableCell, Storable};
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize, Clone, Default)]
struct Settings {
    version: u64,
    limit: u64,
}

impl Storable for Settings {
    fn to_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Owned(Encode!(self).unwrap())
    }

    fn into_bytes(self) -> Vec<u8> {
        Encode!(&self).unwrap()
    }

    fn from_bytes(bytes: Cow<'_, [u8]>) -> Self {
        Decode!(&bytes, Self).unwrap()
    }

    const BOUND: Bound = Bound::Unbounded;
}

thread_local! {
    static SETTINGS: RefCell<StableCell<Settings, DefaultMemoryImpl>> =
        RefCell::new(StableCell::init(DefaultMemoryImpl::default(), Settings::default()));
}

async fn push(settings: &Settings) -> Result<(), String> {
    Call::unbounded_wait(SERVICE, "configure").with_arg(settings).await.map_err(|e| e.to_string())?;
    Ok(())
}

/// A later change that did reach the worker is rolled back here with the one that did not.
#[update]
async fn set_limit(limit: u64) -> Result<(), String> {
    let old = SETTINGS.with_borrow(|s| s.get().clone());
    let new = Settings { version: old.version + 1, limit };
    SETTINGS.with_borrow_mut(|s| s.set(new.clone()));
    if let Err(e) = push(&new).await {
        SETTINGS.with_borrow_mut(|s| s.set(old)); // want "stale-rollback confirmed"
        return Err(e);
    }
    Ok(())
}

// Quiet: the version tells whether the own change is still the last one.
#[update]
async fn set_limit_versioned(limit: u64) -> Result<(), String> {
    let old = SETTINGS.with_borrow(|s| s.get().clone());
    let new = Settings { version: old.version + 1, limit };
    SETTINGS.with_borrow_mut(|s| s.set(new.clone()));
    if let Err(e) = push(&new).await {
        SETTINGS.with_borrow_mut(|s| {
            if s.get().version == new.version {
                s.set(old);
            }
        });
        return Err(e);
    }
    Ok(())
}
