package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

func (c *command) modelCommand() *cobra.Command {
	var with, ending string
	cmd := &cobra.Command{
		Use:   "model FN [PATH...]",
		Short: "run an entry point on the segment model: its endings, and who runs in its gaps",
		Long: `Run an entry point on the segment model, whether anything is wrong with it or not.

Alone, FN gives the table of its endings: what each way in which its first call can end leaves
behind. With --ending NAME it gives the run with that ending, step by step. With --with FN2 it
gives a run in which FN2 runs in a gap of FN, and what the model says of the two.`,
		Example: `  awaitlint model withdraw                               what survives each ending of its call
  awaitlint model withdraw --ending "clean reject"       that run, step by step
  awaitlint model withdraw --with deposit                deposit while withdraw waits`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if names := evidence.EndingNames(); ending != "" && !slices.Contains(names, ending) {
				return usagef("no ending %q%s", ending, nearest.DidYouMean(ending, names))
			}
			p, err := c.load(args[1:])
			if err != nil {
				return err
			}
			found, err := p.find(args[0])
			if err != nil {
				return err
			}
			var shown []report.Replay
			for _, f := range found {
				r, err := f.replay(with, ending)
				if err != nil {
					return err
				}
				shown = append(shown, r)
			}
			if err := c.finish(p); err != nil {
				return err
			}
			return c.emit(func(w io.Writer, color bool) error { return report.Text{Color: color}.Replays(w, shown) })
		},
	}
	cmd.Flags().StringVar(&with, "with", "", "run `FN2` in a gap of FN")
	cmd.Flags().StringVar(&ending, "ending", "", "let a call of FN end so (`NAME` as in the table of endings)")
	return cmd
}

// replay runs a function on the model: by itself, or with another in its gap.
func (f *function) replay(with, ending string) (report.Replay, error) {
	c, self := f.judged()
	out := report.Replay{Entry: f.Entry}
	if with == "" && ending == "" {
		out.Endings = c.Rows(self)
		for _, m := range c.Interferers(self) {
			out.Interferers = append(out.Interferers, m.Endpoint)
		}
		return out, nil
	}
	r := c.Alone(self, ending)
	if with != "" {
		var names []string
		var other *evidence.Message
		for _, m := range c.Messages {
			names = append(names, m.Endpoint.Name)
			if other == nil && named(with, m.Endpoint.Name, m.Func.Name) {
				other = m
			}
		}
		if other == nil {
			return out, usagef("%s has no entry point %q%s", f.canister.Name(), with, nearest.DidYouMean(with, names))
		}
		out.With = other.Endpoint
		r = c.Replay(self, other, ending)
	}
	out.Ending, out.Verdict, out.Reason = ending, r.Verdict, r.Reason
	out.Witness, out.Survives, out.Lost = r.Witness, r.Survives, r.Lost
	return out, nil
}
