package rules_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/fixture"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rules"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// workspaces are the Cargo workspaces of sample canisters: each is read once,
// its crates are tested one by one.
var workspaces = []string{
	"../testdata/rules",
	"../testdata/rules/cdk012",
	"../testdata/rules/cdk07",
	"../testdata/macros",
	"../testdata/worked/cdk",
	"../testdata/worked/cdk012",
}

// A project is what a path names, read the way the command line reads it.
type project struct {
	ws        *workspace.Workspace
	canisters []*canister.Canister
}

// load reads a path. What cannot be read of a sample canister is a mistake.
func load(t *testing.T, path string) *project {
	t.Helper()
	ws, err := workspace.Load([]string{path}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ws.Problems {
		t.Errorf("%s: %s", p.Path, p.Message)
	}
	return &project{ws: ws, canisters: canister.Find(ws, knowledge.Default())}
}

// run runs every rule. What the run could not do fails the test.
func (p *project) run(t *testing.T, opt driver.Options) *driver.Result {
	t.Helper()
	var all []driver.Rule
	for _, r := range rules.All() {
		all = append(all, driver.Rule(*r))
	}
	result := driver.Run(p.ws, p.canisters, all, opt)
	for _, n := range result.Notices {
		t.Errorf("%s: %s%s", n.Path, n.Rule, n.Message)
	}
	return result
}

// asked are the rules that a sample canister makes claims about: those that
// run by default, and the one its folder is named for.
func asked(dir string) []string {
	var ids []string
	for _, r := range rules.All() {
		if r.Meta.Default || r.Meta.ID == filepath.Base(dir) {
			ids = append(ids, r.Meta.ID)
		}
	}
	return ids
}

// crates are the folders of the crates of a Cargo workspace, and of those below it.
func crates(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"*/src", "*/*/src"} {
		in, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, in...)
	}
	if len(found) == 0 {
		t.Fatalf("no crate in %s", root)
	}
	for i, src := range found {
		found[i] = filepath.Dir(src)
	}
	return found
}

// in returns the findings that stand in the files of a crate.
func in(dir string, all []*finding.Finding) []*finding.Finding {
	prefix := filepath.ToSlash(dir) + "/"
	var out []*finding.Finding
	for _, f := range all {
		if file := f.Primary.Span.File; file != nil && strings.HasPrefix(file.Path, prefix) {
			out = append(out, f)
		}
	}
	return out
}

// noted leaves out what is only a note, but for the rule that a folder is named for.
func noted(dir string, found []*finding.Finding) []*finding.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f *finding.Finding) bool {
		return f.Level == finding.Note && f.Rule != filepath.Base(dir)
	})
}

// Sample canisters give what their comments want and nothing else; a
// candidate that the model refutes is listed on request only.
func TestFixtures(t *testing.T) {
	for _, root := range workspaces {
		t.Run(filepath.Base(filepath.Dir(root))+"/"+filepath.Base(root), func(t *testing.T) {
			p := load(t, root)
			notes := func(string) bool { return true }
			plain := p.run(t, driver.Options{Notes: notes})
			shown := p.run(t, driver.Options{Notes: notes, ShowRefuted: true})
			placed := 0
			for _, dir := range crates(t, root) {
				found := in(dir, plain.Findings)
				placed += len(found)
				t.Run(filepath.Base(dir), func(t *testing.T) {
					fixture.Check(t, dir, noted(dir, found), asked(dir)...)
					silentWhereRefuted(t, found, in(dir, shown.Findings))
					quietOnesAnalysed(t, dir, p.canisters)
				})
			}
			if placed != len(plain.Findings) {
				t.Errorf("%d findings, %d of them in a crate of %s", len(plain.Findings), placed, root)
			}
		})
	}
}

