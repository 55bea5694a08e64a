// Package overlappingtask reports a periodic task that waits while nothing keeps
// its next run out.
//
// # What it reports
//
// overlapping-task reports a heartbeat, the work of an interval timer, a timer
// that arms itself again before it waits, or a task that one of these spawns,
// which awaits a call and in which a second run that starts meanwhile does harm:
// both go by what they read before the call, and act on it.
//
// The finding stands on the await. The segment model decides: it lets a run of
// the task start and end while another waits, and reports it if no order of the
// two one after the other gives the same state, answers and calls.
//
// # Why it is dangerous on the Internet Computer
//
// The heartbeat comes about once a block, and nothing keeps it from overlapping
// (S36). Up to ic-cdk-timers 0.12 an interval does not wait for the work it
// spawned (S34), later up to five turns run at once (S35). A call to another
// subnet takes longer than a block; a slow callee is enough:
//
//	                                            LAST_PAID
//	A  beat()  a month is over, goes on            May
//	A          sends pay()                         May    A waits
//	B  beat()  a month is over, goes on            May
//	B          sends pay(), is answered            June   B done
//	A          is answered                         June   paid twice
//
// # Bad
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{api::time, call::Call, heartbeat};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//	const MONTH: u64 = 2_592_000_000_000_000;
//
//	thread_local! {
//	    static LAST_PAID: Cell<u64> = const { Cell::new(0) };
//	}
//
//	#[heartbeat]
//	async fn beat() {
//	    let now = time();
//	    if now < LAST_PAID.get() + MONTH {
//	        return;
//	    }
//	    let paid = Call::unbounded_wait(LEDGER, "pay_all").await; // reported: overlapping-task
//	    if paid.is_ok() {
//	        LAST_PAID.set(now); // reported: stale-check
//	    }
//	}
//
// # Good
//
// Let the first segment take a lock that a value gives back:
//
//	use std::cell::Cell;
//
//	use candid::Principal;
//	use ic_cdk::{api::time, call::Call, heartbeat};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//	const MONTH: u64 = 2_592_000_000_000_000;
//
//	thread_local! {
//	    static LAST_PAID: Cell<u64> = const { Cell::new(0) };
//	    static PAYING: Cell<bool> = const { Cell::new(false) };
//	}
//
//	struct Paying;
//
//	impl Paying {
//	    fn start() -> Option<Self> {
//	        (!PAYING.replace(true)).then_some(Self)
//	    }
//	}
//
//	impl Drop for Paying {
//	    fn drop(&mut self) {
//	        PAYING.set(false);
//	    }
//	}
//
//	#[heartbeat]
//	async fn beat() {
//	    let now = time();
//	    if now < LAST_PAID.get() + MONTH {
//	        return;
//	    }
//	    let Some(_paying) = Paying::start() else {
//	        return;
//	    };
//	    let paid = Call::unbounded_wait(LEDGER, "pay_all").await;
//	    if paid.is_ok() {
//	        LAST_PAID.set(now);
//	    }
//	}
//
// Now B leaves while A waits. Setting the mark before the call (and taking it back
// if the call certainly failed), or a serial interval, does as well.
//
// # What it does not report
//
//   - set_timer_interval_serial, and a one-shot timer armed again at the end only.
//   - A guard, a flag or a lease that is checked and set in the first segment.
//   - A task that does no harm twice: it only fetches and stores, or writes nothing
//     after it has waited.
//   - A task whose starter writes something of what it writes before it starts it: it
//     hands over a lock or a piece of work.
//
// # Known gaps
//
//   - A firing of a timer may also be repeated by the system (S35); this is not
//     looked at.
//   - A one-shot timer that two places arm is not taken for a periodic one.
//
// # Configuration
//
// None of its own. --ignore overlapping-task leaves the rule out, --select
// overlapping-task runs it alone.
//
// # References
//
//   - Facts M9, S32, S34, S35, S36 in docs/semantics.md.
//   - Internet Computer documentation: "Timers", on serial intervals.
//   - CWE-362, race condition; CWE-662, improper synchronization.
package overlappingtask
