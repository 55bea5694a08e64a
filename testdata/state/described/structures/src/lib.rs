//! A map that keeps its entries in one list.

use std::cell::RefCell;

pub mod btreemap;
pub use btreemap::BTreeMap as StableBTreeMap;

thread_local! {
    static SMALL: RefCell<StableBTreeMap<u64, u64>> = const { RefCell::new(StableBTreeMap::new()) };
}

// The crate's own code sees what is inside the map.
// reads SMALL.entries SMALL.entries[*]
#[unsafe(export_name = "canister_query small")]
extern "C" fn small() {
    SMALL.with_borrow(|m| m.get(&7));
}
