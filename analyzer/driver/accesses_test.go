package driver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/census"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// TestAccesses compares the places that the entry points of testdata/state
// read and write with the comment above each. All writes must be named; reads
// of content, not of presence, only where the comment names any.
func TestAccesses(t *testing.T) {
	ws, err := workspace.Load([]string{"../../testdata/state"}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, c := range canister.Find(ws, knowledge.Default()) {
		for _, in := range driver.Prepare(c).Messages {
			m := effects.New(&effects.Canister{}, in)
			if m.Err != nil {
				t.Errorf("%s: %v", in.Entry.Name, m.Err)
				continue
			}
			checked++
			var reads, writes []string
			for _, a := range m.Accesses {
				if a.Read && !a.Presence {
					reads = append(reads, a.Place.String())
				}
				if a.Write {
					writes = append(writes, a.Place.String())
				}
			}
			wantReads, wantWrites := placesAbove(in)
			if got := set(writes); !slices.Equal(got, set(wantWrites)) {
				t.Errorf("%s writes %q, want %q", in.Entry.Name, got, set(wantWrites))
			}
			if got := set(reads); len(wantReads) > 0 && !slices.Equal(got, set(wantReads)) {
				t.Errorf("%s reads %q, want %q", in.Entry.Name, got, set(wantReads))
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d entry points found", checked)
	}
}

// TestCensusOfAccesses: the census knows every use of state there is in
// testdata/state, also in messages that never wait.
func TestCensusOfAccesses(t *testing.T) {
	ws, err := workspace.Load([]string{"../../testdata/state"}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	canisters := canister.Find(ws, knowledge.Default())
	taken := census.New(ws, canisters)
	driver.Run(ws, canisters, nil, driver.Options{Observe: taken.Observe})
	result := taken.Result()
	for _, s := range result.Sites {
		// Two uses in one call are told apart.
		if s.List == finding.ListAccesses && s.Function == "mixed" && (len(s.Places) != 1 || !strings.HasSuffix(s.Places[0], strings.TrimPrefix(s.Span.Text(), "&"))) {
			t.Errorf("%q is %q", s.Span.Text(), s.Places)
		}
	}
	got := result.Total.Accesses
	if got.Of("place") < 90 || got.Of("cell") > 8 || got.Of("not resolved")+got.Of("not reached") > 0 {
		t.Errorf("%d accesses by place, %d by cell, %d not resolved, %d not reached",
			got.Of("place"), got.Of("cell"), got.Of("not resolved"), got.Of("not reached"))
	}
}

// placesAbove reads the comment above an entry point.
func placesAbove(in effects.Input) (reads, writes []string) {
	text := in.Entry.Span.File.Text[:in.Entry.Span.Start]
	lines := strings.Split(text, "\n")
	for i := len(lines) - 2; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if !strings.HasPrefix(line, "#[") && !strings.HasPrefix(line, "//") {
			break
		}
		if places, ok := strings.CutPrefix(line, "// reads "); ok {
			reads = append(reads, strings.Fields(places)...)
		}
		if places, ok := strings.CutPrefix(line, "// writes "); ok {
			writes = append(writes, strings.Fields(places)...)
		}
	}
	return reads, writes
}

func set(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}
