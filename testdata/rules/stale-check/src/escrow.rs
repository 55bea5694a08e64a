//! The check sits in a helper that answers with `?`, the payment in an async helper two levels down.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::call::Call;
use ic_cdk::update;

use crate::LEDGER;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Funded,
    Releasing,
    Released,
}

#[derive(Clone)]
struct Escrow {
    seller: Principal,
    amount: u64,
    state: State,
}

thread_local! {
    static ESCROWS: RefCell<BTreeMap<u64, Escrow>> = const { RefCell::new(BTreeMap::new()) };
    static SAFE: RefCell<BTreeMap<u64, Escrow>> = const { RefCell::new(BTreeMap::new()) };
}

fn funded(id: u64) -> Result<Escrow, String> {
    let escrow = ESCROWS.with_borrow(|e| e.get(&id).cloned()).ok_or("no such escrow")?;
    if escrow.state != State::Funded {
        return Err("not funded".to_string());
    }
    Ok(escrow)
}

async fn transfer(to: Principal, amount: u64) -> Result<(), String> {
    let reply = Call::unbounded_wait(LEDGER, "transfer").with_args(&(to, amount)).await;
    reply.map(|_| ()).map_err(|e| e.to_string())
}

/// Pays, then marks: all that stands between is the time the ledger needs.
async fn pay_out(id: u64, escrow: Escrow) -> Result<(), String> {
    transfer(escrow.seller, escrow.amount).await?;
    ESCROWS.with_borrow_mut(|e| {
        if let Some(escrow) = e.get_mut(&id) {
            escrow.state = State::Released; // want "stale-check confirmed"
        }
    });
    Ok(())
}

/// Two releases pay the seller twice.
#[update]
async fn release(id: u64) -> Result<(), String> {
    let escrow = funded(id)?;
    pay_out(id, escrow).await
}

fn begin_release(id: u64) -> Result<Escrow, String> {
    SAFE.with_borrow_mut(|e| {
        let escrow = e.get_mut(&id).ok_or("no such escrow")?;
        match escrow.state {
            State::Funded => {
                escrow.state = State::Releasing;
                Ok(escrow.clone())
            }
            State::Releasing | State::Released => Err("not funded".to_string()),
        }
    })
}

fn end_release(id: u64, state: State) {
    SAFE.with_borrow_mut(|e| {
        if let Some(escrow) = e.get_mut(&id) {
            escrow.state = state;
        }
    });
}

// Quiet: `Releasing` is set with the check and turned into the outcome on both paths.
#[update]
async fn release_safely(id: u64) -> Result<(), String> {
    let escrow = begin_release(id)?;
    match transfer(escrow.seller, escrow.amount).await {
        Ok(()) => {
            end_release(id, State::Released);
            Ok(())
        }
        Err(e) => {
            end_release(id, State::Funded);
            Err(e)
        }
    }
}

#[update]
fn fund(id: u64, seller: Principal, amount: u64) -> Result<(), String> {
    if seller == msg_caller() {
        return Err("not to yourself".to_string());
    }
    let escrow = Escrow { seller, amount, state: State::Funded };
    ESCROWS.with_borrow_mut(|e| {
        e.entry(id).or_insert_with(|| escrow.clone());
    });
    SAFE.with_borrow_mut(|e| {
        e.entry(id).or_insert(escrow);
    });
    Ok(())
}
