//! Small cells, and paths to them through modules.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

mod store {
    pub mod cells {
        use std::cell::{Cell, RefCell};
        thread_local! {
            pub static LIMIT: Cell<u64> = const { Cell::new(0) };
            pub static QUEUE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
        }
        pub fn limit() -> u64 {
            LIMIT.get()
        }
    }
    pub use cells::*;
    pub use self::cells::limit as get_limit;
}

mod prelude {
    pub use super::store::*;
}

use prelude::*;

thread_local! {
    static HITS: Cell<u64> = const { Cell::new(0) };
}

static CALLS: AtomicU64 = AtomicU64::new(0);

// reads LIMIT HITS
// writes LIMIT HITS
#[ic_cdk::update]
fn raise_limit(by: u64) {
    LIMIT.set(get_limit() + by);
    HITS.with(|h| h.set(h.get() + 1));
}

// writes QUEUE[*]
#[ic_cdk::update]
fn enqueue(x: u64) {
    QUEUE.with_borrow_mut(|q| q.push(x));
}

// writes QUEUE[*]
#[ic_cdk::update]
fn dequeue() -> Option<u64> {
    QUEUE.with_borrow_mut(Vec::pop)
}

// writes QUEUE
#[ic_cdk::update]
fn drain_queue() -> Vec<u64> {
    QUEUE.take()
}

// writes CALLS
#[ic_cdk::update]
fn called() -> u64 {
    CALLS.fetch_add(1, Ordering::Relaxed)
}

// writes LIMIT
#[ic_cdk::update]
fn swap_limit(x: u64) -> u64 {
    self::store::cells::LIMIT.replace(x)
}
