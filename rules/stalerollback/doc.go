// Package stalerollback reports an error path that restores a place to what it
// was before the call, instead of undoing the message's own change.
//
// # What it reports
//
// stale-rollback reports a write, reached only when a call failed, that sets a
// place to a value read before the call: the balance of before the debit, the
// old record, a backup of the whole state. "Old plus amount" is the same when
// old was read before the call.
//
// The finding stands on the restoring write. It is an error if the segment model
// finds a run in which another message's change is lost by it, a warning if that
// hangs on something unknown.
//
// # Why it is dangerous on the Internet Computer
//
// Nothing rolls a failed call's caller back: its first segment was committed
// when the call went out (S2, S7), so that undoing by hand is right. But while
// the call was out, other messages saw the provisional state and changed it (M9).
// Putting the old value back undoes their work with one's own:
//
//	                                           BALANCE
//	A  withdraw(30)  reads 100, writes 70         70
//	A                sends transfer(30)           70    A waits
//	B  deposit(50)   70 + 50                     120    B done
//	A                transfer has failed         120    A goes on
//	A                writes 100                  100    the deposit is gone
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
//	async fn withdraw(amount: u64) -> bool {
//	    let balance = BALANCE.with_borrow(|b| *b);
//	    if balance < amount {
//	        return false;
//	    }
//	    BALANCE.with_borrow_mut(|b| *b = balance - amount);
//	    let paid = Call::unbounded_wait(LEDGER, "transfer").with_arg(amount).await.is_ok();
//	    if !paid {
//	        BALANCE.with_borrow_mut(|b| *b = balance); // reported: stale-rollback
//	    }
//	    paid
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b += amount);
//	}
//
// # Good
//
// Undo relative to what is there now:
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
//	async fn withdraw(amount: u64) -> bool {
//	    let balance = BALANCE.with_borrow(|b| *b);
//	    if balance < amount {
//	        return false;
//	    }
//	    BALANCE.with_borrow_mut(|b| *b = balance - amount);
//	    let paid = Call::unbounded_wait(LEDGER, "transfer").with_arg(amount).await.is_ok();
//	    if !paid {
//	        BALANCE.with_borrow_mut(|b| *b += amount);
//	    }
//	    paid
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    BALANCE.with_borrow_mut(|b| *b += amount);
//	}
//
// Now A adds its 30 to the 120 it finds: 150, which is 100 and the deposit.
//
// For a value that cannot be undone relatively (a price, a setting), put the old
// one back only if the place still holds what this message wrote, or carry a
// version number along and compare that.
//
// # What it does not report
//
//   - A relative undo, and a restoring write after a comparison with the present
//     value.
//   - A constant put back, as in a status machine: pending, paying, pending.
//   - A place that no other message can write in the gap: a guard or lock that
//     every writer takes (M7), an entry that was taken out of its map under a key
//     that nobody can use again.
//   - An old value written although the call succeeded: that is stale-write's.
//
// # Known gaps
//
//   - A version number that may be reused is taken for a comparison all the same.
//   - Two undos that each restore relatively but in the wrong order (queues) are
//     not seen.
//
// # Configuration
//
// None of its own. --ignore stale-rollback leaves the rule out, --select
// stale-rollback runs it alone.
//
// # References
//
//   - Facts M7, M9, S2, S7 in docs/semantics.md.
//   - Internet Computer documentation: "Properties of message executions on
//     ICP"; "Inter-canister calls" in the security best practices, on handling
//     rejects and on message ordering.
//   - CWE-362, race condition; CWE-755, improper handling of exceptional
//     conditions.
package stalerollback
