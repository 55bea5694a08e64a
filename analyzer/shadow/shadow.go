// Package shadow turns the structured operations of one Rust function into
// go/ssa, the form the rules read.
//
// The way is a shadow program in go/ast: every value has the one opaque type
// [V], every operation is a call of a body-less intrinsic of fixed arity, and
// types.Info is filled by hand, so that go/types can reject no Rust program
// for a reason of Rust typing. Each function is a tiny ssa.Program of its
// own: what goes wrong in one (a bug of ours) becomes an error of that one.
//
// # Reading the SSA
//
// The position of an instruction is no place in a file but the number of its
// operation; [Fn.Op] gives the operation back. Rules look at operations, at
// their typed fields and sites, never at the names of the shadow program.
//
//   - A value operation is an ssa.Call whose arguments are Op.Args in order.
//     Get, Ref and Param are no calls: they are the value itself.
//   - If is an ssa.If whose condition is a call that maps to the If and has the
//     tested value as its argument.
//   - Store through a chain that starts at a local variable is
//     x' = call(x, target, value); any other Store is call(target, value).
//     Both map to the Store. A variable that x is a reference into follows
//     with a call that has no operation: see [Fn.Carried].
//   - Out is x' = call(made, x).
//   - Trap is a call with the operands of the Trap, then an ssa.Panic.
//   - Guard is a call with the variable's value. Drop is one too; where the
//     variable can hold a live guard, the guard's body follows it, under an ssa.If on a
//     constant or a phi of constants that says whether the guard is armed.
package shadow

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// MaxBlocks bounds the size of a function: go/ssa's cost is more than linear
// in it. It is compared with an estimate made before building.
const MaxBlocks = 5000

// ErrTooLarge says that a function has more than [MaxBlocks] blocks.
var ErrTooLarge = errors.New("function is too large")

// V is the type of every value of a shadow program.
var V types.Type = func() types.Type {
	name := types.NewTypeName(token.NoPos, types.NewPackage("rust/value", "value"), "V", nil)
	return types.NewNamed(name, types.NewPointer(types.NewStruct(nil, nil)), nil)
}()

// A Fn is a function in SSA form. It is immutable and safe for concurrent readers.
type Fn struct {
	SSA *ssa.Function
	Ops *ops.Func

	table []*ops.Op // by position
}

// Op returns the operation that x, an instruction or value of the function,
// was made from, or nil: jumps, phis and the tests of armed guards have none.
func (fn *Fn) Op(x interface{ Pos() token.Pos }) *ops.Op {
	if p := int(x.Pos()); p > 0 && p < len(fn.table) {
		return fn.table[p]
	}
	return nil
}

// Site returns where x comes from, the zero SiteInfo if it has no operation.
func (fn *Fn) Site(x interface{ Pos() token.Pos }) ops.SiteInfo {
	op := fn.Op(x)
	if op == nil || int(op.Site) >= len(fn.Ops.Sites) {
		return ops.SiteInfo{}
	}
	return fn.Ops.Sites[op.Site]
}

// Cond returns the value that branch tests and its operation. ok is false for
// the tests of armed guards, which stand for no operation of the source.
func (fn *Fn) Cond(branch *ssa.If) (v ssa.Value, op *ops.Op, ok bool) {
	call, isCall := branch.Cond.(*ssa.Call)
	if !isCall || len(call.Call.Args) != 1 {
		return nil, nil, false
	}
	return call.Call.Args[0], fn.Op(call), true
}

// Carried reports whether call brings a change made through a reference to the variable it
// points into: the result is old, changed as changed was.
func (fn *Fn) Carried(call *ssa.Call) (changed, old ssa.Value, ok bool) {
	if f := call.Call.StaticCallee(); f == nil || f.Name() != carry+"2" {
		return nil, nil, false
	}
	return call.Call.Args[0], call.Call.Args[1], true
}

// Build lowers f to SSA. It fails where f is too large ([ErrTooLarge]) or
// where building panics.
func Build(f *ops.Func) (fn *Fn, err error) {
	defer func() {
		if p := recover(); p != nil {
			fn, err = nil, fmt.Errorf("building %s: %v", f.Name, p)
		}
	}()
	shape, err := measure(f)
	if err != nil {
		return nil, err
	}
	e := newEmitter(f, shape)
	file := e.function()
	ssaFn := construct(e.pkg, file, e.info, len(shape.table), 0)
	return &Fn{SSA: ssaFn, Ops: f, table: shape.table}, nil
}

// construct builds the one function of file that has a body. mode adds to the builder's own.
func construct(pkg *types.Package, file *ast.File, info *types.Info, positions int, mode ssa.BuilderMode) *ssa.Function {
	fset := token.NewFileSet()
	fset.AddFile(pkg.Path(), 1, positions+1)
	prog := ssa.NewProgram(fset, mode|ssa.BuildSerially|ssa.BareInits)
	p := prog.CreatePackage(pkg, []*ast.File{file}, info, false)
	p.Build()
	return p.Func(bodyName)
}
