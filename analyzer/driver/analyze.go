package driver

import (
	"errors"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// analyze runs the rules over one canister.
func analyze(t *Target, rules []Rule, observe func(*effects.Canister)) (found []*finding.Finding, looked Looked, notices []Notice) {
	looked = Looked{Name: t.Name}
	defer func() {
		// Rules are guarded one by one; this is for the machinery around them.
		if p := recover(); p != nil {
			notices = append(notices, caught("", t.Name, p))
		}
	}()
	set := newPackages(t)
	defer set.release()

	r := newRunner(set.fset)
	// Effects run in any case: they say what was looked at.
	if c, ok := r.exec(effects.Analyzer, set.root).result.(*effects.Canister); ok {
		notices = append(notices, look(c, &looked)...)
		observe(c)
	}
	assumed := map[finding.Endpoint]bool{}
	for _, m := range t.Messages {
		assumed[m.Entry] = m.Assumed
	}
	told := map[string]bool{}
	for _, rule := range rules {
		act := r.exec(rule.Analyzer, set.root)
		if act.err != nil {
			msg := cause(act.err).Error()
			if !told[msg] {
				told[msg] = true
				notices = append(notices, Notice{Fatal: true, Internal: true, Rule: rule.Meta.ID, Message: msg})
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
			found = append(found, f)
		}
	}
	return found, looked, notices
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
