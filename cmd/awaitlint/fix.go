package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/report"
	"github.com/awaitlint/awaitlint/rules"
)

// mend applies the edits of findings to their files and returns the report of
// what is left. A file is written, as a whole, only if looking again with it
// shows that what was to be mended is gone and that nothing came up; otherwise it
// is left alone, and standard error says why.
func (c *command) mend(args []string, chosen []*rules.Rule, opt driver.Options, r *report.Report) (*report.Report, error) {
	if slices.Contains(args, "-") {
		return nil, usagef("--fix cannot write to standard input")
	}
	byFile := map[string][]*finding.Finding{}
	for _, f := range r.Findings {
		if file, ok := editedFile(f); ok && f.Verdict != finding.Refuted {
			byFile[file] = append(byFile[file], f)
		}
	}
	mended := map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		text, err := edited(file, byFile[file])
		var next *report.Report
		if err == nil {
			trial := maps.Clone(mended)
			trial[file] = text
			next, err = c.again(args, chosen, opt, trial)
		}
		if err == nil {
			err = better(r, next, byFile[file])
		}
		if err == nil {
			err = replace(file, byFile[file][0].Edits[0].Span.File.Text, text)
		}
		if err != nil {
			fmt.Fprintf(c.stderr, "awaitlint: %s is left as it is: %v\n", file, err)
			continue
		}
		mended[file], r = text, next
		fmt.Fprintf(c.stderr, "awaitlint: %s: mended %s\n", file, counted(byFile[file]))
	}
	return r, nil
}

// editedFile is the file that all edits of a finding are in; ok is false if there is no such file.
func editedFile(f *finding.Finding) (path string, ok bool) {
	for _, e := range f.Edits {
		if e.Span.File == nil || path != "" && e.Span.File.Path != path {
			return "", false
		}
		path = e.Span.File.Path
	}
	return path, path != ""
}

// edited is the text of a file with the edits of its findings; those that several share count once.
func edited(file string, findings []*finding.Finding) (string, error) {
	var edits []finding.Edit
	for _, f := range findings {
		for _, e := range f.Edits {
			if !slices.Contains(edits, e) {
				edits = append(edits, e)
			}
		}
	}
	slices.SortFunc(edits, func(a, b finding.Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	text := edits[0].Span.File.Text
	var b strings.Builder
	at := 0
	for _, e := range edits {
		from, to := int(e.Span.Start), int(e.Span.End)
		if from < at || to < from || to > len(text) {
			return "", fmt.Errorf("its mends overlap")
		}
		b.WriteString(text[at:from] + e.New)
		at = to
	}
	b.WriteString(text[at:])
	return b.String(), nil
}

// again looks at the paths with other texts in place of some files.
func (c *command) again(args []string, chosen []*rules.Rule, opt driver.Options, instead map[string]string) (*report.Report, error) {
	p, err := c.loadWith(args, instead)
	if err != nil {
		return nil, err
	}
	r, _ := p.check(chosen, opt)
	return r, nil
}

// better tells why a report is no better than the one before: a finding that was to be
// mended is still there, or there is a new one.
func better(before, after *report.Report, mended []*finding.Finding) error {
	had := map[string]int{}
	for _, f := range before.Findings {
		if f.Verdict != finding.Refuted {
			had[f.Fingerprint]++
		}
	}
	for _, f := range mended {
		had[f.Fingerprint]--
	}
	for _, f := range after.Findings {
		if f.Verdict == finding.Refuted {
			continue
		}
		if had[f.Fingerprint]--; had[f.Fingerprint] < 0 {
			what := "a new finding comes up"
			if slices.ContainsFunc(mended, func(m *finding.Finding) bool { return m.Fingerprint == f.Fingerprint }) {
				what = "the finding stays"
			}
			return fmt.Errorf("after the mend %s, %s in line %d: %s", what, f.Rule, f.Primary.Span.Position().Line, f.Message)
		}
	}
	if len(after.Notices) > len(before.Notices) {
		return fmt.Errorf("after the mend: %s", after.Notices[len(after.Notices)-1].Message)
	}
	return nil
}

// replace puts a text in the place of a file's, all at once, if that is still what was read.
func replace(file, was, text string) error {
	path, err := filepath.EvalSymlinks(filepath.FromSlash(file))
	if err != nil {
		return err
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(now) != was {
		return fmt.Errorf("it is not the text that was looked at")
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return writeWhole(path, text, info.Mode().Perm())
}

// writeWhole writes a file beside path and then renames it to that: path holds the old
// text or the new one, never a part.
func writeWhole(path, text string, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".awaitlint-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), mode); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// counted says how many findings of which rules: "2 findings (guard-dropped)".
func counted(findings []*finding.Finding) string {
	var ids []string
	for _, f := range findings {
		if !slices.Contains(ids, f.Rule) {
			ids = append(ids, f.Rule)
		}
	}
	word := "findings"
	if len(findings) == 1 {
		word = "finding"
	}
	return fmt.Sprintf("%d %s (%s)", len(findings), word, strings.Join(ids, ", "))
}
