package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ignore"
	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/rustparse"
)

// silence marks the findings that comments of the canisters' files silence, and adds
// one for each comment that silences nothing, if the rule about that runs.
func silence(found []*finding.Finding, canisters []*canister.Canister, rules []Rule, opt Options) []*finding.Finding {
	out := found
	for _, c := range comments(canisters, opt) {
		used := map[string]bool{}
		for _, f := range found {
			if f.Verdict != finding.Refuted && c.Silences(f.Rule, f.Primary.Span) {
				used[f.Rule] = true
				f.Suppressed = &finding.Suppression{Span: c.Span, Reason: c.Reason}
			}
		}
		if u := unused(c, used, rules, opt); u != nil {
			out = append(out, u)
		}
	}
	if len(out) > len(found) {
		sortByPlace(out)
		fingerprint(out)
	}
	return out
}

// comments are those of the files that findings are reported about.
func comments(canisters []*canister.Canister, opt Options) []ignore.Comment {
	var out []ignore.Comment
	seen := map[*rustparse.File]bool{}
	for _, c := range canisters {
		for _, cr := range c.Reach {
			for _, t := range cr.Trees {
				if !seen[t.File] && (opt.InScope == nil || opt.InScope(t.File.Path)) {
					seen[t.File] = true
					out = append(out, ignore.Comments(t)...)
				}
			}
		}
	}
	return out
}

// unused is the finding about a comment that silences nothing, nil if it does
// or if nobody asked.
func unused(c ignore.Comment, used map[string]bool, rules []Rule, opt Options) *finding.Finding {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Analyzer == nil })
	if i < 0 {
		return nil
	}
	meta := rules[i].Meta
	known := opt.Known
	if known == nil {
		for _, r := range rules {
			known = append(known, r.Meta.ID)
		}
	}
	f := &finding.Finding{
		Rule: meta.ID, Level: finding.Warning, Help: meta.Help,
		Primary: finding.Label{Role: finding.RoleComment, Span: c.Span},
	}
	var idle []string
	for _, name := range c.Rules {
		switch {
		case !slices.Contains(known, name):
			f.Primary.Text = "it silences nothing"
			f.Message = fmt.Sprintf("no rule is called `%s`%s", name, nearest.DidYouMean(name, known))
			f.Help = "write the name of a rule: awaitlint rules lists them"
			return f
		case !used[name] && slices.ContainsFunc(rules, func(r Rule) bool { return r.Meta.ID == name && r.Analyzer != nil }):
			idle = append(idle, "`"+name+"`")
		}
	}
	switch {
	case len(c.Rules) == 0:
		f.Primary.Text = "it silences nothing"
		f.Message = "this comment names no rule: it is to read `awaitlint: ignore[RULE] -- REASON`"
		f.Help = "name the rules between brackets, separated by commas"
	case idle == nil:
		return nil
	case c.Covers.File == nil:
		f.Level, f.Primary.Text = meta.Level, "no code follows"
		f.Message = "this comment stands above nothing, and silences nothing"
	default:
		f.Level, f.Primary.Text = meta.Level, "not reported in what this is about"
		f.Message = fmt.Sprintf("nothing to ignore here: no finding of %s", strings.Join(idle, ", "))
	}
	return f
}
