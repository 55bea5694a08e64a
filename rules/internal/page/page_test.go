package page

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	got := Markdown("// Package x reports a danger.\n//\n// # Bad\n//\n//\tlet _ = call().await;\n//\n//   - one\n//   - two\npackage x\n")
	for _, want := range []string{"Package x reports a danger.", "## Bad\n", "\tlet _ = call().await;", " - one"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
