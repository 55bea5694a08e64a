// Package driver runs rules over canisters under the contract of
// go/analysis: a rule is an ordinary *analysis.Analyzer, a crate is a
// package, and what is known of a crate's functions travels to its dependents
// as Facts.
//
// A rule's ResultType is []*finding.Finding and it Requires effects.Analyzer,
// directly or not. It also reports each finding as a plain diagnostic, so that it runs under
// any other driver.
//
// Canisters are analysed one by one (several at a time, see [Options]) and
// nothing but findings is kept of them, so memory does not grow with their number. A
// rule that panics or fails becomes a notice; the others go on.
package driver

import (
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Rule is an analyzer and its metadata.
type Rule struct {
	Analyzer *analysis.Analyzer
	Meta     finding.Rule
}

// Options change a run.
type Options struct {
	// Jobs is how many canisters are analysed at once; 0 means one per processor.
	Jobs int
	// ShowRefuted keeps candidates that the model refuted.
	ShowRefuted bool
	// InScope says for which files findings are reported; nil means all.
	InScope func(path string) bool
}

// A Target is one canister, ready to be analysed.
type Target struct {
	Name string // as shown to users
	// Crates are in dependency order; the last is the canister's own.
	Crates   []*Crate
	Messages []effects.Input
}

// A Crate becomes one package of go/analysis.
type Crate struct {
	Name      string
	Files     []*rustparse.File
	Deps      []*Crate // among the Crates of the target that stand before it
	Functions []Function
}

// A Function becomes a declaration without a body, the object that Facts are attached to.
type Function struct {
	Path string         // "ledger::fee", unique in the crate
	Span rustparse.Span // its name
	// Lower gives its operations for a summary; nil if none is wanted.
	Lower func() *ops.Func
}

// A Result is what a run found.
type Result struct {
	// Findings are one per rule and primary span, by path, offset and rule.
	Findings []*finding.Finding
	// Notices are in the order of canisters, then rules.
	Notices []Notice
	// Canisters says what was looked at, in the order given.
	Canisters []Looked
}

// A Looked says how much of a canister was looked at.
type Looked struct {
	Name                  string
	EntryPoints, Tasks    int
	Awaits, MayCommit     int // awaits of all messages, and those that may commit
	Operations            int // of all messages
	NotUnderstood         int // constructs that became opaque
	NotBuilt, PartlyBuilt int // messages without SSA, and with text left out
}

// A Notice is something the run could not do.
type Notice struct {
	Fatal    bool // silence would be a lie: exit code 2
	Internal bool // a fault of awaitlint
	Rule     string
	Path     string
	Span     rustparse.Span
	Message  string // one lower-case clause
}

// RunTargets runs rules over targets.
func RunTargets(targets []*Target, rules []Rule, opt Options) *Result {
	return run(len(targets), func(i int) (*Target, []Notice) { return targets[i], nil }, rules, opt)
}

// run asks for each target only when it is its turn, and forgets it after.
func run(n int, target func(i int) (*Target, []Notice), rules []Rule, opt Options) *Result {
	type part struct {
		findings []*finding.Finding
		notices  []Notice
		looked   Looked
	}
	parts := make([]part, n)
	var group errgroup.Group
	jobs := opt.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	group.SetLimit(jobs)
	for i := range n {
		group.Go(func() error {
			p := &parts[i]
			t, notices := target(i)
			p.notices = notices
			if t == nil {
				return nil
			}
			findings, looked, more := analyze(t, rules)
			p.findings, p.looked, p.notices = findings, looked, append(p.notices, more...)
			return nil
		})
	}
	group.Wait() // the functions never fail

	r := &Result{}
	var all []*finding.Finding
	for _, p := range parts {
		all = append(all, p.findings...)
		r.Notices = append(r.Notices, p.notices...)
		if p.looked.Name != "" {
			r.Canisters = append(r.Canisters, p.looked)
		}
	}
	r.Findings = merge(all, opt)
	return r
}

// caught turns a recovered panic into a notice.
func caught(rule, where string, p any) Notice {
	msg := fmt.Sprintf("internal error: %v; the rest of the run goes on, please report it", p)
	if where != "" {
		msg = "internal error in " + where + ": " + fmt.Sprint(p) + "; the rest of the run goes on, please report it"
	}
	return Notice{Fatal: true, Internal: true, Rule: rule, Message: msg}
}
