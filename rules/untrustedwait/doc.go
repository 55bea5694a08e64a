// Package untrustedwait reports calls without a bound on the wait to a canister
// that anybody can choose.
//
// # What it reports
//
// untrusted-wait reports an awaited unbounded-wait call whose callee is the
// caller of the message, comes from an argument, or from a place of state that
// somebody who is not checked can set, unless something about the sender or the callee
// is checked first. The finding stands on the call; further calls of the same
// callee in the message are labelled in it.
//
// # Why it is dangerous on the Internet Computer
//
// A call that waits without bound is open until the callee answers, and a
// callee need not answer (C4). A canister cannot be stopped while it has open
// calls, and one that is not stopped cannot be upgraded safely (S31): answers to the
// old code would arrive in the new one. So whoever chooses the callee can keep the
// canister from being mended, the bug that lets them do it included:
//
//	                                              open calls
//	M  place(order)  calls transfer of M's ledger     1       M's ledger keeps silent
//	   controllers   stop_canister                    1       waits
//	   controllers   stop_canister, tomorrow          1       waits
//
// # Bad
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	#[update]
//	async fn deposit(ledger: Principal, amount: u64) -> Result<(), String> {
//	    let reply = Call::unbounded_wait(ledger, "collect").with_arg(amount).await; // reported: untrusted-wait
//	    reply.map(|_| ()).map_err(|e| e.to_string())
//	}
//
// # Good
//
// Call what controllers have let in:
//
//	use std::cell::RefCell;
//	use std::collections::BTreeSet;
//
//	use candid::Principal;
//	use ic_cdk::api::{is_controller, msg_caller};
//	use ic_cdk::{call::Call, update};
//
//	thread_local! {
//	    static LISTED: RefCell<BTreeSet<Principal>> = RefCell::new(BTreeSet::new());
//	}
//
//	#[update]
//	async fn deposit(ledger: Principal, amount: u64) -> Result<(), String> {
//	    if !LISTED.with_borrow(|l| l.contains(&ledger)) {
//	        return Err("not listed".to_string());
//	    }
//	    let reply = Call::unbounded_wait(ledger, "collect").with_arg(amount).await;
//	    reply.map(|_| ()).map_err(|e| e.to_string())
//	}
//
//	#[update]
//	fn list(ledger: Principal) -> bool {
//	    is_controller(&msg_caller()) && LISTED.with_borrow_mut(|l| l.insert(ledger))
//	}
//
// M's ledger is not called:
//
//	                                              open calls
//	M  place(order)  M's ledger is not listed         0       M is refused
//	   controllers   stop_canister                    0       stopped
//
// Where users have to choose, wait with a bound: Call::bounded_wait is over after 300
// seconds at most, and may then leave open whether the callee acted (C4, C7).
//
// # What it does not report
//
//   - Bounded-wait and one-way calls, calls of a fixed canister.
//   - Calls behind a check of the sender (a guard attribute, a role, an owner, a list
//     it is in) or of the callee (a list, a table it is looked up in). That the sender is
//     not anonymous is no check.
//   - Callees from state that only hooks, controllers and other checked senders set.
//
// # Known gaps
//
//   - Whether a list that is checked can be joined by anybody is not asked.
//   - A record put into state whole counts as set by its sender only where the
//     field that is read later is known.
//   - Calls kept in a list and awaited together: which of them goes to whom is lost.
//   - What a task is given by the message that spawned it is not followed.
//
// # Configuration
//
// None of its own. --ignore untrusted-wait leaves the rule out, --select
// untrusted-wait runs it alone.
//
// # References
//
//   - Facts C4, C7, S31 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security
//     best practices, on calls to untrusted canisters.
//   - CWE-400, uncontrolled resource consumption; CWE-834, excessive iteration;
//     CWE-610, externally controlled reference to a resource in another sphere.
package untrustedwait
