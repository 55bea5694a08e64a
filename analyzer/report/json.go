package report

import (
	_ "embed"
	"encoding/json"
	"io"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// JSONVersion is raised when a reader of the old form could break. Fields may
// be added without raising it.
const JSONVersion = 1

// JSONSchema describes what [JSON] writes (JSON Schema 2020-12).
//
//go:embed schema.json
var JSONSchema string

// JSON is the format for programs: everything a finding carries, every span
// with path, byte offsets, lines and columns.
type JSON struct{}

// Write implements [Format].
func (JSON) Write(w io.Writer, r *Report) error {
	c := r.counts()
	doc := jsonReport{
		Version: JSONVersion,
		Tool:    jsonTool{Name: "awaitlint", Version: r.Version},
		Summary: jsonSummary{
			ExitCode: r.ExitCode(),
			Errors:   c.errors, Warnings: c.warnings, Notes: c.notes, Refuted: c.refuted,
			Files: r.Stats.Files, Canisters: r.Stats.Canisters,
			EntryPoints: r.Stats.EntryPoints, Awaits: r.Stats.Awaits,
		},
		Findings: []jsonFinding{},
		Notices:  []jsonNotice{},
		Rules:    []jsonRule{},
	}
	for _, f := range r.sorted() {
		doc.Findings = append(doc.Findings, jsonOf(f))
	}
	for _, n := range r.Notices {
		out := jsonNotice{Fatal: n.Fatal, Internal: n.Internal, Rule: n.Rule, Path: n.Path, Message: n.Message, Span: jsonSpanOf(n.Span)}
		if out.Path == "" {
			out.Path = pathOf(n.Span)
		}
		doc.Notices = append(doc.Notices, out)
	}
	for _, rule := range r.Rules {
		doc.Rules = append(doc.Rules, jsonRule{
			ID: rule.ID, Title: rule.Title, Level: rule.Level.String(), Default: rule.Default,
			CWE: orEmpty(rule.CWE), Tags: orEmpty(rule.Tags), Help: rule.Help,
		})
	}
	return writeJSON(w, doc)
}

// writeJSON writes an indented document. Angle brackets stay readable: the
// text is not meant to be pasted into HTML.
func writeJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// The types below are the version 1 form; schema.json explains the fields.
type (
	jsonReport struct {
		Version  int           `json:"version"`
		Tool     jsonTool      `json:"tool"`
		Summary  jsonSummary   `json:"summary"`
		Findings []jsonFinding `json:"findings"`
		Notices  []jsonNotice  `json:"notices"`
		Rules    []jsonRule    `json:"rules"`
	}
	jsonTool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	jsonSummary struct {
		ExitCode    int `json:"exitCode"`
		Errors      int `json:"errors"`
		Warnings    int `json:"warnings"`
		Notes       int `json:"notes"`
		Refuted     int `json:"refuted"`
		Files       int `json:"files"`
		Canisters   int `json:"canisters"`
		EntryPoints int `json:"entryPoints"`
		Awaits      int `json:"awaits"`
	}
	jsonFinding struct {
		Rule        string           `json:"rule"`
		Level       string           `json:"level"`
		Verdict     string           `json:"verdict"`
		Reason      string           `json:"reason,omitempty"`
		Message     string           `json:"message"`
		Crate       string           `json:"crate,omitempty"`
		Place       string           `json:"place,omitempty"`
		Function    string           `json:"function,omitempty"`
		Entry       *jsonEndpoint    `json:"entry,omitempty"`
		Primary     jsonLabel        `json:"primary"`
		Labels      []jsonLabel      `json:"labels"`
		Segments    []jsonSegment    `json:"segments"`
		Endings     []jsonEnding     `json:"endings"`
		Witness     *jsonWitness     `json:"witness,omitempty"`
		Survives    []string         `json:"survives"`
		Lost        []string         `json:"lost"`
		Stuck       []string         `json:"stuck"`
		Interferers []jsonEndpoint   `json:"interferers"`
		Observers   []jsonEndpoint   `json:"observers"`
		AlsoIn      []string         `json:"alsoIn"`
		Assumed     []string         `json:"assumed"`
		Help        string           `json:"help,omitempty"`
		Edits       []jsonEdit       `json:"edits"`
		Fingerprint string           `json:"fingerprint,omitempty"`
		Suppressed  *jsonSuppression `json:"suppressed,omitempty"`
	}
	jsonSuppression struct {
		Reason string    `json:"reason,omitempty"`
		Span   *jsonSpan `json:"span,omitempty"`
	}
	jsonLabel struct {
		Role string    `json:"role,omitempty"`
		Text string    `json:"text,omitempty"`
		Span *jsonSpan `json:"span,omitempty"`
	}
	jsonSpan struct {
		Path  string       `json:"path"`
		Start jsonPosition `json:"start"`
		End   jsonPosition `json:"end"`
	}
	jsonPosition struct {
		Offset      int `json:"offset"`
		Line        int `json:"line"`
		Column      int `json:"column"`
		UTF16Column int `json:"utf16Column"`
	}
	jsonEndpoint struct {
		Name string    `json:"name"`
		Kind string    `json:"kind,omitempty"`
		Span *jsonSpan `json:"span,omitempty"`
	}
	jsonSegment struct {
		Index   int          `json:"index"`
		Span    *jsonSpan    `json:"span,omitempty"`
		Reads   []string     `json:"reads"`
		Writes  []string     `json:"writes"`
		Call    string       `json:"call,omitempty"`
		Wait    string       `json:"wait,omitempty"`
		Commit  string       `json:"commit,omitempty"`
		IfTrap  string       `json:"ifTrap,omitempty"`
		Changes []jsonChange `json:"changes"`
	}
	jsonChange struct {
		Text string    `json:"text"`
		Fate string    `json:"fate"`
		Span *jsonSpan `json:"span,omitempty"`
	}
	jsonEnding struct {
		Name     string            `json:"name"`
		State    map[string]string `json:"state"`
		Survives []string          `json:"survives"`
		Lost     []string          `json:"lost"`
		Stuck    []string          `json:"stuck"`
		Damage   bool              `json:"damage"`
	}
	jsonWitness struct {
		Places     []string   `json:"places"`
		Steps      []jsonStep `json:"steps"`
		Conclusion string     `json:"conclusion,omitempty"`
	}
	jsonStep struct {
		Message string    `json:"message"`
		What    string    `json:"what,omitempty"`
		Text    string    `json:"text,omitempty"`
		State   []string  `json:"state"`
		Event   string    `json:"event,omitempty"`
		Role    string    `json:"role,omitempty"`
		Span    *jsonSpan `json:"span,omitempty"`
	}
	jsonEdit struct {
		Span *jsonSpan `json:"span,omitempty"`
		New  string    `json:"new"`
	}
	jsonNotice struct {
		Fatal    bool      `json:"fatal"`
		Internal bool      `json:"internal"`
		Rule     string    `json:"rule,omitempty"`
		Path     string    `json:"path,omitempty"`
		Span     *jsonSpan `json:"span,omitempty"`
		Message  string    `json:"message"`
	}
	jsonRule struct {
		ID      string   `json:"id"`
		Title   string   `json:"title"`
		Level   string   `json:"level"`
		Default bool     `json:"default"`
		CWE     []int    `json:"cwe"`
		Tags    []string `json:"tags"`
		Help    string   `json:"help,omitempty"`
	}
)

func jsonOf(f *finding.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule, Level: f.Level.String(), Verdict: strings.ReplaceAll(f.Verdict.String(), " ", "-"),
		Reason: f.Reason, Message: f.Message, Crate: f.Crate, Place: f.Place, Function: f.Function,
		Primary: jsonLabelOf(f.Primary), Labels: each(f.Labels, jsonLabelOf),
		Segments: each(f.Segments, jsonSegmentOf), Endings: each(f.Endings, jsonEndingOf),
		Survives: orEmpty(f.Survives), Lost: orEmpty(f.Lost), Stuck: orEmpty(f.Stuck),
		Interferers: each(f.Interferers, jsonEndpointOf), Observers: each(f.Observers, jsonEndpointOf),
		AlsoIn: orEmpty(f.AlsoIn), Assumed: orEmpty(f.Assumed), Help: f.Help,
		Edits:       each(f.Edits, func(e finding.Edit) jsonEdit { return jsonEdit{Span: jsonSpanOf(e.Span), New: e.New} }),
		Fingerprint: f.Fingerprint,
	}
	if f.Entry.Name != "" {
		entry := jsonEndpointOf(f.Entry)
		out.Entry = &entry
	}
	if f.Suppressed != nil {
		out.Suppressed = &jsonSuppression{f.Suppressed.Reason, jsonSpanOf(f.Suppressed.Span)}
	}
	if f.Witness != nil {
		out.Witness = &jsonWitness{
			Places: orEmpty(f.Witness.Places), Steps: each(f.Witness.Steps, jsonStepOf), Conclusion: f.Witness.Conclusion,
		}
	}
	return out
}

