package report

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// SARIF is the format of code scanning services: SARIF 2.1.0, with what GitHub
// requires beyond the standard (at least one location, no empty texts,
// 1-based regions, relative URIs, a line hash).
//
// Refuted candidates are left out, for GitHub shows whatever is listed.
type SARIF struct{}

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/awaitlint/awaitlint"
	rulePages   = "https://pkg.go.dev/github.com/awaitlint/awaitlint/rules/"
	// baseID is the name GitHub gives to the root of the checked-out sources.
	baseID = "%SRCROOT%"
	// longestDescription is GitHub's limit in characters.
	longestDescription = 1024
)

// Write implements [Format].
func (SARIF) Write(w io.Writer, r *Report) error {
	s := sarifWriter{report: r, hashes: map[*rustparse.File][]string{}}
	return writeJSON(w, s.log())
}

type sarifWriter struct {
	report *Report
	hashes map[*rustparse.File][]string // line hashes of files with findings
}

func (s *sarifWriter) log() sarifLog {
	r := s.report
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "awaitlint", Version: r.Version, InformationURI: homepage, Rules: each(r.Rules, sarifRuleOf),
		}},
		Invocations: []sarifInvocation{{
			ExecutionSuccessful:        r.ExitCode() != ExitTrouble,
			ExitCode:                   r.ExitCode(),
			ToolExecutionNotifications: each(r.Notices, s.notification),
		}},
		AutomationDetails:  sarifAutomation{ID: automationID(r.Canisters)},
		OriginalURIBaseIDs: map[string]sarifArtifactLocation{baseID: s.base()},
		ColumnKind:         "utf16CodeUnits",
		Results:            []sarifResult{},
	}
	for _, f := range r.sorted() {
		if f.Verdict != finding.Refuted {
			run.Results = append(run.Results, s.result(f))
		}
	}
	return sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}
}

// automationID names the category of a run, so that uploads for several
// canisters of one repository do not replace each other.
func automationID(canisters []string) string {
	if len(canisters) == 1 && canisters[0] != "" {
		return "awaitlint/" + canisters[0] + "/"
	}
	return "awaitlint/"
}

// base describes the folder that relative URIs start from.
func (s *sarifWriter) base() sarifArtifactLocation {
	loc := sarifArtifactLocation{Description: &sarifMessage{Text: "the folder awaitlint was run in"}}
	if dir := s.report.Dir; dir != "" {
		loc.URI = (&url.URL{Scheme: "file", Path: path.Join("/", dir)}).String()
		loc.URI = strings.TrimSuffix(loc.URI, "/") + "/"
	}
	return loc
}

// sarifRuleOf is a rule as every finding of it refers to it.
func sarifRuleOf(r finding.Rule) sarifRule {
	p := sarifProperties{Tags: slices.Clone(r.Tags), Precision: "medium", SecuritySeverity: r.Severity}
	for _, cwe := range r.CWE {
		p.Tags = append(p.Tags, fmt.Sprintf("external/cwe/cwe-%03d", cwe))
	}
	if r.Severity != "" && !slices.Contains(p.Tags, "security") {
		p.Tags = append([]string{"security"}, p.Tags...)
	}
	p.Tags = orEmpty(p.Tags)
	switch r.Level {
	case finding.Error: // proved by a run
		p.Precision = "high"
	case finding.Note:
		p.Precision = "low"
	}
	if r.Severity == "" {
		p.ProblemSeverity = problemSeverity(r.Level)
	}
	full := r.Title
	if r.Help != "" {
		full += ". " + r.Help
	}
	help := sarifMessage{Text: nonEmpty(r.Doc, r.Help, r.Title, r.ID), Markdown: r.Doc}
	return sarifRule{
		ID:                   r.ID,
		ShortDescription:     sarifMessage{Text: cut(nonEmpty(r.Title, r.ID))},
		FullDescription:      sarifMessage{Text: cut(nonEmpty(full, r.ID))},
		HelpURI:              rulePages + strings.ReplaceAll(r.ID, "-", ""),
		Help:                 help,
		DefaultConfiguration: sarifConfig{Enabled: r.Default, Level: sarifLevel(r.Level)},
		Properties:           p,
	}
}

// problemSeverity is GitHub's scale for rules that are no security rules.
func problemSeverity(l finding.Level) string {
	switch l {
	case finding.Error:
		return "error"
	case finding.Warning:
		return "warning"
	}
	return "recommendation"
}

func sarifLevel(l finding.Level) string {
	if l < finding.Note || l > finding.Error {
		return "none"
	}
	return l.String()
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= longestDescription {
		return s
	}
	return string([]rune(s)[:longestDescription-1]) + "…"
}

// nonEmpty returns the first text that is not empty: GitHub rejects a file
// with an empty required text.
func nonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return "–"
}

