//! The set of `fetches` in a cell of its own, which nothing saves.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

thread_local! {
    static PULLING: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
}

// Quiet: the heap is new after an upgrade.
#[update]
async fn pull(feed: u64) -> bool {
    if !PULLING.with_borrow_mut(|pulling| pulling.insert(feed)) {
        return false;
    }
    let found = Call::unbounded_wait(SERVICE, "pull").with_arg(feed).await.is_ok();
    PULLING.with_borrow_mut(|pulling| pulling.remove(&feed));
    found
}
