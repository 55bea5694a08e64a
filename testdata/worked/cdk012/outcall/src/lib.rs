//! Example 10 with the HTTPS outcall of ic-cdk 0.12.

use std::cell::RefCell;

use ic_cdk::api::management_canister::http_request::{http_request, CanisterHttpRequestArgument, HttpMethod};
use ic_cdk::update;

thread_local! {
    static BALANCE: RefCell<u64> = RefCell::new(0);
}

const CYCLES: u128 = 1_000_000_000;

fn payout(amount: u64) -> CanisterHttpRequestArgument {
    CanisterHttpRequestArgument {
        url: "https://bank.example/payout".to_string(),
        max_response_bytes: Some(1024),
        method: HttpMethod::POST,
        headers: Vec::new(),
        body: Some(amount.to_string().into_bytes()),
        transform: None,
    }
}

#[update]
async fn pay_out(amount: u64) -> Result<(), String> {
    let balance = BALANCE.with(|b| *b.borrow());
    if balance < amount {
        return Err("not enough funds".to_string());
    }
    http_request(payout(amount), CYCLES).await.map_err(|(_, e)| e)?;
    BALANCE.with(|b| *b.borrow_mut() = balance - amount); // want "stale-write" "stale-check"
    Ok(())
}

// Quiet: the debit comes first and the refund is relative.
#[update]
async fn pay_out_first(amount: u64) -> Result<(), String> {
    let debited = BALANCE.with(|b| {
        let mut balance = b.borrow_mut();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    });
    if !debited {
        return Err("not enough funds".to_string());
    }
    match http_request(payout(amount), CYCLES).await {
        Ok(_) => Ok(()),
        Err((_, e)) => {
            BALANCE.with(|b| *b.borrow_mut() += amount);
            Err(e)
        }
    }
}

#[update]
fn top_up(amount: u64) {
    BALANCE.with(|b| *b.borrow_mut() += amount);
}

ic_cdk::export_candid!();
