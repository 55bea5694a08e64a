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
// nothing but findings is kept of them, so memory does not grow with their number.
// Functions that no message of any canister reaches come after them all. A
// rule that panics or fails becomes a notice; the others go on.
package driver

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Rule is an analyzer and its metadata. The one without an analyzer is about
// comments that silence nothing, which only the driver can tell.
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
	// Notes says of which rules the findings are kept that are mere notes
	// although the rule reports more than notes; nil means of none.
	Notes func(rule string) bool
	// InScope says for which files findings are reported; nil means all.
	InScope func(path string) bool
	// Known are the names of all rules, for comments that name one which does
	// not run; nil for those that run.
	Known []string
	// Observe is given the effects of what was looked at of the canister with
	// that index: its messages, then the functions that no message reaches. It
	// is called from several goroutines; nil if nobody wants to know.
	Observe func(i int, c *effects.Canister)
	// Clock gives the processor time spent so far. With it canisters are
	// analysed one by one, whatever Jobs says, and the result tells where the time went.
	Clock func() time.Duration
}

// A Target is one canister, ready to be analysed.
type Target struct {
	Name string // as shown to users
	// Crates are in dependency order; the last is the canister's own.
	Crates   []*Crate
	Messages []effects.Input
	// Around gives the canister's entry points where Messages are not they;
	// nil otherwise. It is called when somebody wants to know what runs in a gap.
	Around func() []effects.Input
	// Declared says what the sources declare of a place of the canister's state.
	Declared func(cell string, path []string) effects.Declaration
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
	// Spent tells where the time went, with a [Options.Clock] only.
	Spent Spent
}

// A Looked says how much of a canister was looked at.
type Looked struct {
	Name                  string
	EntryPoints, Tasks    int
	Assumed               int // functions that no message reaches, looked at as messages
	Awaits, MayCommit     int // awaits of all messages, and those that may commit
	Operations            int // of all messages
	NotUnderstood         int // constructs that became opaque
	NotBuilt, PartlyBuilt int // messages without SSA, and with text left out
}

func (l *Looked) add(m Looked) {
	if l.Name == "" {
		l.Name = m.Name
	}
	l.EntryPoints += m.EntryPoints
	l.Tasks += m.Tasks
	l.Assumed += m.Assumed
	l.Awaits += m.Awaits
	l.MayCommit += m.MayCommit
	l.Operations += m.Operations
	l.NotUnderstood += m.NotUnderstood
	l.NotBuilt += m.NotBuilt
	l.PartlyBuilt += m.PartlyBuilt
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
	return result(each(opt.workers(), func(yield func(func() part) bool) {
		for i, t := range targets {
			if !yield(func() part { return preparation{target: t}.examine(rules, opt, i) }) {
				return
			}
		}
	}), rules, opt)
}

func (o Options) workers() int {
	switch {
	case o.Clock != nil:
		return 1
	case o.Jobs <= 0:
		return runtime.GOMAXPROCS(0)
	}
	return o.Jobs
}

// A part is what was found in one target.
type part struct {
	findings []*finding.Finding
	notices  []Notice
	looked   Looked
	spent    Spent
}

func (p *part) add(q *part) {
	p.findings = append(p.findings, q.findings...)
	p.notices = append(p.notices, q.notices...)
	p.looked.add(q.looked)
	p.spent.add(q.spent)
}

// each does what work yields, several at a time, and gives the parts in order.
// Work is asked for more when a worker is free; a single worker asks itself.
func each(jobs int, work iter.Seq[func() part]) []*part {
	var parts []*part
	var group errgroup.Group
	group.SetLimit(jobs)
	for f := range work {
		p := new(part)
		parts = append(parts, p)
		if jobs == 1 {
			*p = f()
			continue
		}
		group.Go(func() error {
			*p = f()
			return nil
		})
	}
	group.Wait() // the functions never fail
	return parts
}

func result(parts []*part, rules []Rule, opt Options) *Result {
	r := &Result{}
	faint := map[string]bool{}
	for _, rule := range rules {
		faint[rule.Meta.ID] = rule.Meta.Level > finding.Note && (opt.Notes == nil || !opt.Notes(rule.Meta.ID))
	}
	var all []*finding.Finding
	for _, p := range parts {
		all = append(all, p.findings...)
		r.Notices = append(r.Notices, p.notices...)
		if p.looked.Name != "" {
			r.Canisters = append(r.Canisters, p.looked)
		}
		r.Spent.add(p.spent)
	}
	all = slices.DeleteFunc(all, func(f *finding.Finding) bool { return f.Level == finding.Note && faint[f.Rule] })
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
