// Package finding defines what awaitlint reports. It is plain data: rules and
// evidence fill it, formats render it, and nothing in it depends on how it was
// found. Positions are final: file, byte offsets.
package finding

import (
	"time"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A Level is how serious a finding is.
type Level uint8

const (
	Note Level = iota + 1
	Warning
	Error
)

func (l Level) String() string { return [...]string{"", "note", "warning", "error"}[l] }

// A Verdict is what the segment model said of a candidate.
type Verdict uint8

const (
	Unproved   Verdict = iota // the rule needs no run
	Confirmed                 // a run shows it
	Possible                  // a run shows it, if an unknown part lets it
	CannotTell                // bound hit, or the late write was not reached
	Refuted                   // no run within the bound; not reported
)

func (v Verdict) String() string {
	return [...]string{"unproved", "confirmed", "possible", "cannot tell", "refuted"}[v]
}

// A Finding is one bug, explained.
type Finding struct {
	Rule    string // "stale-write"
	Level   Level
	Verdict Verdict
	// Reason says, for a verdict other than confirmed, why ("500 runs, the late write was not reached").
	Reason string
	// Message names the damage in one sentence ("two calls of `withdraw` can both be paid from one balance").
	Message  string
	Crate    string // the canister
	Place    string // what is damaged, "" if that is no one place
	Function string // where the primary span lies, as a path: "withdraw", "Vault::pay"
	Entry    Endpoint
	Primary  Label
	Labels   []Label // the read, the commit point, …, in source order
	Segments []Segment
	Endings  []Ending // rows of the table of endings
	Witness  *Witness // nil if there is no interleaving to show
	Survives []string // "payment to the caller", "X += 1 (segment 1)"
	Lost     []string
	Stuck    []string
	// Interferers can run in the gap and change the place; Observers can only see it.
	Interferers []Endpoint
	Observers   []Endpoint
	AlsoIn      []string // further entry points and canisters that share the code
	Assumed     []string // what was taken for granted
	Help        string   // one sentence on how to mend it
	Edits       []Edit   // a safe mend, nil if none is certain
	Fingerprint string   // without line numbers
	// Suppressed is the comment that silences it, nil if none does: it is kept, and counts for nothing.
	Suppressed *Suppression
	Cost       Cost // of its verdict
}

// A Cost is what the segment model spent on the verdict of a candidate. What
// candidates share counts for the first.
type Cost struct {
	Instructions int           // executed
	Time         time.Duration // of processors; 0 if nobody took it
}

// A Suppression is a comment of the source that silences a finding.
type Suppression struct {
	Span   rustparse.Span
	Reason string // as the comment gives it, "" if it gives none
}

// A Label is a span with a word on it.
type Label struct {
	Role Role
	Span rustparse.Span
	Text string
}

// A Role says what a labelled span is.
type Role string

const (
	RoleRead    Role = "read"
	RoleCheck   Role = "check"
	RoleChange  Role = "change" // made before the commit
	RoleCommit  Role = "commit"
	RoleWrite   Role = "write"
	RoleTrap    Role = "trap"
	RoleExit    Role = "exit"
	RoleGuard   Role = "guard"
	RoleCall    Role = "call" // it is sent, or should be
	RoleComment Role = "comment"
)

// An Endpoint is an entry point or task as a reader knows it.
type Endpoint struct {
	Name string         // "withdraw"
	Kind string         // "update", "query", "composite query", "heartbeat", "timer", "task", "init", …
	Span rustparse.Span // its name
}

// A Segment is one row of a timeline: a segment of the message, or a callee's execution.
type Segment struct {
	Index   int            // 1, 2, … of the message's own segments; 0 for a callee's
	Span    rustparse.Span // of the statements, or of the await
	Reads   []string       // "BALANCES[caller]"
	Writes  []string
	Call    string // what ends it: "pay(amount) → ledger", "" for the last
	Wait    string // "bounded", "unbounded", ""
	Commit  string // "must", "may", "never" for the await that ends it
	IfTrap  string // what a trap in it leaves behind
	Changes []Change
}

// A Change is what became of one write in the ending that a finding is about.
type Change struct {
	Text string // "X += 1"
	Span rustparse.Span
	Fate string // "committed", "rolled back", "never ran", "committed in the callee", "unknown"
}

// An Ending is one row of the table of endings.
type Ending struct {
	Name     string            // "clean reject", "trap in callback"
	State    map[string]string // place → value shown
	Survives []string
	Lost     []string
	Stuck    []string
	Damage   bool // this is the row the finding is about
}

// A Witness is a run that shows the damage.
type Witness struct {
	Places []string // whose values the State column shows
	Steps  []WitnessStep
	// Conclusion compares with what any serial order gives.
	Conclusion string
}

// A WitnessStep is one line of a [Witness].
type WitnessStep struct {
	Message string // "A", "B"
	What    string // "withdraw(60)" on the first step of a message, else ""
	Span    rustparse.Span
	Text    string   // "60 ≤ 100, goes on", "sends pay(60)"
	State   []string // one value per place, after the step
	Event   string   // "", "suspends", "resumes", "done", "traps", "cleanup"
	Role    Role     // "" or which label of the finding this is
	// Weight says how much a reader would miss the step where a long run is cut:
	// 9 and above is never left out.
	Weight int
}

// An Edit replaces a span by text.
type Edit struct {
	Span rustparse.Span
	New  string
}
