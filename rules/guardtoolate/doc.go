// Package guardtoolate reports a guard that is taken after an await, when the
// check that it should protect came before.
//
// # What it reports
//
// guard-too-late reports the creation of a guard or lock under which state is
// changed by what was seen of it in an earlier segment: a check, then an await, then
// the guard, then the change that the check allowed, or a value computed from what
// was read. The guard keeps others out from then on, but by then they may all
// have passed the check.
//
// The finding stands on the creation of the guard. It is an error if the segment
// model finds a run of two messages, both of which take the guard, that no serial
// order explains; a warning if the model cannot tell.
//
// # Why it is dangerous on the Internet Computer
//
// A guard protects what is looked at after it was taken, or before that in the
// same segment (M7, M8). With an await in between, other messages run (M1, S2):
//
//	                                              NAMES
//	A  register(n)  n is free, asks the policy      -       A waits
//	B  register(n)  n is free, asks the policy      -       B waits
//	B               may, takes the guard            -
//	B               n is B's, the guard ends        B       B done
//	A               may, takes the guard            B
//	A               n is A's, the guard ends        A       A done
//
// One after the other the second is told that the name is taken.
//
// # Bad
//
//	use std::cell::{Cell, RefCell};
//	use std::collections::BTreeMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const POLICY: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BUSY: Cell<bool> = const { Cell::new(false) };
//	    static NAMES: RefCell<BTreeMap<String, Principal>> = RefCell::default();
//	}
//
//	struct Registering;
//
//	impl Registering {
//	    fn new() -> Result<Self, String> {
//	        if BUSY.replace(true) {
//	            return Err("busy".to_string());
//	        }
//	        Ok(Registering)
//	    }
//	}
//
//	impl Drop for Registering {
//	    fn drop(&mut self) {
//	        BUSY.set(false);
//	    }
//	}
//
//	#[update]
//	async fn register(name: String) -> Result<(), String> {
//	    if NAMES.with_borrow(|names| names.contains_key(&name)) {
//	        return Err("taken".to_string());
//	    }
//	    let call = Call::unbounded_wait(POLICY, "approve").with_arg(&name);
//	    call.await.map_err(|e| e.to_string())?;
//	    let _guard = Registering::new()?; // reported: guard-too-late
//	    NAMES.with_borrow_mut(|names| names.insert(name, msg_caller())); // reported: stale-check
//	    Ok(())
//	}
//
// # Good
//
// Take the guard first:
//
//	use std::cell::{Cell, RefCell};
//	use std::collections::BTreeMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const POLICY: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BUSY: Cell<bool> = const { Cell::new(false) };
//	    static NAMES: RefCell<BTreeMap<String, Principal>> = RefCell::default();
//	}
//
//	struct Registering;
//
//	impl Registering {
//	    fn new() -> Result<Self, String> {
//	        if BUSY.replace(true) {
//	            return Err("busy".to_string());
//	        }
//	        Ok(Registering)
//	    }
//	}
//
//	impl Drop for Registering {
//	    fn drop(&mut self) {
//	        BUSY.set(false);
//	    }
//	}
//
//	#[update]
//	async fn register(name: String) -> Result<(), String> {
//	    let _guard = Registering::new()?;
//	    if NAMES.with_borrow(|names| names.contains_key(&name)) {
//	        return Err("taken".to_string());
//	    }
//	    let call = Call::unbounded_wait(POLICY, "approve").with_arg(&name);
//	    call.await.map_err(|e| e.to_string())?;
//	    NAMES.with_borrow_mut(|names| names.insert(name, msg_caller()));
//	    Ok(())
//	}
//
// Now B finds the guard taken while A waits, and is refused.
//
// # What it does not report
//
//   - A guard that is taken after the check, but in the same segment (M8).
//   - A check that is repeated under the guard.
//   - A guard that has nothing to do with what was looked at before: what is changed
//     under it does not depend on that.
//   - What was changed before the await, so that a second message fails the check.
//
// # Known gaps
//
//   - A guard that is taken in a callee awaitlint does not see into.
//
// # Configuration
//
// None of its own. --ignore guard-too-late leaves the rule out, --select
// guard-too-late runs it alone.
//
// # References
//
//   - Facts M1, M7, M8, S2, B6 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security best
//     practices, on locking and on message ordering.
//   - CWE-367, time-of-check time-of-use; CWE-667, improper locking; CWE-362, race
//     condition.
package guardtoolate
