package rules_test

import (
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/rules"
)

// The listings on the rule pages are canisters: the bad one is reported in the
// lines that say so, and by no other rule; the good one not at all.
func TestListings(t *testing.T) {
	for _, r := range rules.All() {
		id := r.Meta.ID
		page := readPage(t, strings.ReplaceAll(id, "-", ""))
		t.Run(id+"/bad", func(t *testing.T) {
			bad := listing(t, page, "Bad")
			want := promised(bad)
			if !slices.ContainsFunc(want, func(s string) bool { return strings.HasSuffix(s, " "+id) }) {
				t.Errorf("no line of the bad listing says %q", "// reported: "+id)
			}
			compare(t, reported(t, bad, id), want)
		})
		t.Run(id+"/good", func(t *testing.T) {
			compare(t, reported(t, listing(t, page, "Good"), id), nil)
		})
	}
}

func readPage(t *testing.T, dir string) *comment.Doc {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "doc.go"), nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	return new(comment.Parser).Parse(file.Doc.Text())
}

// listing returns the first listing under a heading of a page.
func listing(t *testing.T, page *comment.Doc, heading string) string {
	t.Helper()
	under := ""
	for _, b := range page.Content {
		switch b := b.(type) {
		case *comment.Heading:
			under = ""
			for _, text := range b.Text {
				if plain, ok := text.(comment.Plain); ok {
					under += string(plain)
				}
			}
		case *comment.Code:
			if under == heading {
				return b.Text
			}
		}
	}
	t.Fatalf("the page has no listing under %q", heading)
	return ""
}

var promise = regexp.MustCompile(`// reported: ([a-z-]+)`)

// promised returns what the comments of a listing say: "21 stale-write".
func promised(text string) []string {
	var out []string
	for i, line := range strings.Split(text, "\n") {
		for _, m := range promise.FindAllStringSubmatch(line, -1) {
			out = append(out, fmt.Sprintf("%d %s", i+1, m[1]))
		}
	}
	return out
}

// reported runs the rules over a listing as a file of its own: those that run
// by default, and the one whose page it is on.
func reported(t *testing.T, text, id string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "listing.rs")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p := load(t, file)
	if len(p.canisters) != 1 {
		t.Fatalf("the listing is %d canisters", len(p.canisters))
	}
	var out []string
	for _, f := range p.run(t, driver.Options{}).Findings {
		if !slices.Contains(asked(id), f.Rule) || f.Suppressed != nil {
			continue
		}
		out = append(out, fmt.Sprintf("%d %s", f.Primary.Span.Position().Line, f.Rule))
	}
	return out
}

// compare says what is missing and what is too much.
func compare(t *testing.T, got, want []string) {
	t.Helper()
	for _, w := range want {
		i := slices.Index(got, w)
		if i < 0 {
			t.Errorf("not reported: line %s", w)
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, g := range got {
		t.Errorf("reported, but not promised: line %s", g)
	}
}