func (s *sarifWriter) notification(n Notice) sarifNotification {
	out := sarifNotification{Level: "warning", Message: sarifMessage{Text: literal(nonEmpty(n.text()))}}
	if n.Fatal {
		out.Level = "error"
	}
	if n.Rule != "" {
		out.AssociatedRule = &sarifRuleReference{ID: n.Rule}
	}
	switch {
	case n.Span.File != nil:
		out.Locations = []sarifLocation{{PhysicalLocation: physical(n.Span)}}
	case n.Path != "":
		out.Locations = []sarifLocation{{PhysicalLocation: &sarifPhysicalLocation{ArtifactLocation: artifact(n.Path)}}}
	}
	return out
}

func (s *sarifWriter) result(f *finding.Finding) sarifResult {
	out := sarifResult{
		RuleID: f.Rule, Level: sarifLevel(f.Level),
		Locations:           []sarifLocation{{PhysicalLocation: physical(f.Primary.Span)}},
		PartialFingerprints: s.fingerprints(f),
		Properties:          sarifEvidence{Verdict: f.Verdict.String(), Reason: f.Reason},
	}
	if i := slices.IndexFunc(s.report.Rules, func(r finding.Rule) bool { return r.ID == f.Rule }); i >= 0 {
		out.RuleIndex = &i
	}
	if name := strings.TrimPrefix(f.Crate+"::"+f.Function, "::"); f.Function != "" {
		out.Locations[0].LogicalLocations = []sarifLogicalLocation{{FullyQualifiedName: name, Kind: "function"}}
	}
	out.Message, out.RelatedLocations = related(f)
	out.CodeFlows = codeFlows(f)
	if f.Suppressed != nil {
		at := sarifLocation{PhysicalLocation: physical(f.Suppressed.Span)}
		out.Suppressions = []sarifSuppression{{Kind: "inSource", Status: "accepted", Justification: f.Suppressed.Reason, Location: &at}}
	}
	if fix, ok := sarifFixOf(f); ok {
		out.Fixes = []sarifFix{fix}
	}
	return out
}

// related lists the labels and interferers as related locations. GitHub
// shows one only if the message links to it by its id.
func related(f *finding.Finding) (sarifMessage, []sarifLocation) {
	var text strings.Builder
	text.WriteString(literal(nonEmpty(f.Message, f.Rule)))
	var locations []sarifLocation
	link := func(span rustparse.Span, what string) string {
		if span.File == nil {
			return literal(what)
		}
		id := len(locations) + 1
		locations = append(locations, sarifLocation{
			ID: &id, PhysicalLocation: physical(span), Message: &sarifMessage{Text: literal(what)},
		})
		return fmt.Sprintf("[%s](%d)", linkText.Replace(what), id)
	}
	line := func(s string) { text.WriteString("\n" + s) }
	if f.Primary.Text != "" {
		line("- here: " + literal(f.Primary.Text))
	}
	for _, l := range f.Labels {
		line("- " + link(l.Span, nonEmpty(l.Text, string(l.Role))))
	}
	for _, list := range []struct {
		what string
		who  []finding.Endpoint
	}{{"can run in the gap: ", f.Interferers}, {"can see it in the gap: ", f.Observers}} {
		var links []string
		for _, e := range list.who {
			links = append(links, link(e.Span, e.Name))
		}
		if links != nil {
			line(list.what + strings.Join(links, ", "))
		}
	}
	for _, list := range []struct {
		what  string
		items []string
	}{{"survives", f.Survives}, {"lost", f.Lost}, {"stuck", f.Stuck}, {"assumed", f.Assumed}} {
		if len(list.items) > 0 {
			line(list.what + ": " + literal(strings.Join(list.items, ", ")))
		}
	}
	if f.Witness != nil && f.Witness.Conclusion != "" {
		line(literal(f.Witness.Conclusion))
	}
	if f.Help != "" {
		line("mend: " + literal(f.Help))
	}
	return sarifMessage{Text: text.String()}, locations
}

// linkText escapes what stands between the brackets of a link.
var linkText = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// Text that a reader of SARIF messages would take for a link or a placeholder.
var (
	looksLikeLink        = regexp.MustCompile(`\[([^\]]*)\]\(`)
	looksLikePlaceholder = regexp.MustCompile(`\{(\d+)\}`)
)

// literal escapes words that come from analysed sources. Only what would be
// misread is touched: viewers do not undo escapes that they do not need.
func literal(s string) string {
	s = printable(s)
	s = looksLikeLink.ReplaceAllString(s, `\[$1\](`)
	return looksLikePlaceholder.ReplaceAllString(s, `{{$1}}`)
}

