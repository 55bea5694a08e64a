package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// How much of a long list a reader is shown. Programs get all of it.
const (
	shownPlaces  = 3 // read or written in a segment
	shownChanges = 3 // of one segment
	shownOutcome = 4 // that survive, are lost, or are stuck
	shownPeople  = 6 // entry points of one kind
	shownFates   = 2 // changes in one cell of the table of endings
	shownStates  = 2 // columns of that table

	// In cells, of a run.
	shownCall  = 28 // the message with its arguments
	shownStep  = 48
	shownValue = 14
	shownState = 36 // all names of places together
)

// columns are the places of a run whose values a reader is shown, by index:
// those the damage is about, and of the others what finds room.
func columns(f *finding.Finding) []int {
	about := concerns(f)
	var all []int
	for i := range f.Witness.Places {
		all = append(all, i)
	}
	all = first(all, func(i int) bool { return about(f.Witness.Places[i]) })
	room := shownState
	for n, i := range all {
		if room -= displayWidth(f.Witness.Places[i]); n > 0 && room < 0 {
			all = all[:n]
			break
		}
	}
	slices.Sort(all)
	return all
}

// condense is the segment table of a finding for a reader: what the damage is
// about comes first, and of the rest a few.
func condense(f *finding.Finding) []finding.Segment {
	about := concerns(f)
	rows := slices.Clone(f.Segments)
	for i := range rows {
		r := &rows[i]
		r.Reads = some(r.Reads, shownPlaces, about)
		r.Writes = some(r.Writes, shownPlaces, about)
		if over := len(r.Changes) - shownChanges; over > 0 {
			shown := first(r.Changes, func(c finding.Change) bool { return about(c.Text) })[:shownChanges]
			left := slices.DeleteFunc(slices.Clone(r.Changes), func(c finding.Change) bool { return !slices.Contains(shown, c) })
			r.Changes = append(left, finding.Change{Text: andMore(over)})
		}
	}
	return rows
}

// condenseEndings does the same for the table of endings.
func condenseEndings(f *finding.Finding) []finding.Ending {
	about := concerns(f)
	rows := slices.Clone(f.Endings)
	var places []string
	for _, r := range rows {
		for _, p := range slices.Sorted(maps.Keys(r.State)) {
			if !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	if slices.ContainsFunc(places, about) {
		places = slices.DeleteFunc(places, func(p string) bool { return !about(p) })
	}
	places = places[:min(len(places), shownStates)]
	for i := range rows {
		r := &rows[i]
		r.State = maps.Clone(r.State)
		maps.DeleteFunc(r.State, func(p, _ string) bool { return !slices.Contains(places, p) })
		r.Survives = some(r.Survives, shownFates, about)
		r.Lost = some(r.Lost, shownFates, about)
		r.Stuck = some(r.Stuck, shownFates, about)
	}
	return rows
}

// concerns tells whether a text that begins with a place is about one that the
// finding is about: the one its damage names, else those whose values it shows.
func concerns(f *finding.Finding) func(string) bool {
	var roots []string
	add := func(place string) {
		if root := rootOf(place); root != "" && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	add(f.Place)
	if f.Witness != nil && roots == nil {
		for _, p := range f.Witness.Places {
			add(p)
		}
	}
	return func(text string) bool { return slices.Contains(roots, rootOf(text)) }
}

// rootOf is a place without its first key and what follows: keys are written as values or as expressions.
func rootOf(text string) string {
	text, _, _ = strings.Cut(text, " ")
	text, _, _ = strings.Cut(text, "[")
	return text
}

// some returns at most n items, those of interest first, and how many more there are.
func some(items []string, n int, of func(string) bool) []string {
	if len(items) <= n+1 { // a line that says "and 1 more" gains nothing
		return items
	}
	return append(first(items, of)[:n:n], andMore(len(items)-n))
}

// first returns items with those of interest before the others.
func first[T any](items []T, of func(T) bool) []T {
	var out, rest []T
	for _, item := range items {
		if of(item) {
			out = append(out, item)
		} else {
			rest = append(rest, item)
		}
	}
	return append(out, rest...)
}

func andMore(n int) string { return "and " + itoa(n) + " more" }
