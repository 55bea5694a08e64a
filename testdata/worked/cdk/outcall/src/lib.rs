//! Example 10: examples 8 and 9 with an HTTPS outcall in place of the call. It commits just the same.

mod early;
mod late;

use ic_cdk_management_canister::{HttpMethod, HttpRequest};

/// The request that makes the bank pay `amount` out. Nothing is sent before `send`.
fn payout(amount: u64) -> HttpRequest {
    HttpRequest::new("https://bank.example/payout")
        .with_method(HttpMethod::POST)
        .with_body(amount.to_string().into_bytes())
        .with_max_response_bytes(1024)
}
