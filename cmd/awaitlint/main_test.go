package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite scripts and the README's example")

// The scripts run this very binary under the name awaitlint.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"awaitlint": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			if _, err := os.Stat(filepath.Join(e.WorkDir, "shop")); err == nil {
				if err := writePage(filepath.Join(e.WorkDir, "page.toml")); err != nil {
					return err
				}
			}
			// What txtar cannot hold: a file that is no text, and text that is not UTF-8.
			for file, text := range map[string]string{"mixed/broken.rs": "fn a() {}\x00\x01", "latin/lib.rs": "// caf\xe9\nfn a() {}\n"} {
				if _, err := os.Stat(filepath.Join(e.WorkDir, filepath.Dir(file))); err != nil {
					continue // not this script's
				}
				if err := os.WriteFile(filepath.Join(e.WorkDir, file), []byte(text), 0o666); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(cond string) (bool, error) {
			if cond == "root" { // reads files whatever their mode
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
	})
}

// writePage writes the examples of docs/configuration.md as one file.
func writePage(file string) error {
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(page, -1) {
		text.Write(block[1])
	}
	return os.WriteFile(file, []byte(text.String()), 0o666)
}

// exits is the script command "exits N COMMAND...": like exec, for a command
// that must end with code N. An end with code 2 must say why.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if got == 2 && ts.ReadFile("stderr") == "" {
		ts.Fatalf("exit code 2 without a word")
	}
}

// The README shows what the tool really prints: the first finding of the
// command named in the mark.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?s)(<!-- BEGIN EXAMPLE: awaitlint ([^\n]*) -->\n).*?(<!-- END EXAMPLE -->)`)
	parts := example.FindSubmatch(page)
	if parts == nil {
		t.Fatal("README.md has no example marks")
	}
	var stdout, stderr bytes.Buffer
	run(append(strings.Fields(string(parts[2])), "--color=never"), strings.NewReader(""), &stdout, &stderr)
	first, _, found := strings.Cut(stdout.String(), "\n\n")
	if !found || stderr.Len() > 0 {
		t.Fatalf("awaitlint %s finds nothing:\n%s%s", parts[2], &stdout, &stderr)
	}
	want := string(parts[1]) + "```\n" + first + "\n```\n" + string(parts[3])
	if string(parts[0]) == want {
		return
	}
	if !*update {
		t.Fatalf("the example in README.md is stale: run go test ./cmd/awaitlint -run Readme -update\n%s", first)
	}
	page = bytes.Replace(page, parts[0], []byte(want), 1)
	if err := os.WriteFile("README.md", page, 0o644); err != nil {
		t.Fatal(err)
	}
}
