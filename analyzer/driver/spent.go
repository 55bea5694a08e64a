package driver

import (
	"time"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// Spent is where the time of a run went.
type Spent struct {
	Phases []Phase
	// Candidates has what the segment model spent on each candidate of each
	// rule, those it refuted and those of code that canisters share included.
	Candidates []finding.Cost
}

// A Phase is a part of the work on a canister, summed over canisters. What
// several rules need counts for the first that asks for it.
type Phase struct {
	Name string // "lowering", "effects", or the ID of a rule
	Time time.Duration
}

// Phases that are not rules.
const (
	lowering = "lowering"
	effected = "effects"
)

// stopwatch starts to take the time; what it returns ends that, for a phase.
func (s *Spent) stopwatch(clock func() time.Duration) func(phase string) {
	if clock == nil {
		return func(string) {}
	}
	start := clock()
	return func(phase string) { s.add(Spent{Phases: []Phase{{phase, clock() - start}}}) }
}

func (s *Spent) add(t Spent) {
	s.Candidates = append(s.Candidates, t.Candidates...)
next:
	for _, p := range t.Phases {
		for i := range s.Phases {
			if s.Phases[i].Name == p.Name {
				s.Phases[i].Time += p.Time
				continue next
			}
		}
		s.Phases = append(s.Phases, p)
	}
}
