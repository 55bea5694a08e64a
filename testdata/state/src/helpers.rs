//! Helpers inside helpers, functions that only look at what they are given,
//! and methods of outside types that have the names of our own.

use candid::Principal;
use ic_stable_structures::log::Log;
use ic_stable_structures::VectorMemory;
use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::collections::BTreeMap;
use std::hash::Hasher;
use std::thread::LocalKey;

#[derive(Default)]
struct Chain {
    height: u64,
    expected: u64,
    strict: bool,
}

#[derive(Default)]
struct Book {
    chain: Chain,
    allowances: BTreeMap<Principal, Allowance>,
    rates: BTreeMap<u64, Vec<u64>>,
    latest: u64,
}

#[derive(Clone, Default)]
struct Allowance {
    amount: u64,
    expires: u64,
}

#[derive(Default)]
struct Journal {
    lines: Vec<String>,
}

thread_local! {
    static BOOK: RefCell<Book> = RefCell::default();
    static SEEN: RefCell<DefaultHasher> = RefCell::default();
    static RECORDS: RefCell<Log<u64, VectorMemory, VectorMemory>> =
        RefCell::new(Log::new(VectorMemory::default(), VectorMemory::default()));
    static JOURNAL: RefCell<Journal> = RefCell::default();
}

fn read<R>(f: impl FnOnce(&Book) -> R) -> R {
    BOOK.with(|b| f(&b.borrow()))
}

fn change<R>(f: impl FnOnce(&mut Book) -> R) -> R {
    BOOK.with(|b| f(&mut b.borrow_mut()))
}

fn synced() -> bool {
    read(|b| b.chain.height >= b.chain.expected)
}

// A helper in a closure of the same helper is no recursion.
// reads BOOK.chain.strict BOOK.chain.height BOOK.chain.expected
#[ic_cdk::query]
fn usable() -> bool {
    read(|b| !b.chain.strict || synced())
}

fn visit(depth: u64, f: &dyn Fn(&Book)) {
    if depth > 0 {
        read(|b| {
            f(b);
            visit(depth - 1, &|b| f(b));
        });
    }
}

// This is, though of a new closure each time: what is deeper may do anything with the cell.
// reads BOOK BOOK.chain.height
// writes BOOK
#[ic_cdk::query]
fn heights(depth: u64) {
    visit(depth, &|b| ic_cdk::api::debug_print(b.chain.height.to_string()));
}

// Only looks, and is long.
fn check(book: &Book, who: Principal, amount: u64, now: u64) -> Result<u64, String> {
    if amount == 0 {
        return Err("nothing to do".to_string());
    }
    let allowance = book.allowances.get(&who).ok_or("no allowance")?;
    if !(allowance.expires == 0 || allowance.expires > now) {
        return Err(format!("expired at {}", allowance.expires));
    }
    let left = allowance.amount.checked_sub(amount).ok_or("too little")?;
    Ok(left)
}

// reads BOOK.allowances[who].amount BOOK.allowances[who].expires
#[ic_cdk::query]
fn may_spend(who: Principal, amount: u64) -> bool {
    read(|b| check(b, who, amount, ic_cdk::api::time())).is_ok()
}

fn render(journal: &'static LocalKey<RefCell<Journal>>) -> String {
    let lines = journal.with(|j| {
        j.borrow()
            .lines
            .iter()
            .map(|line| format!("<li>{}</li>", line))
            .collect::<Vec<_>>()
            .join("")
    });
    format!("<ul>{}</ul><p>{} bytes</p>", lines, lines.len())
}

// reads JOURNAL.lines JOURNAL.lines[*]
#[ic_cdk::query]
fn page() -> String {
    render(&JOURNAL)
}

impl Book {
    // The only write_u64 of this workspace.
    fn write_u64(&mut self, x: u64) {
        self.latest = x;
    }
}

// writes BOOK.latest
#[ic_cdk::update]
fn set_latest(x: u64) {
    change(|b| b.write_u64(x));
}

// Not the one of Book.
// writes SEEN
#[ic_cdk::update]
fn see(x: u64) {
    SEEN.with_borrow_mut(|s| s.write_u64(x));
}

fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

// Sorts a copy: writes nothing.
// reads BOOK.rates[day]
#[ic_cdk::query]
fn rate(day: u64) -> u64 {
    read(|b| b.rates.get(&day).map(|r| median(r)).unwrap_or_default())
}

// Sorts what is there.
// writes BOOK.rates[day]
#[ic_cdk::update]
fn sort_rates(day: u64) {
    change(|b| {
        if let Some(rates) = b.rates.get_mut(&day) {
            rates.sort();
        }
    });
}

// Appends through a shared reference.
// writes RECORDS[*]
#[ic_cdk::update]
fn record(x: u64) {
    RECORDS.with_borrow(|r| {
        r.append(&x).expect("no space");
    });
}

#[derive(candid::CandidType, Clone, Default)]
struct Limits {
    most: u64,
}

thread_local! {
    static LIMITS: RefCell<Limits> = RefCell::default();
    static OTHERS: RefCell<Limits> = RefCell::default();
}

// reads LIMITS OTHERS
#[ic_cdk::pre_upgrade]
fn save() {
    LIMITS.with_borrow(|limits| OTHERS.with_borrow(|others| ic_cdk::storage::stable_save((limits, others)))).unwrap();
}

// A helper that does something around what it is given.
fn change_chain<R>(f: impl FnOnce(&mut Chain) -> R) -> R {
    change(|b| {
        let before = b.chain.height;
        let result = f(&mut b.chain);
        if b.chain.height < before {
            ic_cdk::trap(format!("the chain would shrink from {} to {}", before, b.chain.height));
        }
        b.latest = ic_cdk::api::time();
        result
    })
}

// writes BOOK.chain.strict BOOK.latest
#[ic_cdk::update]
fn set_strict(strict: bool) {
    change_chain(|c| c.strict = strict);
}

// Nobody calls these. What they call is short, or given state, and known elsewhere too.
#[allow(dead_code)]
pub fn unreached() -> bool {
    synced()
}

#[allow(dead_code)]
pub fn unreached_check(who: Principal) -> bool {
    read(|b| check(b, who, 1, 0)).is_ok()
}
