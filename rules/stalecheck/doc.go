// Package stalecheck reports a check before an await that authorises a write
// after it, so that two messages pass one check.
//
// # What it reports
//
// stale-check reports a write in a later segment of a message that a branch on
// state in an earlier one let through, where that very write would have made
// the branch go the other way: the debit after the funds check, the mark after
// "not yet claimed", the removal after "still for sale", the status after
// "pending". The value that is written need not be stale: `*balance -= amount`
// after the call is the classic double spend.
//
// The check may be an if, a match, an assertion, a `?` on what a helper answered,
// or the search for the next piece of work in a timer or heartbeat.
//
// The finding stands on the late write. It is an error if the segment model
// finds a run of two messages that no serial order explains, a warning if that
// hangs on something unknown.
//
// # Why it is dangerous on the Internet Computer
//
// A message runs in segments, and between two of them any other message of the
// canister may run (M1, S2), a second copy of the same one included (M9). What
// was true in the first segment is only a memory in the second:
//
//	                                            BALANCES[p]
//	A  withdraw(60)  60 <= 100, goes on             100
//	A                sends pay(60)                  100    A waits
//	B  withdraw(60)  60 <= 100, goes on             100
//	B                sends pay(60), is paid         100
//	B                100 - 60                        40    B done
//	A                is paid                         40    A goes on
//	A                40 - 60, cut at 0                0    A done
//
// 120 were paid out of 100. One after the other, the second is refused.
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCES: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
//	}
//
//	#[update]
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let who = msg_caller();
//	    let enough = BALANCES.with_borrow(|b| b.get(&who).is_some_and(|v| *v >= amount));
//	    if !enough {
//	        return Err("not enough funds".to_string());
//	    }
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    call.await.map_err(|e| e.to_string())?;
//	    BALANCES.with_borrow_mut(|b| {
//	        if let Some(v) = b.get_mut(&who) {
//	            *v = v.saturating_sub(amount); // reported: stale-check
//	        }
//	    });
//	    Ok(())
//	}
//
// # Good
//
// Make the change that the check allows in the segment of the check:
//
//	use std::cell::RefCell;
//	use std::collections::HashMap;
//
//	use candid::Principal;
//	use ic_cdk::{api::msg_caller, call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static BALANCES: RefCell<HashMap<Principal, u64>> = RefCell::new(HashMap::new());
//	}
//
//	#[update]
//	async fn withdraw(amount: u64) -> Result<(), String> {
//	    let who = msg_caller();
//	    BALANCES.with_borrow_mut(|b| {
//	        let v = b.get_mut(&who).ok_or("no account")?;
//	        *v = v.checked_sub(amount).ok_or("not enough funds")?;
//	        Ok::<(), String>(())
//	    })?;
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_args(&(who, amount));
//	    if let Err(e) = call.await {
//	        BALANCES.with_borrow_mut(|b| *b.entry(who).or_default() += amount);
//	        return Err(e.to_string());
//	    }
//	    Ok(())
//	}
//
// Now B finds 40 where A left it, and is refused while A still waits.
//
// The same is reached by a status that is moved on with the check (pending,
// paying, paid), by taking the item out of its map, by an in-flight set, by a
// guard that lives across the await and that every writer takes (M7), or by
// repeating the check after the call and undoing what the call did.
//
// # What it does not report
//
//   - A check whose place is changed before the call, so that a second message
//     fails it.
//   - A check that is repeated in the segment of the write.
//   - A check of something else than what is written: the owner, a pause flag.
//   - A cache: the late write only stores what the call answered, in the place
//     that was found empty.
//   - A place protected from before the check to after the write. A guard taken
//     after the check but in the same segment is as good (M8).
//
// # Known gaps
//
//   - A callee that arbitrates (a ledger that refuses the second transfer_from)
//     is not known to do so.
//   - A stored answer of a call that nobody knows to have an effect is taken for
//     a cache, also where the call made something that now exists twice.
//   - Violations that need three messages are not searched for.
//
// # Configuration
//
// None of its own. --ignore stale-check leaves the rule out, --select
// stale-check runs it alone.
//
// # References
//
//   - Facts M1, M7, M8, M9, S2, S36 in docs/semantics.md.
//   - Internet Computer documentation: "Properties of message executions on
//     ICP"; "Inter-canister calls" in the security best practices, on message
//     ordering and reentrancy.
//   - CWE-367, time-of-check time-of-use; CWE-362, race condition; CWE-837,
//     improper enforcement of a single, unique action.
package stalecheck
