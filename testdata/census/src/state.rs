//! Uses of state, and how closely each is known.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

#[derive(Default, Clone)]
pub struct State {
    balances: BTreeMap<u64, u64>,
    total: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    static COUNT: Cell<u64> = const { Cell::new(0) };
    static TWICE: Cell<u64> = Cell::new(COUNT.get()); // of no message
}

fn read<R>(f: impl FnOnce(&State) -> R) -> R {
    STATE.with_borrow(f) // = accesses place: reads STATE.balances[7], reads STATE.balances[who], reads STATE.total
}

/// A helper: it uses the cell itself.
fn balance(of: u64) -> u64 {
    STATE.with_borrow(|s| s.balances.get(&of).copied().unwrap_or(0)) // = accesses place: reads STATE.balances[of]
}

/// A helper of a helper.
fn rich(of: u64) -> bool {
    balance(of) > 100 // = accesses place: reads STATE.balances[of]
}

#[ic_cdk::query] // = endpoints entry point
fn total() -> u64 {
    read(|s| s.total) // = accesses place: reads STATE.total
}

#[ic_cdk::update] // = endpoints entry point
fn deposit(of: u64) -> bool {
    COUNT.set(COUNT.get() + TWICE.get()); // = accesses whole: reads COUNT; accesses whole: writes COUNT; accesses whole: reads TWICE
    STATE.with_borrow_mut(|s| *s.balances.entry(of).or_insert(0) += 1); // = accesses place: reads and writes STATE.balances[of]
    rich(of) // = accesses place: reads STATE.balances[of]
}

#[ic_cdk::update] // = endpoints entry point
fn reset() {
    STATE.set(State::default()); // = accesses whole: writes STATE
}

#[ic_cdk::query] // = endpoints entry point
fn all() -> u64 {
    let s = STATE.with_borrow(|s| s.clone()); // = accesses cell: copied whole
    s.total
}

// The work is of another message, which the census has where it stands.
#[ic_cdk::update] // = endpoints entry point
fn later() {
    STATE.with_borrow_mut(|s| { // = accesses place: writes STATE.total
        ic_cdk::futures::spawn(async {
            STATE.with_borrow_mut(|s| s.balances.clear()); // = accesses place: writes STATE.balances
        });
        s.total = 0;
    });
}

impl State {
    fn balance_of(&self, who: u64) -> u64 {
        self.balances.get(&who).copied().unwrap_or(0)
    }
}

#[ic_cdk::query] // = endpoints entry point
fn balance_of(who: u64) -> u64 {
    read(|s| s.balance_of(who)) // = accesses place: reads STATE.balances[who]
}

/// Nobody calls it, and balance_of has what it calls.
pub fn unused() -> u64 {
    read(|s| s.balance_of(7)) // = accesses place: reads STATE.balances[7]
}

macro_rules! made_state {
    () => {
        thread_local! { static MADE: Cell<u64> = const { Cell::new(0) }; }
        fn made() -> u64 {
            MADE.get()
        }
    };
}
made_state!(); // = accesses whole: reads MADE

#[ic_cdk::query] // = endpoints entry point
fn through_macro() -> u64 {
    made() // = accesses whole: reads MADE
}

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Logs are not followed: neither where they go nor what they show.
macro_rules! log {
    ($($part:tt)*) => {{
        let line = format!($($part)*);
        LINES.with_borrow_mut(|l| l.push(line));
    }};
}

#[ic_cdk::update] // = endpoints entry point
fn logs() {
    log!("{} in all", total()); // = accesses skipped: in log!, which is not followed; accesses skipped: in log!, which is not followed
    println!("{}", COUNT.get()); // = accesses skipped: in println!, which is not followed
}

/// Unless the message may end there.
#[ic_cdk::update] // = endpoints entry point
fn logs_or_ends(of: u64) -> Option<()> {
    log!("{}", rich(of).then_some(COUNT.get())?); // = accesses place: reads STATE.balances[of]; accesses whole: reads COUNT; accesses place: writes LINES[*]
    None
}
