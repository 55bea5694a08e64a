package shadow

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// Verify builds f twice, with the hand-filled type information that [Build]
// uses and with that of go/types over the same syntax, and checks both with
// go/ssa's sanity checker. It is for tests: an error is a bug of lowering or
// of this package.
func Verify(f *ops.Func) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("verifying %s: %v", f.Name, p)
		}
	}()
	shape, err := measure(f)
	if err != nil {
		return err
	}
	e := newEmitter(f, shape)
	file := e.function()
	if err := lifted(construct(e.pkg, file, e.info, len(shape.table), ssa.SanityCheckFunctions)); err != nil {
		return fmt.Errorf("%s, hand-filled types: %w", f.Name, err)
	}

	// In production the type V has no declaration; go/types wants one.
	name := &ast.Ident{Name: "V", NamePos: 1}
	star := &ast.StarExpr{X: &ast.StructType{Fields: &ast.FieldList{}}}
	file.Decls = append(file.Decls, &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&ast.TypeSpec{Name: name, Type: star}}})
	var hard []string
	cfg := types.Config{GoVersion: "go1.26", DisableUnusedImportCheck: true, Error: func(err error) {
		if te, ok := err.(types.Error); !ok || !te.Soft {
			hard = append(hard, err.Error())
		}
	}}
	fset := token.NewFileSet()
	fset.AddFile("body", 1, len(shape.table)+1)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	pkg, _ := cfg.Check("rust/body", fset, []*ast.File{file}, info)
	if len(hard) > 0 {
		return fmt.Errorf("%s, go/types: %s", f.Name, strings.Join(hard, "; "))
	}
	if err := lifted(construct(pkg, file, info, len(shape.table), ssa.SanityCheckFunctions)); err != nil {
		return fmt.Errorf("%s, checked types: %w", f.Name, err)
	}
	return nil
}

// lifted asserts that no local variable stayed in memory.
func lifted(fn *ssa.Function) error {
	if fn == nil {
		return fmt.Errorf("no function was built")
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if a, ok := instr.(*ssa.Alloc); ok {
				return fmt.Errorf("local %s was not lifted", a.Comment)
			}
		}
	}
	return nil
}