// codeFlows shows a witness twice: one thread flow a message, joined by the order of
// execution, with the state after each step; and all in one thread flow, for
// viewers that show only the first. Steps without a place in the sources are
// left out, for a location is required.
func codeFlows(f *finding.Finding) []sarifCodeFlow {
	if f.Witness == nil {
		return nil
	}
	message := sarifMessage{Text: literal(nonEmpty(f.Witness.Conclusion, f.Message))}
	var threads []sarifThreadFlow
	all := sarifThreadFlow{ID: "all", Message: sarifMessage{Text: "all messages, in the order of execution"}}
	for i, step := range f.Witness.Steps {
		if step.Span.File == nil {
			continue
		}
		k := slices.IndexFunc(threads, func(t sarifThreadFlow) bool { return t.ID == step.Message })
		if k < 0 {
			k = len(threads)
			threads = append(threads, sarifThreadFlow{
				ID: step.Message, Message: sarifMessage{Text: literal(strings.TrimSpace(step.Message + " " + step.What))},
			})
		}
		at := flowLocation(f.Witness.Places, step, i+1)
		threads[k].Locations = append(threads[k].Locations, at)
		all.Locations = append(all.Locations, at)
	}
	switch len(threads) {
	case 0:
		return nil
	case 1:
		return []sarifCodeFlow{{Message: message, ThreadFlows: threads}}
	}
	return []sarifCodeFlow{{Message: message, ThreadFlows: threads}, {Message: message, ThreadFlows: []sarifThreadFlow{all}}}
}

func flowLocation(places []string, step finding.WitnessStep, order int) sarifFlowLocation {
	_, event := eventWords(step.Message, step.Event)
	words := step.Message + ": " + step.Text
	if event != "" {
		words += " (" + event + ")"
	}
	out := sarifFlowLocation{
		Location:       sarifLocation{PhysicalLocation: physical(step.Span), Message: &sarifMessage{Text: literal(words)}},
		ExecutionOrder: order,
		Importance:     "important",
	}
	if step.Role != "" {
		out.Importance = "essential"
	}
	for i, place := range places {
		if i < len(step.State) && step.State[i] != "" {
			if out.State == nil {
				out.State = map[string]sarifMessage{}
			}
			out.State[place] = sarifMessage{Text: literal(step.State[i])}
		}
	}
	return out
}

// fingerprints identify the finding from one upload to the next: our own key,
// and the one GitHub uses.
func (s *sarifWriter) fingerprints(f *finding.Finding) map[string]string {
	prints := map[string]string{}
	if f.Fingerprint != "" {
		prints["awaitlint/v1"] = f.Fingerprint
	}
	if file := f.Primary.Span.File; file != nil {
		hashes, ok := s.hashes[file]
		if !ok {
			hashes = lineHashes(file.Text)
			s.hashes[file] = hashes
		}
		if line := locate(f.Primary.Span).line; line <= len(hashes) {
			prints["primaryLocationLineHash"] = hashes[line-1]
		}
	}
	return prints
}

// sarifFixOf turns the edits of a finding into a fix, file by file.
func sarifFixOf(f *finding.Finding) (sarifFix, bool) {
	if changesOf(f.Edits) == nil {
		return sarifFix{}, false
	}
	edits := slices.Clone(f.Edits)
	slices.SortStableFunc(edits, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(pathOf(a.Span), pathOf(b.Span)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	fix := sarifFix{Description: sarifMessage{Text: literal(nonEmpty(f.Help, "mend "+f.Rule))}}
	for _, e := range edits {
		n := len(fix.ArtifactChanges)
		if loc := artifact(pathOf(e.Span)); n == 0 || fix.ArtifactChanges[n-1].ArtifactLocation != loc {
			fix.ArtifactChanges = append(fix.ArtifactChanges, sarifArtifactChange{ArtifactLocation: loc})
			n++
		}
		c := &fix.ArtifactChanges[n-1]
		c.Replacements = append(c.Replacements, sarifReplacement{
			DeletedRegion: *region(e.Span), InsertedContent: sarifContent{Text: e.New},
		})
	}
	return fix, true
}

// physical returns where a span lies. A finding without a place is put at the
// beginning of the sources, for a location is required.
func physical(s rustparse.Span) *sarifPhysicalLocation {
	if s.File == nil {
		return &sarifPhysicalLocation{ArtifactLocation: sarifArtifactLocation{URI: ".", URIBaseID: baseID}}
	}
	return &sarifPhysicalLocation{ArtifactLocation: artifact(s.File.Path), Region: region(s)}
}

func region(s rustparse.Span) *sarifRegion {
	at := locate(s)
	return &sarifRegion{StartLine: at.line, StartColumn: at.utf16, EndLine: at.endLine, EndColumn: at.endUTF16}
}

// artifact returns a path as a URI: relative to the base where the path is,
// percent-encoded.
func artifact(p string) sarifArtifactLocation {
	if path.IsAbs(p) {
		return sarifArtifactLocation{URI: (&url.URL{Scheme: "file", Path: p}).String()}
	}
	// EscapedPath leaves ":" alone, which would begin a scheme in a first segment.
	uri := (&url.URL{Path: path.Clean(p)}).EscapedPath()
	return sarifArtifactLocation{URI: strings.ReplaceAll(uri, ":", "%3A"), URIBaseID: baseID}
}
