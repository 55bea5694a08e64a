package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// smallHeap is the size in bytes of what was read, from which on the collector works as usual.
const smallHeap = 64 << 20

// easeCollector lets the heap of a small project grow fourfold, not twofold,
// between collections. Nearly all garbage is values of the segment model that live
// for one run of it; making fewer of them comes first, and this is a fifth of
// what time is left. GOGC in the environment counts more.
func easeCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	var m runtime.MemStats
	if runtime.ReadMemStats(&m); m.HeapAlloc < smallHeap {
		debug.SetGCPercent(300)
	}
}
