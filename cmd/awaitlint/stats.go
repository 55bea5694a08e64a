package main

import (
	"cmp"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awaitlint/awaitlint/analyzer/census"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

const listNames = finding.ListAwaits + ", " + finding.ListAccesses + ", " + finding.ListEndpoints + ", " + finding.ListOpaque

func (c *command) statsCommand() *cobra.Command {
	var view report.CensusView
	var sample int
	var seed uint64
	var teach bool
	cmd := &cobra.Command{
		Use:   "stats [PATH...]",
		Short: "count what awaitlint understands, and what it does not",
		Long: `Count what awaitlint understands of the canister code and what it does not: entry
attributes that a search of the plain text finds, awaits and uses of state as they stand in the
syntax tree, and what lowering could not make sense of. --list shows them site by site.

An await must, may or never commit; it is not known where a callee is not, and not reached in
functions that no message contains. An access is known by its place (STATE.accounts[who]), as the
whole of its cell where that is what the code does, only by its cell, or not at all.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			lists := strings.Split(listNames, ", ")
			switch {
			case view.List != "" && !slices.Contains(lists, view.List):
				return usagef("no list %q%s (there are %s)", view.List, nearest.DidYouMean(view.List, lists), listNames)
			case sample > 0 && view.List == "":
				return usagef("--sample is for --list")
			case sample < 0:
				return usagef("--sample is at least 1, not %d", sample)
			case c.format != "text" && c.format != "json":
				return usagef("the formats of stats are text and json, not %q", c.format)
			}
			p, err := c.load(args)
			if err != nil {
				return err
			}
			if err := c.finish(p); err != nil {
				return err
			}
			if teach {
				return c.emit(func(w io.Writer, _ bool) error { return writeLessons(w, p.untaught()) })
			}
			found, notices := p.census()
			r := &report.Report{Notices: notices}
			c.code = max(c.code, r.ExitCode())
			if err := c.tell(r); err != nil {
				return err
			}
			if sample > 0 {
				found.Sites = draw(found.Sites, view.List, sample, seed)
			}
			return c.emit(func(w io.Writer, color bool) error {
				if c.format == "json" {
					return report.JSON{}.Census(w, found, view)
				}
				return report.Text{Color: color}.Census(w, found, view)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.format, "format", "text", "form of the results: text, json")
	f.StringVar(&view.List, "list", "", "list each site of one kind: "+listNames)
	f.BoolVar(&view.All, "all", false, "show long lists whole")
	f.IntVar(&sample, "sample", 0, "list only `N` sites, drawn at random")
	f.BoolVar(&teach, "teach", false, "print, for awaitlint.toml, an entry to fill in for each awaited function that is not known")
	f.Uint64Var(&seed, "seed", 1, "what the sample is drawn with; equal seeds draw equal samples")
	return cmd
}

// census takes the census of a project.
func (p *project) census() (*finding.Census, []report.Notice) {
	taken := census.New(p.ws, p.canisters)
	result := driver.Run(p.ws, p.canisters, nil, driver.Options{Jobs: p.jobs, Observe: taken.Observe})
	var notices []report.Notice
	for _, n := range result.Notices {
		notices = append(notices, report.Notice(n))
	}
	return taken.Result(), notices
}

// draw picks n of the sites of a list at random, in their order.
func draw(sites []finding.Site, list string, n int, seed uint64) []finding.Site {
	sites = slices.DeleteFunc(sites, func(s finding.Site) bool { return s.List != list })
	type numbered struct {
		at, place int
	}
	random := rand.New(rand.NewPCG(seed, uint64(len(sites))))
	var order []numbered
	for place, at := range random.Perm(len(sites)) {
		order = append(order, numbered{at, place})
	}
	order = slices.DeleteFunc(order, func(x numbered) bool { return x.place >= n })
	slices.SortFunc(order, func(a, b numbered) int { return cmp.Compare(a.at, b.at) })
	var out []finding.Site
	for _, x := range order {
		out = append(out, sites[x.at])
	}
	return out
}
