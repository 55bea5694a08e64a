package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules"
)

func (c *command) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "list the rules",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.emit(func(w io.Writer, _ bool) error { return listRules(w) })
		},
	}
}

// noArgs is cobra.NoArgs with the error of a wrong command line.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}

func listRules(w io.Writer) error {
	wide := 0
	for _, r := range rules.All() {
		wide = max(wide, len(r.Meta.ID))
	}
	for _, r := range rules.All() {
		off := ""
		if !r.Meta.Default {
			off = " (off unless selected)"
		}
		if _, err := fmt.Fprintf(w, "%-*s  %-7s  %s%s\n", wide, r.Meta.ID, r.Meta.Level, r.Meta.Title, off); err != nil {
			return err
		}
	}
	return nil
}

func (c *command) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "say what a rule finds, why it matters and how to mend it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("explain takes one rule")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			for _, r := range rules.All() {
				if r.Meta.ID == args[0] {
					return c.emit(func(w io.Writer, _ bool) error { return explain(w, r.Meta) })
				}
			}
			return unknownRule(args[0])
		},
	}
}

// explain prints the page of a rule: the same text as the SARIF help.
func explain(w io.Writer, r finding.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n", r.ID, r.Level, r.Title)
	if doc := strings.TrimSpace(r.Doc); doc != "" {
		b.WriteString(doc + "\n\n")
	}
	if r.Help != "" {
		fmt.Fprintf(&b, "Mend: %s\n", r.Help)
	}
	var about []string
	for _, n := range r.CWE {
		about = append(about, fmt.Sprintf("CWE-%d", n))
	}
	if about = append(about, r.Tags...); len(about) > 0 {
		fmt.Fprintf(&b, "Tags: %s\n", strings.Join(about, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
