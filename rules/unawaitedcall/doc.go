// Package unawaitedcall reports calls that are built and then dropped.
//
// # What it reports
//
// unawaited-call reports a call of another canister, or the future of an async
// function or block that waits for one, which is neither awaited nor joined, spawned,
// given to a timer, returned nor passed on: it is a statement of its own, is bound to
// _ or to a name that nobody uses, or is dropped. The finding stands on the
// expression that makes it.
//
// # Why it is dangerous on the Internet Computer
//
// From ic-cdk 0.8 on a call is sent when its future is first polled (C14). A future that
// nobody awaits is never polled: the call does not go out, and nothing says so. What
// was changed in its expectation is committed all the same (M1, S2):
//
//	                                       SENT   the courier
//	A  send(7)  SENT + 1                    1
//	A           builds the call of deliver  1
//	A           drops it                    1
//	A           returns                     1     knows of nothing    A done
//
// From 0.5 to 0.7 the call was sent where it was made. There it goes out, and its
// answer, a failure above all, is lost.
//
// # Bad
//
//	use std::cell::RefCell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const COURIER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static SENT: RefCell<u64> = RefCell::new(0);
//	}
//
//	#[update]
//	fn send(parcel: u64) {
//	    SENT.with_borrow_mut(|s| *s += 1);
//	    let _ = Call::unbounded_wait(COURIER, "deliver").with_arg(parcel); // reported: unawaited-call
//	}
//
// # Good
//
//	use std::cell::RefCell;
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const COURIER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static SENT: RefCell<u64> = RefCell::new(0);
//	}
//
//	#[update]
//	async fn send(parcel: u64) -> Result<(), String> {
//	    let call = Call::unbounded_wait(COURIER, "deliver").with_arg(parcel);
//	    call.await.map_err(|e| e.to_string())?;
//	    SENT.with_borrow_mut(|s| *s += 1);
//	    Ok(())
//	}
//
// Now the message waits, and counts what was delivered:
//
//	                                       SENT   the courier
//	A  send(7)  sends deliver(7)            0     takes it        A waits
//	A           is answered, SENT + 1       1                     A done
//
// Where nobody is to wait for the answer, .oneway() sends at once (C1), and
// ic_cdk::futures::spawn runs work of its own (S32).
//
// # What it does not report
//
//   - A future that is returned, stored, passed to a function, put into a list, or used
//     in any other way.
//   - Async functions that wait for nothing (S4): what is lost is no call.
//   - One-way calls.
//
// # Known gaps
//
//   - Futures of code that is not read, lists of futures that nobody awaits, and a
//     future that is used on some ways only.
//   - A method that is given the future and does not run it is taken to run it.
//
// # Configuration
//
// None of its own. --ignore unawaited-call leaves the rule out, --select
// unawaited-call runs it alone.
//
// # References
//
//   - Facts C1, C14, M1, S2, S4, S32 in docs/semantics.md.
//   - The changelog of ic-cdk, 0.5.0 and 0.8.0; its guide to version 0.18, on the
//     call builder.
//   - CWE-252, unchecked return value; CWE-1164, irrelevant code.
package unawaitedcall
