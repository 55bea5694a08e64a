package driver

import (
	"errors"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// analyze runs the rules over one canister, that with index i.
func analyze(p *part, t *Target, rules []Rule, opt Options, i int) {
	p.looked = Looked{Name: t.Name}
	defer func() {
		// Rules are guarded one by one; this is for the machinery around them.
		if v := recover(); v != nil {
			p.notices = append(p.notices, caught("", t.Name, v))
		}
	}()
	set := newPackages(t, opt.Clock)
	defer set.release()

	r := newRunner(set.fset)
	// Effects run in any case: they say what was looked at.
	stop := p.spent.stopwatch(opt.Clock)
	c, ok := r.exec(effects.Analyzer, set.root).result.(*effects.Canister)
	stop(effected)
	if ok {
		p.notices = append(p.notices, look(c, &p.looked)...)
		if opt.Observe != nil {
			opt.Observe(i, c)
		}
	}
	assumed := map[finding.Endpoint]bool{}
	for _, m := range t.Messages {
		assumed[m.Entry] = m.Assumed
	}
	told := map[string]bool{}
	for _, rule := range rules {
		if rule.Analyzer == nil {
			continue
		}
		stop := p.spent.stopwatch(opt.Clock)
		act := r.exec(rule.Analyzer, set.root)
		stop(rule.Meta.ID)
		if act.err != nil {
			msg := cause(act.err).Error()
			if !told[msg] {
				told[msg] = true
				p.notices = append(p.notices, Notice{Fatal: true, Internal: true, Rule: rule.Meta.ID, Message: msg})
			}
			continue
		}
		fs, _ := act.result.([]*finding.Finding)
		for _, f := range fs {
			if assumed[f.Entry] {
				f.Level = min(f.Level, finding.Warning) // it may be dead code
			}
			if f.Crate == "" {
				f.Crate = t.Name
			}
			p.findings = append(p.findings, f)
			if f.Cost != (finding.Cost{}) {
				p.spent.Candidates = append(p.spent.Candidates, f.Cost)
			}
		}
	}
}

// look counts what was looked at, and tells of messages that were not.
func look(c *effects.Canister, l *Looked) (notices []Notice) {
	for _, m := range c.Messages {
		switch {
		case m.Input.Assumed:
			l.Assumed++
		case m.Entry().Kind == "task":
			l.Tasks++
		default:
			l.EntryPoints++
		}
		f := m.Input.Func
		l.Operations += count(f.Body)
		for _, n := range f.Opaque {
			l.NotUnderstood += n
		}
		if len(f.Partial) > 0 {
			l.PartlyBuilt++
		}
		if m.Err != nil && !errors.Is(m.Err, effects.ErrAtomic) {
			l.NotBuilt++
			n := Notice{Span: m.Entry().Span, Message: "not analysed: " + m.Err.Error()}
			if n.Span.File != nil {
				n.Path = n.Span.File.Path
			}
			notices = append(notices, n)
			continue
		}
		for _, a := range m.Awaits {
			l.Awaits++
			if a.Commits() {
				l.MayCommit++
			}
		}
	}
	return notices
}

func count(list []*ops.Op) int {
	n := len(list)
	for _, op := range list {
		n += count(op.Body) + count(op.Else)
	}
	return n
}
