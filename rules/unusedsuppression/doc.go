// Package unusedsuppression reports comments that are to silence a finding, and
// silence none.
//
// # What it reports
//
// unused-suppression reports a comment of the form
//
//	// awaitlint: ignore[RULE, RULE] -- REASON
//
// where one of the rules reports nothing in the code that the comment is about. That is the
// line it ends, or, where it stands on a line of its own, the whole statement, match
// arm or item that follows. The finding stands on the comment. It is a note; where
// the comment names no rule there is, or cannot be read, it is a warning, for then it
// never silenced anything.
//
// # Why it is dangerous on the Internet Computer
//
// A comment outlives its reason. The code is mended, the rule learns better, and the
// comment stays: it silences the next bug in that place, of which nobody has thought:
//
//	version 1  insert; // awaitlint: ignore[stale-check] -- the ledger refuses the second
//	version 2  the insert is made before the call: nothing is reported any more
//	version 3  another ledger, the insert behind the call again: two are paid, and the
//	           comment still says that this is known
//
// # Bad
//
//	use std::cell::Cell;
//
//	use ic_cdk::update;
//
//	thread_local! {
//	    static TOTAL: Cell<u64> = Cell::new(0);
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    // awaitlint: ignore[stale-write] -- one writer // reported: unused-suppression
//	    TOTAL.set(TOTAL.get() + amount);
//	}
//
// # Good
//
//	use std::cell::Cell;
//
//	use ic_cdk::update;
//
//	thread_local! {
//	    static TOTAL: Cell<u64> = Cell::new(0);
//	}
//
//	#[update]
//	fn deposit(amount: u64) {
//	    TOTAL.set(TOTAL.get() + amount);
//	}
//
// There is no await, so that nothing can be stale (M2): the comment is not needed, and what a
// later change makes wrong is reported.
//
// # What it does not report
//
//   - Comments for rules that did not run, because of --select or --ignore or as
//     they are off.
//   - Comments in files that no canister is made of.
//
// # Known gaps
//
//   - A comment in the body of a macro is not read.
//
// # Configuration
//
// None of its own. --ignore unused-suppression leaves the rule out. How findings are
// silenced is in docs/configuration.md.
//
// # References
//
//   - Fact M2 in docs/semantics.md.
//   - The rustc lint unfulfilled_lint_expectations, for the same with the attribute expect.
//   - CWE-1164, irrelevant code.
package unusedsuppression
