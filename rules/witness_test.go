package rules_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// Each run that a finding about a sample canister shows is as reviewed: who
// does what in which order, with which values, and the state after each step;
// and each table of endings, with what survives, is lost and is stuck.
func TestWitnesses(t *testing.T) {
	for _, root := range workspaces {
		t.Run(strings.TrimPrefix(root, "../testdata/"), func(t *testing.T) {
			var runs strings.Builder
			for _, f := range load(t, root).run(t, driver.Options{}).Findings {
				if f.Witness != nil || f.Endings != nil {
					write(&runs, root, f)
				}
			}
			if runs.Len() == 0 {
				t.Fatal("no finding shows a run")
			}
			file := filepath.Join("testdata/witness", strings.ReplaceAll(strings.TrimPrefix(root, "../testdata/"), "/", "-")+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(runs.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			const again = "go test ./rules -run TestWitnesses -update"
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v\nrun %s", err, again)
			}
			if d := diff.Diff(file, want, "now", []byte(runs.String())); d != nil {
				t.Errorf("%s\nif these runs are right, run %s", d, again)
			}
		})
	}
}

// write writes the run of a finding, a step a line, with the code it is about.
func write(w *strings.Builder, root string, f *finding.Finding) {
	fmt.Fprintf(w, "%s %s %s %s\n", strings.TrimPrefix(f.Primary.Span.File.Path, root+"/"), f.Function, f.Rule, f.Verdict)
	for _, e := range f.Endings {
		mark := " "
		if e.Damage {
			mark = "*"
		}
		fmt.Fprintf(w, " %s%s:", mark, e.Name)
		for _, place := range slices.Sorted(maps.Keys(e.State)) {
			fmt.Fprintf(w, " %s = %s", place, e.State[place])
		}
		fmt.Fprintf(w, " | survives %q, lost %q, stuck %q\n", e.Survives, e.Lost, e.Stuck)
	}
	if f.Witness == nil {
		fmt.Fprintln(w)
		return
	}
	fmt.Fprintf(w, "  state: %s\n", strings.Join(f.Witness.Places, " | "))
	for _, s := range f.Witness.Steps {
		fmt.Fprintf(w, "  %s  %s → %s    // %s\n", s.Message, strings.Join(nonEmpty(s.What, s.Text, s.Event), "; "), strings.Join(s.State, " | "), code(s.Span))
	}
	fmt.Fprintf(w, "  %s\n\n", f.Witness.Conclusion)
}

// code is the beginning of what stands at a span, in one line.
func code(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	text := strings.Join(strings.Fields(string(s.File.Text[s.Start:s.End])), " ")
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
