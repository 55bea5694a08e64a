package census_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/census"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

func take(t *testing.T, dir string, jobs int) (*workspace.Workspace, *finding.Census) {
	t.Helper()
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	canisters := canister.Find(ws, knowledge.Default())
	c := census.New(ws, canisters)
	driver.Run(ws, canisters, nil, driver.Options{Jobs: jobs, Observe: c.Observe})
	return ws, c.Result()
}

// Every site of testdata/census is named at the end of its line, and every
// name is a site.
func TestCensus(t *testing.T) {
	ws, c := take(t, "../../testdata/census", 0)
	type line struct {
		path string
		line int
	}
	got := map[line][]string{}
	files := map[string]*rustparse.File{}
	for _, s := range c.Sites {
		if s.List == finding.ListOpaque {
			continue
		}
		what := s.List + " " + s.Class
		if s.Cause != "" {
			what += ": " + s.Cause
		} else if len(s.Places) > 0 {
			what += ": " + strings.Join(s.Places, ", ")
		}
		at := line{s.Span.File.Path, s.Span.Position().Line}
		got[at] = append(got[at], what)
		files[at.path] = s.Span.File
	}
	for _, cr := range ws.Crates {
		for _, tree := range cr.Trees {
			files[tree.File.Path] = tree.File
		}
	}
	for path, f := range files {
		for n := 1; n <= f.Lines(); n++ {
			text := f.Line(n)
			var want []string
			if strings.HasPrefix(strings.TrimSpace(text), "// = ") {
				n++ // of the next line
			}
			if _, comment, ok := strings.Cut(text, "// = "); ok && !strings.Contains(comment, "…") {
				want = strings.Split(comment, "; ")
			}
			have := got[line{path, n}]
			slices.Sort(want)
			slices.Sort(have)
			if !slices.Equal(have, want) {
				t.Errorf("%s:%d: %q, want %q", path, n, have, want)
			}
		}
	}
}

// Equal input gives an equal census for any number of workers.
func TestRepeats(t *testing.T) {
	_, first := take(t, "../../testdata/rules/cdk012", 1)
	for range 3 {
		_, again := take(t, "../../testdata/rules/cdk012", 4)
		if a, b := fmt.Sprint(plain(first)), fmt.Sprint(plain(again)); a != b {
			t.Fatalf("%s\nthen\n%s", a, b)
		}
	}
	if len(first.Sites) < 100 {
		t.Errorf("only %d sites", len(first.Sites))
	}
}

// plain is a census without pointers.
func plain(c *finding.Census) []any {
	all := []any{c.Total, c.Crates}
	for _, s := range c.Sites {
		at := fmt.Sprint(s.Span.File.Path, s.Span.Start, s.Span.End)
		s.Span = rustparse.Span{}
		all = append(all, at, s)
	}
	return all
}
