package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/config"
)

// configs reads the configuration of a run: the file of --config, else the
// one found above each path. Mistakes in all of them are told together.
func (c *command) configs(paths []string) ([]*config.Config, error) {
	var files []string
	switch {
	case c.noConfig && c.config != "":
		return nil, usagef("--config and --no-config exclude each other")
	case c.noConfig:
	case c.config != "":
		files = []string{c.config}
	default:
		for _, path := range paths {
			if path == "-" {
				path = "."
			}
			file, err := config.Find(path)
			if err != nil {
				return nil, err
			}
			if file != "" && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	var all []*config.Config
	var wrong config.Errors
	for _, file := range files {
		one, err := config.Read(file)
		if mistakes, ok := err.(config.Errors); ok {
			wrong = append(wrong, mistakes...)
		} else if err != nil {
			return nil, fmt.Errorf("reading the configuration: %w", err)
		}
		all = append(all, one)
	}
	if wrong != nil {
		return nil, wrong
	}
	return all, nil
}

// showConfig prints the configuration that holds for paths.
func (c *command) showConfig(args []string) error {
	all, err := c.configs(expand(args))
	if err != nil {
		return err
	}
	return c.emit(func(w io.Writer, _ bool) error {
		if len(all) == 0 {
			_, err := fmt.Fprintf(w, "# no %s above here\n", config.Name)
			return err
		}
		for _, one := range all {
			if err := one.Write(w); err != nil {
				return err
			}
		}
		return nil
	})
}
