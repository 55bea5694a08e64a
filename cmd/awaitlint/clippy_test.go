//go:build regression

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// uiTest is a file of clippy's own tests, from a clone.
func uiTest(t *testing.T, name string) string {
	t.Helper()
	text, err := exec.Command("git", "-C", filepath.Join(clones(t), "rust-lang/rust-clippy"), "show", "HEAD:tests/ui/"+name).Output()
	if err != nil {
		t.Skipf("notice: no tests/ui/%s in a clone of rust-lang/rust-clippy: %v", name, err)
	}
	return string(text)
}

// alone runs awaitlint on one file in a folder of its own, with a configuration; files are not built, so that a crate may be missing.
func alone(t *testing.T, name, text, config string) []jsonFinding {
	t.Helper()
	t.Chdir(t.TempDir())
	for file, content := range map[string]string{name: text, "awaitlint.toml": config} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	if code := run([]string{"--format", "json", name}, strings.NewReader(""), &out, &errs); code == 2 {
		t.Fatalf("exit code 2: %s", &errs)
	}
	var r struct{ Findings []jsonFinding }
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

type jsonFinding struct {
	Rule    string
	Primary jsonLabel
	Labels  []jsonLabel
}

type jsonLabel struct {
	Role string
	Span struct{ Start struct{ Line int } }
}

var (
	marked = regexp.MustCompile(`//~(\^+)`)
	waits  = regexp.MustCompile(`(?m)^note: these are all the await points.*\n *--> [^:]*:(\d+):`)
)

// Clippy's tests of what must not be held at an await come out here as they do
// there, if every await ends a segment. They make no call: without being told
// so, nothing is wrong with them.
func TestClippy(t *testing.T) {
	for _, name := range []string{"await_holding_refcell_ref", "await_holding_lock"} {
		t.Run(name, func(t *testing.T) {
			// Their main makes futures and drops them.
			text, _, _ := strings.Cut(uiTest(t, name+".rs"), "fn main()")
			stderr := uiTest(t, name+".stderr")
			// What clippy's own comment calls a false positive: the guard is dropped by hand.
			if text, fp, ok := strings.Cut(text, "// FIXME: FP"); ok {
				at := strings.Count(text, "\n") + slices.IndexFunc(strings.Split(fp, "\n"), marked.MatchString)
				stderr = regexp.MustCompile(fmt.Sprintf(`(?s)--> [^:]*:%d:.*`, at)).ReplaceAllString(stderr, "")
			}
			var want []string
			for i, line := range strings.Split(text, "\n") {
				if strings.Contains(line, "FIXME: FP") {
					break
				}
				if m := marked.FindStringSubmatch(line); m != nil {
					want = append(want, fmt.Sprint("held from line ", i+1-len(m[1])))
				}
			}
			for _, m := range waits.FindAllStringSubmatch(stderr, -1) {
				want = append(want, "waits in line "+m[1])
			}
			var got []string
			for _, f := range alone(t, name+".rs", text, fmt.Sprintf("[[function]]\npath = \"%s::baz\"\ncommits = \"must\"\n", name)) {
				if f.Rule != "borrow-across-await" {
					t.Errorf("%s in line %d", f.Rule, f.Primary.Span.Start.Line)
					continue
				}
				got = append(got, fmt.Sprint("waits in line ", f.Primary.Span.Start.Line))
				for _, l := range f.Labels {
					if l.Role == "guard" {
						got = append(got, fmt.Sprint("held from line ", l.Span.Start.Line))
					}
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if n := len(alone(t, name+".rs", text, "")); n > 0 {
				t.Errorf("%d findings although no await ends a segment", n)
			}
		})
	}
	// What they test is allowed here: the code is read to the end, and silent,
	// but for futures that they make and drop.
	for _, name := range []string{
		"let_underscore_lock", "let_underscore_future", "let_underscore_must_use", "async_yields_async",
		"if_let_mutex", "significant_drop_in_scrutinee", "redundant_async_block",
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range alone(t, name+".rs", uiTest(t, name+".rs"), "") {
				if f.Rule != "unawaited-call" {
					t.Errorf("%s in line %d", f.Rule, f.Primary.Span.Start.Line)
				}
			}
		})
	}
}
