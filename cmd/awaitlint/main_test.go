package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run this very binary under the name awaitlint.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"awaitlint": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			// A file that is no text; txtar cannot hold one.
			if _, err := os.Stat(e.WorkDir + "/mixed"); err == nil {
				return os.WriteFile(e.WorkDir+"/mixed/broken.rs", []byte("fn a() {}\x00\x01"), 0o666)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
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

func TestDidYouMean(t *testing.T) {
	names := []string{"stale-write", "stale-check", "trap-after-commit"}
	for typed, want := range map[string]string{
		"stale-chek":        `, did you mean "stale-check"?`,
		"stalewrite":        `, did you mean "stale-write"?`,
		"trapped":           "",
		"":                  "",
		"trap-after-comit":  `, did you mean "trap-after-commit"?`,
		"something-else-at": "",
	} {
		if got := didYouMean(typed, names); got != want {
			t.Errorf("didYouMean(%q) = %q, want %q", typed, got, want)
		}
	}
}
