package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// load reads a canister from Rust text.
func load(t *testing.T, text string) *Canister {
	t.Helper()
	file := filepath.Join(t.TempDir(), "lib.rs")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return loadPath(t, file)
}

func loadPath(t *testing.T, path string) *Canister {
	t.Helper()
	ws, err := workspace.Load([]string{path}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cs := canister.Find(ws, knowledge.Default())
	if len(cs) == 0 {
		t.Fatalf("no canister in %s", path)
	}
	var ms []*Message
	for _, m := range lower.Canister(cs[0]) {
		kind := m.Entry.Kind
		anonymous := kind == canister.Heartbeat || kind == canister.Timer || kind == canister.Task || kind == canister.LowMemory
		ms = append(ms, &Message{
			Func:     m.Func,
			Endpoint: finding.Endpoint{Name: m.Entry.Name, Kind: kind.String(), Span: m.Entry.Span},
			Lasts:    kind.Commits() && !kind.Lifecycle(), Looks: kind.Looks(), Anonymous: anonymous,
		})
	}
	return New(ms)
}

func (c *Canister) named(t *testing.T, name string) *Message {
	t.Helper()
	for _, m := range c.Messages {
		if m.Endpoint.Name == name {
			return m
		}
	}
	t.Fatalf("no message %s", name)
	return nil
}

// siteAt finds the writing or trapping operation whose text contains want,
// the last one in the function.
func siteAt(t *testing.T, m *Message, want string, fits func(*ops.Op) bool) ops.Site {
	t.Helper()
	var found ops.Site
	var walk func(list []*ops.Op)
	walk = func(list []*ops.Op) {
		for _, op := range list {
			if fits(op) && int(op.Site) < len(m.Func.Sites) {
				sp := m.Func.Sites[op.Site].Span
				if sp.File != nil {
					line := sp.File.Line(sp.File.Position(sp.Start).Line)
					if strings.Contains(line, want) {
						found = op.Site
					}
				}
			}
			walk(op.Body)
			walk(op.Else)
		}
	}
	walk(m.Func.Body)
	if found == 0 {
		t.Fatalf("%s: nothing fits %q", m.Endpoint.Name, want)
	}
	return found
}

func isWrite(op *ops.Op) bool {
	return op.Kind == ops.Store || op.Kind == ops.Verb && ops.Writes(op.Name) && op.Name != ops.IterNext
}
