package driver_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rules"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// articles is where the two articles lie that the worked examples come from.
// They are not part of the repository.
const articles = "../../../shared/seeds"

// A listing is what must come out of one Rust listing of an article.
type listing struct {
	messages []string
	told     []told
}

// A told is a finding that must come out.
type told struct {
	line    int // of the primary span
	rule    string
	verdict finding.Verdict
	text    string   // of the primary span
	assumed []string // each must be in what the finding says was assumed
}

var articleTests = []struct {
	file     string
	listings []listing // in order
	problems []string  // what could not be read
}{
	{
		file: "asynchronous-execution.md",
		listings: []listing{
			{[]string{"double_increment"}, nil},
			{[]string{"double_increment"}, nil}, // example 1
			{[]string{"foo", "get_x"}, []told{ // example 2
				{105, "trap-after-commit", finding.Confirmed, `assert!(false, "always revert")`, nil},
			}},
			{[]string{"bar"}, nil},
			{[]string{"foo"}, []told{{199, "untrusted-wait", finding.Unproved, `Call  ::unbounded_wait  (callee,"increment_y")  .await`, nil}}}, // its callee is an argument, here and below
			{[]string{"foo"}, nil}, // example 3
			{[]string{"foo"}, []told{{269, "untrusted-wait", finding.Unproved, `Call::unbounded_wait(callee, "increment_y").await`, nil}}},
			{[]string{"bar"}, nil},
			{[]string{"foo"}, []told{{324, "untrusted-wait", finding.Unproved, `Call::unbounded_wait(callee, "increment_y").await`, nil}}},
			{[]string{"call_b"}, nil},
			{[]string{"call_b"}, []told{ // example 4
				{380, "trap-after-commit", finding.Confirmed, `assert!(false, "always revert")`,
					[]string{"nothing calls `call_b`", "`x`", "`Call`"}},
			}},
			{[]string{"call_b"}, nil}, // example 5
		},
		problems: []string{
			"`thread-local!` was read as `thread_local!`",
			"formatting marks (**) inside the listing were ignored",
			"30: unexpected `;` in the arguments",
			"34: unexpected `)…` in the arguments",
			"36: missing `)` in the arguments",
			"225: unexpected `)(` in the parameters",
		},
	},
	{
		file: "non-blocking-execution.md",
		listings: []listing{
			{[]string{"foo", "increment", "get_x"}, nil}, // example 6
			{[]string{"bar"}, nil},
			{[]string{"foo", "increment", "get_x"}, nil}, // example 7
			{[]string{"withdraw"}, []told{ // example 8
				{139, "ignored-result", finding.Confirmed, "await", []string{"nothing calls `withdraw`", "`Call`"}},
				{141, "stale-write", finding.Confirmed, "set_balance(balance - amount)",
					[]string{"nothing calls `withdraw`", "get_balance() and set_balance(…)", "`balance`", "`Call`"}},
			}},
			{[]string{"withdraw"}, []told{ // example 9
				{174, "stale-rollback", finding.Confirmed, "set_balance(balance + amount)",
					[]string{"nothing calls `withdraw`", "get_balance() and set_balance(…)", "`balance`", "`Call`"}},
				{174, "unknown-outcome", finding.Confirmed, "set_balance(balance + amount)",
					[]string{"nothing calls `withdraw`", "get_balance() and set_balance(…)", "`balance`", "`Call`"}},
			}},
		},
		problems: []string{
			"formatting marks (**) inside the listing were ignored",
			"107: missing `;` in an expression statement",
		},
	},
}

// The articles are analysed as they stand, broken Rust and all: each listing
// is a canister of its own, what could not be read is said, the rest counts.
func TestArticles(t *testing.T) {
	for _, article := range articleTests {
		t.Run(article.file, func(t *testing.T) {
			path := filepath.Join(articles, article.file)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				t.Skipf("notice: %s is not here: the articles are tested only beside a checkout that has them", path)
			}
			ws, err := workspace.Load([]string{path}, workspace.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var problems []string
			for _, p := range ws.Problems {
				if p.Fatal {
					t.Errorf("a listing is lost: %s", p.Message)
				}
				problems = append(problems, atLine(p.Span)+p.Message)
			}
			if d := cmp.Diff(article.problems, problems); d != "" {
				t.Errorf("what could not be read (-want +got):\n%s", d)
			}
			canisters := canister.Find(ws, knowledge.Default())
			var all []driver.Rule
			for _, r := range rules.All() {
				all = append(all, driver.Rule(*r))
			}
			result := driver.Run(ws, canisters, all, driver.Options{})
			for _, n := range result.Notices {
				t.Errorf("%s%s", atLine(n.Span), n.Message)
			}
			messages, found := map[string][]string{}, map[string][]*finding.Finding{}
			for _, c := range canisters {
				for _, m := range driver.Prepare(c).Messages {
					messages[c.Name()] = append(messages[c.Name()], m.Entry.Name)
				}
			}
			for _, f := range result.Findings {
				found[f.Crate] = append(found[f.Crate], f)
			}
			stem := strings.ReplaceAll(strings.TrimSuffix(article.file, ".md"), "-", "_")
			for i, l := range article.listings {
				name := fmt.Sprintf("%s_%d", stem, i+1)
				t.Run(fmt.Sprint(i+1), func(t *testing.T) {
					if d := cmp.Diff(l.messages, messages[name]); d != "" {
						t.Errorf("messages (-want +got):\n%s", d)
					}
					check(t, l.told, found[name])
				})
				delete(messages, name)
			}
			for name := range messages {
				t.Errorf("%s is no listing of the article", name)
			}
		})
	}
}

// check compares what is reported about a listing.
func check(t *testing.T, want []told, got []*finding.Finding) {
	t.Helper()
	for i, f := range got {
		if i >= len(want) {
			t.Errorf("unexpected: %s%s: %s", atLine(f.Primary.Span), f.Rule, f.Message)
			continue
		}
		w := want[i]
		is := told{f.Primary.Span.Position().Line, f.Rule, f.Verdict, f.Primary.Span.Text(), w.assumed}
		if d := cmp.Diff(w, is, cmp.AllowUnexported(told{})); d != "" {
			t.Errorf("finding (-want +got):\n%s", d)
		}
		assumed := strings.Join(f.Assumed, "; ")
		for _, a := range w.assumed {
			if !strings.Contains(assumed, a) {
				t.Errorf("line %d: %q is not among what was assumed: %s", w.line, a, assumed)
			}
		}
	}
	if len(got) < len(want) {
		t.Errorf("missing: %v", want[len(got):])
	}
}

// atLine is the line a span begins in, "" if there is no text.
func atLine(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	return fmt.Sprintf("%d: ", s.Position().Line)
}
