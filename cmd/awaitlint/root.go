package main

import (
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
)

// A command is one run of the tool: its streams, its flags, its exit code.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	code           int

	format   string
	output   string
	color    string
	selected []string
	ignored  []string
	dump     string
	refuted  bool
	fix      bool

	config      string
	noConfig    bool
	printConfig bool

	features      []string
	jobs          int
	stdinFilename string
	cpuprofile    string
	profile       *os.File
	timings       bool
}

const longHelp = `awaitlint finds bugs across the awaits of Internet Computer canisters written in Rust.

An async function of a canister runs as a sequence of segments: each is atomic, each commits
when it waits for a call, and in between other messages of the canister run. awaitlint reads the
sources (nothing is built, run or fetched, and only --fix writes to them), finds what breaks in
those gaps, and shows a run that proves it.

PATH is a folder with every Cargo package in or below it, a folder of .rs files, one .rs file, a
Markdown file with Rust listings, or - for standard input. A folder that has the name of a command
is written ./NAME.

What awaitlint cannot see, awaitlint.toml beside the sources or further up teaches it.

Exit codes: 0 nothing found at or above warning; 1 something found; 2 wrong command line or
configuration, unreadable input or internal error (wins over 1; what was found is printed all the
same, but with a wrong configuration nothing is looked for).`

// root builds the command tree. Commands share the flags that say how to
// read sources and where to write.
func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:     "awaitlint [flags] [PATH...]",
		Short:   "find bugs across the awaits of Internet Computer canisters",
		Long:    longHelp,
		Version: toolVersion(),
		Example: `  awaitlint                            the project in this folder
  awaitlint --format sarif -o a.sarif  for code scanning
  awaitlint segments withdraw          where does withdraw commit, and who runs in between?
  awaitlint explain stale-check        what the rule means and how to mend it
  cat lib.rs | awaitlint -`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		// Wrong flags are told before anything is read.
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if err := c.checkFlags(); err != nil {
				return err
			}
			return c.startProfile()
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.check(args) },
	}
	root.SetVersionTemplate("awaitlint {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true

	all := root.PersistentFlags()
	all.StringVar(&c.color, "color", "auto", "colour: auto, always, never (auto honours NO_COLOR and CLICOLOR_FORCE)")
	all.StringVarP(&c.output, "output", "o", "", "write results to `FILE` instead of standard output")
	all.StringSliceVar(&c.features, "features", nil, "Cargo features to enable beside the default ones")
	all.IntVar(&c.jobs, "jobs", runtime.GOMAXPROCS(0), "workers")
	all.StringVar(&c.config, "config", "", "take `FILE` as configuration instead of the awaitlint.toml found above each path")
	all.BoolVar(&c.noConfig, "no-config", false, "read no configuration")
	all.StringVar(&c.stdinFilename, "stdin-filename", "", "what to call standard input in results (`PATH`)")

	all.StringVar(&c.cpuprofile, "cpuprofile", "", "write a processor profile of the run to `FILE` (read it with go tool pprof)")

	own := root.Flags()
	own.StringVar(&c.format, "format", "text", "form of the results: "+formatNames)
	own.StringSliceVar(&c.selected, "select", nil, "run only these rules (`RULE,...`; * matches any text)")
	own.StringSliceVar(&c.ignored, "ignore", nil, "do not run these rules (`RULE,...`)")
	own.BoolVar(&c.refuted, "show-refuted", false, "list candidates that the segment model refuted, with the reason")
	own.BoolVar(&c.fix, "fix", false, "apply the mends that are certain, where looking again shows that they help; then show what is left")
	own.BoolVar(&c.timings, "timings", false, "tell on standard error where the processor time went (with one worker)")
	own.BoolVar(&c.printConfig, "print-config", false, "show the configuration that holds, and do nothing else")
	own.StringVar(&c.dump, "dump", "", "show one `STAGE` of the function given as first argument: "+stageNames)

	root.AddCommand(c.segmentsCommand(), c.rulesCommand(), c.explainCommand(), c.statsCommand(), c.modelCommand())
	return root
}

// checkFlags checks the flags that all commands share.
func (c *command) checkFlags() error {
	if c.jobs < 1 {
		return usagef("--jobs is at least 1, not %d", c.jobs)
	}
	_, err := c.colored(c.stdout)
	return err
}
