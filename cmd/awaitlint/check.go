package main

import (
	"io"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

// check runs the rules over the given paths: the root command.
func (c *command) check(args []string) error {
	if c.printConfig {
		return c.showConfig(args)
	}
	if c.dump != "" {
		return c.dumpStage(args)
	}
	format, err := c.formatter(false) // before the work: a wrong flag is told at once
	if err != nil {
		return err
	}
	chosen, err := c.chosen()
	if err != nil {
		return err
	}
	p, err := c.load(args)
	if err != nil {
		return err
	}
	reading := processorTime()
	opt := driver.Options{
		Jobs: p.jobs, ShowRefuted: c.refuted, Known: ruleIDs(),
		// Who asks for a rule by name is also told what is only a note.
		Notes: func(rule string) bool { return matchesAny(c.selected, rule) },
	}
	if c.timings {
		opt.Clock = processorTime
	}
	r, spent := p.check(chosen, opt)
	if c.fix {
		if r, err = c.mend(args, chosen, opt, r); err != nil {
			return err
		}
	}
	if c.timings {
		defer func() { writeTimings(c.stderr, reading, spent) }()
	}
	if err := c.tell(r); err != nil {
		return err
	}
	err = c.emit(func(w io.Writer, color bool) error {
		if format, err = c.formatter(color); err != nil {
			return err
		}
		return format.Write(w, r)
	})
	c.code = r.ExitCode()
	return err
}

// tell prints the notices of a report to standard error.
func (c *command) tell(r *report.Report) error {
	color, err := c.colored(c.stderr)
	if err != nil {
		return err
	}
	return report.Text{Color: color}.Notices(c.stderr, r)
}
