// Package model is the segment model: a small machine that runs the messages
// of a canister step by step, segment by segment, and a search over its runs.
//
// A message is a [Program], compiled from a [Func] of structured steps. The
// machine keeps the committed cells, the journal of the current segment, and
// suspended messages with their locals (S1, S2). A trap takes back the current
// segment only; when an earlier one was committed, the drops of the guards
// that were alive at the await run in one more committed segment (S15, S19).
//
// Whatever is unknown (initial state, arguments, replies, how calls end, what
// an unread function answers) is a lazy value: it is chosen at its first use,
// remembered, and enumerated depth first by running again from the start.
//
// Three questions are answered: [System.Race] (is there an interleaving that
// no serial order explains?), [System.Endings] (what survives each ending of
// each call?), and [System.Run] (what happens in this one run?). Everything
// is deterministic and bounded in steps and runs, never in time.
//
// The package imports nothing of the project: it is a machine of its own.
package model
