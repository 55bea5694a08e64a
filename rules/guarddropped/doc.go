// Package guarddropped reports a guard that ends before the await it was made
// for.
//
// # What it reports
//
// guard-dropped reports the creation of a guard that is not alive when the
// message waits. A guard is a value whose constructor changes state and whose Drop
// undoes that, whatever its name, or a scope guard that undoes what was changed
// before it.
//
// Rust drops a value that nothing holds at the end of its statement, often where
// it does not look so:
//
//   - let _ = CallerGuard::new()?; and _ = CallerGuard::new()?;
//   - CallerGuard::new()?;
//   - let Ok(_) = CallerGuard::new() else { return };
//   - if let Err(e) = CallerGuard::new() { return Err(e); }
//   - if CallerGuard::new().is_err() { return; }
//   - CallerGuard::new().map(|_| ())?;
//   - let (_, n) = (CallerGuard::new()?, 1);
//   - a guard in an inner block, dropped with drop(guard), or set to None
//   - a guard in a helper that returns (), or in the guard function of an
//     #[update(guard = "…")] attribute
//   - let _ = guard; in a spawned async move block, which does not take it along
//   - in edition 2024, the else of an if let whose scrutinee makes the guard
//
// The finding stands on the creation of the guard. It is an error: Rust's drop order
// alone decides, no run is needed. A run of two messages that get past the guard is
// shown where the canister has one.
//
// # Why it is dangerous on the Internet Computer
//
// Between the segments of a message other messages run (M1, S2). A guard keeps
// them out only if it is alive at the await (M7): dropping it commits, together
// with the segment, that nobody is inside. With let _ = CallerGuard::new()?:
//
//	                                             INSIDE   BALANCES[p]
//	A  withdraw(60)  guard made                     p         100
//	A                and dropped                    -         100
//	A                60 <= 100, sends pay(60)       -         100    A waits
//	B  withdraw(60)  guard made, and dropped        -         100
//	B                60 <= 100, sends pay(60)       -         100
//	B                is paid, 100 - 60              -          40    B done
//	A                is paid, 40 - 60               -           0    A done
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::BTreeSet;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static INSIDE: RefCell<BTreeSet<Principal>> = RefCell::default();
//	}
//
//	struct CallerGuard(Principal);
//
//	impl CallerGuard {
//	    fn new() -> Result<Self, String> {
//	        let who = msg_caller();
//	        if !INSIDE.with_borrow_mut(|inside| inside.insert(who)) {
//	            return Err("you are at it already".to_string());
//	        }
//	        Ok(CallerGuard(who))
//	    }
//	}
//
//	impl Drop for CallerGuard {
//	    fn drop(&mut self) {
//	        INSIDE.with_borrow_mut(|inside| inside.remove(&self.0));
//	    }
//	}
//
//	#[update]
//	async fn settle() -> Result<(), String> {
//	    let _ = CallerGuard::new()?; // reported: guard-dropped
//	    let call = Call::unbounded_wait(LEDGER, "settle").with_arg(msg_caller());
//	    call.await.map(|_| ()).map_err(|e| e.to_string())
//	}
//
// # Good
//
// Give it a name. A name that begins with an underscore is a name; a lone
// underscore is none:
//
//	use std::cell::RefCell;
//	use std::collections::BTreeSet;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static INSIDE: RefCell<BTreeSet<Principal>> = RefCell::default();
//	}
//
//	struct CallerGuard(Principal);
//
//	impl CallerGuard {
//	    fn new() -> Result<Self, String> {
//	        let who = msg_caller();
//	        if !INSIDE.with_borrow_mut(|inside| inside.insert(who)) {
//	            return Err("you are at it already".to_string());
//	        }
//	        Ok(CallerGuard(who))
//	    }
//	}
//
//	impl Drop for CallerGuard {
//	    fn drop(&mut self) {
//	        INSIDE.with_borrow_mut(|inside| inside.remove(&self.0));
//	    }
//	}
//
//	#[update]
//	async fn settle() -> Result<(), String> {
//	    let _guard = CallerGuard::new()?;
//	    let call = Call::unbounded_wait(LEDGER, "settle").with_arg(msg_caller());
//	    call.await.map(|_| ()).map_err(|e| e.to_string())
//	}
//
// Now B finds p inside while A waits, and is refused. The guard ends when settle
// returns, and in cleanup if a callback traps (S19).
//
// # Mend
//
// --fix gives the guard a name where it has none and where what is bound is the guard
// itself: for let _ =, _ =, a statement, let Ok(_) … else, and the _ of a tuple. A result
// that nobody looks at is left alone: its error would still be ignored.
//
// # What it does not report
//
//   - A guard that is alive at an await, also where it has no name: the scrutinee
//     of a match, of while let, and (up to edition 2021 with its else) of if let
//     lives through the block.
//   - let _ = guard; where guard is a variable: that does not move it.
//   - A guard with no await behind it: it only asks whether somebody else is
//     inside, in one segment.
//   - A guard that covers work of its own in one segment, in a block, a helper or
//     up to a drop, unless the model shows a race between that work and a later write.
//   - A guard that is taken again before the await.
//
// # Known gaps
//
//   - A guard that is alive at one await and gone at the next is taken to be so on
//     purpose.
//   - A guard function that also reads other state is taken for one with work of its own.
//
// # Configuration
//
// None of its own. --ignore guard-dropped leaves the rule out, --select
// guard-dropped runs it alone. A guard that awaitlint cannot see through is taught with a
// guard entry in awaitlint.toml.
//
// # References
//
//   - Facts M1, M7, S2, S19, S32, B6, B7 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security best
//     practices, on locking.
//   - The Rust reference, "Destructors", on drop scopes and temporaries.
//   - CWE-667, improper locking; CWE-362, race condition.
package guarddropped
