//! One canister per user.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;
use ic_cdk_management_canister::{create_canister_with_extra_cycles, CreateCanisterArgs};

const CYCLES: u128 = 1_000_000_000_000;

thread_local! {
    static USERS: RefCell<BTreeMap<Principal, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static MEMBERS: RefCell<BTreeMap<Principal, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static SPARE: RefCell<Vec<Principal>> = const { RefCell::new(Vec::new()) };
    static TEAMS: RefCell<BTreeMap<Principal, Principal>> = const { RefCell::new(BTreeMap::new()) };
    static REGISTERING: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

struct Registration {
    who: Principal,
}

impl Registration {
    fn begin(who: Principal) -> Result<Self, String> {
        REGISTERING
            .with_borrow_mut(|r| if r.insert(who) { Ok(Self { who }) } else { Err("busy".to_string()) })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        REGISTERING.with_borrow_mut(|r| r.remove(&self.who));
    }
}

async fn new_canister() -> Result<Principal, String> {
    let created = create_canister_with_extra_cycles(&CreateCanisterArgs::default(), CYCLES).await;
    Ok(created.map_err(|e| e.to_string())?.canister_id)
}

/// Two registrations create two canisters, and the first is forgotten with its cycles.
#[update]
async fn register() -> Result<Principal, String> {
    let who = msg_caller();
    if USERS.with_borrow(|u| u.contains_key(&who)) {
        return Err("already registered".to_string());
    }
    let canister = new_canister().await?;
    USERS.with_borrow_mut(|u| u.insert(who, canister)); // want "stale-check confirmed"
    Ok(canister)
}

// Quiet: asked again before the insert; a canister too many is kept for the next one.
#[update]
async fn register_member() -> Result<Principal, String> {
    let who = msg_caller();
    if MEMBERS.with_borrow(|m| m.contains_key(&who)) {
        return Err("already registered".to_string());
    }
    let canister = new_canister().await?;
    if MEMBERS.with_borrow(|m| m.contains_key(&who)) {
        SPARE.with_borrow_mut(|s| s.push(canister));
        return Err("already registered".to_string());
    }
    MEMBERS.with_borrow_mut(|m| m.insert(who, canister));
    Ok(canister)
}

// Quiet: a registration of the same caller is refused while one is under way.
#[update]
async fn register_team() -> Result<Principal, String> {
    let who = msg_caller();
    let _registration = Registration::begin(who)?;
    if TEAMS.with_borrow(|t| t.contains_key(&who)) {
        return Err("already registered".to_string());
    }
    let canister = new_canister().await?;
    TEAMS.with_borrow_mut(|t| t.insert(who, canister));
    Ok(canister)
}
