package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/rustparse"
)

// untaught finds the awaits of functions that nothing is known of, by path.
func (p *project) untaught() map[string][]rustparse.Span {
	var mu sync.Mutex
	found := map[string]map[rustparse.Span]bool{}
	observe := func(_ int, c *effects.Canister) {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range c.Messages {
			for _, w := range m.Input.Func.Waits {
				at := m.Input.Func.Sites[w.Site].Span
				if w.Path == "" || at.File == nil || !p.ws.InScope(at.File.Path) {
					continue
				}
				if found[w.Path] == nil {
					found[w.Path] = map[rustparse.Span]bool{}
				}
				found[w.Path][at] = true
			}
		}
	}
	driver.Run(p.ws, p.canisters, nil, driver.Options{Jobs: p.jobs, Observe: observe})
	out := map[string][]rustparse.Span{}
	for path, spans := range found {
		out[path] = slices.SortedFunc(maps.Keys(spans), func(a, b rustparse.Span) int {
			return cmp.Or(cmp.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Start, b.Start))
		})
	}
	return out
}

// writeLessons writes an entry for each path, those awaited most first.
func writeLessons(w io.Writer, awaited map[string][]rustparse.Span) error {
	paths := slices.SortedFunc(maps.Keys(awaited), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(awaited[b]), len(awaited[a])), cmp.Compare(a, b))
	})
	if len(paths) == 0 {
		_, err := fmt.Fprintln(w, "# every awaited function that has a path is known")
		return err
	}
	for i, path := range paths {
		if i > 0 {
			fmt.Fprintln(w)
		}
		times := ""
		if n := len(awaited[path]); n > 1 {
			times = fmt.Sprintf(", and %d more", n-1)
		}
		_, err := fmt.Fprintf(w, "[[function]] # awaited at %s%s\npath = %q\ncommits = \"may\" # never, may or must\n", position(awaited[path][0]), times, path)
		if err != nil {
			return err
		}
	}
	return nil
}
