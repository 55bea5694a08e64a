package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/ops"
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
		return evidence.Dump(w, f.Func)
	}
	return usagef("no stage %q", stage)
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
