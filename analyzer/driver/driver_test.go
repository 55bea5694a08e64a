package driver_test

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
	"github.com/awaitlint/awaitlint/rustparse"
)

// writes is a rule that reports every write.
func writes(name string) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: name, Doc: "reports writes", Requires: []*analysis.Analyzer{effects.Analyzer},
		ResultType: reflect.TypeFor[[]*finding.Finding](),
		Run: func(pass *analysis.Pass) (any, error) {
			var out []*finding.Finding
			c := pass.ResultOf[effects.Analyzer].(*effects.Canister)
			for _, m := range c.Messages {
				for _, a := range m.Accesses {
					if a.Write {
						span := m.Fn.Site(a.Instr).Span
						out = append(out, &finding.Finding{Rule: name, Level: finding.Warning, Verdict: finding.Confirmed,
							Message: a.Op.Name, Entry: m.Entry(), Function: m.Fn.Ops.Name, Primary: finding.Label{Span: span}})
						pass.Report(analysis.Diagnostic{Pos: c.Pos(span), Message: "write"})
					}
				}
			}
			return out, nil
		},
	}
}

func broken(name string) *analysis.Analyzer {
	a := writes(name)
	a.Run = func(*analysis.Pass) (any, error) { panic("index out of range") }
	return a
}

func rule(a *analysis.Analyzer) driver.Rule {
	return driver.Rule{Analyzer: a, Meta: finding.Rule{ID: a.Name}}
}

func put(name string) effects.Input {
	b := opsbuild.New(name, "k", "v")
	k, v := b.Param(0), b.Param(1)
	b.Verb(ops.MapInsert, b.Cell("M"), k, v)
	b.Pay(v)
	b.Verb(ops.MapRemove, b.Cell("M"), k)
	b.Return(0)
	f := b.Func()
	return effects.Input{Entry: finding.Endpoint{Name: name, Kind: "update", Span: f.Span}, Func: f, Lasts: true}
}

func target(name string, in ...effects.Input) *driver.Target {
	c := &driver.Crate{Name: name}
	for _, i := range in {
		c.Files = append(c.Files, i.Func.Span.File)
		c.Functions = append(c.Functions, driver.Function{Path: i.Entry.Name, Span: i.Entry.Span})
	}
	return &driver.Target{Name: name, Crates: []*driver.Crate{c}, Messages: in}
}

func TestFindings(t *testing.T) {
	shared := put("put")
	other := shared
	other.Entry.Name = "put_too"
	targets := []*driver.Target{target("b", put("zed")), target("a", shared, other), target("c", shared)}
	r := driver.RunTargets(targets, []driver.Rule{rule(writes("w"))}, driver.Options{Jobs: 2})
	if len(r.Notices) > 0 {
		t.Fatalf("notices: %v", r.Notices)
	}
	if len(r.Findings) != 4 {
		t.Fatalf("%d findings, want two of put and two of zed", len(r.Findings))
	}
	f := r.Findings[0]
	if f.Crate != "a" || f.Entry.Name != "put" || !reflect.DeepEqual(f.AlsoIn, []string{"put_too", "c: put"}) {
		t.Errorf("merged finding: %s %s, also in %q", f.Crate, f.Entry.Name, f.AlsoIn)
	}
	prints := map[string]bool{}
	for _, f := range r.Findings {
		prints[f.Fingerprint] = true
	}
	if len(prints) != 4 {
		t.Errorf("fingerprints are not distinct: %v", prints)
	}
	if c := r.Canisters[0]; c.Name != "b" || c.EntryPoints != 1 || c.Awaits != 1 || c.MayCommit != 1 {
		t.Errorf("looked at: %+v", c)
	}
	again := driver.RunTargets(targets, []driver.Rule{rule(writes("w"))}, driver.Options{Jobs: 1})
	for i, f := range again.Findings {
		if f.Fingerprint != r.Findings[i].Fingerprint || f.Entry.Name != r.Findings[i].Entry.Name {
			t.Errorf("finding %d differs from run to run", i)
		}
	}
}

// Moving code does not change fingerprints.
func TestFingerprintWithoutLines(t *testing.T) {
	in := put("put")
	before := driver.RunTargets([]*driver.Target{target("a", in)}, []driver.Rule{rule(writes("w"))}, driver.Options{})
	f := in.Func.Span.File
	*f = rustparse.File{Path: "moved.rs", Text: "// a comment\n" + f.Text}
	n := uint32(len("// a comment\n"))
	for i := range in.Func.Sites {
		in.Func.Sites[i].Span.Start += n
		in.Func.Sites[i].Span.End += n
	}
	after := driver.RunTargets([]*driver.Target{target("a", in)}, []driver.Rule{rule(writes("w"))}, driver.Options{})
	for i := range before.Findings {
		if before.Findings[i].Fingerprint != after.Findings[i].Fingerprint {
			t.Errorf("fingerprint %d changed", i)
		}
	}
}

