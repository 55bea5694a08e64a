package driver

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"runtime/debug"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// A pkg is what an analysis.Pass sees of one crate.
type pkg struct {
	types   *types.Package
	info    *types.Info
	files   []*ast.File
	imports []*pkg
	read    func(path string) ([]byte, error)
}

// A runner applies analyzers to packages, in the order that go/analysis
// prescribes: what an analyzer Requires first, on the same package; an analyzer with
// FactTypes on the imports first. It is not safe for concurrent use.
//
// The contract is that of go/analysis/checker. Other than that, an analyzer that
// panics fails alone, and nothing of go/packages is linked in, which this
// program has no use for.
type runner struct {
	fset    *token.FileSet
	actions map[actionKey]*action
	objects map[objectFact]analysis.Fact
	pkgs    map[packageFact]analysis.Fact
}

type actionKey struct {
	a *analysis.Analyzer
	p *pkg
}

type objectFact struct {
	obj types.Object
	typ reflect.Type
}

type packageFact struct {
	pkg *types.Package
	typ reflect.Type
}

// An action is one analyzer on one package, done.
type action struct {
	result      any
	diagnostics []analysis.Diagnostic
	err         error
}

// errPrerequisite marks errors that are not the analyzer's own.
type errPrerequisite struct{ error }

func newRunner(fset *token.FileSet) *runner {
	return &runner{fset, map[actionKey]*action{}, map[objectFact]analysis.Fact{}, map[packageFact]analysis.Fact{}}
}

// exec runs a on p once.
func (r *runner) exec(a *analysis.Analyzer, p *pkg) *action {
	k := actionKey{a, p}
	if act := r.actions[k]; act != nil {
		return act
	}
	act := &action{}
	r.actions[k] = act
	results := map[*analysis.Analyzer]any{}
	for _, req := range a.Requires {
		done := r.exec(req, p)
		if done.err != nil {
			act.err = errPrerequisite{cause(done.err)}
			return act
		}
		results[req] = done.result
	}
	if len(a.FactTypes) > 0 {
		for _, imp := range p.imports {
			if done := r.exec(a, imp); done.err != nil {
				act.err = errPrerequisite{cause(done.err)}
				return act
			}
		}
	}
	r.run(act, a, p, results)
	return act
}

// cause unwraps an error to that of the analyzer that failed.
func cause(err error) error {
	var pre errPrerequisite
	for errors.As(err, &pre) {
		err = pre.error
	}
	return err
}

func (r *runner) run(act *action, a *analysis.Analyzer, p *pkg, results map[*analysis.Analyzer]any) {
	defer func() {
		if v := recover(); v != nil {
			act.result = nil
			act.err = fmt.Errorf("internal error in %s: %v at %s; the rest of the run goes on, please report it", a.Name, v, origin(debug.Stack()))
		}
	}()
	pass := &analysis.Pass{
		Analyzer: a, Fset: r.fset, Files: p.files, Pkg: p.types, TypesInfo: p.info,
		TypesSizes: types.SizesFor("gc", "amd64"), Module: &analysis.Module{}, ResultOf: results,
		Report:            func(d analysis.Diagnostic) { act.diagnostics = append(act.diagnostics, d) },
		ReadFile:          p.read,
		ImportObjectFact:  r.importObject,
		ImportPackageFact: r.importPackage,
		ExportObjectFact: func(obj types.Object, fact analysis.Fact) {
			if obj == nil || obj.Pkg() != p.types {
				panic(fmt.Sprintf("fact %T for an object of another package", fact))
			}
			r.objects[objectFact{obj, declared(a, fact)}] = fact
		},
		ExportPackageFact: func(fact analysis.Fact) { r.pkgs[packageFact{p.types, declared(a, fact)}] = fact },
		AllObjectFacts:    func() []analysis.ObjectFact { return r.allObjects(a) },
		AllPackageFacts:   func() []analysis.PackageFact { return r.allPackages(a) },
	}
	act.result, act.err = a.Run(pass)
	if act.err == nil && a.ResultType != nil && reflect.TypeOf(act.result) != a.ResultType {
		act.err = fmt.Errorf("internal error in %s: it gave a %T, not a %v", a.Name, act.result, a.ResultType)
	}
}

// declared returns the type of fact, which must be one of a's FactTypes.
func declared(a *analysis.Analyzer, fact analysis.Fact) reflect.Type {
	t := reflect.TypeOf(fact)
	for _, f := range a.FactTypes {
		if reflect.TypeOf(f) == t {
			return t
		}
	}
	panic(fmt.Sprintf("%s does not declare facts of type %T", a.Name, fact))
}

func (r *runner) importObject(obj types.Object, fact analysis.Fact) bool {
	return load(r.objects[objectFact{obj, reflect.TypeOf(fact)}], fact)
}

func (r *runner) importPackage(p *types.Package, fact analysis.Fact) bool {
	return load(r.pkgs[packageFact{p, reflect.TypeOf(fact)}], fact)
}

func load(from, to analysis.Fact) bool {
	if from == nil {
		return false
	}
	reflect.ValueOf(to).Elem().Set(reflect.ValueOf(from).Elem())
	return true
}

func (r *runner) allObjects(a *analysis.Analyzer) (all []analysis.ObjectFact) {
	for k, f := range r.objects {
		if owns(a, k.typ) {
			all = append(all, analysis.ObjectFact{Object: k.obj, Fact: f})
		}
	}
	sort.Slice(all, func(i, j int) bool { return name(all[i].Object) < name(all[j].Object) })
	return all
}

func (r *runner) allPackages(a *analysis.Analyzer) (all []analysis.PackageFact) {
	for k, f := range r.pkgs {
		if owns(a, k.typ) {
			all = append(all, analysis.PackageFact{Package: k.pkg, Fact: f})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Package.Path() < all[j].Package.Path() })
	return all
}

func name(o types.Object) string { return o.Pkg().Path() + "." + o.Name() }

func owns(a *analysis.Analyzer, t reflect.Type) bool {
	for _, f := range a.FactTypes {
		if reflect.TypeOf(f) == t {
			return true
		}
	}
	return false
}

// origin finds the function that panicked in a stack, without paths, which
// differ from machine to machine.
func origin(stack []byte) string {
	_, after, ok := strings.Cut(string(stack), "\npanic(")
	if !ok {
		return "an unknown place"
	}
	for _, l := range strings.Split(after, "\n")[2:] {
		if l == "" || l[0] == '\t' || strings.HasPrefix(l, "runtime.") {
			continue
		}
		if j := strings.LastIndexByte(l, '('); j > 0 {
			l = l[:j]
		}
		return l[strings.LastIndexByte(l, '/')+1:]
	}
	return "an unknown place"
}
