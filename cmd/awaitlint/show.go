package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

func (c *command) segmentsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "segments [FN] [PATH...]",
		Short: "show where each entry point commits, and who can run in between",
		Long: `Show the timeline of each entry point: its segments with what they read and write, the
calls that end them, the callee's executions, who can write or see the same places in the
gaps, and what is held while it waits. FN is the name of one entry point, or of a function.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			fn, paths := functionAndPaths(args)
			p, err := c.load(paths)
			if err != nil {
				return err
			}
			lines, err := p.timelines(fn)
			if err != nil {
				return err
			}
			if err := c.finish(p); err != nil {
				return err
			}
			return c.emit(func(w io.Writer, color bool) error { return report.Text{Color: color}.Segments(w, lines) })
		},
	}
}

// functionAndPaths tells a function name from paths: the first argument is
// a function unless it looks like a path or there is such a file.
func functionAndPaths(args []string) (fn string, paths []string) {
	if len(args) == 0 || looksLikePath(args[0]) {
		return "", args
	}
	return args[0], args[1:]
}

func looksLikePath(arg string) bool {
	if arg == "-" || strings.ContainsAny(arg, `/\.`) {
		return true
	}
	_, err := os.Lstat(arg)
	return err == nil
}

// finish prints the notices of a project and keeps its exit code, for
// commands that report no findings.
func (c *command) finish(p *project) error {
	r := &report.Report{Notices: p.notices()}
	c.code = r.ExitCode()
	return c.tell(r)
}

const stageNames = "tree, ops, ssa, effects, model"

// dumpStage shows how one function looks at a stage of the analysis.
func (c *command) dumpStage(args []string) error {
	stages := strings.Split(stageNames, ", ")
	known := false
	for _, s := range stages {
		known = known || s == c.dump
	}
	if !known {
		return usagef("no stage %q%s (there are %s)", c.dump, nearest.DidYouMean(c.dump, stages), stageNames)
	}
	if len(args) == 0 {
		return usagef("--dump=%s takes the name of a function before the paths", c.dump)
	}
	p, err := c.load(args[1:])
	if err != nil {
		return err
	}
	if err := c.finish(p); err != nil {
		return err
	}
	return c.emit(func(w io.Writer, _ bool) error { return p.dump(w, c.dump, args[0]) })
}
