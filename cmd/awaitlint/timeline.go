package main

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/report"
)

// timelines returns the timelines of the functions of that name, of all
// entry points if it is empty. Functions outside the given paths are shown
// only by name.
func (p *project) timelines(name string) ([]report.Timeline, error) {
	var shown []*function
	if name != "" {
		var err error
		if shown, err = p.find(name); err != nil {
			return nil, err
		}
	} else {
		for _, c := range p.canisters {
			for _, m := range messages(c) {
				if f := m.Entry.Span.File; f == nil || p.ws.InScope(f.Path) {
					shown = append(shown, m)
				}
			}
		}
	}
	others := map[*canister.Canister][]*effects.Message{}
	var out []report.Timeline
	for _, f := range shown {
		if others[f.canister] == nil {
			for _, m := range messages(f.canister) {
				others[f.canister] = append(others[f.canister], effects.New(&effects.Canister{}, m.Input))
			}
		}
		out = append(out, timeline(f, others[f.canister]))
	}
	return out, nil
}

func timeline(f *function, others []*effects.Message) report.Timeline {
	self := &evidence.Message{Func: f.Func, Endpoint: f.Entry, Lasts: f.Lasts, Looks: f.Looks, Anonymous: f.Anonymous}
	line := report.Timeline{
		Entry:    f.Entry,
		Segments: evidence.New([]*evidence.Message{self}).Segments(self),
		Assumed:  f.Func.Assumed,
	}
	m := effects.New(&effects.Canister{}, f.Input)
	line.Guards = guards(m)
	if m.Err == nil && slices.ContainsFunc(m.Awaits, (*effects.Await).Commits) {
		line.Touched = touched(m, others)
	}
	return line
}

// touched says, cell by cell, which other messages can write or only read
// what m works on.
func touched(m *effects.Message, others []*effects.Message) []report.Touched {
	var out []report.Touched
	for _, cell := range cells(m) {
		t := report.Touched{Place: cell}
		for _, other := range others {
			if other.Err != nil {
				continue
			}
			reads, writes := false, false
			for _, mine := range m.Accesses {
				for _, a := range other.Accesses {
					if mine.Place.Cell == cell && mine.Place.Across(a.Place) {
						reads = reads || a.Read
						writes = writes || a.Write
					}
				}
			}
			e := other.Entry()
			switch {
			case writes && other.Input.Lasts:
				t.Writers = add(t.Writers, e)
			case reads && (other.Input.Lasts || other.Input.Looks):
				t.Observers = add(t.Observers, e)
			}
		}
		out = append(out, t)
	}
	return out
}

func add(es []finding.Endpoint, e finding.Endpoint) []finding.Endpoint {
	if slices.Contains(es, e) {
		return es
	}
	return append(es, e)
}

// cells returns the cells a message touches, in order of first use.
func cells(m *effects.Message) []string {
	var out []string
	for _, a := range m.Accesses {
		if !slices.Contains(out, a.Place.Cell) {
			out = append(out, a.Place.Cell)
		}
	}
	return out
}
