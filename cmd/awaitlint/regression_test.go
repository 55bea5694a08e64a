//go:build regression

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The regression run: what awaitlint says of bugs that were shipped and mended
// in public, and of public repositories as they stand. It needs clones of the
// repositories, as OWNER/NAME below the folder that AWAITLINT_REPOSITORIES
// names, and is skipped without:
//
//	AWAITLINT_REPOSITORIES=~/src go test -tags regression -timeout 2h -run 'TestKnownBugs|TestHeads' ./cmd/awaitlint -update
const (
	regressionFolder  = "../../docs/regression"
	regressionCommand = "go test -tags regression -timeout 2h -run 'TestKnownBugs|TestHeads' ./cmd/awaitlint -update"
)

// clones returns the folder of clones, and skips the test where there is none.
func clones(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("AWAITLINT_REPOSITORIES")
	if dir == "" {
		t.Skip("notice: AWAITLINT_REPOSITORIES is not set: public repositories are not checked")
	}
	return dir
}

// A bug is a row of pairs.tsv: a commit that has it, one that has not, and
// where it should be reported under which rules.
type bug struct {
	id, repository, before, after string
	packages, functions, rules    []string
	control                       bool
}

func bugs(t *testing.T) []bug {
	t.Helper()
	var out []bug
	for _, c := range rows(t, filepath.Join(regressionFolder, "pairs.tsv")) {
		out = append(out, bug{
			id: c["n"], repository: c["repository"], before: c["before"], after: c["after"],
			packages: list(c["package"]), functions: list(c["functions"]), rules: list(c["rules"]), control: c["scope"] == "control",
		})
	}
	return out
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

// rows reads a table whose first line names the columns.
func rows(t *testing.T, path string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var out []map[string]string
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(head) {
			t.Fatalf("%s:%d: %d cells, want %d", path, i+2, len(cells), len(head))
		}
		row := map[string]string{}
		for j, name := range head {
			row[name] = cells[j]
		}
		out = append(out, row)
	}
	return out
}

// A reported finding, as far as the regression run looks at it.
type reported struct {
	Rule, Level, Verdict, Function string
	Entry                          struct{ Name string }
	AlsoIn                         []string
}

func (f reported) String() string {
	verdict := ""
	if f.Verdict != "unproved" {
		verdict = " " + f.Verdict
	}
	return f.Rule + " " + f.Level + verdict
}

// in reports whether the finding stands in one of the functions, or in one that it calls.
func (f reported) in(functions []string) bool {
	names := append([]string{f.Function, f.Entry.Name}, f.AlsoIn...)
	return slices.ContainsFunc(functions, func(fn string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			name, _, _ = strings.Cut(name, " ")
			return slices.Contains(strings.Split(name, "::"), fn)
		})
	})
}

// analyse runs awaitlint on packages of a repository at a commit, and on the
// whole where none are named.
func analyse(t *testing.T, repository, commit string, packages []string, flags ...string) []reported {
	t.Helper()
	dir := t.TempDir()
	extract(t, filepath.Join(clones(t), repository), commit, dir)
	args := append([]string{"--format", "json"}, flags...)
	for _, p := range packages {
		args = append(args, filepath.Join(dir, p))
	}
	if len(packages) == 0 {
		args = append(args, dir)
	}
	var out, errs bytes.Buffer
	code := run(args, strings.NewReader(""), &out, &errs)
	var r struct{ Findings []reported }
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, errs.String())
	}
	return r.Findings
}

