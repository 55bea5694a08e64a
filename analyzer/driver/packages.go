package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"strings"
	"time"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/rustparse"
)

// A packageSet is the synthetic packages of one target.
type packageSet struct {
	root     *pkg
	fset     *token.FileSet
	base     map[*rustparse.File]token.Pos  // of offset 0
	objects  map[rustparse.Span]*types.Func // by the name in the declaration
	releases []func()
}

func (s *packageSet) release() {
	for _, r := range s.releases {
		r()
	}
}

// newPackages makes a package for each crate of t, and registers what
// effects.Analyzer is to find for it.
func newPackages(t *Target, clock func() time.Duration) *packageSet {
	s := &packageSet{fset: token.NewFileSet(), base: map[*rustparse.File]token.Pos{}, objects: map[rustparse.Span]*types.Func{}}
	made := map[*Crate]*pkg{}
	crates := t.Crates
	if len(crates) == 0 {
		crates = []*Crate{{Name: t.Name}}
	}
	for i, c := range crates {
		unit := &effects.Unit{Name: t.Name, Pos: s.pos, Clock: clock}
		p := s.make(c, made, unit)
		if i == len(crates)-1 {
			unit.Messages, unit.Around, unit.Declared = t.Messages, t.Around, t.Declared
			unit.Object = func(decl rustparse.Span) *types.Func { return s.objects[decl] }
			s.root = p
		}
		made[c] = p
		s.releases = append(s.releases, effects.Register(p.types, unit))
	}
	return s
}

// pos gives the position of a span's start, NoPos for files of no crate.
func (s *packageSet) pos(span rustparse.Span) token.Pos {
	if base, ok := s.base[span.File]; ok && span.File != nil {
		return base + token.Pos(span.Start)
	}
	return token.NoPos
}

// make makes the package of one crate: each Rust file an ast.File, each function a
// declaration without body in the file where it stands.
func (s *packageSet) make(c *Crate, made map[*Crate]*pkg, unit *effects.Unit) *pkg {
	// The prefix keeps clear of paths that mean something to stock analyzers ("runtime", "C").
	tp := types.NewPackage("rust/"+c.Name, "crate_"+plain(c.Name))
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	texts := map[string]string{}
	p := &pkg{types: tp, info: info, read: func(path string) ([]byte, error) {
		text, ok := texts[path]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		return []byte(text), nil
	}}
	var imports []*types.Package
	for _, d := range c.Deps {
		if dep := made[d]; dep != nil {
			p.imports = append(p.imports, dep)
			imports = append(imports, dep.types)
		}
	}
	tp.SetImports(imports)
	files := map[*rustparse.File]*ast.File{}
	for _, f := range c.Files {
		if _, dup := s.base[f]; dup {
			continue
		}
		tf := s.fset.AddFile(f.Path, -1, len(f.Text))
		tf.SetLinesForContent([]byte(f.Text))
		start := tf.Pos(0)
		s.base[f] = start
		files[f] = &ast.File{Package: start, Name: &ast.Ident{Name: tp.Name(), NamePos: start}, FileStart: start, FileEnd: tf.Pos(len(f.Text))}
		texts[f.Path] = f.Text
		p.files = append(p.files, files[f])
	}
	for _, fn := range c.Functions {
		name := goName(fn.Path)
		pos := s.pos(fn.Span)
		sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
		obj := types.NewFunc(pos, tp, name, sig)
		if tp.Scope().Insert(obj) != nil {
			continue // the same path twice, as under exclusive cfgs: the first stands for both
		}
		s.objects[fn.Span] = obj
		if file := files[fn.Span.File]; file != nil {
			id := &ast.Ident{Name: name, NamePos: pos}
			info.Defs[id] = obj
			ftype := &ast.FuncType{Func: pos, Params: &ast.FieldList{Opening: pos, Closing: pos}}
			info.Types[ftype] = types.TypeAndValue{Type: sig}
			file.Decls = append(file.Decls, &ast.FuncDecl{Name: id, Type: ftype})
		}
		if fn.Lower != nil {
			unit.Functions = append(unit.Functions, effects.Function{Object: obj, Lower: fn.Lower})
		}
	}
	tp.MarkComplete()
	return p
}

// goName makes a Rust path a Go name that is exported (facts of others are
// dropped between packages) and like no other path's.
func goName(path string) string {
	sum := sha256.Sum256([]byte(path))
	return "X_" + plain(path) + "_" + hex.EncodeToString(sum[:4])
}

// plain replaces what may not stand in a Go name.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, s)
}
