// Package forbiddencall reports calls that are made where the system allows
// none.
//
// # What it reports
//
// forbidden-call reports an await of a call, or a one-way call, in init,
// pre_upgrade, post_upgrade, inspect_message and in a plain query; in a helper of
// these, and in the work they spawn: a spawned task runs within the message that
// spawned it up to its first call (S32). It reports one-way calls and spawned work
// in a Drop, too, where the value is alive at an await and a trap behind that await
// has it dropped in cleanup (S19).
//
// The finding stands on the await, in the text of the entry point or task. It is an
// error where the await certainly sends a call, a warning where it may.
//
// # Why it is dangerous on the Internet Computer
//
// The system offers the functions that make a call to updates, timers, heartbeats
// and callbacks, and to composite queries for queries. Elsewhere they trap (S37). The
// code compiles all the same, for the CDK takes async hooks, and a trap in a hook
// is a trap of the whole install or upgrade:
//
//	                                          the canister
//	A  upgrade      pre_upgrade saves           stopped, old code
//	A               post_upgrade begins         new code
//	A               spawn, the task is polled
//	A               ic0.call_new: trap          stopped, old code
//
// Every attempt ends the same way: the version cannot be installed. In a query
// it is the query that fails, always or on the one path that asks further. In cleanup
// the trap undoes what the drops did, and a lock they were to release stays taken (S15, S16).
//
// # Bad
//
//	use std::cell::RefCell;
//
//	use ic_cdk::{management_canister::raw_rand, post_upgrade};
//
//	thread_local! {
//	    static SEED: RefCell<Vec<u8>> = RefCell::new(Vec::new());
//	}
//
//	#[post_upgrade]
//	fn resume() {
//	    ic_cdk::futures::spawn(async {
//	        if let Ok(seed) = raw_rand().await { // reported: forbidden-call
//	            SEED.set(seed);
//	        }
//	    });
//	}
//
// # Good
//
// Begin the work in a timer without delay:
//
//	use std::cell::RefCell;
//	use std::time::Duration;
//
//	use ic_cdk::{management_canister::raw_rand, post_upgrade};
//	use ic_cdk_timers::set_timer;
//
//	thread_local! {
//	    static SEED: RefCell<Vec<u8>> = RefCell::new(Vec::new());
//	}
//
//	#[post_upgrade]
//	fn resume() {
//	    set_timer(Duration::ZERO, async {
//	        if let Ok(seed) = raw_rand().await {
//	            SEED.set(seed);
//	        }
//	    });
//	}
//
// The hook returns, the upgrade is complete, and the timer's message may call:
//
//	                                          the canister
//	A  upgrade      post_upgrade sets a timer   new code
//	A               done                        runs
//	B  timer        sends raw_rand              runs
//
// Until B is done the seed is empty: what needs it has to say so.
//
// # What it does not report
//
//   - What timers set there do: they fire later, in messages of their own.
//   - Awaits that make no call on any way (M2, S4), spawned work without calls.
//   - Calls behind the first one: it traps before them.
//   - Composite queries, which may call queries.
//   - A Drop that asks is_recovering_from_trap() first, and one that no trap
//     is known to lead to.
//
// # Known gaps
//
//   - That a composite query calls an update, or a canister of another subnet, which
//     is refused too, is not seen.
//   - A future whose source was not read, and of which nothing is known, is taken
//     to make no call.
//
// # Configuration
//
// None of its own. --ignore forbidden-call leaves the rule out, --select
// forbidden-call runs it alone. What functions that are not read do can be taught in
// awaitlint.toml.
//
// # References
//
//   - Facts M2, S4, S15, S16, S19, S32, S37 in docs/semantics.md.
//   - Internet Computer interface specification, the overview of imports of the
//     system API; "Periodic tasks and timers".
//   - CWE-705, incorrect control flow scoping; CWE-248, uncaught exception.
package forbiddencall
