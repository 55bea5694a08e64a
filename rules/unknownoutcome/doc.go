// Package unknownoutcome reports a change that is taken back on an error of a
// call that may have run.
//
// # What it reports
//
// unknown-outcome reports a compensation (a refund, a credit, an entry that is
// put back) in a run of the segment model in which the callee did what it was
// asked to. The change it takes back was made before the call and is owed to
// it: it takes something away, or it shares the amount, the key or the item.
//
// The level follows from how the call ended:
//
//   - the outcome of a bounded-wait call is unknown, and the code does not tell
//     that from a clean reject: error;
//   - the callback traps after the call has run, and a Drop takes the change
//     back in the cleanup: warning;
//   - the callee of a call that waits without bound acts and then rejects or
//     traps, or its reply cannot be decoded: note.
//
// The finding stands on the write that takes the change back.
//
// # Why it is dangerous on the Internet Computer
//
// Err says that no reply arrived, not that nothing happened. A bounded-wait call
// gives up after at most 300 seconds (C4); the request may be on its way, or
// done with its response dropped. Who refunds then pays twice (C7).
//
//	                                          BALANCES[p]   ledger
//	A  withdraw(60)  100 - 60                     40
//	A                sends pay(60)                40          A waits
//	                 the ledger pays              40          60 paid
//	                 the response is dropped
//	A                learns SYS_UNKNOWN
//	A                40 + 60                     100          60 paid
//
// A drop is no better. In the cleanup of a callback that trapped it runs whatever
// became of the call (S19).
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCES: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
//	}
//
//	#[update]
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let who = msg_caller();
//	    BALANCES.with_borrow_mut(|b| {
//	        let v = b.get_mut(&who).ok_or("no account")?;
//	        *v = v.checked_sub(amount).ok_or("not enough funds")?;
//	        Ok::<(), String>(())
//	    })?;
//	    let call = Call::bounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    if let Err(e) = call.await {
//	        BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount); // reported: unknown-outcome
//	        return Err(e.to_string());
//	    }
//	    Ok(())
//	}
//
// # Good
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::call::{Call, CallErrorExt};
//	use ic_cdk::{api::msg_caller, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCES: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
//	    static OPEN: RefCell<Vec<(Principal, u64)>> = const { RefCell::new(Vec::new()) };
//	}
//
//	#[update]
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let who = msg_caller();
//	    BALANCES.with_borrow_mut(|b| {
//	        let v = b.get_mut(&who).ok_or("no account")?;
//	        *v = v.checked_sub(amount).ok_or("not enough funds")?;
//	        Ok::<(), String>(())
//	    })?;
//	    let call = Call::bounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    if let Err(e) = call.await {
//	        if e.is_clean_reject() {
//	            BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
//	        } else {
//	            OPEN.with_borrow_mut(|o| o.push((who, amount)));
//	        }
//	        return Err(e.to_string());
//	    }
//	    Ok(())
//	}
//
// Now the segment that learns SYS_UNKNOWN keeps the 40 and writes down that 60 are
// open. A worker asks the ledger, or sends the same transfer again with the
// created_at_time that was stored before the first try, and settles them.
//
// # What it does not report
//
//   - A compensation of the callee's own error, the inner one of a Result in a
//     Result: that is a definite no (C11).
//   - One behind is_clean_reject(), or for the reject codes that come before
//     delivery.
//   - Marks and locks that are taken back however the call ends.
//   - Calls without effect: asking again does no harm.
//   - A failed call that is retried first: only the last ending counts.
//
// # Known gaps
//
//   - A credit to another place than the one that was debited is not taken for a
//     compensation.
//   - Errors of two calls in one run are not tried: whoever retries under a new
//     key and refunds when the retry fails too is not reported.
//
// # Configuration
//
// None of its own. --ignore unknown-outcome leaves the rule out, --select
// unknown-outcome runs it alone. [[function]] with moves-value teaches what a
// call of your own is for.
//
// # References
//
//   - Facts M6, S14a, S19, C4, C7, C8, C9, C10, C11, C12 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security
//     best practices, on handling rejects; "Safe retries and idempotency".
//   - CWE-703, improper check or handling of exceptional conditions; CWE-755,
//     improper handling of exceptional conditions.
package unknownoutcome
