package analyzer_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/awaitlint/awaitlint/"

// layers is the order of docs/architecture.md: a package may import packages
// of later lines, never of its own or of earlier ones. A line names packages
// with all that lies below them; "rules/*" is every rule by itself.
var layers = [][]string{
	{"cmd/awaitlint"},
	{"analyzer/report", "analyzer/driver"},
	{"rules"},
	{"rules/*"},
	{"rules/internal"},   // what rules share
	{"analyzer/fixture"}, // for tests of rules
	{"analyzer/evidence", "analyzer/census"},
	{"analyzer/effects"},
	{"analyzer/shadow"},
	{"analyzer/lower"},
	{"analyzer/config"},
	{"analyzer/canister"},
	{"analyzer/knowledge", "analyzer/ops"},
	{"analyzer/finding", "analyzer/model", "analyzer/ignore"},
	{"rustparse/workspace"},
	{"rustparse/macrorules"},
	{"rustparse"},
	{"analyzer/nearest"},
}

// narrow packages may import nothing of the project but what is named here.
var narrow = map[string][]string{
	"analyzer/model":   {},
	"analyzer/finding": {"rustparse"},
	"analyzer/report":  {"analyzer/finding", "rustparse"},
	"rustparse":        {},
}

// confined are outside packages that only one part may know.
var confined = map[string]string{
	"github.com/smacker/go-tree-sitter": "rustparse",
	"github.com/spf13/cobra":            "cmd/awaitlint",
	"golang.org/x/term":                 "cmd/awaitlint",
	"github.com/rivo/uniseg":            "analyzer/report",
}

// forbidden anywhere outside tests: awaitlint is offline and runs nothing.
var forbidden = []string{"net", "net/http", "os/exec", "plugin"}

// element returns the part that a package belongs to and its layer, -1 if it
// has none.
func element(pkg string) (name string, layer int) {
	layer = -1
	for i, line := range layers {
		for _, l := range line {
			n := l
			if dir, ok := strings.CutSuffix(l, "/*"); ok {
				rest, below := strings.CutPrefix(pkg, dir+"/")
				if !below {
					continue
				}
				first, _, _ := strings.Cut(rest, "/")
				n = dir + "/" + first
			}
			// The longest name wins, of equal ones the later, which is no pattern.
			if (pkg == n || strings.HasPrefix(pkg, n+"/")) && len(n) >= len(name) {
				name, layer = n, i
			}
		}
	}
	return name, layer
}

// imports returns what each package of the module imports outside its tests.
func imports(t *testing.T, root string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || name == "node_modules" || file != root && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !slices.Contains(out[pkg], p) {
				out[pkg] = append(out[pkg], p)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestArchitecture(t *testing.T) {
	all := imports(t, "..")
	if len(all) < 5 {
		t.Fatalf("only %d packages found", len(all))
	}
	for pkg, imported := range all {
		from, layer := element(pkg)
		if layer < 0 {
			t.Errorf("package %s has no place in the layers: give it one here and in docs/architecture.md", pkg)
			continue
		}
		for _, p := range imported {
			if owner, ok := owned(p); ok && owner != from {
				t.Errorf("%s imports %s, which only %s may", pkg, p, owner)
			}
			if slices.Contains(forbidden, p) {
				t.Errorf("%s imports %s: awaitlint is offline and runs nothing", pkg, p)
			}
			target, ours := strings.CutPrefix(p, modulePath)
			if !ours {
				continue
			}
			to, below := element(target)
			switch allowed, ok := narrow[from]; {
			case to == from: // inside one part
			case below <= layer:
				t.Errorf("%s imports %s, which is not below it", pkg, target)
			case ok && !slices.Contains(allowed, to):
				t.Errorf("%s imports %s; it may import %v of the project", pkg, target, allowed)
			}
		}
	}
}

// owned returns the only part that may import p.
func owned(p string) (owner string, ok bool) {
	for q, owner := range confined {
		if p == q || strings.HasPrefix(p, q+"/") {
			return owner, true
		}
	}
	return "", false
}

// The architecture page speaks of every part, by the path it has.
func TestArchitecturePage(t *testing.T) {
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range layers {
		for _, name := range line {
			if name = path.Clean(strings.TrimSuffix(name, "/*")); !strings.Contains(string(page), "`"+name) {
				t.Errorf("docs/architecture.md does not mention `%s`", name)
			}
		}
	}
}
