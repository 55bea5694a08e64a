//go:build !unix

package main

import "time"

var start = time.Now()

// processorTime is the time since the start: nothing better is portable.
func processorTime() time.Duration { return time.Since(start) }
