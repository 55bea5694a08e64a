//! Profiles in stable memory: `get` hands out a copy, and the copy is put back whole.

use std::borrow::Cow;
use std::cell::RefCell;

use candid::{CandidType, Decode, Encode, Principal};
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;
use ic_stable_structures::storable::Bound;
use ic_stable_structures::{DefaultMemoryImpl, StableBTreeMap, Storable};
use serde::Deserialize;

use crate::SERVICE;

#[derive(CandidType, Deserialize, Clone, Default)]
struct Profile {
    name: String,
    bio: String,
    badges: u32,
}

impl Storable for Profile {
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
    static PROFILES: RefCell<StableBTreeMap<Principal, Profile, DefaultMemoryImpl>> =
        RefCell::new(StableBTreeMap::init(DefaultMemoryImpl::default()));
}

async fn moderate(text: &str) -> Result<(), String> {
    let reply = Call::bounded_wait(SERVICE, "moderate").with_arg(text).await.map_err(|e| e.to_string())?;
    match reply.candid::<bool>() {
        Ok(true) => Ok(()),
        Ok(false) => Err("refused by the moderator".to_string()),
        Err(e) => Err(e.to_string()),
    }
}

/// A badge given or a biography written during the moderation is lost with the old copy.
#[update]
async fn rename(name: String) -> Result<(), String> {
    let who = msg_caller();
    let mut profile = PROFILES.with_borrow(|p| p.get(&who)).ok_or("no profile")?;
    moderate(&name).await?;
    profile.name = name;
    PROFILES.with_borrow_mut(|p| p.insert(who, profile)); // want "stale-write confirmed"
    Ok(())
}

// Quiet: the copy is taken after the call, in the segment that puts it back.
#[update]
async fn rename_after(name: String) -> Result<(), String> {
    let who = msg_caller();
    moderate(&name).await?;
    let mut profile = PROFILES.with_borrow(|p| p.get(&who)).ok_or("no profile")?;
    profile.name = name;
    PROFILES.with_borrow_mut(|p| p.insert(who, profile));
    Ok(())
}

#[update]
fn set_bio(bio: String) {
    let who = msg_caller();
    PROFILES.with_borrow_mut(|p| {
        let mut profile = p.get(&who).unwrap_or_default();
        profile.bio = bio;
        p.insert(who, profile);
    });
}

#[update]
fn award_badge(who: Principal) {
    PROFILES.with_borrow_mut(|p| {
        let mut profile = p.get(&who).unwrap_or_default();
        profile.badges += 1;
        p.insert(who, profile);
    });
}
