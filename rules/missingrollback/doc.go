// Package missingrollback reports a change that anticipates a call and is
// neither undone nor recorded on some way out when the call fails.
//
// # What it reports
//
// missing-rollback reports an exit after a failed call that leaves a change of
// an earlier segment as it is. The change must be one that is owed back: it
// takes something away (a balance goes down, an entry is removed), or it shares
// the amount, the key or the item with the call.
//
// The exits it knows are `?` and map_err with `?`, let-else, an early return, an
// arm of a match, and the end of a function that ignores the result. The failures
// are the reject of the call and the error inside the reply (a Result in a
// Result, or a variant that says so). Undoing only a part counts as forgetting.
//
// The finding stands on the exit, or on the await whose result is ignored. It is
// an error if the table of endings of the segment model shows the change in a
// run in which the callee did nothing, a warning if the model cannot tell.
//
// # Why it is dangerous on the Internet Computer
//
// Returning Err does not roll back anything: it is a normal return, and what was
// written stays (M5, S9). Neither does the reject of the call: the segment that
// sent it was committed long ago (S2).
//
//	                                            BALANCES[p]
//	A  withdraw(60)  100 - 60                        40
//	A                sends pay(60)                   40    A waits
//	                 the ledger rejects
//	A                returns Err                     40    60 are gone
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
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    call.await.map_err(|e| e.to_string())?; // reported: missing-rollback
//	    Ok(())
//	}
//
// # Good
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
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    if let Err(e) = call.await {
//	        BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
//	        return Err(e.to_string());
//	    }
//	    Ok(())
//	}
//
// Now the segment that learns of the reject adds the 60 back before it returns.
// With a bounded-wait call it should do so only if the reject is clean, and keep
// a record otherwise (C7); the same holds, with less weight, for a callee that
// may reject after it has acted.
//
// # What it does not report
//
//   - Changes that are meant to stay: counters, attempts, time stamps, logs,
//     metrics, drawn ids and nonces, a setting that the call only announces.
//   - A journal: a record made before the call whose status tells the outcome,
//     or that a worker takes up again; a failure written down somewhere else.
//   - An exit on which the callee certainly acted: a reply that cannot be decoded.
//   - A lock that is not given back: that is lock-leak's.
//   - Errors from before the change, and changes that a Drop undoes on the way
//     out.
//   - Any write to the place on the error path: a refund less a fee is a
//     decision, not an omission.
//
// # Known gaps
//
//   - Traps are not exits here; see trap-after-commit.
//   - An error that the callee reports in a variant whose name does not tell is
//     taken for a success.
//   - Whether the amount that is put back is the right one is not checked.
//
// # Configuration
//
// None of its own. --ignore missing-rollback leaves the rule out, --select
// missing-rollback runs it alone.
//
// # References
//
//   - Facts M3, M5, M6, S2, S5, S9, C7, C11 in docs/semantics.md.
//   - Internet Computer documentation: "Properties of message executions on
//     ICP"; "Inter-canister calls" in the security best practices, on handling
//     rejects; "Safe retries and idempotency".
//   - CWE-755, improper handling of exceptional conditions; CWE-459, incomplete
//     cleanup.
package missingrollback
