// Package trapaftercommit reports a trap that can take back only the later half
// of what a message does.
//
// # What it reports
//
// trap-after-commit reports an expression that may trap in a later segment, when
//
//   - an earlier segment committed a change that the rest of the function was to
//     complete or undo, or
//   - a call moved value or changed something in the callee, and the bookkeeping
//     for it is in the segment that traps.
//
// Traps are panic!, assert!, unreachable! and their kin, ic_cdk::trap, unwrap and
// expect, also in helpers; and, with less confidence, indexing, checked
// arithmetic and double borrows.
//
// The finding stands on the trapping expression. It is an error if a run of the
// segment model traps there and leaves the damage, a warning if the model did not
// get there.
//
// # Why it is dangerous on the Internet Computer
//
// A trap discards the current segment, and nothing else (M4, S7). What earlier
// segments wrote is committed, what the callee did is committed in the callee,
// and nobody is told: the caller gets an error as if nothing had happened. Only
// the locals that were alive at the await are dropped afterwards, in a cleanup
// segment of its own (S15, S19).
//
//	                                          BALANCE   callee
//	A  send(60)  100 - 60                        40
//	A            sends pay(60)                   40                A waits
//	             the ledger rejects              40     nothing
//	A            unwrap traps: this segment
//	             is discarded                    40     nothing    60 are gone
//
// # Bad
//
//	use std::cell::RefCell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCE: RefCell<u64> = RefCell::new(0);
//	}
//
//	#[update]
//	async fn send(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b = b.checked_sub(amount).expect("not enough funds"));
//	    Call::unbounded_wait(LEDGER, "pay").with_arg(amount).await.unwrap(); // reported: trap-after-commit
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b += amount);
//	}
//
// # Good
//
// Trap before the first await only. After it, answer with an error, and undo or
// write down first:
//
//	use std::cell::RefCell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCE: RefCell<u64> = RefCell::new(0);
//	}
//
//	#[update]
//	async fn send(amount: u64) -> Result<(), String> {
//	    BALANCE.with_borrow_mut(|b| *b = b.checked_sub(amount).expect("not enough funds"));
//	    if let Err(e) = Call::unbounded_wait(LEDGER, "pay").with_arg(amount).await {
//	        BALANCE.with_borrow_mut(|b| *b += amount);
//	        return Err(e.to_string());
//	    }
//	    Ok(())
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b += amount);
//	}
//
// Now the reject ends in a segment that returns, so that its refund is committed:
// 100. The expect that is left traps in the first segment and takes that back
// whole (S8).
//
// Where a trap after the call cannot be ruled out, keep a value across the await
// whose Drop marks the work as doubtful, and defuse it at the end: it is dropped
// in cleanup (S19). Keep such a Drop simple; a trap in it undoes it too (S15).
//
// # What it does not report
//
//   - Traps before the first commit: they are how a canister refuses.
//   - Awaits that never end the segment (M2, S4), and debug_assert!, which a
//     release does not contain.
//   - A message that wrote nothing and whose calls only read: nothing is lost.
//   - A trap that cannot happen: the key was looked up in the same segment, the
//     value is a literal that parses.
//   - A lock that its Drop keeps on purpose after a trap (is_recovering_from_trap).
//   - A change that a Drop undoes or quarantines in cleanup: the drop writes down,
//     or finds written down, something of what the call was made for. Releasing
//     a lock is not enough where more than the lock was changed, nor is a mark
//     that does not tell what was under way.
//   - What an earlier turn of a loop has finished: its record was committed by the
//     call of the next.
//   - A bare counter, a log or a record that is complete, left behind by a message
//     that can also end well.
//
// # Known gaps
//
//   - Traps without a place in the source are not reported: the instruction
//     limit, memory, the size of a reply, decoding of arguments (S14a, S24).
//   - Plain arithmetic traps only where overflow checks are on; it is reported
//     only where that is known.
//   - A trap in a loop undoes the bookkeeping of the turn before it, up to the
//     call between them; this is not seen for the cost of a long loop.
//
// # Configuration
//
// None of its own. --ignore trap-after-commit leaves the rule out, --select
// trap-after-commit runs it alone.
//
// # References
//
//   - Facts M2, M4, S4, S7, S8, S14a, S15, S19, S24 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security
//     best practices, on handling traps in callbacks; "Properties of message
//     executions on ICP".
//   - CWE-703, improper check or handling of exceptional conditions; CWE-248,
//     uncaught exception; CWE-459, incomplete cleanup.
package trapaftercommit
