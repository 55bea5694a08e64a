// Package lockleak reports a lock that is taken before an await and stays taken
// on some way out.
//
// # What it reports
//
// A lock is a change of state by which a message turns others away while it waits:
// a flag, an entry in an in-flight set, a status, set in the segment that checks
// it and taken back by hand in a later one. lock-leak reports a way out that does
// not take it back:
//
//   - an exit after a failed call: `?`, an early return, an arm of a match;
//   - an early return although every call went well, out of a loop for instance;
//   - a trap in a later segment, also behind the line that takes the lock back:
//     the trap takes back that line too. Traps are panic!, assert!, unwrap and
//     their kin, also in helpers;
//   - a loop in a later segment, if there is no such trap: it may reach the
//     instruction limit.
//
// A lock is known by what it does, not by its name: others must find it in a
// check and leave.
//
// The finding stands on the exit or the trapping expression. It is an error if a
// run of the segment model ends there with the lock taken, a warning if a state
// that no run was seen to make, or the length of a loop, decides.
//
// # Why it is dangerous on the Internet Computer
//
// The segment that takes the lock is committed when the message waits (M1, S2).
// Returning Err does not undo it (M5, S9), and a trap undoes its own segment only
// (M4, S7). Nobody else gives the lock back; often nothing but an upgrade does:
//
//	                                              FETCHING
//	A  fetch()  is not running, goes on             true
//	A           sends rates()                       true   A waits
//	            the call is rejected
//	A           returns Err                         true   A done
//	B  fetch()  "runs already"                      true   and so for ever
//
// # Bad
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const SOURCE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static FETCHING: Cell<bool> = const { Cell::new(false) };
//	    static RATE: Cell<u64> = const { Cell::new(0) };
//	}
//
//	#[update]
//	async fn fetch() -> Result<(), String> {
//	    if FETCHING.get() {
//	        return Err("runs already".to_string());
//	    }
//	    FETCHING.set(true);
//	    let reply = Call::unbounded_wait(SOURCE, "rate").await.map_err(|e| e.to_string())?; // reported: lock-leak
//	    RATE.set(reply.candid().unwrap_or_default());
//	    FETCHING.set(false);
//	    Ok(())
//	}
//
// # Good
//
// Let a value hold the lock and give it back in its Drop:
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const SOURCE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static FETCHING: Cell<bool> = const { Cell::new(false) };
//	    static RATE: Cell<u64> = const { Cell::new(0) };
//	}
//
//	struct Fetching;
//
//	impl Fetching {
//	    fn start() -> Result<Self, String> {
//	        if FETCHING.replace(true) {
//	            return Err("runs already".to_string());
//	        }
//	        Ok(Self)
//	    }
//	}
//
//	impl Drop for Fetching {
//	    fn drop(&mut self) {
//	        FETCHING.set(false);
//	    }
//	}
//
//	#[update]
//	async fn fetch() -> Result<(), String> {
//	    let _fetching = Fetching::start()?;
//	    let reply = Call::unbounded_wait(SOURCE, "rate").await.map_err(|e| e.to_string())?;
//	    RATE.set(reply.candid().unwrap_or_default());
//	    Ok(())
//	}
//
// The guard is dropped on every way out, and after a trap the cleanup drops it in
// a segment of its own (S15, S19): B finds false. Its name matters: `let _ =`
// would drop it at once. Where no value can hold the lock, let it end by the
// clock: a lease that others may take over when it has run out.
//
// # What it does not report
//
//   - A value that holds the lock and is alive at the await, scope guards
//     included.
//   - A lease: the check compares with the time.
//   - A lock that every way out takes back, with nothing in the segments behind
//     the await that could trap.
//   - A lock that is kept on purpose: the exit writes down, in a place of its own,
//     what has to be looked into. A line in a log is none.
//   - A lock whose Drop asks is_recovering_from_trap and then keeps it.
//   - A reservation, which only failures take back; see missing-rollback.
//
// # Known gaps
//
//   - A lock taken by one message and given back by another, a task it spawns for
//     instance, is not known to be one.
//   - An entry point by which an administrator resets the lock does not silence
//     the finding.
//   - Canisters on dfn_core or ic-cdk before 0.5.1 run no drops in cleanup; a guard
//     is no help against traps there, and that is not reported.
//   - Of several traps that leave one lock taken only the surest is reported.
//
// # Configuration
//
// None of its own. --ignore lock-leak leaves the rule out, --select lock-leak
// runs it alone.
//
// # References
//
//   - Facts M1, M4, M5, S2, S7, S9, S14a, S15, S19 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security
//     best practices, on locks that are released in a callback.
//   - CWE-667, improper locking; CWE-772, missing release of a resource;
//     CWE-460, improper cleanup on thrown exception.
package lockleak
