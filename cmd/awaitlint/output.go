package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

const formatNames = "text, json, sarif"

// formatter returns the format the user asked for.
func (c *command) formatter(color bool) (report.Format, error) {
	switch c.format {
	case "text":
		return report.Text{Color: color}, nil
	case "json":
		return report.JSON{}, nil
	case "sarif":
		return report.SARIF{}, nil
	}
	return nil, usagef("unknown format %q%s (there are %s)", c.format, nearest.DidYouMean(c.format, strings.Split(formatNames, ", ")), formatNames)
}

// colored decides whether a stream gets colour: --color, then NO_COLOR, then
// CLICOLOR_FORCE, then whether it is a terminal that can.
func (c *command) colored(w io.Writer) (bool, error) {
	switch c.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
	default:
		return false, usagef("--color is auto, always or never, not %q", c.color)
	}
	if os.Getenv("NO_COLOR") != "" {
		return false, nil
	}
	if force := os.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true, nil
	}
	if os.Getenv("TERM") == "dumb" || os.Getenv("CLICOLOR") == "0" {
		return false, nil
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())), nil
}

// emit renders results and writes them to standard output or the file of -o.
// The file is written only once rendering has succeeded.
func (c *command) emit(render func(w io.Writer, color bool) error) error {
	color := false
	if c.output == "" || c.color != "auto" { // a file is no terminal
		var err error
		if color, err = c.colored(c.stdout); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := render(&b, color); err != nil {
		return err
	}
	if c.output != "" {
		if err := os.WriteFile(c.output, b.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing results: %w", err)
		}
		return nil
	}
	if _, err := c.stdout.Write(b.Bytes()); err != nil && !errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
