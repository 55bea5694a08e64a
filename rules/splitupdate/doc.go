// Package splitupdate reports changes that belong together and are made in
// different segments, so that others see one without the other.
//
// # What it reports
//
// split-update reports a message that writes one place before an await and another one
// behind it, for the same thing (they share an argument or a piece of state),
// where some query reads both together and answers by them. The
// finding stands on the second write. It is a note, and the rule is off unless it is
// selected: whether half of the work may be seen is a question of what is promised.
//
// # Why it is dangerous on the Internet Computer
//
// The first write is committed when the call goes out (M1, S2). Until the answer
// comes, any other message and any query finds the state as the first segment
// left it (M9):
//
//	                                     CASH   SAVINGS
//	A  save(60)  100 - 60                 40       0
//	A            sends approve(60)        40       0      A waits
//	B  wealth()  40 + 0                   40       0      answers 40, 60 are missing
//	A            is approved, 0 + 60      40      60      A done
//
// # Bad
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, query, update};
//
//	const BANK: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static CASH: Cell<u64> = Cell::new(100);
//	    static SAVINGS: Cell<u64> = Cell::new(0);
//	}
//
//	#[update]
//	async fn save(amount: u64) {
//	    CASH.set(CASH.get() - amount);
//	    if Call::unbounded_wait(BANK, "approve").with_arg(amount).await.is_err() {
//	        CASH.set(CASH.get() + amount);
//	        return;
//	    }
//	    SAVINGS.set(SAVINGS.get() + amount); // reported: split-update
//	}
//
//	#[query]
//	fn wealth() -> u64 {
//	    CASH.get() + SAVINGS.get()
//	}
//
// # Good
//
// Keep what is on its way in a place of its own, which who looks adds:
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, query, update};
//
//	const BANK: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static CASH: Cell<u64> = Cell::new(100);
//	    static MOVING: Cell<u64> = Cell::new(0);
//	    static SAVINGS: Cell<u64> = Cell::new(0);
//	}
//
//	#[update]
//	async fn save(amount: u64) {
//	    CASH.set(CASH.get() - amount);
//	    MOVING.set(MOVING.get() + amount);
//	    let failed = Call::unbounded_wait(BANK, "approve").with_arg(amount).await.is_err();
//	    MOVING.set(MOVING.get() - amount);
//	    if failed {
//	        CASH.set(CASH.get() + amount);
//	        return;
//	    }
//	    SAVINGS.set(SAVINGS.get() + amount);
//	}
//
//	#[query]
//	fn wealth() -> u64 {
//	    CASH.get() + MOVING.get() + SAVINGS.get()
//	}
//
// B now finds 40 + 60 + 0. A status, or a flag that makes the reader say "not now",
// does as well; and so do both writes in one segment, where the call allows that.
//
// # What it does not report
//
//   - Places that no query reads together, or that have nothing in common. What an
//     update makes of half done work is for the rules about races.
//   - A first write that only appends to a list.
//   - A place that the message writes again behind the call: it is a mark of
//     work under way (pending, then done), a lock or a sum on its way, as is a
//     third one of that kind that the reader looks at.
//   - A second write that is made only if the call failed: it puts things right.
//
// # Known gaps
//
//   - Of a message with very many writes only some pairs are looked at.
//   - What the reader makes of the two places is not asked: a list that shows both
//     side by side is reported like a sum.
//   - That one of the places is read first and tells that the other is not to be trusted
//     is not seen, unless it is written again.
//
// # Configuration
//
// Off unless selected: --select split-update runs it alone, --select '*' all rules.
//
// # References
//
//   - Facts M1, M9, S2 in docs/semantics.md.
//   - Internet Computer documentation: "Properties of message executions on ICP".
//   - CWE-362, race condition; CWE-662, improper synchronization.
package splitupdate
