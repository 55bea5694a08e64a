//! Entry points out of macros.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ic_cdk::update;

use crate::{ledger, LEDGER};

thread_local! {
    static STOCK: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
    static ORDERED: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// A counter of a map that is changed by what it was before the call.
macro_rules! buying {
    ($($(#[$meta:meta])* $name:ident from $map:ident),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[update]
            async fn $name(item: u64, count: u64) -> Result<(), String> {
                let there = $map.with_borrow(|m| m.get(&item).copied().unwrap_or_default());
                shared::ensure!(there >= count, "only {there}");
                ledger::burn(LEDGER, count).await?;
                $map.with_borrow_mut(|m| m.insert(item, there - count));
                Ok(())
            }
        )+
    };
}

buying! { // want "stale-write confirmed" "stale-check confirmed"
    /// From the shelf.
    buy from STOCK,
    buy_ordered from ORDERED,
}

/// Runs a block and counts what it leaves.
macro_rules! wrapped {
    ($vis:vis fn $name:ident($($arg:ident: $type:ty),*) $body:block) => {
        #[update]
        $vis async fn $name($($arg: $type),*) -> Result<(), String> {
            let done: Result<(), String> = async move $body.await;
            done
        }
    };
}

wrapped! {
    pub fn refill(item: u64, count: u64) {
        let there = STOCK.with_borrow(|m| m.get(&item).copied().unwrap_or_default());
        ledger::burn(LEDGER, count).await?;
        STOCK.with_borrow_mut(|m| m.insert(item, there + count)); // want "stale-write confirmed"
        Ok(())
    }
}

wrapped! {
    // Quiet: read behind the call.
    pub fn refill_anew(item: u64, count: u64) {
        ledger::burn(LEDGER, count).await?;
        STOCK.with_borrow_mut(|m| *m.entry(item).or_default() += count);
        Ok(())
    }
}
