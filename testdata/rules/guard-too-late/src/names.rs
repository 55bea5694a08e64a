//! Names are given out once. One guard for all who register.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;

use crate::{allowed, pay};

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static NAMES: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static TITLES: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static ALIASES: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static HANDLES: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static BADGES: RefCell<BTreeMap<u64, Principal>> = const { RefCell::new(BTreeMap::new()) };
}

struct Registering;

impl Registering {
    fn new() -> Result<Self, String> {
        if BUSY.replace(true) {
            return Err("busy".to_string());
        }
        Ok(Registering)
    }
}

impl Drop for Registering {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

#[update]
async fn register(name: u64) -> Result<(), String> {
    if NAMES.with_borrow(|names| names.contains_key(&name)) {
        return Err("taken".to_string());
    }
    if !allowed(name).await? {
        return Err("not allowed".to_string());
    }
    let _guard = Registering::new()?; // want "guard-too-late confirmed"
    pay(1).await?;
    NAMES.with_borrow_mut(|names| names.insert(name, msg_caller())); // want "stale-check"
    Ok(())
}

// Quiet: the guard comes first.
#[update]
async fn register_title(title: u64) -> Result<(), String> {
    let _guard = Registering::new()?;
    if TITLES.with_borrow(|titles| titles.contains_key(&title)) {
        return Err("taken".to_string());
    }
    if !allowed(title).await? {
        return Err("not allowed".to_string());
    }
    pay(1).await?;
    TITLES.with_borrow_mut(|titles| titles.insert(title, msg_caller()));
    Ok(())
}

// Quiet: looked at once more under the guard.
#[update]
async fn register_alias(alias: u64) -> Result<(), String> {
    if ALIASES.with_borrow(|aliases| aliases.contains_key(&alias)) {
        return Err("taken".to_string());
    }
    if !allowed(alias).await? {
        return Err("not allowed".to_string());
    }
    let _guard = Registering::new()?;
    if ALIASES.with_borrow(|aliases| aliases.contains_key(&alias)) {
        return Err("taken meanwhile".to_string());
    }
    pay(1).await?;
    ALIASES.with_borrow_mut(|aliases| aliases.insert(alias, msg_caller()));
    Ok(())
}

// Quiet: the check comes first, but in the same segment.
#[update]
async fn register_handle(handle: u64) -> Result<(), String> {
    if !allowed(handle).await? {
        return Err("not allowed".to_string());
    }
    if HANDLES.with_borrow(|handles| handles.contains_key(&handle)) {
        return Err("taken".to_string());
    }
    let _guard = Registering::new()?;
    pay(1).await?;
    HANDLES.with_borrow_mut(|handles| handles.insert(handle, msg_caller()));
    Ok(())
}

// The guard covers no await at all.
#[update]
async fn register_badge(badge: u64) -> Result<(), String> {
    if BADGES.with_borrow(|badges| badges.contains_key(&badge)) {
        return Err("taken".to_string());
    }
    pay(1).await?;
    let _guard = Registering::new()?; // want "guard-too-late confirmed"
    BADGES.with_borrow_mut(|badges| badges.insert(badge, msg_caller())); // want "stale-check"
    Ok(())
}
