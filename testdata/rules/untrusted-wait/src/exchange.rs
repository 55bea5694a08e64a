//! Calls of ledgers that users name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::api::{is_controller, msg_caller};
use ic_cdk::call::Call;
use ic_cdk::update;

thread_local! {
    static LISTED: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
    static FEES: RefCell<BTreeMap<Principal, u64>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(CandidType, Deserialize)]
struct Order {
    ledger: Principal,
    amount: u64,
}

struct Ledger {
    id: Principal,
}

impl Ledger {
    async fn fee(&self) -> u64 {
        match Call::unbounded_wait(self.id, "fee").await { // want "untrusted-wait"
            Ok(reply) => reply.candid().unwrap_or(0),
            Err(_) => 0,
        }
    }
}

async fn balance(ledger: Principal) -> u64 {
    match Call::bounded_wait(ledger, "balance").with_arg(msg_caller()).await {
        Ok(reply) => reply.candid().unwrap_or(0),
        Err(_) => 0,
    }
}

/// The ledger of the order may be anybody's.
#[update]
async fn place(order: Order) -> bool {
    let done = Call::unbounded_wait(order.ledger, "transfer").with_arg(order.amount).await.is_ok(); // want "untrusted-wait"
    let told = Call::unbounded_wait(order.ledger, "placed").await.is_ok();
    done && told
}

// Quiet: only ledgers that are listed.
#[update]
async fn place_listed(order: Order) -> Result<bool, String> {
    if !LISTED.with_borrow(|l| l.contains(&order.ledger)) {
        return Err("not listed".to_string());
    }
    Ok(Call::unbounded_wait(order.ledger, "transfer").with_arg(order.amount).await.is_ok())
}

// Quiet: looked up in a copy of the list.
#[update]
async fn place_with_fee(order: Order) -> Result<bool, String> {
    let fees = FEES.with_borrow(|f| f.clone());
    let fee = fees.get(&order.ledger).ok_or("not listed")?;
    let amount = order.amount.checked_sub(*fee).ok_or("too little")?;
    Ok(Call::unbounded_wait(order.ledger, "transfer").with_arg(amount).await.is_ok())
}

/// Something else of the order is checked.
#[update]
async fn place_positive(order: Order) -> Result<bool, String> {
    if order.amount == 0 {
        return Err("nothing to do".to_string());
    }
    Ok(Call::unbounded_wait(order.ledger, "transfer").with_arg(order.amount).await.is_ok()) // want "untrusted-wait"
}

// Quiet: the wait is bounded.
#[update]
async fn look(ledger: Principal) -> u64 {
    balance(ledger).await
}

/// Built into a client, called in its method.
#[update]
async fn fee(ledger: Principal) -> u64 {
    Ledger { id: ledger }.fee().await
}

fn only_controllers() -> Result<(), String> {
    if is_controller(&msg_caller()) {
        Ok(())
    } else {
        Err("not a controller".to_string())
    }
}

// Quiet: controllers may call whom they like.
#[update(guard = "only_controllers")]
async fn place_for(order: Order) -> bool {
    Call::unbounded_wait(order.ledger, "transfer").with_arg(order.amount).await.is_ok()
}

#[update(guard = "only_controllers")]
fn list(ledger: Principal, fee: u64) {
    LISTED.with_borrow_mut(|l| l.insert(ledger));
    FEES.with_borrow_mut(|f| f.insert(ledger, fee));
}

/// That the caller says who it is does not make it trusted.
#[update]
async fn place_known(order: Order) -> Result<bool, String> {
    if msg_caller() == Principal::anonymous() {
        return Err("who are you?".to_string());
    }
    Ok(Call::unbounded_wait(order.ledger, "transfer").with_arg(order.amount).await.is_ok()) // want "untrusted-wait"
}