// extract writes the Rust sources and manifests of a commit into dir.
func extract(t *testing.T, clone, commit, dir string) {
	t.Helper()
	git := func(args ...string) []byte {
		out, err := exec.Command("git", append([]string{"-C", clone}, args...)...).Output()
		if err != nil && len(out) == 0 {
			t.Fatalf("git %s in %s: %v", args[0], clone, err)
		}
		return out
	}
	var request bytes.Buffer
	var names []string
	for line := range strings.Lines(string(git("ls-tree", "-r", commit))) {
		info, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if f := strings.Fields(info); f[1] == "blob" && slices.Contains([]string{".rs", ".toml", ".lock"}, filepath.Ext(name)) {
			fmt.Fprintln(&request, f[2])
			names = append(names, name)
		}
	}
	// One by one by name: an incomplete clone may lack what an archive would stumble over.
	cat := exec.Command("git", "-C", clone, "cat-file", "--batch")
	cat.Stdin = &request
	out, err := cat.Output()
	if err != nil {
		t.Fatalf("git cat-file in %s: %v", clone, err)
	}
	for _, name := range names {
		head, rest, _ := bytes.Cut(out, []byte("\n"))
		var hash, kind string
		var size int
		if _, err := fmt.Sscan(string(head), &hash, &kind, &size); err != nil {
			t.Logf("%s at %s: %s is not in the clone", clone, commit, name)
			out = rest
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, rest[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		out = rest[size+1:]
	}
}

// Each known bug is reported before it was mended, in its function and under a rule that names it, and not after.
// What it says of them is a table under review.
func TestKnownBugs(t *testing.T) {
	clones(t)
	var table strings.Builder
	fmt.Fprintln(&table, "n\trules\treported before\tsilent after\tbefore\tafter")
	scope, before, after, all := 0, 0, 0, true
	for _, b := range bugs(t) {
		ran := false
		t.Run(b.id, func(t *testing.T) {
			ran = true
			var chosen []string // a control is looked at by the rules that run by default
			if len(b.rules) > 0 {
				chosen = []string{"--select", strings.Join(b.rules, ",")}
			}
			was := inFunctions(analyse(t, b.repository, b.before, b.packages, chosen...), b)
			is := inFunctions(analyse(t, b.repository, b.after, b.packages, chosen...), b)
			found, silent := under(was, b.rules), !under(is, b.rules)
			if b.control {
				found, silent = len(was) > 0, len(is) == 0
			} else {
				scope++
				before += count(found)
				after += count(silent)
			}
			row := fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", b.id, cmp.Or(strings.Join(b.rules, ","), "none"), yes(found), yes(silent), tally(was), tally(is))
			t.Log(row)
			fmt.Fprintln(&table, row)
		})
		all = all && ran
	}
	t.Logf("%d in scope, %d reported before, %d silent after", scope, before, after)
	if all {
		golden(t, filepath.Join(regressionFolder, "pairs-result.tsv"), table.String())
	}
}

func inFunctions(fs []reported, b bug) []reported {
	return slices.DeleteFunc(fs, func(f reported) bool { return !f.in(b.functions) })
}

// under reports whether a finding is of one of the rules.
func under(fs []reported, rules []string) bool {
	return slices.ContainsFunc(fs, func(f reported) bool { return slices.Contains(rules, f.Rule) })
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// tally counts findings by rule, level and verdict.
func tally(fs []reported) string {
	n := map[string]int{}
	for _, f := range fs {
		n[f.String()]++
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(n)) {
		part := k
		if n[k] > 1 {
			part = fmt.Sprintf("%s x%d", k, n[k])
		}
		parts = append(parts, part)
	}
	return cmp.Or(strings.Join(parts, "; "), "-")
}

// What is found in public repositories as they stand, counted by rule, level and verdict, changes only under review.
func TestHeads(t *testing.T) {
	clones(t)
	var table strings.Builder
	fmt.Fprintln(&table, "repository\tcommit\tfindings\tby rule, level and verdict")
	for _, r := range rows(t, filepath.Join(regressionFolder, "heads.tsv")) {
		fs := analyse(t, r["repository"], r["commit"], list(r["package"]))
		fmt.Fprintf(&table, "%s\t%s\t%d\t%s\n", r["repository"], r["commit"], len(fs), tally(fs))
	}
	golden(t, filepath.Join(regressionFolder, "heads-result.tsv"), table.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("verdicts changed; if for the better, run\n%s\ngot:\n%s", regressionCommand, got)
	}
}
