//! Stable structures, events, and whole-state replacement.

use candid::{CandidType, Decode, Encode, Principal};
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::storable::Bound;
use ic_stable_structures::{DefaultMemoryImpl, StableBTreeMap, StableCell, Storable};
use serde::Deserialize;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

type Memory = VirtualMemory<DefaultMemoryImpl>;

#[derive(CandidType, Deserialize, Clone)]
struct User {
    name: String,
    points: u64,
}

impl Storable for User {
    fn to_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Owned(Encode!(self).unwrap())
    }
    fn into_bytes(self) -> Vec<u8> {
        Encode!(&self).unwrap()
    }
    fn from_bytes(bytes: Cow<'_, [u8]>) -> Self {
        Decode!(&bytes, User).unwrap()
    }
    const BOUND: Bound = Bound::Unbounded;
}

thread_local! {
    static MEMORY: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
    static USERS: RefCell<StableBTreeMap<Principal, User, Memory>> =
        RefCell::new(StableBTreeMap::init(MEMORY.with(|m| m.borrow().get(MemoryId::new(0)))));
    static COUNT: RefCell<StableCell<u64, Memory>> =
        RefCell::new(StableCell::init(MEMORY.with(|m| m.borrow().get(MemoryId::new(1))), 0));
    static LEDGER: RefCell<Ledger> = RefCell::default();
}

struct Users;

impl Users {
    fn get(who: &Principal) -> Option<User> {
        USERS.with(|u| u.borrow().get(who))
    }
    fn put(who: Principal, user: User) -> Option<User> {
        USERS.with_borrow_mut(|u| u.insert(who, user))
    }
    fn update(who: Principal, f: impl FnOnce(&mut User)) -> bool {
        match Self::get(&who) {
            Some(mut user) => {
                f(&mut user);
                Self::put(who, user);
                true
            }
            None => false,
        }
    }
}

// reads USERS[who]
// writes USERS[who]
#[ic_cdk::update]
fn add_points(who: Principal, points: u64) -> bool {
    Users::update(who, |u| u.points += points)
}

// reads COUNT
// writes COUNT
#[ic_cdk::update]
fn count() -> u64 {
    COUNT.with(|c| {
        let mut cell = c.borrow_mut();
        let next = *cell.get() + 1;
        cell.set(next);
        next
    })
}

#[derive(Default)]
struct Ledger {
    balances: BTreeMap<Principal, u64>,
    paused: bool,
    log: Vec<Event>,
    owner: Option<Principal>,
}

#[derive(Clone)]
enum Event {
    Credited { who: Principal, amount: u64 },
    Paused(bool),
    Owned { owner: Principal },
}

fn apply(state: &mut Ledger, event: &Event) {
    match event {
        Event::Credited { who, amount } => {
            let balance = state.balances.entry(*who).or_insert(0);
            *balance += amount;
        }
        Event::Paused(paused) => state.paused = *paused,
        Event::Owned { owner } => state.owner = Some(*owner),
    }
}

fn process_event(state: &mut Ledger, event: Event) {
    apply(state, &event);
    state.log.push(event);
}

// writes LEDGER.paused LEDGER.log[*]
#[ic_cdk::update]
fn pause() {
    LEDGER.with_borrow_mut(|s| process_event(s, Event::Paused(true)));
}

// writes LEDGER.balances[who] LEDGER.log[*]
#[ic_cdk::update]
fn credit_event(who: Principal, amount: u64) {
    LEDGER.with_borrow_mut(|s| process_event(s, Event::Credited { who, amount }));
}

// writes LEDGER.owner LEDGER.log[*]
#[ic_cdk::update]
fn own() {
    let event = Event::Owned { owner: ic_cdk::api::msg_caller() };
    LEDGER.with(|s| process_event(&mut s.borrow_mut(), event));
}

// writes LEDGER
#[ic_cdk::update]
fn reset() {
    LEDGER.with(|s| std::mem::take(&mut *s.borrow_mut()));
}

// writes LEDGER
#[ic_cdk::update]
fn replace() {
    let old = LEDGER.with(|s| s.replace(Ledger::default()));
    drop(old);
}

// writes LEDGER.log
#[ic_cdk::update]
fn take_log() -> u64 {
    let log = LEDGER.with_borrow_mut(|s| std::mem::take(&mut s.log));
    log.len() as u64
}
