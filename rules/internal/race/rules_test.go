package race_test

import (
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
	"github.com/awaitlint/awaitlint/rules/stalecheck"
	"github.com/awaitlint/awaitlint/rules/stalerollback"
	"github.com/awaitlint/awaitlint/rules/stalewrite"
)

// message makes an update from the body that build writes.
func message(name string, build func(b *opsbuild.Builder, amount ops.Value)) effects.Input {
	b := opsbuild.New(name, "amount")
	build(b, b.Param(0))
	b.Return(b.Make("Ok", b.Unit()))
	f := b.Func()
	return effects.Input{Func: f, Lasts: true, Entry: finding.Endpoint{Name: name, Kind: "update", Span: f.Span}}
}

func refuse(b *opsbuild.Builder, balance, amount ops.Value) {
	b.If(b.Bin(balance, "<", amount), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
}

func deposit(b *opsbuild.Builder, amount ops.Value) {
	b.Store(b.Cell("X"), b.Bin(b.Load(b.Cell("X")), "+", amount))
}

// The three rules and the model together: what each says of withdraw, wrong and mended.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name     string
		withdraw func(b *opsbuild.Builder, amount ops.Value)
		want     map[string]finding.Verdict
	}{
		{"late, from the old value", func(b *opsbuild.Builder, amount ops.Value) {
			old := b.Load(b.Cell("X"))
			refuse(b, old, amount)
			b.Pay(amount)
			b.Store(b.Cell("X"), b.Bin(old, "-", amount))
		}, map[string]finding.Verdict{"stale-write": finding.Confirmed, "stale-check": finding.Confirmed}},
		{"late, from the new value", func(b *opsbuild.Builder, amount ops.Value) {
			refuse(b, b.Load(b.Cell("X")), amount)
			b.Pay(amount)
			b.Store(b.Cell("X"), b.Bin(b.Load(b.Cell("X")), "-", amount))
		}, map[string]finding.Verdict{"stale-check": finding.Confirmed}},
		{"first", func(b *opsbuild.Builder, amount ops.Value) {
			old := b.Load(b.Cell("X"))
			refuse(b, old, amount)
			b.Store(b.Cell("X"), b.Bin(old, "-", amount))
			b.Pay(amount)
		}, nil},
		{"first, restored on error", func(b *opsbuild.Builder, amount ops.Value) {
			old := b.Load(b.Cell("X"))
			refuse(b, old, amount)
			b.Store(b.Cell("X"), b.Bin(old, "-", amount))
			b.If(b.Test(b.Pay(amount), "Err"), func() { b.Store(b.Cell("X"), old); b.Return(b.Make("Err", b.Unit())) }, nil)
		}, map[string]finding.Verdict{"stale-rollback": finding.Confirmed}},
		{"first, put back on error", func(b *opsbuild.Builder, amount ops.Value) {
			old := b.Load(b.Cell("X"))
			refuse(b, old, amount)
			b.Store(b.Cell("X"), b.Bin(old, "-", amount))
			b.If(b.Test(b.Pay(amount), "Err"), func() { deposit(b, amount); b.Return(b.Make("Err", b.Unit())) }, nil)
		}, nil},
	} {
		in := []effects.Input{message("withdraw", c.withdraw), message("deposit", deposit)}
		target := &driver.Target{Name: "bank", Messages: in}
		r := driver.RunTargets([]*driver.Target{target}, []driver.Rule{
			{Analyzer: stalewrite.Analyzer, Meta: stalewrite.Rule},
			{Analyzer: stalecheck.Analyzer, Meta: stalecheck.Rule},
			{Analyzer: stalerollback.Analyzer, Meta: stalerollback.Rule},
		}, driver.Options{})
		for _, n := range r.Notices {
			t.Errorf("%s: notice %s", c.name, n.Message)
		}
		got := map[string]finding.Verdict{}
		for _, f := range r.Findings {
			got[f.Rule] = f.Verdict
			if len(f.Interferers) == 0 || f.Fingerprint == "" || f.Witness == nil {
				t.Errorf("%s: %s lacks an interferer, fingerprint or witness", c.name, f.Rule)
			}
			if f.Level != finding.Error {
				t.Errorf("%s: %s is a %v", c.name, f.Rule, f.Level)
			}
		}
		for rule, v := range c.want {
			if got[rule] != v {
				t.Errorf("%s: %s is %v, want %v", c.name, rule, got[rule], v)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: found %v, want %v", c.name, got, c.want)
		}
	}
}
