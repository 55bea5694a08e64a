package lower

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Every await of testdata/awaits is lowered to what the comment in its line says:
//
//	call.await; // await: must, bounded, "transfer", in task; request: "transfer"
//
// "await" gives the class, the wait mode, the methods that may be called
// meanwhile, and whether a task or timer does it; "request" says that a call
// is made in this line, "oneway" that one is sent without waiting. What stands
// in no comment is claimed not to happen.
func TestAwaits(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "awaits")
	for _, dir := range []string{".", "cdk017", "cdk07"} {
		t.Run(dir, func(t *testing.T) {
			dir := filepath.Join(root, dir)
			got := lowered(t, dir)
			want := said(t, dir)
			for _, line := range slices.Sorted(maps.Keys(want)) {
				for _, w := range want[line] {
					if !slices.Contains(got[line], w) {
						t.Errorf("%s: missing\n\t%s\nhave\n\t%s", line, w, strings.Join(got[line], "\n\t"))
					}
				}
			}
			for _, line := range slices.Sorted(maps.Keys(got)) {
				for _, g := range got[line] {
					if !slices.Contains(want[line], g) && !strings.HasPrefix(g, "request") {
						t.Errorf("%s: unexpected\n\t%s", line, g)
					}
				}
			}
		})
	}
}

var saidComment = regexp.MustCompile(`// ((?:await|oneway|request): .*)$`)

// said reads the comments of the fixtures in dir, by file and line.
func said(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, pattern := range []string{"src/*.rs", "*/src/*.rs"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				if m := saidComment.FindStringSubmatch(line); m != nil {
					at := fmt.Sprintf("%s:%04d", filepath.ToSlash(file), i+1)
					for _, s := range strings.Split(m[1], ";") {
						all[at] = append(all[at], strings.TrimSpace(s))
					}
				}
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s says nothing", dir)
	}
	return all
}

// lowered says of the canisters in dir what the comments should say.
func lowered(t *testing.T, dir string) map[string][]string {
	t.Helper()
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	add := func(m *Message, site ops.Site, text string) {
		s := m.Func.Sites[site].Span
		at := fmt.Sprintf("%s:%04d", s.File.Path, s.Position().Line)
		if !slices.Contains(all[at], text) {
			all[at] = append(all[at], text)
		}
	}
	for _, c := range canister.Find(ws, knowledge.Default()) {
		for _, m := range Canister(c) {
			for _, w := range m.Func.Waits {
				add(m, w.Site, describe(m, w))
			}
			ops.Walk(m.Func.Body, func(op *ops.Op) {
				switch op.Kind {
				case ops.Oneway:
					add(m, op.Site, fmt.Sprintf("oneway: %q", op.Request.Method))
				case ops.Request:
					add(m, op.Site, fmt.Sprintf("request: %q", op.Request.Method))
				}
			})
		}
	}
	return all
}

func describe(m *Message, w *ops.Wait) string {
	parts := []string{"await: " + w.Commit.String()}
	var modes, names []string
	for _, c := range w.Calls {
		modes = append(modes, map[bool]string{true: "bounded", false: "unbounded"}[c.Bounded])
		names = append(names, fmt.Sprintf("%q", c.Method))
	}
	for _, all := range [][]string{modes, names} {
		slices.Sort(all)
		parts = append(parts, slices.Compact(all)...)
	}
	if k := m.Entry.Kind; k == canister.Task || k == canister.Timer {
		parts = append(parts, "in task")
	}
	return strings.Join(parts, ", ")
}
