package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/report"
	"github.com/rivo/uniseg"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run go test ./analyzer/report -update)", err)
	}
	if d := diff.Diff(file, want, "got", got); d != nil {
		t.Errorf("%s\nif this is right, run go test ./analyzer/report -update", d)
	}
}

func render(t *testing.T, f report.Format, r *report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var cases = map[string]func(*testing.T) *report.Report{
	"withdraw": withdraw,
	"vault":    vault,
	"hostile":  hostile,
	"clean": func(*testing.T) *report.Report {
		return &report.Report{Version: "0.1.0", Stats: report.Stats{Files: 1, Canisters: 1, EntryPoints: 2, Awaits: 3}}
	},
}

func TestGolden(t *testing.T) {
	for name, build := range cases {
		t.Run(name, func(t *testing.T) {
			r := build(t)
			golden(t, name+".txt", render(t, report.Text{}, r))
			golden(t, name+".json", render(t, report.JSON{}, r))
			golden(t, name+".sarif", render(t, report.SARIF{}, r))
		})
	}
}

// Text fits the page and holds nothing that drives a terminal; colour adds
// codes and changes nothing else.
func TestTextIsTame(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for name, build := range cases {
		t.Run(name, func(t *testing.T) {
			r := build(t)
			plain := render(t, report.Text{}, r)
			if i := bytes.IndexFunc(plain, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' }); i >= 0 {
				t.Errorf("unsafe character at byte %d", i)
			}
			for line := range strings.Lines(string(plain)) {
				// Headlines are one sentence and may be longer.
				if w := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); w > 100 && !strings.Contains(line, "]: ") {
					t.Errorf("%d cells: %s", w, line)
				}
			}
			coloured := render(t, report.Text{Color: true}, r)
			if got := codes.ReplaceAll(coloured, nil); !bytes.Equal(got, plain) {
				t.Errorf("colour changes the text:\n%s", diff.Diff("plain", plain, "coloured", got))
			}
		})
	}
}

func TestNarrowPage(t *testing.T) {
	for _, build := range cases {
		for _, width := range []int{1, 40, 72} {
			render(t, report.Text{Width: width}, build(t)) // must not panic
		}
	}
}

func compile(t *testing.T, name, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemas(t *testing.T) {
	sarif, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		format report.Format
		schema *jsonschema.Schema
	}{
		{report.JSON{}, compile(t, "https://awaitlint.github.io/schema/report-1.json", report.JSONSchema)},
		{report.SARIF{}, compile(t, "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", string(sarif))},
	} {
		for name, build := range cases {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(render(t, f.format, build(t))))
			if err != nil {
				t.Fatalf("%s as %T: %v", name, f.format, err)
			}
			if err := f.schema.Validate(doc); err != nil {
				t.Errorf("%s as %T: %v", name, f.format, err)
			}
		}
		if err := f.schema.Validate(map[string]any{"version": "9"}); err == nil {
			t.Errorf("the schema of %T accepts anything", f.format)
		}
	}
}

// githubLog is what GitHub code scanning reads of a log.
type githubLog struct {
	Runs []struct {
		Results *[]struct {
			RuleID  string
			Level   string
			Message struct{ Text string }

			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine, StartColumn, EndLine, EndColumn int }
				}
			}
			RelatedLocations []struct{ ID int }
			CodeFlows        []struct {
				ThreadFlows []struct {
					Locations []struct{ ExecutionOrder int }
				}
			}
			PartialFingerprints map[string]string
		}
	}
}

// What GitHub code scanning asks for beyond the standard.
func TestSARIFForGitHub(t *testing.T) {
	for name, build := range cases {
		var log githubLog
		if err := json.Unmarshal(render(t, report.SARIF{}, build(t)), &log); err != nil {
			t.Fatal(err)
		}
		if log.Runs[0].Results == nil {
			t.Errorf("%s: results is null", name)
			continue
		}
		for _, r := range *log.Runs[0].Results {
			if r.Message.Text == "" || r.Level == "" || len(r.Locations) != 1 {
				t.Errorf("%s: incomplete result %+v", name, r)
			}
			at := r.Locations[0].PhysicalLocation
			if strings.ContainsAny(at.ArtifactLocation.URI, " :\\") {
				t.Errorf("%s: URI %q is not encoded", name, at.ArtifactLocation.URI)
			}
			if g := at.Region; g != nil && min(g.StartLine, g.StartColumn, g.EndLine, g.EndColumn) < 1 {
				t.Errorf("%s: region %+v", name, *g)
			}
			for _, l := range r.RelatedLocations {
				if link := "](" + string(rune('0'+l.ID)) + ")"; !strings.Contains(r.Message.Text, link) {
					t.Errorf("%s: location %d is not linked in %q", name, l.ID, r.Message.Text)
				}
			}
			if at.Region != nil && r.PartialFingerprints["primaryLocationLineHash"] == "" {
				t.Errorf("%s: no line hash", name)
			}
		}
	}
	var log githubLog
	if err := json.Unmarshal(render(t, report.SARIF{}, withdraw(t)), &log); err != nil {
		t.Fatal(err)
	}
	if flows := (*log.Runs[0].Results)[0].CodeFlows; len(flows) != 2 || len(flows[0].ThreadFlows) != 2 || len(flows[1].ThreadFlows) != 1 {
		t.Errorf("want a code flow with a thread flow for A and one for B, and one with all in order, got %+v", flows)
	}
}

func TestExitCode(t *testing.T) {
	at := func(l finding.Level, v finding.Verdict) []*finding.Finding {
		return []*finding.Finding{{Level: l, Verdict: v}}
	}
	for _, c := range []struct {
		name string
		r    report.Report
		want int
	}{
		{"nothing", report.Report{}, 0},
		{"a note", report.Report{Findings: at(finding.Note, finding.Unproved)}, 0},
		{"a warning", report.Report{Findings: at(finding.Warning, finding.Possible)}, 1},
		{"a refuted error", report.Report{Findings: at(finding.Error, finding.Refuted)}, 0},
		{"a local notice", report.Report{Notices: []report.Notice{{}}}, 0},
		{"trouble wins", report.Report{Findings: at(finding.Error, finding.Confirmed), Notices: []report.Notice{{Fatal: true}}}, 2},
	} {
		if got := c.r.ExitCode(); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSegments(t *testing.T) {
	r := withdraw(t)
	f := r.Findings[0]
	var b bytes.Buffer
	err := report.Text{}.Segments(&b, []report.Timeline{
		{
			Entry: f.Entry, Segments: f.Segments,
			Touched: []report.Touched{{Place: "BALANCES", Writers: f.Interferers, Observers: f.Observers}},
		},
		{
			Entry:    finding.Endpoint{Name: "balance_of", Kind: "query"},
			Segments: []finding.Segment{{Index: 1, Reads: []string{"BALANCES[who]"}}},
			Assumed:  []string{"nothing calls balance_of: taken as a query"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "segments.txt", b.Bytes())
}

func TestNotices(t *testing.T) {
	var b bytes.Buffer
	if err := (report.Text{}).Notices(&b, vault(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "notices.txt", b.Bytes())
}
