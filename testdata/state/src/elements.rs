//! What elements of collections are: looked at through entries, options,
//! slots and trees.

use candid::Principal;
use ic_certified_map::{AsHashTree, Hash, RbTree};
use slotmap::{DefaultKey, SlotMap};
use std::cell::RefCell;
use std::collections::{btree_map, hash_map::Entry, BTreeMap, HashMap};

#[derive(Default)]
struct Player {
    chips: u64,
    seen: u64,
}

#[derive(Default)]
struct Header {
    low: u64,
    high: u64,
    size: u64,
}

#[derive(Default)]
struct Disk {
    header: Header,
    pages: Vec<u8>,
}

impl Disk {
    fn record_of(&self, number: u64) -> Result<u64, String> {
        if number < self.header.low || number >= self.header.high {
            return Err(format!("{number} is not between {} and {}", self.header.low, self.header.high));
        }
        Ok(number - self.header.low)
    }

    /// Named as what it calls on a value of another crate.
    fn read(&self, number: u64) -> Result<Vec<u8>, String> {
        use std::io::Read;
        let record = self.record_of(number)?;
        let mut cursor = std::io::Cursor::new(&self.pages);
        cursor.set_position(record * self.header.size);
        let mut buffer = vec![0; self.header.size as usize];
        cursor.read(&mut buffer).map_err(|e| e.to_string())?;
        Ok(buffer)
    }
}

thread_local! {
    static SEATS: RefCell<Vec<Option<Player>>> = RefCell::default();
    static ROWS: RefCell<Vec<Vec<Player>>> = RefCell::default();
    static VERIFIED: RefCell<HashMap<u64, Principal>> = RefCell::default();
    static SCORES: RefCell<BTreeMap<u64, u64>> = RefCell::default();
    static JOBS: RefCell<SlotMap<DefaultKey, Player>> = RefCell::default();
    static TREE: RefCell<RbTree<Hash, RbTree<Hash, Vec<u8>>>> = RefCell::default();
    static DISK: RefCell<Disk> = RefCell::default();
}

// writes SEATS[*].seen
// reads SEATS SEATS[*] SEATS[*].chips
#[ic_cdk::update]
fn see_players() {
    SEATS.with_borrow_mut(|seats| {
        for player in seats.iter_mut().flatten() {
            if player.chips > 0 {
                player.seen = ic_cdk::api::time();
            }
        }
    });
}

// writes ROWS[*][*].seen
#[ic_cdk::update]
fn see_rows() {
    ROWS.with_borrow_mut(|rows| rows.iter_mut().flatten().for_each(|p| p.seen = 1));
}

// writes ROWS[*][*].chips
#[ic_cdk::update]
fn pay_rows() {
    ROWS.with_borrow_mut(|rows| {
        for player in rows.iter_mut().flat_map(|row| row.iter_mut()) {
            player.chips += 1;
        }
    });
}

// writes VERIFIED[block]
#[ic_cdk::update]
fn verify(block: u64) -> bool {
    VERIFIED.with_borrow_mut(|verified| match verified.entry(block) {
        Entry::Occupied(_) => false,
        Entry::Vacant(free) => {
            free.insert(ic_cdk::api::msg_caller());
            true
        }
    })
}

// writes SCORES[who]
// reads SCORES[who]
#[ic_cdk::update]
fn score(who: u64, points: u64) -> u64 {
    SCORES.with_borrow_mut(|scores| {
        let entry = scores.entry(who);
        match entry {
            btree_map::Entry::Occupied(mut known) => {
                *known.get_mut() += points;
                *known.get()
            }
            btree_map::Entry::Vacant(unknown) => *unknown.insert(points),
        }
    })
}

// writes SCORES[who]
// reads SCORES[who]
#[ic_cdk::update]
fn unscore(who: u64) -> u64 {
    SCORES.with_borrow_mut(|scores| {
        if let btree_map::Entry::Occupied(known) = scores.entry(who) {
            return known.remove();
        }
        0
    })
}

// writes SCORES
// reads SCORES SCORES[*]
#[ic_cdk::update]
fn forget_unverified() {
    SCORES.with_borrow_mut(|scores| {
        VERIFIED.with_borrow(|verified| scores.retain(|who, points| *points > 0 && verified.get(who).is_some()))
    });
}

// writes JOBS[…]
#[ic_cdk::update]
fn add_job() -> bool {
    let key = JOBS.with_borrow_mut(|jobs| jobs.insert(Player::default()));
    key != DefaultKey::default()
}

// writes TREE[seed][message]
#[ic_cdk::update]
fn sign(seed: Hash, message: Hash) {
    TREE.with_borrow_mut(|tree| tree.modify(&seed, |signatures| signatures.insert(message, vec![])));
}

// writes TREE[seed]
#[ic_cdk::update]
fn unsign(seed: Hash) -> Hash {
    TREE.with_borrow_mut(|tree| {
        tree.delete(&seed);
        tree.root_hash()
    })
}

// reads DISK.header.low DISK.header.high DISK.header.size DISK.pages
#[ic_cdk::query]
fn read_page(number: u64) -> Result<Vec<u8>, String> {
    DISK.with_borrow(|disk| disk.read(number))
}
