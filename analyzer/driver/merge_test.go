package driver

import (
	"slices"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// Findings that say the same of one message are one, at the best proved of
// them; those of another message, or that say something else, stay.
func TestGather(t *testing.T) {
	file := &rustparse.File{Path: "lib.rs", Text: "abcdefgh"}
	at := func(n uint32, entry, says string, v finding.Verdict) *finding.Finding {
		return &finding.Finding{Rule: "r", Entry: finding.Endpoint{Name: entry}, Message: says, Verdict: v,
			Primary: finding.Label{Span: rustparse.Span{File: file, Start: n, End: n + 1}, Text: "here"}}
	}
	elsewhere := at(6, "pay", "it stays", finding.Confirmed)
	elsewhere.Entry.Span = rustparse.Span{File: file, Start: 6, End: 7} // another module's
	got := merge([]*finding.Finding{
		at(1, "pay", "it stays", finding.Possible),
		at(2, "pay", "it stays", finding.Confirmed),
		at(3, "pay", "it stays", finding.Confirmed),
		at(4, "pay", "it goes", finding.Confirmed),
		at(5, "buy", "it stays", finding.Confirmed),
		elsewhere,
	}, Options{})
	var starts []uint32
	for _, f := range got {
		starts = append(starts, f.Primary.Span.Start)
	}
	if !slices.Equal(starts, []uint32{2, 4, 5, 6}) {
		t.Fatalf("findings at %v, want at 2, 4, 5 and 6", starts)
	}
	labels := got[0].Labels
	if len(labels) != 2 || labels[0].Text != "and here, perhaps" || labels[1].Text != "and here" {
		t.Errorf("labels %+v", labels)
	}
}
