//! The map is the data's, though its source is in the same workspace.

use std::cell::RefCell;

use ic_stable_structures::StableBTreeMap;

#[derive(Default)]
struct State {
    balances: StableBTreeMap<u64, u64>,
}

thread_local! {
    static MAP: RefCell<StableBTreeMap<u64, u64>> = const { RefCell::new(StableBTreeMap::new()) };
    static STATE: RefCell<State> = RefCell::default();
}

// reads MAP[who]
#[ic_cdk::query]
fn get(who: u64) -> Option<u64> {
    MAP.with_borrow(|m| m.get(&who))
}

// writes MAP[who]
#[ic_cdk::update]
fn set(who: u64, amount: u64) {
    MAP.with(|m| m.borrow_mut().insert(who, amount));
}

// reads STATE.balances[who]
// writes STATE.balances[who]
#[ic_cdk::update]
fn deposit(who: u64, amount: u64) {
    STATE.with_borrow_mut(|s| {
        let before = s.balances.get(&who).unwrap_or(0);
        s.balances.insert(who, before + amount);
    });
}

// What the data does not describe is read.
// reads MAP.entries MAP.entries[*]
#[ic_cdk::query]
fn below(who: u64) -> usize {
    MAP.with_borrow(|m| m.below(&who))
}
