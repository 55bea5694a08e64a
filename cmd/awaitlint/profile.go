package main

import (
	"fmt"
	"os"
	"runtime/pprof"
)

// startProfile starts the processor profile that --cpuprofile asks for.
func (c *command) startProfile() error {
	if c.cpuprofile == "" {
		return nil
	}
	f, err := os.Create(c.cpuprofile)
	if err != nil {
		return fmt.Errorf("--cpuprofile: %w", err)
	}
	c.profile = f
	return pprof.StartCPUProfile(f)
}

// stopProfile ends it, however the run ended.
func (c *command) stopProfile() {
	if c.profile == nil {
		return
	}
	pprof.StopCPUProfile()
	if err := c.profile.Close(); err != nil {
		fmt.Fprintf(c.stderr, "awaitlint: --cpuprofile: %v\n", err)
	}
	c.profile = nil
}
