// Command awaitlint finds bugs across the awaits of Internet Computer
// canisters written in Rust, and shows for each a run that proves it.
//
// Results go to standard output, everything else to standard error. The exit
// code is 0 if nothing at or above warning was found, 1 if something was, 2 if
// the command line or configuration is wrong, something could not be read, or
// awaitlint itself failed; 2 wins over 1, and findings are printed all the
// same, except that a wrong configuration ends the run.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/report"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command line and returns the exit code. It never panics: a
// fault of awaitlint's own is reported and is trouble, not "no findings".
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "awaitlint: internal error, please report: %v\n%s", p, debug.Stack())
			code = report.ExitTrouble
		}
	}()
	c := &command{stdin: stdin, stdout: stdout, stderr: stderr}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	defer c.stopProfile()
	if err := root.Execute(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintf(stderr, "awaitlint: %s\n", line)
		}
		var usage usageError
		if errors.As(err, &usage) {
			fmt.Fprintln(stderr, "see awaitlint --help")
		}
		return report.ExitTrouble
	}
	return c.code
}

// A usageError is a mistake on the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}
