//! State that code not known here gets hold of, and values made by derives and conversions.

use candid::{Nat, Principal};
use once_cell::race::OnceNonZeroUsize;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

#[derive(Default)]
struct Tree {
    value: u64,
    children: Vec<Tree>,
}

impl Tree {
    // Calls itself: its body is not part of its callers.
    fn grow(&mut self, depth: u64) {
        self.value = depth;
        for child in self.children.iter_mut() {
            child.grow(depth + 1);
        }
    }

    fn sum(&self) -> u64 {
        self.value + self.children.iter().map(|c| c.sum()).sum::<u64>()
    }
}

#[derive(Default)]
struct Forest {
    tree: Tree,
    other: Tree,
    copies: Vec<u64>,
    names: BTreeMap<Name, u64>,
    sizes: BTreeMap<Nat, u64>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    who: Principal,
}

impl From<Principal> for Name {
    fn from(who: Principal) -> Self {
        Name { who }
    }
}

#[derive(Default)]
struct Settings {
    limit: u64,
    keeper: Option<Principal>,
}

thread_local! {
    static FOREST: RefCell<Forest> = RefCell::default();
    static SETTINGS: RefCell<Settings> = RefCell::default();
    static SEED: RefCell<std::collections::hash_map::DefaultHasher> = RefCell::default();
    static NOTED: Cell<u64> = const { Cell::new(0) };
    static TICKET: RefCell<OnceNonZeroUsize> = RefCell::default();
}

// A function left out writes below what it is given.
// writes FOREST.tree.value FOREST.tree.children[*]
#[ic_cdk::update]
fn grow() {
    FOREST.with_borrow_mut(|f| f.tree.grow(0));
}

// reads FOREST.other.value FOREST.other.children FOREST.other.children[*]
#[ic_cdk::query]
fn sum() -> u64 {
    FOREST.with_borrow(|f| f.other.sum())
}

fn remember(name: Name, x: u64) {
    FOREST.with_borrow_mut(|f| f.names.insert(name, x));
}

// writes FOREST.names[Name(who)]
#[ic_cdk::update]
fn name_it(who: Principal, x: u64) {
    remember(who.into(), x);
}

// The same key twice, though a conversion makes it.
// reads FOREST.sizes[size]
// writes FOREST.sizes[size]
#[ic_cdk::update]
fn bump_size(size: u64) {
    let n = FOREST.with_borrow(|f| f.sizes.get(&Nat::from(size)).copied()).unwrap_or(0);
    FOREST.with_borrow_mut(|f| f.sizes.insert(Nat::from(size), n + 1));
}

// reads SETTINGS.limit SETTINGS.keeper
#[ic_cdk::query]
fn settings() -> (u64, Option<Principal>) {
    SETTINGS.with_borrow(|s| (s.limit, s.keeper))
}

// writes SETTINGS
#[ic_cdk::update]
fn reset_settings() {
    SETTINGS.with_borrow_mut(|s| *s = Settings::default());
}

// A method of an outside type that may change its receiver, and one that only looks.
// writes SEED
#[ic_cdk::update]
fn stir(x: u64) {
    use std::hash::Hasher;
    SEED.with_borrow_mut(|s| s.write_u64(x));
}

// reads SEED
#[ic_cdk::update]
fn peek_at_seed() -> u64 {
    use std::hash::Hasher;
    SEED.with_borrow(|s| s.finish())
}

// Its name begins as if it only looked.
// writes TICKET
#[ic_cdk::update]
fn draw_ticket() -> usize {
    TICKET.with_borrow_mut(|t| t.get_or_init(|| NonZeroUsize::MIN).get())
}

// writes FOREST.copies
#[ic_cdk::update]
fn copy_all(from: Vec<u64>) {
    FOREST.with_borrow_mut(|f| f.copies.clone_from(&from));
}

// What is asked of a borrow is whether it is free, not what is in it.
// reads FOREST.names[Name(name)]
#[ic_cdk::query]
fn named_if_free(name: Principal) -> Option<u64> {
    FOREST.with(|f| {
        let Ok(f) = f.try_borrow() else { return None };
        f.names.get(&Name::from(name)).copied()
    })
}

// A closure given to what is not known may run; it is not given all of what it uses.
// reads FOREST.sizes[size]
// writes FOREST.sizes[size]
#[ic_cdk::update]
fn bump_later(size: u64) {
    FOREST.with_borrow_mut(|f| {
        let bumped = std::iter::once_with(|| f.sizes.get_mut(&Nat::from(size)).map(|n| *n += 1));
        bumped.count();
    });
}

// A task sees the cells declared around it.
// writes LAST
#[ic_cdk::update]
fn note_later(x: u64) {
    thread_local! {
        static LAST: Cell<u64> = const { Cell::new(0) };
    }
    LAST.set(0);
    // writes LAST
    ic_cdk::futures::spawn(async move { LAST.set(x) });
}

fn note(at: &'static std::thread::LocalKey<Cell<u64>>, x: u64) {
    // writes NOTED
    ic_cdk::futures::spawn(async move { at.set(x) });
}

// writes NOTED
async fn note_in(at: &'static std::thread::LocalKey<Cell<u64>>, x: u64) {
    at.set(x);
}

// A task that is given a cell changes that; who starts the task does not.
#[ic_cdk::update]
fn note_in_tasks(x: u64) {
    note(&NOTED, x);
    ic_cdk::futures::spawn(note_in(&NOTED, x));
}