// silentWhereRefuted compares a run with one that also lists what the model refuted.
func silentWhereRefuted(t *testing.T, plain, shown []*finding.Finding) {
	t.Helper()
	key := func(f *finding.Finding) string { return where(f) + ": " + f.Rule + " " + f.Fingerprint }
	var reported []string
	for _, f := range plain {
		if f.Verdict == finding.Refuted {
			t.Errorf("%s is reported although it is refuted (%s)", key(f), f.Reason)
		}
		reported = append(reported, key(f))
	}
	for _, f := range shown {
		i := slices.Index(reported, key(f))
		switch {
		case f.Verdict == finding.Refuted && i >= 0:
			t.Errorf("%s is both reported and refuted (%s)", key(f), f.Reason)
		case f.Verdict == finding.Refuted && f.Reason == "":
			t.Errorf("%s is refuted without a reason", key(f))
		case f.Verdict != finding.Refuted && i < 0:
			t.Errorf("%s is reported only where refuted candidates are listed", key(f))
		case f.Verdict != finding.Refuted:
			reported = slices.Delete(reported, i, i+1)
		}
	}
	for _, r := range reported {
		t.Errorf("%s is reported only where refuted candidates are not listed", r)
	}
}

// quietOnesAnalysed makes sure that the silence about a function is an answer:
// a function that says "// Quiet:" is a message or stands in one, was read
// whole, and waits if it is async.
func quietOnesAnalysed(t *testing.T, dir string, canisters []*canister.Canister) {
	t.Helper()
	read := functions(canisters)
	for _, q := range quiet(t, dir) {
		m := read[q.id]
		switch {
		case m == nil:
			t.Errorf("%s: %s is in no message of a canister: its silence says nothing", q.at, q.id.name)
		case m.Err != nil:
			t.Errorf("%s: %s was not analysed: %v", q.at, q.id.name, m.Err)
		case len(m.Input.Func.Partial) > 0:
			t.Errorf("%s: %s was read only in part: %v", q.at, q.id.name, m.Input.Func.Partial)
		case q.async && !waits(m, q.id):
			t.Errorf("%s: %s has no await", q.at, q.id.name)
		}
	}
}

// A functionID is a file and the name of a function in it.
type functionID struct{ path, name string }

// functions finds the message that each function is, or is inlined in.
func functions(canisters []*canister.Canister) map[functionID]*effects.Message {
	own, inlined := map[functionID]*effects.Message{}, map[functionID]*effects.Message{}
	for _, t := range driver.PrepareAll(canisters) {
		for _, in := range t.Messages {
			m := effects.New(&effects.Canister{}, in)
			if f := in.Func.Span.File; f != nil {
				own[functionID{f.Path, in.Entry.Name}] = m
			}
			for _, s := range in.Func.Sites {
				if s.Span.File != nil && s.Func != "" {
					inlined[functionID{s.Span.File.Path, s.Func}] = m
				}
			}
		}
	}
	maps.Copy(inlined, own)
	return inlined
}

// waits reports whether a function in m has an await, or the body of an async
// helper in its place.
func waits(m *effects.Message, id functionID) bool {
	sites := m.Input.Func.Sites
	in := func(s ops.SiteInfo) bool { return s.Func == id.name || s.Func == "" && m.Entry().Name == id.name }
	return slices.ContainsFunc(m.Awaits, func(a *effects.Await) bool { return in(sites[a.Op.Site]) }) ||
		slices.ContainsFunc(sites, func(s ops.SiteInfo) bool { return s.Caller != 0 && in(sites[s.Caller]) })
}

// A quietFn is the declaration under a "// Quiet:" comment.
type quietFn struct {
	at    string // file and line
	id    functionID
	async bool
}

var declaration = regexp.MustCompile(`^(?:pub )?(async )?fn (\w+)`)

func quiet(t *testing.T, dir string) []quietFn {
	t.Helper()
	var out []quietFn
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".rs" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		open, n := false, 0
		for line := range strings.Lines(string(raw)) {
			n++
			here := fmt.Sprintf("%s:%d", filepath.ToSlash(path), n)
			text := strings.TrimSpace(line)
			fn := declaration.FindStringSubmatch(text)
			switch {
			case strings.HasPrefix(text, "// Quiet:"):
				if open {
					t.Errorf("%s: the comment before has no function", here)
				}
				open = true
			case open && fn != nil:
				out = append(out, quietFn{here, functionID{filepath.ToSlash(path), fn[2]}, fn[1] != ""})
				open = false
			}
		}
		if open {
			t.Errorf("%s: no function follows the last // Quiet:", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// where names the line a finding stands in.
func where(f *finding.Finding) string { return at(f.Primary.Span) }

// at names the line a span begins in.
func at(s rustparse.Span) string {
	if s.File == nil {
		return "<nowhere>"
	}
	return fmt.Sprintf("%s:%d", s.File.Path, s.Position().Line)
}
