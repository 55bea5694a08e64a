package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/report"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/rustparse"
)

// dump writes one stage of a function: see stageNames.
func (f *function) dump(w io.Writer, stage string) error {
	switch stage {
	case "tree":
		if f.def == nil {
			return errNoText
		}
		return f.def.Tree.Dump(w, f.def.Node)
	case "ops":
		ops.Dump(w, f.Func)
		return nil
	case "ssa":
		fn, err := shadow.Build(f.Func)
		if err != nil {
			return err
		}
		return fn.Dump(w)
	case "effects":
		return dumpEffects(w, f.Input)
	case "model":
		return f.dumpModel(w)
	}
	return usagef("no stage %q", stage)
}

// judged puts a function before the model, among the messages of its canister.
func (f *function) judged() (*evidence.Canister, *evidence.Message) {
	self := &evidence.Message{Func: f.Func, Endpoint: f.Entry, Lasts: f.Lasts, Looks: f.Looks, Anonymous: f.Anonymous}
	all := []*evidence.Message{self}
	for _, m := range messages(f.canister) {
		if m.Entry != f.Entry {
			all = append(all, &evidence.Message{Func: m.Func, Endpoint: m.Entry, Lasts: m.Lasts, Looks: m.Looks, Anonymous: m.Anonymous})
		}
	}
	return evidence.New(all), self
}

// dumpModel writes what the model says of a function by itself: what each
// ending of its calls leaves, and which endings do damage.
func (f *function) dumpModel(w io.Writer) error {
	c, self := f.judged()
	damages := c.Endings(self)
	if len(damages) == 0 {
		rows := c.Rows(self)
		if rows == nil {
			_, err := fmt.Fprintf(w, "%s: no run within the bound makes a call\n", f.Func.Name)
			return err
		}
		if _, err := fmt.Fprintf(w, "%s: no ending does damage by itself\n", f.Func.Name); err != nil {
			return err
		}
		return report.Text{}.Endings(w, rows)
	}
	for _, d := range damages {
		what := []string{string(d.Kind), d.Verdict.String()}
		for _, s := range []string{d.Place, d.Label, d.Ending, d.Reason} {
			if s != "" {
				what = append(what, s)
			}
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", f.Func.Name, strings.Join(what, " · ")); err != nil {
			return err
		}
		if err := (report.Text{}).Endings(w, c.Table(self, d).Endings); err != nil {
			return err
		}
	}
	return nil
}

// dumpEffects writes what a message does to state, in the order of the code.
func dumpEffects(w io.Writer, in effects.Input) error {
	m := effects.New(&effects.Canister{}, in)
	if m.Err != nil {
		return m.Err
	}
	var b strings.Builder
	line := func(op *ops.Op) string {
		if op == nil {
			return ""
		}
		site := in.Func.Sites[op.Site]
		if site.Span.File == nil {
			return ""
		}
		return position(site.Span)
	}
	for _, a := range m.Accesses {
		what := map[[2]bool]string{{true, false}: "reads ", {false, true}: "writes", {true, true}: "reads and writes"}[[2]bool{a.Read, a.Write}]
		extra := ""
		if a.Presence {
			extra = " (whether it is there)"
		}
		if a.Callee {
			extra += " (in a callee)"
		}
		fmt.Fprintf(&b, "%-24s %s %s%s\n", line(a.Op), what, a.Place, extra)
	}
	for _, a := range m.Awaits {
		var calls []string
		for _, r := range a.Requests {
			if r.Request != nil {
				calls = append(calls, r.Request.Method)
			}
		}
		fmt.Fprintf(&b, "%-24s awaits %s: %s commits\n", line(a.Op), strings.Join(calls, ", "), a.Op.Commit)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func position(s rustparse.Span) string {
	return fmt.Sprintf("%s:%d", s.File.Path, s.Position().Line)
}
