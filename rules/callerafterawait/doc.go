// Package callerafterawait reports that a message asks for its caller, or for
// the cycles that came with it, after an await.
//
// # What it reports
//
// caller-after-await reports a call of caller, msg_caller, msg_cycles_available or
// msg_cycles_accept that a commit point may precede, also in helpers and in the
// constructors of guards.
//
// It is a note and off unless it is selected: what it reports works on today's
// replicas, as long as the code stays where it is.
//
// # Why it is dangerous on the Internet Computer
//
// What a message was sent by and with belongs to its first segment. Behind an
// await it is asked for in a callback (M1):
//
//   - until 2023 asking for the caller there trapped (S18), and a trap there keeps
//     what was committed before the call (S7);
//   - the cycles are there only until the message is answered: of those that were
//     not accepted by then none are left (S13);
//   - where the code is moved into a task, it goes on after the message
//     ended (S32), and there is no caller any more, or another.
//
// The timeline of a cancelled order:
//
//	A  cancel(7)  sends owner_of(7)           A waits
//	A             the callee replies
//	A             caller()                    asked in the callback of owner_of
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::BTreeMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const REGISTRY: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static SEEN: RefCell<BTreeMap<Principal, u64>> = RefCell::new(BTreeMap::new());
//	}
//
//	#[update]
//	async fn look_up(token: u64) {
//	    let _ = Call::unbounded_wait(REGISTRY, "owner_of").with_arg(token).await;
//	    let who = msg_caller(); // reported: caller-after-await
//	    SEEN.with_borrow_mut(|s| s.insert(who, token));
//	}
//
// # Good
//
//	use std::cell::RefCell;
//	use std::collections::BTreeMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const REGISTRY: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static SEEN: RefCell<BTreeMap<Principal, u64>> = RefCell::new(BTreeMap::new());
//	}
//
//	#[update]
//	async fn look_up(token: u64) {
//	    let who = msg_caller();
//	    let _ = Call::unbounded_wait(REGISTRY, "owner_of").with_arg(token).await;
//	    SEEN.with_borrow_mut(|s| s.insert(who, token));
//	}
//
// The name is bound in the first segment, and is one of the locals that the
// message keeps while it waits.
//
// # What it does not report
//
//   - What is bound to a name before the first await.
//   - Awaits that never end the segment (M2, S4).
//   - Timers, heartbeats and tasks: nobody sent them.
//
// # Known gaps
//
//   - The reply is not followed: that cycles are accepted after it is not told
//     from accepting them before.
//
// # Configuration
//
// None of its own. --select caller-after-await runs it.
//
// # References
//
//   - Facts M1, M2, S4, S7, S13, S18, S32 in docs/semantics.md.
//   - Internet Computer interface specification: changelog, 0.21.0.
//   - CWE-367, time-of-check time-of-use; CWE-613, insufficient session expiration.
package callerafterawait
