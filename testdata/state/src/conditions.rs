//! What a build leaves out by #[cfg], inside functions; and state in a static mut.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr::addr_of_mut;

use ic_stable_structures::log::Log;
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::DefaultMemoryImpl;

type Memory = VirtualMemory<DefaultMemoryImpl>;

thread_local! {
    static PAID: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static TRIAL: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static VISITS: Cell<u64> = const { Cell::new(0) };
    static PAGES: RefCell<MemoryManager<DefaultMemoryImpl>> = RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
    static AUDIT: RefCell<Log<Vec<u8>, Memory, Memory>> = PAGES.with_borrow(|m| {
        RefCell::new(Log::init(m.get(MemoryId::new(7)), m.get(MemoryId::new(8))))
    });
}

fn credit(who: u64, book: &'static std::thread::LocalKey<RefCell<BTreeMap<u64, u64>>>) {
    book.with_borrow_mut(|b| *b.entry(who).or_insert(0) += 1);
}

// The condition of the statement does not hold: nothing returns early.
// writes VISITS
#[ic_cdk::update]
fn visit() {
    #[cfg(not(all()))]
    return;
    VISITS.set(VISITS.get() + 1);
}

// Where it holds, the statement is there.
// writes TRIAL
#[ic_cdk::update]
fn forget_trial() {
    #[cfg(all())]
    TRIAL.with_borrow_mut(BTreeMap::clear);
    #[cfg(any())]
    PAID.with_borrow_mut(BTreeMap::clear);
}

// writes PAID[who]
#[ic_cdk::update]
fn pay(who: u64) {
    credit(
        who,
        #[cfg(any())]
        &TRIAL,
        #[cfg(all())]
        &PAID,
    );
}

// The second arm is not there.
// writes PAID
#[ic_cdk::update]
fn forget(what: u8) {
    match what {
        0 => PAID.with_borrow_mut(BTreeMap::clear),
        #[cfg(any())]
        1 => TRIAL.with_borrow_mut(BTreeMap::clear),
        _ => {}
    }
}

// writes AUDIT[*]
#[ic_cdk::update]
fn note(line: Vec<u8>) {
    AUDIT.with_borrow(|log| log.append(&line).unwrap());
}

struct Registry {
    version: u64,
    names: BTreeMap<u64, String>,
}

static mut REGISTRY: Option<Registry> = None;

// An accessor that makes what is not there, and then calls itself.
fn registry_mut() -> &'static mut Registry {
    unsafe {
        if let Some(r) = &mut *addr_of_mut!(REGISTRY) {
            r
        } else {
            REGISTRY = Some(Registry { version: 0, names: BTreeMap::new() });
            registry_mut()
        }
    }
}

// reads REGISTRY.version
// writes REGISTRY REGISTRY.version REGISTRY.names[id]
#[ic_cdk::update]
fn register(id: u64, name: String) -> u64 {
    registry_mut().names.insert(id, name);
    registry_mut().version += 1;
    registry_mut().version
}

static RATES: once_cell::sync::Lazy<[u64; 4]> = once_cell::sync::Lazy::new(|| [1, 2, 3, 4]);

fn mix(a: &u64, b: &u64, times: u64) -> u64 {
    if times == 0 { a * 10 + b } else { mix(a, b, times - 1) }
}

// Two elements in one call: each use is of its own.
// reads RATES[1] RATES[3]
#[ic_cdk::query]
fn mixed() -> u64 {
    mix(&RATES[1], &RATES[3], 2)
}
