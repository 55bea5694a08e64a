// Package borrowacrossawait reports borrows of state that are alive while the
// message waits.
//
// # What it reports
//
// borrow-across-await reports an await that may end the segment while one of these is alive:
//
//   - a Ref or RefMut of a RefCell, the guard of a Mutex or RwLock, or a value
//     that holds one: a struct around it, an Option, what a helper returned;
//   - a &mut into a static mut, or into what a global getter gives
//     (storage::get_mut), that is still used after the await.
//
// A guard lives by the rules of Rust: to the end of its block or to its drop where
// it has a name, to the end of the statement where it has none. So the
// temporary in call(&STATE.lock().unwrap().ledger).await lives over the await,
// and so does the one that a match, if let, while let or for looks into.
//
// The finding stands on the first await the borrow is held at, in the function
// that has both. It is an error where a call is made there, a warning where it is not known
// whether the await ends the segment.
//
// # Why it is dangerous on the Internet Computer
//
// While a message waits, other messages run on the same heap (M9), and a
// RefCell's count of borrows is part of the heap: it is committed with the segment like
// everything else (S2). What looks like a borrow of a few lines lasts until the callee answers.
//
//	                                          STATE
//	A  charge(5)  borrow_mut()                borrowed
//	A             sends pay(5)                borrowed    A waits
//	B  deposit(7) borrow_mut() traps          borrowed    already borrowed
//	C  balance()  borrow() traps              borrowed    a query, refused as well
//	A             the ledger answers: drop    free
//
// An endpoint that needs the state is out of order in the meantime, hooks of an
// upgrade included; if the callee never answers, it stays so. The
// guard of a Mutex does the same: there is one thread, so nobody can wait for it.
//
// A plain &mut is worse, because nothing checks it. Others change the state
// under it: the element it points to may have been moved or removed, and
// writing through it is undefined behaviour.
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
//	pub struct Log {
//	    entries: RefCell<Vec<u64>>,
//	}
//
//	// Only ever used by one thread.
//	unsafe impl Sync for Log {}
//
//	static LOG: Log = Log { entries: RefCell::new(Vec::new()) };
//
//	#[update]
//	async fn settle() {
//	    let mut entries = LOG.entries.borrow_mut();
//	    for e in entries.iter_mut() {
//	        let _ = Call::unbounded_wait(LEDGER, "note").with_arg(*e).await; // reported: borrow-across-await
//	    }
//	}
//
//	#[update]
//	fn add(entry: u64) {
//	    LOG.entries.borrow_mut().push(entry);
//	}
//
// # Good
//
// Take out what the call needs, and let the borrow end before it:
//
//	use std::cell::RefCell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static ENTRIES: RefCell<Vec<u64>> = RefCell::new(Vec::new());
//	}
//
//	#[update]
//	async fn settle() {
//	    let entries = ENTRIES.with_borrow(|e| e.clone());
//	    for e in entries {
//	        let _ = Call::unbounded_wait(LEDGER, "note").with_arg(e).await;
//	    }
//	}
//
//	#[update]
//	fn add(entry: u64) {
//	    ENTRIES.with_borrow_mut(|entries| entries.push(entry));
//	}
//
// Now add runs in the gap as if nothing were under way. A closure that is given the
// state, as with_borrow is, cannot await: that is the best protection.
//
// # What it does not report
//
//   - A borrow that is over before the await: its block ended, drop took it, it
//     was a temporary of an earlier statement or of an if condition.
//   - Awaits that never end the segment (M2, S4).
//   - A RefCell that is a local of the message: nobody else has it.
//   - A borrow that nothing runs into: no message of the canister changes the
//     place, or, for one that excludes readers too, uses it.
//   - A &mut that is not used again after the await, or through which nothing is
//     written: it is not alive, or as good as shared.
//   - Locks that are made to be awaited, as those of futures and tokio.
//
// # Known gaps
//
//   - A guard that goes into a function that was not read is taken to live as
//     long as its name did.
//   - References made of raw pointers (RefCell::as_ptr, UnsafeCell::get) are not followed.
//   - Guards inside collections are not told apart: not seen.
//
// # Configuration
//
// None of its own. --ignore borrow-across-await leaves the rule out.
//
// # References
//
//   - Facts M2, M9, S1, S2, S4 in docs/semantics.md.
//   - The Rust Reference: "Destructors", on the scopes of temporaries.
//   - Clippy: await_holding_refcell_ref and await_holding_lock, which ask for any await.
//   - Internet Computer documentation: "Properties of message executions on ICP".
//   - CWE-833, deadlock; CWE-667, improper locking; CWE-662, improper synchronization.
package borrowacrossawait
