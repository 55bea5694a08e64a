package driver

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rustparse"
)

// merge keeps one finding for each rule and primary span, the best proved,
// and lists in it the other entry points and canisters that share the code.
// The result is sorted and carries fingerprints.
func merge(all []*finding.Finding, opt Options) []*finding.Finding {
	type key struct {
		rule, path string
		start, end uint32
	}
	groups := map[key][]*finding.Finding{}
	for _, f := range all {
		path := pathOf(f.Primary.Span)
		if f.Verdict == finding.Refuted && !opt.ShowRefuted || opt.InScope != nil && path != "" && !opt.InScope(path) {
			continue
		}
		k := key{f.Rule, path, f.Primary.Span.Start, f.Primary.Span.End}
		groups[k] = append(groups[k], f)
	}
	var out []*finding.Finding
	for _, group := range groups {
		// A stable order of equals: by what readers see, not by schedule.
		slices.SortStableFunc(group, func(a, b *finding.Finding) int {
			return cmp.Or(cmp.Compare(proof(a.Verdict), proof(b.Verdict)), cmp.Compare(b.Level, a.Level), cmp.Compare(a.Crate, b.Crate),
				cmp.Compare(a.Entry.Span.Start, b.Entry.Span.Start), cmp.Compare(a.Entry.Name, b.Entry.Name))
		})
		first := *group[0]
		first.AlsoIn = slices.Clone(first.AlsoIn)
		for _, f := range group[1:] {
			also := f.Entry.Name
			if f.Crate != first.Crate {
				also = f.Crate + ": " + also
			}
			if (f.Entry.Name != first.Entry.Name || f.Crate != first.Crate) && !slices.Contains(first.AlsoIn, also) {
				first.AlsoIn = append(first.AlsoIn, also)
			}
		}
		out = append(out, &first)
	}
	sortByPlace(out)
	out = gather(out)
	fingerprint(out)
	return out
}

func sortByPlace(fs []*finding.Finding) {
	slices.SortFunc(fs, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(pathOf(a.Primary.Span), pathOf(b.Primary.Span)), cmp.Compare(a.Primary.Span.Start, b.Primary.Span.Start),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Primary.Span.End, b.Primary.Span.End))
	})
}

// gather makes one finding of those that say the same of one message: the
// best proved, the first of equals, with the others as labels.
func gather(sorted []*finding.Finding) []*finding.Finding {
	type key struct {
		rule, crate, entry, says string
		at                       rustparse.Span // of the entry point: modules may have one of the same name
	}
	best := map[key]*finding.Finding{}
	for _, f := range sorted {
		k := key{f.Rule, f.Crate, f.Entry.Name, f.Message, f.Entry.Span}
		if b := best[k]; b == nil || proof(f.Verdict) < proof(b.Verdict) {
			best[k] = f
		}
	}
	return slices.DeleteFunc(sorted, func(f *finding.Finding) bool {
		b := best[key{f.Rule, f.Crate, f.Entry.Name, f.Message, f.Entry.Span}]
		if b == f || f.Verdict == finding.Refuted {
			return false
		}
		l := f.Primary
		l.Text = "and here"
		if f.Verdict != b.Verdict {
			l.Text += ", perhaps"
		}
		b.Labels = append(slices.Clone(b.Labels), l)
		return true
	})
}

// proof orders verdicts: what is proved best comes first.
func proof(v finding.Verdict) int {
	switch v {
	case finding.Confirmed, finding.Unproved:
		return 0
	case finding.Possible:
		return 1
	case finding.CannotTell:
		return 2
	}
	return 3
}

func pathOf(s rustparse.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Path
}

// fingerprint names each finding by rule, canister crate, function and the
// text it stands on, with the white space taken out, and its ordinal among its like: moving code and
// editing around it changes nothing.
func fingerprint(sorted []*finding.Finding) {
	seen := map[string]int{}
	for _, f := range sorted {
		parts := strings.Join([]string{f.Rule, f.Crate, f.Function, strings.Join(strings.Fields(anchor(f.Primary.Span)), "")}, "\x00")
		seen[parts]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", parts, seen[parts]))
		f.Fingerprint = hex.EncodeToString(sum[:16])
	}
}

// anchor is the text of a span.
func anchor(s rustparse.Span) string {
	if s.File == nil || s.Start > s.End || int(s.End) > len(s.File.Text) {
		return ""
	}
	return s.File.Text[s.Start:s.End]
}
