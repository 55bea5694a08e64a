package rules_test

import (
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/finding"
)

// What is found in a function that nothing calls is no error, and says so; the
// same with an entry point is one.
func TestUnreached(t *testing.T) {
	p := load(t, "../testdata/rules/entry-points")
	found := map[string]*finding.Finding{}
	for _, f := range p.run(t, driver.Options{}).Findings {
		found[f.Entry.Name] = f
	}
	alone, real := found["mint"], found["mint_for_all"]
	if alone == nil || real == nil {
		t.Fatalf("findings of %d entry points, want those of mint and mint_for_all", len(found))
	}
	if alone.Level != finding.Warning || alone.Entry.Kind != "function" || !strings.Contains(strings.Join(alone.Assumed, ""), "nothing we know calls `mint`") {
		t.Errorf("mint: %v, a %s, assumed %q", alone.Level, alone.Entry.Kind, alone.Assumed)
	}
	if real.Level != finding.Error || real.Entry.Kind != "update" || real.Assumed != nil {
		t.Errorf("mint_for_all: %v, a %s, assumed %q", real.Level, real.Entry.Kind, real.Assumed)
	}
	for _, e := range real.Interferers {
		if e.Kind == "function" {
			t.Errorf("%s runs in the gap of an entry point, but nothing calls it", e.Name)
		}
	}
	gap := false
	for _, e := range alone.Interferers {
		gap = gap || e.Name == "mint_for_all"
	}
	if !gap {
		t.Errorf("in the gap of mint run %v, want mint_for_all among them", alone.Interferers)
	}
}
