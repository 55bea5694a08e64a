package rules_test

import (
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/rules"
)

var update = flag.Bool("update", false, "write docs/rules anew")

const pages = "../docs/rules"

// The pages under docs/rules are what the doc.go of each rule says.
func TestPages(t *testing.T) {
	want := map[string]string{"README.md": index()}
	for _, r := range rules.All() {
		want[r.Meta.ID+".md"] = rulePage(r)
	}
	if *update {
		writePages(t, want)
	}
	have := map[string]bool{}
	files, err := os.ReadDir(pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		have[f.Name()] = true
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(pages, name))
		if err != nil || strings.ReplaceAll(string(got), "\r\n", "\n") != text {
			t.Errorf("docs/rules/%s is stale: run go test ./rules -run TestPages -update", name)
		}
		delete(have, name)
	}
	for name := range have {
		t.Errorf("docs/rules/%s is of no rule: run go test ./rules -run TestPages -update", name)
	}
}

func writePages(t *testing.T, want map[string]string) {
	t.Helper()
	if err := os.RemoveAll(pages); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(pages, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range want {
		if err := os.WriteFile(filepath.Join(pages, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const generated = "<!-- Made by `go test ./rules -run TestPages -update` from the comments of the rules. -->\n\n"

// index is the table of all rules.
func index() string {
	var b strings.Builder
	b.WriteString(generated + "# Rules\n\n| rule | level | default | what it reports |\n|---|---|---|---|\n")
	for _, r := range rules.All() {
		fmt.Fprintf(&b, "| [`%s`](%s.md) | %s | %s | %s |\n", r.Meta.ID, r.Meta.ID, r.Meta.Level, onOff(r), r.Meta.Title)
	}
	b.WriteString("\nThe level is that of a finding that is proved; what is possible, or cannot be told, is a warning at most.\n" +
		"A rule that is off runs with `--select`. Facts by number stand in [semantics.md](../semantics.md).\n")
	return b.String()
}

func onOff(r *rules.Rule) string {
	if r.Meta.Default {
		return "on"
	}
	return "off"
}

func rulePage(r *rules.Rule) string {
	about := []string{r.Meta.Level.String(), onOff(r) + " by default"}
	for _, n := range r.Meta.CWE {
		about = append(about, fmt.Sprintf("[CWE-%d](https://cwe.mitre.org/data/definitions/%d.html)", n, n))
	}
	return fmt.Sprintf("%s# %s\n\n**%s** (%s)\n\n%s\n\nMend: %s\n", generated, r.Meta.ID, r.Meta.Title, strings.Join(about, ", "),
		strings.TrimSpace(r.Meta.Doc), r.Meta.Help)
}

// A rule's page has the headings readers look for.
func TestHeadings(t *testing.T) {
	for _, r := range rules.All() {
		at := 0
		for _, h := range []string{"What it reports", "Why it is dangerous on the Internet Computer", "Bad", "Good", "What it does not report", "Known gaps", "Configuration", "References"} {
			i := strings.Index(r.Meta.Doc[at:], "## "+h+"\n")
			if i < 0 {
				t.Errorf("%s: no %q where it belongs", r.Meta.ID, h)
				continue
			}
			at += i
		}
	}
}

var (
	stated = regexp.MustCompile(`(?m)^- \*\*([SMCT]\d+[a-z]?)\*\*`)
	// A fact by its number: not part of a word, and no type parameter or field.
	cited = regexp.MustCompile(`(?:^|[^\w.$<:])([SMCT]\d+[a-z]?)\b(?:–([SMCT]?\d+[a-z]?)\b)?`)
)

// Every fact that a rule page, a finding or a comment cites by its number
// stands in docs/semantics.md.
func TestFacts(t *testing.T) {
	text, err := os.ReadFile("../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]bool{}
	for _, m := range stated.FindAllStringSubmatch(string(text), -1) {
		if facts[m[1]] {
			t.Errorf("docs/semantics.md states %s twice", m[1])
		}
		facts[m[1]] = true
	}
	missing := map[string]string{}
	cite := func(where, text string) {
		for _, m := range cited.FindAllStringSubmatch(text, -1) {
			ends := []string{m[1]}
			if m[2] != "" {
				ends = append(ends, m[1][:1]+strings.TrimLeft(m[2], "SMCT"))
			}
			for _, f := range ends {
				if !facts[f] {
					missing[f] = where
				}
			}
		}
	}
	for _, root := range []string{"../rules", "../analyzer", "../rustparse", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			said, err := prose(path)
			for at, text := range said {
				cite(fmt.Sprintf("%s:%d", filepath.ToSlash(path), at), text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s cites %s, which docs/semantics.md does not state", missing[f], f)
	}
}

// prose returns the comments and strings of a Go file, by line.
func prose(path string) (map[int]string, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file := set.AddFile(path, -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, scanner.ScanComments)
	out := map[int]string{}
	for {
		pos, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return out, nil
		case token.COMMENT, token.STRING:
			out[file.Line(pos)] += " " + lit
		}
	}
}