func jsonLabelOf(l finding.Label) jsonLabel {
	return jsonLabel{Role: string(l.Role), Text: l.Text, Span: jsonSpanOf(l.Span)}
}

func jsonEndpointOf(e finding.Endpoint) jsonEndpoint {
	return jsonEndpoint{Name: e.Name, Kind: e.Kind, Span: jsonSpanOf(e.Span)}
}

func jsonSegmentOf(s finding.Segment) jsonSegment {
	return jsonSegment{
		Index: s.Index, Span: jsonSpanOf(s.Span), Reads: orEmpty(s.Reads), Writes: orEmpty(s.Writes),
		Call: s.Call, Wait: s.Wait, Commit: s.Commit, IfTrap: s.IfTrap,
		Changes: each(s.Changes, func(c finding.Change) jsonChange {
			return jsonChange{Text: c.Text, Fate: c.Fate, Span: jsonSpanOf(c.Span)}
		}),
	}
}

func jsonEndingOf(e finding.Ending) jsonEnding {
	state := e.State
	if state == nil {
		state = map[string]string{}
	}
	return jsonEnding{
		Name: e.Name, State: state, Survives: orEmpty(e.Survives), Lost: orEmpty(e.Lost),
		Stuck: orEmpty(e.Stuck), Damage: e.Damage,
	}
}

func jsonStepOf(s finding.WitnessStep) jsonStep {
	return jsonStep{
		Message: s.Message, What: s.What, Text: s.Text, State: orEmpty(s.State),
		Event: s.Event, Role: string(s.Role), Span: jsonSpanOf(s.Span),
	}
}

// jsonSpanOf returns nil for nowhere.
func jsonSpanOf(s rustparse.Span) *jsonSpan {
	if s.File == nil {
		return nil
	}
	at := locate(s)
	return &jsonSpan{
		Path:  at.path,
		Start: jsonPosition{Offset: int(at.start), Line: at.line, Column: at.column, UTF16Column: at.utf16},
		End:   jsonPosition{Offset: int(at.end), Line: at.endLine, Column: at.endColumn, UTF16Column: at.endUTF16},
	}
}

// each maps a slice; the result is never nil, for readers need not tell null
// from an empty list.
func each[A, B any](as []A, f func(A) B) []B {
	bs := make([]B, 0, len(as))
	for _, a := range as {
		bs = append(bs, f(a))
	}
	return bs
}

func orEmpty[T any](ts []T) []T {
	if ts == nil {
		return []T{}
	}
	return ts
}
