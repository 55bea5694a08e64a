package report

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// counts are the findings of a report by level, and its notices.
type counts struct {
	errors, warnings, notes int
	refuted, ignored        int
	notices, problems       int
}

func (r *Report) counts() counts {
	var c counts
	for _, f := range r.Findings {
		switch {
		case f.Verdict == finding.Refuted:
			c.refuted++
		case f.Suppressed != nil:
			c.ignored++
		case f.Level == finding.Error:
			c.errors++
		case f.Level == finding.Warning:
			c.warnings++
		default:
			c.notes++
		}
	}
	for _, n := range r.Notices {
		if n.Fatal {
			c.problems++
		} else {
			c.notices++
		}
	}
	return c
}

// summary is the last line: how much was found, in how much that was looked at.
func (t Text) summary(r *Report) string {
	c := r.counts()
	p := painter(t.Color)
	var found []string
	add := func(n int, noun string, s style) {
		if n > 0 {
			found = append(found, p.paint(s, plural(n, noun)))
		}
	}
	add(c.errors, "error", errorStyle)
	add(c.warnings, "warning", warningStyle)
	add(c.notes, "note", noteStyle)
	if found == nil {
		found = append(found, p.paint(headStyle, "no findings"))
	}
	if c.refuted > 0 {
		found = append(found, itoa(c.refuted)+" refuted")
	}
	if c.ignored > 0 {
		found = append(found, itoa(c.ignored)+" ignored")
	}
	looked := []string{plural(r.Stats.Files, "file"), plural(r.Stats.Canisters, "canister"),
		plural(r.Stats.EntryPoints, "entry point"), plural(r.Stats.Awaits, "await")}
	line := strings.Join(found, ", ") + "; looked at " + strings.Join(looked, ", ")
	var said []string
	if c.problems > 0 {
		said = append(said, p.paint(errorStyle, plural(c.problems, "problem")))
	}
	if c.notices > 0 {
		said = append(said, plural(c.notices, "notice"))
	}
	if said != nil {
		line += "; " + strings.Join(said, ", ")
	}
	return line
}
