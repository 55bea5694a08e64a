package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// A Replay is what the segment model answered when it was asked about one
// entry point: the table of its endings, or one run.
type Replay struct {
	Entry  finding.Endpoint
	With   finding.Endpoint // what runs in the gap, if anything
	Ending string           // how a call of Entry ends, if that was asked

	Verdict finding.Verdict
	Reason  string
	Witness *finding.Witness

	Endings        []finding.Ending
	Interferers    []finding.Endpoint
	Survives, Lost []string
}

// Replays writes answers of the segment model, one block each.
func (t Text) Replays(w io.Writer, replays []Replay) error {
	var out strings.Builder
	for i, r := range replays {
		if i > 0 {
			out.WriteByte('\n')
		}
		t.replay(&out, r)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (t Text) replay(out *strings.Builder, r Replay) {
	p := painter(t.Color)
	head := []string{r.Entry.Kind}
	if at := whereabouts(r.Entry.Span); at != "" {
		head = append(head, at)
	}
	if r.With.Name != "" {
		head = append(head, "with "+strings.Join(endpoints([]finding.Endpoint{r.With}), "")+" in its gap")
	}
	if r.Ending != "" {
		head = append(head, "a call ends with "+r.Ending)
	}
	out.WriteString(p.paint(headStyle, printable(r.Entry.Name)) + "  " + printable(strings.Join(head, " · ")) + "\n")

	// The run is shown as below a finding that stands at the entry point.
	f := &finding.Finding{
		Primary: finding.Label{Span: r.Entry.Span}, Verdict: finding.Unproved,
		Witness: r.Witness, Survives: r.Survives, Lost: r.Lost, Endings: r.Endings, Interferers: r.Interferers,
	}
	n := &noteWriter{excerptWriter: &excerptWriter{painter: p, width: t.width(), out: out}, finding: f}
	asked := r.With.Name != "" || r.Ending != ""
	if asked && r.Witness == nil {
		n.note("no run", cmp.Or(r.Reason, "no run within the bound ends so"))
	} else if !asked && r.Endings == nil {
		n.note("no run", "no run within the bound makes a call")
	}
	n.evidence()
	if r.With.Name != "" {
		n.note("race", r.Verdict.String()+": "+cmp.Or(r.Reason, "there is a run of the two that no order, one after the other, explains"))
	}
	n.outcome()
	n.endings()
	n.list("can run in the gap", endpoints(f.Interferers))
}
