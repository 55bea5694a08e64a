//! Votes, of which none may be lost.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::{query, update};

#[derive(Clone, Default)]
struct Voter {
    votes: u64,
    name: String,
}

thread_local! {
    static VOTES: RefCell<BTreeMap<String, u64>> = const { RefCell::new(BTreeMap::new()) };
    static VOTERS: RefCell<BTreeMap<Principal, Voter>> = const { RefCell::new(BTreeMap::new()) };
}

/// It answers with the new count, and the count stays as it was.
#[query]
fn vote_for(option: String) -> u64 {
    VOTES.with_borrow_mut(|v| {
        let votes = v.entry(option).or_default();
        *votes += 1; // want "query-write confirmed"
        *votes
    })
}

// Quiet: an update.
#[update]
fn vote(option: String) -> u64 {
    VOTES.with_borrow_mut(|v| {
        let votes = v.entry(option).or_default();
        *votes += 1;
        *votes
    })
}

// Quiet: the entry that is made to be looked at is as good as none.
#[query]
fn votes(option: String) -> u64 {
    VOTES.with_borrow_mut(|v| *v.entry(option).or_default())
}

/// Whoever asks is registered, and is not.
#[query]
fn me() -> String {
    let who = msg_caller();
    VOTERS.with_borrow_mut(|v| match v.get(&who) {
        Some(known) => known.name.clone(),
        None => {
            let new = Voter { votes: 0, name: who.to_string() };
            v.insert(who, new.clone()); // want "query-write confirmed"
            new.name
        }
    })
}

// Quiet: it answers as if, and changes nothing.
#[query]
fn me_or_default() -> String {
    let who = msg_caller();
    VOTERS.with_borrow(|v| match v.get(&who) {
        Some(known) => known.name.clone(),
        None => who.to_string(),
    })
}

#[update]
fn rename(name: String) {
    VOTERS.with_borrow_mut(|v| {
        if let Some(known) = v.get_mut(&msg_caller()) {
            known.name = name;
            known.votes += 1;
        }
    });
}
