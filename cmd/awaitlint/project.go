package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/config"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/analyzer/report"
	"github.com/awaitlint/awaitlint/rules"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A project is what the paths of a command line name, read.
type project struct {
	ws        *workspace.Workspace
	canisters []*canister.Canister
	idle      []config.Notice // entries of the configuration that name nothing
	jobs      int
}

// load reads the paths. An error means that there is nothing to work on;
// what else could not be read is among the project's notices.
func (c *command) load(args []string) (*project, error) { return c.loadWith(args, nil) }

// loadWith reads the paths with other texts in place of those of some files.
func (c *command) loadWith(args []string, instead map[string]string) (*project, error) {
	paths := expand(args)
	cfg, err := c.configs(paths)
	if err != nil {
		return nil, err
	}
	ws, err := workspace.Load(paths, workspace.Options{
		Features: c.features, Stdin: c.stdin, StdinName: filepath.ToSlash(c.stdinFilename), Jobs: c.jobs, Instead: instead,
	})
	if err != nil {
		return nil, err
	}
	canisters, idle, err := config.Apply(cfg, ws)
	if err != nil {
		return nil, err
	}
	easeCollector()
	return &project{ws: ws, canisters: canisters, idle: idle, jobs: c.jobs}, nil
}

// notices are what could not be read. Local trouble in files that nothing is
// reported about stays unsaid.
func (p *project) notices() []report.Notice {
	var out []report.Notice
	for _, n := range p.ws.Problems {
		if n.Fatal || n.Span.File == nil || p.ws.InScope(n.Span.File.Path) {
			out = append(out, report.Notice{Fatal: n.Fatal, Path: n.Path, Span: n.Span, Message: n.Message})
		}
	}
	for _, n := range p.idle {
		out = append(out, report.Notice{Path: n.Span.File.Path, Span: n.Span, Message: n.Message})
	}
	return out
}

// files counts the files that findings are reported about.
func (p *project) files() int {
	seen := map[string]bool{}
	for _, cr := range p.ws.Crates {
		for _, tree := range cr.Trees {
			if p.ws.InScope(tree.File.Path) {
				seen[tree.File.Path] = true
			}
		}
	}
	return len(seen)
}

// check runs rules over the canisters.
func (p *project) check(chosen []*rules.Rule, opt driver.Options) (*report.Report, driver.Spent) {
	r := &report.Report{Version: toolVersion(), Notices: p.notices()}
	var run []driver.Rule
	for _, rule := range chosen {
		run = append(run, driver.Rule(*rule))
		r.Rules = append(r.Rules, rule.Meta)
	}
	if dir, err := os.Getwd(); err == nil { // only for tools that want absolute paths
		r.Dir = filepath.ToSlash(dir)
	}
	result := driver.Run(p.ws, p.canisters, run, opt)
	r.Findings = result.Findings
	for _, n := range result.Notices {
		r.Notices = append(r.Notices, report.Notice(n))
	}
	r.Stats = report.Stats{Files: p.files(), Canisters: len(result.Canisters)}
	for _, looked := range result.Canisters {
		r.Canisters = append(r.Canisters, looked.Name)
		r.Stats.EntryPoints += looked.EntryPoints
		r.Stats.Awaits += looked.Awaits
	}
	return r, result.Spent
}

// A function is one function of a canister, lowered.
type function struct {
	effects.Input
	canister *canister.Canister
	def      *workspace.Def // nil for a task that is a block or closure
}

// named reports whether a user means this function by name: its entry point,
// its path, or the last part of its path.
func named(name, entry, path string) bool {
	return name == entry || name == path || len(path) > len(name)+2 && path[len(path)-len(name)-2:] == "::"+name
}

// messages returns the entry points and tasks of a canister, lowered.
func messages(c *canister.Canister) []*function {
	declared := map[rustparse.Span]*workspace.Def{}
	for _, cr := range c.Reach {
		for _, def := range cr.Functions() {
			declared[lower.NameSpan(def)] = def
		}
	}
	var out []*function
	for _, m := range driver.Prepare(c).Messages {
		out = append(out, &function{Input: m, canister: c, def: declared[m.Entry.Span]})
	}
	return out
}

// find returns the functions of that name, entry points first: if no message
// has the name, any function of a crate that a canister reaches.
func (p *project) find(name string) ([]*function, error) {
	var found []*function
	var known []string
	for _, c := range p.canisters {
		for _, m := range messages(c) {
			known = append(known, m.Entry.Name)
			if named(name, m.Entry.Name, m.Func.Name) {
				found = append(found, m)
			}
		}
	}
	if found != nil {
		return found, nil
	}
	seen := map[*workspace.Def]bool{}
	for _, c := range p.canisters {
		for _, cr := range c.Reach {
			for _, def := range cr.Functions() {
				known = append(known, def.Name)
				if seen[def] || !named(name, def.Name, lower.FuncName(def)) {
					continue
				}
				seen[def] = true
				f := lower.Function(c, def)
				found = append(found, &function{
					Input:    effects.Input{Entry: finding.Endpoint{Name: f.Name, Kind: "function", Span: f.Span}, Func: f, Lasts: true},
					canister: c, def: def,
				})
			}
		}
	}
	if found == nil {
		return nil, usagef("no entry point or function %q%s", name, nearest.DidYouMean(name, known))
	}
	return found, nil
}

// dump writes one stage of the analysis of the functions of that name.
func (p *project) dump(w io.Writer, stage, name string) error {
	found, err := p.find(name)
	if err != nil {
		return err
	}
	for i, f := range found {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if len(found) > 1 {
			fmt.Fprintf(w, "# %s, %s\n", f.canister.Name(), f.Func.Name)
		}
		if err := f.dump(w, stage); err != nil {
			return fmt.Errorf("showing %s of %s: %w", stage, f.Func.Name, err)
		}
	}
	return nil
}

var errNoText = errors.New("it has no declaration of its own")
