// Package locksurvivesupgrade reports a lock that is part of what an upgrade
// saves, although the message that holds it is not.
//
// # What it reports
//
// lock-survives-upgrade reports a flag or an in-flight set that a message takes
// before an await and gives back after it, by hand or by a Drop, if
//
//   - pre_upgrade saves it, alone or as a part of the state, post_upgrade restores
//     it, and neither takes it back; or
//   - it is in stable memory, and neither hook empties it.
//
// The finding stands on the field, or on the static that is the lock. It is a
// warning: a canister that is always stopped before an upgrade waits for its
// calls first (S31).
//
// # Why it is dangerous on the Internet Computer
//
// An upgrade replaces the code and empties the heap. Messages that wait for an
// answer are lost with it: their callbacks run no more, and neither do their
// drops. What was saved comes back as it was (S30):
//
//	                                              STATE.busy
//	A  run()    is not busy, goes on                true
//	A           sends work()                        true   A waits
//	            pre_upgrade saves the state         true
//	            the new code starts, A is gone
//	            post_upgrade restores the state     true
//	B  run()    "busy"                              true   and so for ever
//
// # Bad
//
//	use std::cell::RefCell;
//
//	use candid::{CandidType, Deserialize, Principal};
//	use ic_cdk::{call::Call, post_upgrade, pre_upgrade, storage, update};
//
//	const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	#[derive(CandidType, Deserialize, Clone, Default)]
//	struct State {
//	    busy: bool, // reported: lock-survives-upgrade
//	    done: u64,
//	}
//
//	thread_local! {
//	    static STATE: RefCell<State> = RefCell::default();
//	}
//
//	#[pre_upgrade]
//	fn pre_upgrade() {
//	    STATE.with_borrow(|s| storage::stable_save((s,))).unwrap();
//	}
//
//	#[post_upgrade]
//	fn post_upgrade() {
//	    let (state,): (State,) = storage::stable_restore().unwrap();
//	    STATE.set(state);
//	}
//
//	#[update]
//	async fn run() -> Result<(), String> {
//	    if STATE.with_borrow(|s| s.busy) {
//	        return Err("busy".to_string());
//	    }
//	    STATE.with_borrow_mut(|s| s.busy = true);
//	    let result = Call::unbounded_wait(SERVICE, "work").await;
//	    STATE.with_borrow_mut(|s| {
//	        s.busy = false;
//	        s.done += 1;
//	    });
//	    result.map(|_| ()).map_err(|e| e.to_string())
//	}
//
// # Good
//
// Keep the lock where no upgrade saves it:
//
//	use std::cell::{Cell, RefCell};
//
//	use candid::{CandidType, Deserialize, Principal};
//	use ic_cdk::{call::Call, post_upgrade, pre_upgrade, storage, update};
//
//	const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	#[derive(CandidType, Deserialize, Clone, Default)]
//	struct State {
//	    done: u64,
//	}
//
//	thread_local! {
//	    static STATE: RefCell<State> = RefCell::default();
//	    static BUSY: Cell<bool> = const { Cell::new(false) };
//	}
//
//	#[pre_upgrade]
//	fn pre_upgrade() {
//	    STATE.with_borrow(|s| storage::stable_save((s,))).unwrap();
//	}
//
//	#[post_upgrade]
//	fn post_upgrade() {
//	    let (state,): (State,) = storage::stable_restore().unwrap();
//	    STATE.set(state);
//	}
//
//	#[update]
//	async fn run() -> Result<(), String> {
//	    if BUSY.replace(true) {
//	        return Err("busy".to_string());
//	    }
//	    let result = Call::unbounded_wait(SERVICE, "work").await;
//	    BUSY.set(false);
//	    STATE.with_borrow_mut(|s| s.done += 1);
//	    result.map(|_| ()).map_err(|e| e.to_string())
//	}
//
// Now the flag is false when the new code starts. `#[serde(skip)]` on the field
// does the same, and so does a line in post_upgrade that takes it back.
//
// # What it does not report
//
//   - Locks on the heap that nothing saves, and fields that serialization skips.
//   - A lock that pre_upgrade or post_upgrade, or a task that it starts, takes back.
//   - Leases, which end by the clock.
//   - Records and states of orders: they are meant to be found again after an
//     upgrade, by a task that takes them up.
//   - A lock that its Drop keeps on purpose after a trap: it is a mark for
//     somebody to look into.
//
// # Known gaps
//
//   - A type that is serialized by code of its own, which leaves the lock out, is
//     taken to save all of it.
//   - A state that post_upgrade does not write, but that is read from stable memory
//     when it is first used, is not known to be saved.
//
// # Configuration
//
// None of its own. --ignore lock-survives-upgrade leaves the rule out, --select
// lock-survives-upgrade runs it alone.
//
// # References
//
//   - Facts S19, S30, S31 in docs/semantics.md.
//   - Internet Computer documentation: "Canister upgrades" in the security best
//     practices.
//   - CWE-667, improper locking; CWE-772, missing release of a resource.
package locksurvivesupgrade
