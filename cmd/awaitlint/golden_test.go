package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

// atRoot makes the top folder the working directory, so that output has the
// same paths everywhere, and fixes the version that output names.
func atRoot(t *testing.T) {
	t.Helper()
	t.Chdir("../..")
	old := version
	version = "0.0.0"
	t.Cleanup(func() { version = old })
}

// output runs a command line that must end with the given exit code and say nothing on the side.
func output(t *testing.T, code int, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(append(args, "--color=never"), strings.NewReader(""), &stdout, &stderr); got != code {
		t.Fatalf("awaitlint %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, &stderr)
	}
	if stderr.Len() > 0 {
		t.Errorf("awaitlint %s says\n%s", strings.Join(args, " "), &stderr)
	}
	return stdout.Bytes()
}

// The only absolute path: where SARIF says that the analysed sources lie.
var sourceRoot = regexp.MustCompile(`"file://[^"]*"`)

// The list of rules and the index of a rule in it: pages are tested with the rules.
var (
	ruleList  = regexp.MustCompile(`(?s)"rules": \[\n.*?\n( {2}| {10})\]`)
	ruleIndex = regexp.MustCompile(`"ruleIndex": \d+`)
)

// Everything that is printed about the worked examples, in each format.
func TestGolden(t *testing.T) {
	golden, err := filepath.Abs("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	atRoot(t)
	for _, sample := range []string{"cdk", "cdk012"} {
		for _, format := range []string{"text", "json", "sarif"} {
			name := "worked-" + sample + "." + strings.Replace(format, "text", "txt", 1)
			t.Run(name, func(t *testing.T) {
				got := output(t, report.ExitFindings, "--format", format, "testdata/worked/"+sample)
				if got = sourceRoot.ReplaceAll(got, []byte(`"file:///project/"`)); holdsPath(t, got) {
					t.Error("the output holds the path of this folder")
				}
				got = ruleIndex.ReplaceAll(ruleList.ReplaceAll(got, []byte(`"rules": []`)), []byte(`"ruleIndex": 0`))
				file := filepath.Join(golden, name)
				if *update {
					if err := os.WriteFile(file, got, 0o666); err != nil {
						t.Fatal(err)
					}
					return
				}
				const again = "go test ./cmd/awaitlint -run TestGolden -update"
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("%v\nrun %s", err, again)
				}
				if d := diff.Diff(name, want, "now", got); d != nil {
					t.Errorf("%s\nif this is right, run %s", d, again)
				}
			})
		}
	}
}

func holdsPath(t *testing.T, text []byte) bool {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(text, []byte(filepath.ToSlash(dir)))
}

// Equal input gives equal bytes, from run to run and for any number of workers.
func TestDeterminism(t *testing.T) {
	atRoot(t)
	for _, sample := range []string{"testdata/rules", "testdata/rules/cdk012", "testdata/worked/cdk", "testdata/worked/cdk012"} {
		t.Run(sample, func(t *testing.T) {
			args := []string{"--format", "json", "--show-refuted", sample}
			first := output(t, report.ExitFindings, append(args, "--jobs", "1")...)
			for _, jobs := range []string{"1", "4", "4"} {
				if d := diff.Diff("--jobs 1", first, "--jobs "+jobs, output(t, report.ExitFindings, append(args, "--jobs", jobs)...)); d != nil {
					t.Fatalf("the output differs:\n%s", d)
				}
			}
		})
	}
}

// What `awaitlint segments` knows of the worked examples: the atomic
// executions, and who can run in the gaps.
func TestTimelines(t *testing.T) {
	atRoot(t)
	c := &command{jobs: 2}
	p, err := c.load([]string{"testdata/worked/cdk/counter", "testdata/worked/cdk/observer"})
	if err != nil {
		t.Fatal(err)
	}
	counters := []string{"double_increment", "increment_call_fail", "increment_check_call", "increment_call_increment_fail", "one_call", "two_calls"}
	const (
		first = "nothing survives"
		later = "what came before stays, the callees' too; this is lost"
		stays = "stays if it replies, whatever happens after"
	)
	call := []string{"1 X X → increment_y unbounded must: " + first, "0 increment_y: " + stays}
	for _, w := range []struct {
		fn                 string
		rows               []string
		writers, observers []string
	}{
		// Example 1: one segment, taken back whole.
		{"double_increment", []string{"1 X X: " + first}, nil, nil},
		// Example 5.
		{"one_call", append(slices.Clone(call), "2 X X: "+later), counters, []string{"get_x"}},
		{"two_calls", append(slices.Clone(call),
			"2 X X → increment_y unbounded must: "+later, "0 increment_y: "+stays, "3 - -: "+later), counters, []string{"get_x"}},
		// Example 6: get_x sees the gap, increment moves it on.
		{"foo", []string{"1 X X → bar bounded must: " + first, "0 bar: " + stays, "2 X X: " + later}, []string{"foo", "increment"}, []string{"get_x"}},
	} {
		t.Run(w.fn, func(t *testing.T) {
			lines, err := p.timelines(w.fn)
			if err != nil {
				t.Fatal(err)
			}
			if len(lines) != 1 {
				t.Fatalf("%d timelines", len(lines))
			}
			var rows []string
			for _, s := range lines[0].Segments {
				rows = append(rows, rowText(s))
			}
			if d := cmp.Diff(w.rows, rows); d != "" {
				t.Errorf("segments (-want +got):\n%s", d)
			}
			var want []string
			if w.writers != nil {
				want = []string{"X"}
			}
			var places []string
			for _, touched := range lines[0].Touched {
				places = append(places, touched.Place)
				if d := cmp.Diff(w.writers, endpointNames(touched.Writers)); d != "" {
					t.Errorf("who can write %s in the gap (-want +got):\n%s", touched.Place, d)
				}
				if d := cmp.Diff(w.observers, endpointNames(touched.Observers)); d != "" {
					t.Errorf("who can see %s in the gap (-want +got):\n%s", touched.Place, d)
				}
			}
			if d := cmp.Diff(want, places); d != "" {
				t.Errorf("places touched in the gap (-want +got):\n%s", d)
			}
		})
	}
}

// rowText is a segment in one line: index, reads, writes, the call that ends
// it, and what a trap in it leaves; of a callee's row, its name in place of these.
func rowText(s finding.Segment) string {
	if s.Index == 0 {
		return "0 " + s.Call + ": " + s.IfTrap
	}
	list := func(names []string) string {
		if len(names) == 0 {
			return "-"
		}
		return strings.Join(names, ",")
	}
	row := strings.Join([]string{string(rune('0' + s.Index)), list(s.Reads), list(s.Writes)}, " ")
	if s.Call != "" {
		row += " → " + s.Call + " " + s.Wait + " " + s.Commit
	}
	return row + ": " + s.IfTrap
}

func endpointNames(es []finding.Endpoint) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.Name)
	}
	return out
}
