// Package ignoredresult reports calls that move value and whose result is dropped.
//
// # What it reports
//
// ignored-result reports an await of a call that moves value (a transfer, a mint,
// a deposit of cycles) where the message does the same whether the call worked or
// failed, and what it was told goes nowhere: `let _ =`, a statement, `.ok()`, the
// tail of a task that nobody waits for, a join whose answers are thrown away. Of
// a Result in a Result the inner one counts too: `call.await?;` looks at the
// transport and drops what the ledger says.
//
// It also reports one-way calls that move value, and those that a number was
// taken off for: their outcome cannot be known at all (C1).
//
// The finding stands on the await, or on the one-way call.
//
// # Why it is dangerous on the Internet Computer
//
// Any call can fail, also when caller and callee are without fault: the system may
// reject it (full queue, too few cycles, a callee that is stopped). A ledger says no
// in its reply. Whoever does not look keeps books about payments that were never made.
//
//	                                    PAID[id]   ledger
//	A  settle(id)   sends pay(60)          –
//	                the ledger rejects
//	A               drops the result
//	A               PAID[id] = 60          60      nothing paid
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static PAID: RefCell<HashMap<u64, u64>> = RefCell::new(HashMap::new());
//	}
//
//	#[update]
//	async fn settle(id: u64, amount: u64) {
//	    let _ = Call::unbounded_wait(LEDGER, "pay").with_args(&(id, amount)).await; // reported: ignored-result
//	    PAID.with_borrow_mut(|p| p.insert(id, amount));
//	}
//
// # Good
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static PAID: RefCell<HashMap<u64, u64>> = RefCell::new(HashMap::new());
//	}
//
//	#[update]
//	async fn settle(id: u64, amount: u64) -> Result<(), String> {
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(id, amount));
//	    call.await.map_err(|e| e.to_string())?;
//	    PAID.with_borrow_mut(|p| p.insert(id, amount));
//	    Ok(())
//	}
//
// Now the segment that learns of the reject ends there, and PAID says what is true.
//
// # What it does not report
//
//   - Calls that tell others something: logs, notifications, indexes.
//   - A failure that a branch of the code looks at, even if it only logs it.
//   - A result that is dropped although a change anticipated the call: that is
//     reported as missing-rollback, the worse of the two.
//
// # Known gaps
//
//   - A reply that holds a Result and is never decoded is taken for a success.
//   - Calls whose purpose is not known are not taken to move value; [[function]]
//     with moves-value teaches it.
//
// # Configuration
//
// None of its own. --ignore ignored-result leaves the rule out, --select
// ignored-result runs it alone.
//
// # References
//
//   - Facts C1, C7, C11, S32 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security
//     best practices, on handling rejects.
//   - CWE-252, unchecked return value; CWE-703, improper check or handling of
//     exceptional conditions.
package ignoredresult
