// Package querywrite reports queries that change state: the change is thrown
// away.
//
// # What it reports
//
// query-write reports a write of a query, a composite query or an inspection
// (inspect_message) that is still there when the message ends well. The finding
// stands on the write, which may be in a helper. That the change is made, and not
// taken back, is shown by a run of the segment model; the table says what is lost.
//
// # Why it is dangerous on the Internet Computer
//
// A query runs on a copy of the state, on one node, and the copy is dropped
// when it ends. The same holds where a query runs on all nodes, because another
// canister or a signed request asks for that, and for inspections (S37). Nothing
// warns of it: the query answers as if the change had been made.
//
//	                                  VOTES[yes]
//	A  vote_for("yes")  7 + 1             8
//	A                   answers 8         7      A done, its state is dropped
//	B  vote_for("yes")  7 + 1             8
//	B                   answers 8         7      the vote of A was never there
//
// # Bad
//
//	use std::cell::RefCell;
//	use std::collections::BTreeMap;
//
//	use ic_cdk::{query, update};
//
//	thread_local! {
//	    static VOTES: RefCell<BTreeMap<String, u64>> = RefCell::new(BTreeMap::new());
//	}
//
//	#[query]
//	fn vote_for(option: String) -> u64 {
//	    VOTES.with_borrow_mut(|v| {
//	        let votes = v.entry(option).or_default();
//	        *votes += 1; // reported: query-write
//	        *votes
//	    })
//	}
//
//	#[update]
//	fn close() -> u64 {
//	    VOTES.with_borrow_mut(|v| std::mem::take(v).into_values().sum())
//	}
//
// # Good
//
//	use std::cell::RefCell;
//	use std::collections::BTreeMap;
//
//	use ic_cdk::{query, update};
//
//	thread_local! {
//	    static VOTES: RefCell<BTreeMap<String, u64>> = RefCell::new(BTreeMap::new());
//	}
//
//	#[update]
//	fn vote_for(option: String) -> u64 {
//	    VOTES.with_borrow_mut(|v| {
//	        let votes = v.entry(option).or_default();
//	        *votes += 1;
//	        *votes
//	    })
//	}
//
//	#[query]
//	fn votes(option: String) -> u64 {
//	    VOTES.with_borrow(|v| v.get(&option).copied().unwrap_or(0))
//	}
//
//	#[update]
//	fn close() -> u64 {
//	    VOTES.with_borrow_mut(|v| std::mem::take(v).into_values().sum())
//	}
//
// Now A is an update: its segment commits 8 when it returns (M1, S2), and B makes 9
// of it.
//
// # What it does not report
//
//   - A change that is taken back before the end: an entry put back, a guard.
//   - An empty entry made in order to look at it, and a cache: a place that this text
//     alone fills, where it was found empty, with what the query answers.
//   - A number that is only added to, if no message that can keep a change reads it
//     and the query neither answers with it nor decides by it; a line of a log.
//   - What is done only in replicated execution (in_replicated_execution).
//   - A trial: the query runs the code of an update, and answers with what came of
//     it. Drawing a number is no trial.
//   - In a composite query, a note that is read again after a call: until the query
//     ends it sees its own changes (S37).
//
// # Known gaps
//
//   - Changes by functions that are not read, and of generators of random numbers.
//   - A query that pops what a helper shared with an update pops, to keep it, looks
//     like a trial.
//
// # Configuration
//
// None of its own. --ignore query-write leaves the rule out, --select
// query-write runs it alone.
//
// # References
//
//   - Facts M1, S2, S37 in docs/semantics.md.
//   - Internet Computer interface specification, on query methods and inspection
//     of ingress messages.
//   - CWE-563, assignment to variable without use; CWE-1164, irrelevant code.
package querywrite
