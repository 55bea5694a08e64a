// Package stalewrite reports a value that is read from a place before an await
// and written back to it after.
//
// # What it reports
//
// stale-write reports a write in a later segment of a message whose value
// depends on a read of the same place in an earlier one:
//
//   - a balance, counter or total: get, await, set(old - x);
//   - a whole record or state object that was copied out, changed, and put
//     back after the call, with everything others did to it in between;
//   - an id or a length that is taken before the call and stored after it.
//
// The value is followed through locals, structs, tuples, closures, helpers and
// async helpers. An await counts only if it may really end the segment:
// awaiting an async function that makes no call does not (M2, S4).
//
// The finding stands on the write. It is an error if the segment model finds a
// run of two messages that leaves a state no serial order leaves, a warning if
// that hangs on something unknown.
//
// # Why it is dangerous on the Internet Computer
//
// A message runs in segments. Each is atomic, and its writes are committed when
// it returns, which for an async function is at the first await that waits for
// a call (M1, S2). Until the answer comes, every other message of the canister
// may run, the same method included (M9). The local variable does not notice:
//
//	                                      BALANCE
//	A  withdraw(30)  reads 100              100
//	A                sends transfer(30)     100    A waits
//	B  deposit(50)   100 + 50               150    B done
//	A                transfer is done       150    A goes on
//	A                writes 100 - 30         70    the deposit is gone
//
// In either serial order 120 is left.
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
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let balance = BALANCE.with_borrow(|b| *b);
//	    Call::unbounded_wait(LEDGER, "transfer").with_arg(amount).await.map_err(|e| e.to_string())?;
//	    BALANCE.with_borrow_mut(|b| *b = balance.saturating_sub(amount)); // reported: stale-write
//	    Ok(())
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b += amount);
//	}
//
// # Good
//
// Read, check and write in one segment, before the call; if the call certainly
// failed, undo the change relative to what is there then:
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
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let balance = BALANCE.with_borrow(|b| *b);
//	    let left = balance.checked_sub(amount).ok_or("not enough funds")?;
//	    BALANCE.with_borrow_mut(|b| *b = left);
//	    if let Err(e) = Call::unbounded_wait(LEDGER, "transfer").with_arg(amount).await {
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
// Now A writes 70 before it waits, B adds 50 to that, and A has nothing left to
// write when it goes on: 120, as in a serial order.
//
// Where the value is only known after the call, read the place again there and
// compute from that, or compare the old reading with the new one and give up if
// they differ. Where neither will do, keep the other writers out with a guard
// that lives across the await (M7).
//
// # What it does not report
//
//   - A place that is read again in the segment that writes it, or whose old
//     value is compared with the present one first.
//   - A place that nobody else can write in the gap: state that only the
//     installer sets, a record this message made under a fresh key, a place
//     that every writer protects with the same guard or lock.
//   - An old value that flows into another place: a fee read before the call
//     and used in a relative credit after it.
//   - A restoring write on the error path: that is stale-rollback's.
//
// # Known gaps
//
//   - Violations that need three messages, or more than three awaits in a row,
//     are not searched for.
//   - What is stale about another canister's state (two calls to one ledger) is
//     not seen, and neither is an answer that is stale by the time it arrives.
//   - A lock whose code is unknown makes the finding a warning, not a silence.
//
// # Configuration
//
// None of its own. --ignore stale-write leaves the rule out, --select
// stale-write runs it alone.
//
// # References
//
//   - Facts M1, M2, M7, M9, S2, S4, T1 in docs/semantics.md.
//   - Internet Computer documentation: "Properties of message executions on
//     ICP"; "Inter-canister calls" in the security best practices, on message
//     ordering and reentrancy.
//   - CWE-362, race condition; CWE-367, time-of-check time-of-use.
package stalewrite