func TestPanicIsANotice(t *testing.T) {
	rules := []driver.Rule{rule(broken("bad")), rule(writes("good"))}
	r := driver.RunTargets([]*driver.Target{target("a", put("put"))}, rules, driver.Options{})
	if len(r.Findings) != 2 {
		t.Errorf("the other rule found %d, want 2", len(r.Findings))
	}
	if len(r.Notices) != 1 || !r.Notices[0].Fatal || !r.Notices[0].Internal || r.Notices[0].Rule != "bad" {
		t.Fatalf("notices: %+v", r.Notices)
	}
	if msg := r.Notices[0].Message; !strings.Contains(msg, "driver_test.broken") || strings.Contains(msg, "/") {
		t.Errorf("the notice should name the function and no path: %s", msg)
	}
}

func TestWrongResultIsANotice(t *testing.T) {
	a := writes("odd")
	a.Run = func(*analysis.Pass) (any, error) { return 7, nil }
	r := driver.RunTargets([]*driver.Target{target("a", put("put"))}, []driver.Rule{rule(a)}, driver.Options{})
	if len(r.Notices) != 1 || !strings.Contains(r.Notices[0].Message, "int") {
		t.Errorf("notices: %+v", r.Notices)
	}
}

func TestTooLargeIsANotice(t *testing.T) {
	b := opsbuild.New("huge", "x")
	x := b.Param(0)
	for range 3000 {
		b.If(x, func() { b.Trap() }, nil)
	}
	b.Await(x, ops.Must)
	f := b.Func()
	in := effects.Input{Entry: finding.Endpoint{Name: "huge", Span: f.Span}, Func: f}
	r := driver.RunTargets([]*driver.Target{target("a", in, put("put"))}, []driver.Rule{rule(writes("w"))}, driver.Options{})
	if len(r.Findings) != 2 || len(r.Notices) != 1 || r.Notices[0].Fatal || r.Notices[0].Path != "huge.rs" {
		t.Errorf("%d findings, notices %+v", len(r.Findings), r.Notices)
	}
}

func TestScopeAndRefuted(t *testing.T) {
	a := writes("w")
	run := a.Run
	a.Run = func(p *analysis.Pass) (any, error) {
		v, err := run(p)
		for i, f := range v.([]*finding.Finding) {
			if i%2 == 0 {
				f.Verdict = finding.Refuted
			}
		}
		return v, err
	}
	targets := []*driver.Target{target("a", put("put")), target("b", put("zed"))}
	if n := len(driver.RunTargets(targets, []driver.Rule{rule(a)}, driver.Options{}).Findings); n != 2 {
		t.Errorf("%d findings without the refuted, want 2", n)
	}
	only := func(path string) bool { return path == "zed.rs" }
	if n := len(driver.RunTargets(targets, []driver.Rule{rule(a)}, driver.Options{ShowRefuted: true, InScope: only}).Findings); n != 2 {
		t.Errorf("%d findings in zed.rs, want 2", n)
	}
}

// Summaries of library crates reach the canister as Facts.
func TestFacts(t *testing.T) {
	lib := &driver.Crate{Name: "ledger"}
	in := put("debit")
	lib.Files = append(lib.Files, in.Func.Span.File)
	lib.Functions = []driver.Function{{Path: "ledger::debit", Span: in.Func.Span, Lower: func() *ops.Func { return in.Func }}}
	can := target("bank", put("put"))
	can.Crates[0].Deps = []*driver.Crate{lib}
	can.Crates = append([]*driver.Crate{lib}, can.Crates...)
	got := ""
	a := writes("facts")
	a.Run = func(pass *analysis.Pass) (any, error) {
		for _, imp := range pass.Pkg.Imports() {
			for _, name := range imp.Scope().Names() {
				var s effects.Summary
				if pass.ImportObjectFact(imp.Scope().Lookup(name), &s) {
					got += s.String()
				}
			}
		}
		return []*finding.Finding(nil), nil
	}
	r := driver.RunTargets([]*driver.Target{can}, []driver.Rule{rule(a)}, driver.Options{})
	if want := "reads ; writes M.[$0]; must commit"; got != want || len(r.Notices) > 0 {
		t.Errorf("got %q, want %q; notices %v", got, want, r.Notices)
	}
}

func TestAnalyzersAreValid(t *testing.T) {
	if err := analysis.Validate([]*analysis.Analyzer{effects.Analyzer, writes("w")}); err != nil {
		t.Error(err)
	}
}
