// Package guardbypassed reports a write that a guard, under which others use
// the same state across an await, does not keep out.
//
// # What it reports
//
// guard-bypassed looks at state that a message reads, waits, and then changes by
// what it read, while it holds a guard or lock. It reports a write of that
// state by
//
//   - another entry point, also one that never waits, that neither takes the
//     lock nor looks whether it is taken, or
//   - a message that takes a lock of the same kind with another key: a guard for
//     each caller does not protect what all callers share, and one that lets
//     several in at a time protects nothing.
//
// A lock is known by what it does: a guard value, a scope guard, a flag or an
// in-flight entry set and reset by hand, a status, a lease.
//
// The finding stands on the unguarded write. It is an error if the segment model
// finds a run in which the guarded message waits, the write happens, and the guarded
// message goes on with what it read, such that no serial order explains the outcome. It is a
// warning if the model cannot tell and the writer never asks for the lock.
//
// # Why it is dangerous on the Internet Computer
//
// A guard is an agreement: it protects only against those who ask for it (M7). A
// method that never waits runs as one segment, and one segment can run in any gap
// (M1, S2):
//
//	                                                LOCKS   STAKE[n]
//	A  disburse(n)   takes the lock of n              n       100
//	A                100 is staked, sends pay(100)    n       100    A waits
//	B  split(n, 60)  100 - 60, no question asked      n        40    B done
//	A                is paid, 100 were disbursed      n        40
//	A                40 - 100, cut at 0               -         0    A done
//
// 100 were paid and 60 were split off, of 100.
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::{BTreeMap, BTreeSet};
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static LOCKS: RefCell<BTreeSet<u64>> = RefCell::default();
//	    static STAKES: RefCell<BTreeMap<u64, u64>> = RefCell::default();
//	}
//
//	struct NeuronLock(u64);
//
//	impl NeuronLock {
//	    fn new(id: u64) -> Result<Self, String> {
//	        if !LOCKS.with_borrow_mut(|locks| locks.insert(id)) {
//	            return Err("the neuron is in use".to_string());
//	        }
//	        Ok(NeuronLock(id))
//	    }
//	}
//
//	impl Drop for NeuronLock {
//	    fn drop(&mut self) {
//	        LOCKS.with_borrow_mut(|locks| locks.remove(&self.0));
//	    }
//	}
//
//	#[update]
//	async fn disburse(id: u64) -> Result<u64, String> {
//	    let _lock = NeuronLock::new(id)?;
//	    let stake = STAKES.with_borrow(|s| s.get(&id).copied()).ok_or("no such neuron")?;
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_arg(stake);
//	    call.await.map_err(|e| e.to_string())?;
//	    STAKES.with_borrow_mut(|s| s.remove(&id)); // reported: stale-check
//	    Ok(stake)
//	}
//
//	#[update]
//	fn split(id: u64, amount: u64, child: u64) -> Result<(), String> {
//	    STAKES.with_borrow_mut(|s| {
//	        let stake = s.get_mut(&id).ok_or("no such neuron")?;
//	        *stake = stake.checked_sub(amount).ok_or("not enough")?; // reported: guard-bypassed
//	        s.insert(child, amount);
//	        Ok(())
//	    })
//	}
//
// # Good
//
// Take the lock wherever the state is changed, also where nothing waits. There it
// only asks whether somebody else holds it, and lives to the end of the segment:
//
//	use std::cell::RefCell;
//	use std::collections::{BTreeMap, BTreeSet};
//
//	use candid::Principal;
//	use ic_cdk::{call::Call, update};
//
//	const LEDGER: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);
//
//	thread_local! {
//	    static LOCKS: RefCell<BTreeSet<u64>> = RefCell::default();
//	    static STAKES: RefCell<BTreeMap<u64, u64>> = RefCell::default();
//	}
//
//	struct NeuronLock(u64);
//
//	impl NeuronLock {
//	    fn new(id: u64) -> Result<Self, String> {
//	        if !LOCKS.with_borrow_mut(|locks| locks.insert(id)) {
//	            return Err("the neuron is in use".to_string());
//	        }
//	        Ok(NeuronLock(id))
//	    }
//	}
//
//	impl Drop for NeuronLock {
//	    fn drop(&mut self) {
//	        LOCKS.with_borrow_mut(|locks| locks.remove(&self.0));
//	    }
//	}
//
//	#[update]
//	async fn disburse(id: u64) -> Result<u64, String> {
//	    let _lock = NeuronLock::new(id)?;
//	    let stake = STAKES.with_borrow(|s| s.get(&id).copied()).ok_or("no such neuron")?;
//	    let call = Call::unbounded_wait(LEDGER, "pay").with_arg(stake);
//	    call.await.map_err(|e| e.to_string())?;
//	    STAKES.with_borrow_mut(|s| s.remove(&id));
//	    Ok(stake)
//	}
//
//	#[update]
//	fn split(id: u64, amount: u64, child: u64) -> Result<(), String> {
//	    let _parent = NeuronLock::new(id)?;
//	    let _child = NeuronLock::new(child)?;
//	    STAKES.with_borrow_mut(|s| {
//	        let stake = s.get_mut(&id).ok_or("no such neuron")?;
//	        *stake = stake.checked_sub(amount).ok_or("not enough")?;
//	        s.insert(child, amount);
//	        Ok(())
//	    })
//	}
//
// Now B finds n locked while A waits, and is refused.
//
// # What it does not report
//
//   - A writer that looks whether the lock is taken, and leaves.
//   - A writer whose change the guarded message notices, because it reads again
//     after the await, or whose change any serial order explains.
//   - What nobody writes in the gap: read-only methods, the hooks of install and
//     upgrade.
//   - Methods that only controllers, or callers that controllers chose, get through.
//   - State that is used under the lock in one segment only.
//
// # Known gaps
//
//   - A guard that was taken for other reasons than the state read under it is
//     taken to protect that too.
//   - State that is only written under the lock after the await, and never read
//     before it, is not known to be protected by it.
//
// # Configuration
//
// None of its own. --ignore guard-bypassed leaves the rule out, --select
// guard-bypassed runs it alone.
//
// # References
//
//   - Facts M1, M7, M8, M9, S2, B6 in docs/semantics.md.
//   - Internet Computer documentation: "Inter-canister calls" in the security best
//     practices, on locking.
//   - CWE-667, improper locking; CWE-820, missing synchronization; CWE-362, race
//     condition.
package guardbypassed
