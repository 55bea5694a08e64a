package effects

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A Unit is what the driver hands over for one package: the messages of a
// canister, and the functions of the crate that others may ask about.
type Unit struct {
	Name      string
	Messages  []Input
	Around    func() []Input // the entry points where Messages are others; nil otherwise
	Functions []Function
	// Object finds the function declared at a name, of this package or another
	// of the canister; nil if there is none.
	Object func(decl rustparse.Span) *types.Func
	// Declared says what is declared of a place; nil if nobody knows.
	Declared func(cell string, path []string) Declaration
	// Pos gives the position of a span in the pass's FileSet; nil if there is none.
	Pos func(rustparse.Span) token.Pos
	// Clock gives the processor time spent so far; nil if nobody wants to know.
	Clock func() time.Duration
}

// A Declaration is what the source says of a place.
type Declaration struct {
	Span    rustparse.Span // the name of the field, or of the static
	Durable bool           // it is in stable memory
	Unsaved bool           // serialization leaves it out
}

// An Input is one entry point or task in lowered form.
type Input struct {
	Entry finding.Endpoint
	Func  *ops.Func
	// Lasts: state changes of the message are kept, and other messages can run
	// while it waits. False for queries, inspect_message, and the hooks of install and upgrade.
	Lasts bool
	// Looks: it runs while others wait, and sees what is half done.
	Looks bool
	// Anonymous: nobody sends it: timers, heartbeats, tasks.
	Anonymous bool
	// Repeats: it is started again and again, also while it waits (S34, S35, S36).
	Repeats bool
	// Assumed: nothing known starts it: others run in its gaps, it runs in nobody else's.
	Assumed bool
}

// A Function is a plain function of a crate. Lower is called when its summary is made, at
// most once, and may return nil.
type Function struct {
	Object *types.Func
	Lower  func() *ops.Func
}

// units is how a Unit gets from the driver to [Analyzer], which knows only
// the package it is run on.
var units sync.Map // *types.Package → *Unit

// Register makes u the unit of pkg until release is called.
func Register(pkg *types.Package, u *Unit) (release func()) {
	units.Store(pkg, u)
	return func() { units.Delete(pkg) }
}

// Analyzer computes the effects of a package's messages, as far as they wait
// (see [ErrAtomic]), and a [Summary] for each of its functions.
var Analyzer = &analysis.Analyzer{
	Name:       "effects",
	Doc:        "places, accesses, awaits and segments of the messages of a canister",
	Run:        run,
	ResultType: reflect.TypeFor[*Canister](),
	FactTypes:  []analysis.Fact{new(Summary)},
}

func run(pass *analysis.Pass) (any, error) {
	v, ok := units.Load(pass.Pkg)
	if !ok {
		return nil, fmt.Errorf("no unit is registered for package %s", pass.Pkg.Path())
	}
	u := v.(*Unit)
	for _, fn := range u.Functions {
		if f := fn.Lower(); f != nil {
			pass.ExportObjectFact(fn.Object, Summarise(f))
		}
	}
	c := &Canister{Name: u.Name, Around: u.Around, Clock: u.Clock, pos: u.Pos, declared: u.Declared}
	for _, in := range u.Messages {
		if u.Object != nil {
			fill(pass, u, in.Func)
		}
		if waits(in.Func.Body) {
			c.Messages = append(c.Messages, New(c, in))
		} else {
			c.Messages = append(c.Messages, &Message{Canister: c, Input: in, Err: ErrAtomic})
		}
	}
	return c, nil
}

// ErrAtomic says that a message never waits: it is one segment, whose SSA no
// rule about what happens between segments asks for. [New] builds it.
var ErrAtomic = errors.New("the message never waits")

// waits reports whether any of list is an await.
func waits(list []*ops.Op) bool {
	found := false
	ops.Walk(list, func(op *ops.Op) { found = found || op.Kind == ops.Await })
	return found
}

// fill tells the calls of f that are not lowered in place what their callees'
// summaries say, which came with the Facts of this package or another.
func fill(pass *analysis.Pass, u *Unit, f *ops.Func) {
	ops.Walk(f.Body, func(op *ops.Op) {
		c := op.Callee
		if c == nil || c.Pure || c.Decl.File == nil {
			return
		}
		obj := u.Object(c.Decl)
		var s Summary
		if obj == nil || !pass.ImportObjectFact(obj, &s) {
			return
		}
		c.Reads, c.Writes, c.MayTrap, c.Summed = s.Reads, s.Writes, s.Traps, !slices.Contains(s.Writes, "*")
	})
}
