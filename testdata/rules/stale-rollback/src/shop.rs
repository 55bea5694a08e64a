//! The whole state cloned as a backup.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::SERVICE;

#[derive(Clone, Default)]
struct Shop {
    carts: BTreeMap<Principal, Vec<u64>>,
    sold: u64,
}

impl Shop {
    fn check_out(&mut self, who: Principal) -> Option<Vec<u64>> {
        let cart = self.carts.remove(&who)?;
        self.sold += cart.len() as u64;
        Some(cart)
    }

    fn undo(&mut self, who: Principal, cart: Vec<u64>) {
        self.sold = self.sold.saturating_sub(cart.len() as u64);
        self.carts.entry(who).or_default().extend(cart);
    }
}

thread_local! {
    static SHOP: RefCell<Shop> = RefCell::new(Shop::default());
}

async fn order(items: &[u64]) -> bool {
    Call::unbounded_wait(SERVICE, "order").with_arg(items).await.is_ok()
}

/// Everything that all other customers did during the failed order is undone with it.
#[update]
async fn check_out() -> Result<(), String> {
    let who = msg_caller();
    let backup = SHOP.with_borrow(|s| s.clone());
    let cart = SHOP.with_borrow_mut(|s| s.check_out(who)).ok_or("an empty cart")?;
    if !order(&cart).await {
        SHOP.with_borrow_mut(|s| *s = backup); // want "stale-rollback confirmed"
        return Err("no delivery".to_string());
    }
    Ok(())
}

// Quiet: only the own change is undone, on the state of now.
#[update]
async fn check_out_alone() -> Result<(), String> {
    let who = msg_caller();
    let cart = SHOP.with_borrow_mut(|s| s.check_out(who)).ok_or("an empty cart")?;
    if !order(&cart).await {
        SHOP.with_borrow_mut(|s| s.undo(who, cart));
        return Err("no delivery".to_string());
    }
    Ok(())
}

#[update]
fn put_in_cart(item: u64) {
    SHOP.with_borrow_mut(|s| s.carts.entry(msg_caller()).or_default().push(item));
}
