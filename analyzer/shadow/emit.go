package shadow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// bodyName is the Go name of the function that is built; people never see it.
const bodyName = "Body"

// An emitter writes the go/ast of one function and its types.Info.
//
// Calls are nested where that keeps the order of evaluation: a value used
// once waits in pending, and is taken from there if its consumer wants
// the last of them in just that order. Whatever else comes first spills
// all of pending to temporaries.
type emitter struct {
	f          *ops.Func
	s          *shape
	pkg        *types.Package
	info       *types.Info
	decls      []ast.Decl
	intrinsics map[string]*ast.Ident
	vtype      *ast.Ident // the type V

	vals    []ast.Expr // spilled values and parameters, by Value
	waiting []ast.Expr // pending values, by Value
	pending []ops.Value
	vars    []*ast.Ident
	armed   map[ops.Var]*ast.Ident
	labels  map[ops.Label]*ast.Ident
	nlabel  int        // labels made
	stmts   []ast.Stmt // of the list being written
	top     []ast.Stmt // declarations at the start of the function
	temps   int
	params  []*ast.Ident
	yes, no *ast.Ident
	panics  *ast.Ident
}

func newEmitter(f *ops.Func, s *shape) *emitter {
	e := &emitter{
		f: f, s: s, pkg: types.NewPackage("rust/body", "body"),
		info: &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue, len(s.table)), Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
			Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
		},
		intrinsics: map[string]*ast.Ident{}, vtype: ast.NewIdent("V"),
		vals: make([]ast.Expr, f.Values), waiting: make([]ast.Expr, f.Values),
		vars: make([]*ast.Ident, len(f.Vars)), armed: map[ops.Var]*ast.Ident{}, labels: map[ops.Label]*ast.Ident{},
	}
	return e
}

// function writes the file: the function and the intrinsics it uses.
func (e *emitter) function() *ast.File {
	sig := make([]*types.Var, len(e.f.Params))
	for i, p := range e.f.Params {
		id := &ast.Ident{Name: "p" + strconv.Itoa(i) + plain(p.Name), NamePos: 1}
		sig[i] = types.NewParam(e.paramPos(i), e.pkg, id.Name, V)
		e.info.Defs[id] = sig[i]
		e.info.Uses[id] = sig[i]
		e.params = append(e.params, id)
	}
	for v, hoist := range e.s.hoistVal {
		if hoist {
			e.vals[v] = e.declare(e.temp(), V, &e.top)
		}
	}
	for v, hoist := range e.s.hoistVar {
		if hoist {
			e.vars[v] = e.declare("x"+strconv.Itoa(v)+plain(e.f.Vars[v].Name), V, &e.top)
		}
	}
	e.list(e.f.Body)
	body := append(e.top, e.stmts...)
	body = append(body, &ast.ReturnStmt{Results: []ast.Expr{e.call("unit", 0, nil)}})

	fields := &ast.FieldList{}
	for _, id := range e.params {
		fields.List = append(fields.List, &ast.Field{Names: []*ast.Ident{id}, Type: e.vtype})
	}
	ftype := &ast.FuncType{Params: fields, Results: &ast.FieldList{List: []*ast.Field{{Type: e.vtype}}}}
	signature := types.NewSignatureType(nil, nil, nil, types.NewTuple(sig...), result(), false)
	e.define(bodyName, ftype, signature, &ast.BlockStmt{List: body})
	return &ast.File{Package: 1, Name: &ast.Ident{Name: "body", NamePos: 1}, FileStart: 1, FileEnd: token.Pos(len(e.s.table) + 1), Decls: e.decls}
}

// paramPos is the number of the Param operation of parameter i, so that the
// parameter maps to it.
func (e *emitter) paramPos(i int) token.Pos {
	for _, op := range e.f.Body {
		if op.Kind == ops.Param && op.Index == i {
			return e.pos(op)
		}
	}
	return token.NoPos
}

func (e *emitter) pos(op *ops.Op) token.Pos { return token.Pos(e.s.pos[op]) }

// define adds a function to the file and returns its name.
func (e *emitter) define(name string, ftype *ast.FuncType, sig *types.Signature, body *ast.BlockStmt) *ast.Ident {
	id := &ast.Ident{Name: name, NamePos: 1}
	fn := types.NewFunc(1, e.pkg, name, sig)
	e.info.Defs[id] = fn
	e.info.Types[ftype] = types.TypeAndValue{Type: sig}
	e.decls = append(e.decls, &ast.FuncDecl{Name: id, Type: ftype, Body: body})
	use := &ast.Ident{Name: name, NamePos: 1}
	e.info.Uses[use] = fn
	e.info.Types[use] = types.TypeAndValue{Type: sig}
	return use
}

func result() *types.Tuple { return types.NewTuple(types.NewParam(token.NoPos, nil, "", V)) }

// call writes a call of intrinsic name with any number of arguments: there is
// one intrinsic for each name and arity, declared at first use.
func (e *emitter) call(name string, pos token.Pos, args []ast.Expr) *ast.CallExpr {
	name += strconv.Itoa(len(args))
	fn := e.intrinsics[name]
	if fn == nil {
		fields := &ast.FieldList{}
		params := make([]*types.Var, len(args))
		for i := range args {
			fields.List = append(fields.List, &ast.Field{Type: e.vtype})
			params[i] = types.NewParam(token.NoPos, e.pkg, "", V)
		}
		ftype := &ast.FuncType{Params: fields, Results: &ast.FieldList{List: []*ast.Field{{Type: e.vtype}}}}
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), result(), false)
		if strings.HasPrefix(name, "truth") {
			ftype.Results.List[0].Type = ast.NewIdent("bool")
			sig = types.NewSignatureType(nil, nil, nil, types.NewTuple(params...),
				types.NewTuple(types.NewParam(token.NoPos, nil, "", types.Typ[types.Bool])), false)
		}
		fn = e.define(name, ftype, sig, nil)
		e.intrinsics[name] = fn
	}
	c := &ast.CallExpr{Fun: fn, Lparen: pos, Args: args}
	typ := V
	if strings.HasPrefix(name, "truth") {
		typ = types.Typ[types.Bool]
	}
	e.info.Types[c] = types.TypeAndValue{Type: typ}
	return c
}

func (e *emitter) temp() string { e.temps++; return "t" + strconv.Itoa(e.temps) }

// variable makes a Go variable.
func (e *emitter) variable(name string, typ types.Type) *ast.Ident {
	id := &ast.Ident{Name: name, NamePos: 1}
	obj := types.NewVar(token.NoPos, e.pkg, name, typ)
	e.info.Defs[id] = obj
	e.info.Uses[id] = obj
	e.info.Types[id] = types.TypeAndValue{Type: typ}
	return id
}

// declare adds `var name typ` to stmts.
func (e *emitter) declare(name string, typ types.Type, stmts *[]ast.Stmt) *ast.Ident {
	id := e.variable(name, typ)
	t := e.vtype
	if typ != V {
		t = ast.NewIdent("bool")
	}
	spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: t}
	*stmts = append(*stmts, &ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{spec}}})
	return id
}

// plain makes a Rust name part of a Go one.
func plain(name string) string {
	ok := func(r rune) rune {
		if r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}
	if name == "" {
		return ""
	}
	return "_" + strings.Map(ok, name)
}

// bool returns the constant b.
func (e *emitter) bool(b bool) *ast.Ident {
	id, name := &e.yes, "true"
	if !b {
		id, name = &e.no, "false"
	}
	if *id == nil {
		*id = ast.NewIdent(name)
		e.info.Uses[*id] = types.Universe.Lookup(name)
		e.info.Types[*id] = types.TypeAndValue{Type: types.Typ[types.Bool], Value: constant.MakeBool(b)}
	}
	return *id
}

func (e *emitter) add(s ast.Stmt) { e.stmts = append(e.stmts, s) }

// flush spills what is pending, oldest first.
func (e *emitter) flush() {
	pending := e.pending
	e.pending = nil
	for _, v := range pending {
		e.spill(v, e.waiting[v])
		e.waiting[v] = nil
	}
}

// spill holds the value of x in a temporary.
func (e *emitter) spill(v ops.Value, x ast.Expr) {
	if e.s.hoistVal[v] {
		e.add(&ast.AssignStmt{Lhs: []ast.Expr{e.vals[v]}, Tok: token.ASSIGN, Rhs: []ast.Expr{x}})
		return
	}
	id := e.variable(e.temp(), V)
	e.vals[v] = id
	e.add(&ast.AssignStmt{Lhs: []ast.Expr{id}, Tok: token.DEFINE, Rhs: []ast.Expr{x}})
	if e.s.uses[v] == 0 {
		e.add(&ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{id}})
	}
}

// take returns the expressions of args, evaluated in order.
func (e *emitter) take(args []ops.Value) []ast.Expr {
	n := 0
	for _, a := range args {
		if e.waiting[a] != nil {
			n++
		}
	}
	start := len(e.pending) - n
	if n > 0 {
		i := start
		for _, a := range args {
			if e.waiting[a] == nil {
				continue
			}
			if e.pending[i] != a {
				e.flush()
				n = 0
				break
			}
			i++
		}
	}
	out := make([]ast.Expr, len(args))
	for i, a := range args {
		if x := e.waiting[a]; x != nil {
			out[i] = x
			e.waiting[a] = nil
		} else {
			out[i] = e.vals[a]
		}
	}
	if n > 0 {
		e.pending = e.pending[:start]
	}
	return out
}

// put makes x the value that op defines.
func (e *emitter) put(op *ops.Op, x ast.Expr) {
	switch v := op.Out; {
	case v == 0 || e.s.uses[v] == 0 && !e.s.hoistVal[v]:
		if _, isCall := x.(*ast.CallExpr); isCall {
			e.flush()
			e.add(&ast.ExprStmt{X: x})
		}
	case e.s.uses[v] == 1 && !e.s.hoistVal[v]:
		e.waiting[v] = x
		e.pending = append(e.pending, v)
	default:
		e.flush()
		e.spill(v, x)
	}
}

// block writes list as a block of its own.
func (e *emitter) block(list []*ops.Op) *ast.BlockStmt {
	outer := e.stmts
	e.stmts = nil
	e.list(list)
	b := &ast.BlockStmt{List: e.stmts}
	e.stmts = outer
	return b
}

func (e *emitter) list(list []*ops.Op) {
	for _, op := range list {
		e.op(op)
	}
	e.flush()
}

// local returns the Go variable of v, declared here if it is not yet.
func (e *emitter) local(v ops.Var) *ast.Ident {
	if e.vars[v] == nil {
		e.vars[v] = e.declare("x"+strconv.Itoa(int(v))+plain(e.f.Vars[v].Name), V, &e.stmts)
	}
	return e.vars[v]
}

func (e *emitter) assign(v ops.Var, x ast.Expr) {
	e.flush()
	e.add(&ast.AssignStmt{Lhs: []ast.Expr{e.local(v)}, Tok: token.ASSIGN, Rhs: []ast.Expr{x}})
}

func (e *emitter) op(op *ops.Op) {
	pos := e.pos(op)
	switch op.Kind {
	case ops.Param:
		if op.Index < 0 || op.Index >= len(e.params) {
			e.put(op, e.call("opaque", pos, nil))
			return
		}
		e.put(op, e.params[op.Index])
	case ops.Get, ops.Ref:
		e.put(op, e.local(op.Var))
	case ops.Declare:
		if e.s.hoistVar[op.Var] {
			return
		}
		e.flush()
		e.vars[op.Var] = nil
		e.local(op.Var)
	case ops.Set:
		e.assign(op.Var, e.take(op.Args[:1])[0])
	case ops.Out:
		x := e.take(op.Args[:1])
		e.assign(op.Var, e.call("out", pos, append(x, e.local(op.Var))))
	case ops.Store:
		e.store(op)
	case ops.Guard:
		e.flush()
		e.add(&ast.ExprStmt{X: e.call("guard", pos, []ast.Expr{e.local(op.Var)})})
		e.arm(op.Var, true)
	case ops.Move:
		e.flush()
		if e.s.guards[op.Var] != nil {
			e.arm(op.Var, false)
		}
	case ops.Drop:
		e.drop(op)
	case ops.If, ops.Block, ops.Loop, ops.Break, ops.Continue, ops.Return, ops.Trap:
		e.control(op)
	default:
		e.put(op, e.call(intrinsic(op.Kind), pos, e.take(op.Args)))
	}
}

// store writes the place Args[0] = Args[1]; where the place lies in a
// local variable, that gets a new value, and so does a variable it is an alias into.
func (e *emitter) store(op *ops.Op) {
	pos := e.pos(op)
	root := e.s.root[op.Args[0]]
	if root == 0 {
		e.put(op, e.call("store", pos, e.take(op.Args)))
		return
	}
	args := e.take(op.Args)
	e.assign(root, e.call("update", pos, append([]ast.Expr{e.local(root)}, args...)))
	for seen := map[ops.Var]bool{root: true}; ; {
		outer := e.s.alias[root]
		if outer == 0 || seen[outer] {
			return
		}
		seen[outer] = true
		e.assign(outer, e.call(carry, token.NoPos, []ast.Expr{e.local(root), e.local(outer)}))
		root = outer
	}
}

// arm sets whether the guard in v is live.
func (e *emitter) arm(v ops.Var, live bool) {
	id := e.armed[v]
	if id == nil {
		id = e.declare("armed"+strconv.Itoa(int(v)), types.Typ[types.Bool], &e.top)
		e.armed[v] = id
	}
	e.add(&ast.AssignStmt{Lhs: []ast.Expr{id}, Tok: token.ASSIGN, Rhs: []ast.Expr{e.bool(live)}})
}

// drop ends a variable, and runs the drop body of the guard it holds.
func (e *emitter) drop(op *ops.Op) {
	e.flush()
	e.add(&ast.ExprStmt{X: e.call("drop", e.pos(op), []ast.Expr{e.local(op.Var)})})
	for _, g := range e.s.guards[op.Var] {
		if e.armed[op.Var] == nil {
			e.armed[op.Var] = e.declare("armed"+strconv.Itoa(int(op.Var)), types.Typ[types.Bool], &e.top)
		}
		vals := append([]ast.Expr(nil), e.vals...)
		e.add(&ast.IfStmt{Cond: e.armed[op.Var], Body: e.block(g.Body)})
		e.vals = vals
		e.arm(op.Var, false)
	}
}

func (e *emitter) control(op *ops.Op) {
	pos := e.pos(op)
	switch op.Kind {
	case ops.If:
		cond := e.call("truth", pos, e.take(op.Args[:1]))
		e.flush()
		s := &ast.IfStmt{Cond: cond, Body: e.block(op.Body)}
		if len(op.Else) > 0 {
			s.Else = e.block(op.Else)
		}
		e.add(s)
	case ops.Block:
		e.flush()
		if !e.s.labels[op.Label] {
			e.add(e.block(op.Body))
			return
		}
		label := e.label(op.Label)
		clause := &ast.CaseClause{}
		clause.Body = e.block(op.Body).List
		e.add(&ast.LabeledStmt{Label: label, Stmt: &ast.SwitchStmt{Body: &ast.BlockStmt{List: []ast.Stmt{clause}}}})
	case ops.Loop:
		e.flush()
		if !e.s.labels[op.Label] {
			e.add(&ast.ForStmt{Body: e.block(op.Body)})
			return
		}
		label := e.label(op.Label)
		e.add(&ast.LabeledStmt{Label: label, Stmt: &ast.ForStmt{Body: e.block(op.Body)}})
	case ops.Break, ops.Continue:
		e.flush()
		tok := token.BREAK
		if op.Kind == ops.Continue {
			tok = token.CONTINUE
		}
		e.add(&ast.BranchStmt{Tok: tok, Label: e.labels[op.Label]})
	case ops.Return:
		var x ast.Expr
		if len(op.Args) > 0 {
			x = e.take(op.Args[:1])[0]
		} else {
			x = e.call("unit", pos, nil)
		}
		e.flush()
		e.add(&ast.ReturnStmt{Return: pos, Results: []ast.Expr{x}})
	case ops.Trap:
		trap := e.call("trap", pos, e.take(op.Args))
		e.flush()
		if e.panics == nil {
			e.panics = ast.NewIdent("panic")
			e.info.Uses[e.panics] = types.Universe.Lookup("panic")
			e.info.Types[e.panics] = types.TypeAndValue{Type: types.NewSignatureType(nil, nil, nil,
				types.NewTuple(types.NewParam(0, nil, "", types.NewInterfaceType(nil, nil))), nil, false)}
		}
		c := &ast.CallExpr{Fun: e.panics, Lparen: pos, Args: []ast.Expr{trap}}
		e.info.Types[c] = types.TypeAndValue{Type: types.NewTuple()}
		e.add(&ast.ExprStmt{X: c})
	}
}

// label makes the Go label of l; breaks and continues share its node.
func (e *emitter) label(l ops.Label) *ast.Ident {
	id := ast.NewIdent("L" + strconv.Itoa(int(l)) + "_" + strconv.Itoa(e.nlabel)) // a drop body is written out at each drop
	e.nlabel++
	obj := types.NewLabel(token.NoPos, e.pkg, id.Name)
	e.info.Defs[id] = obj
	e.info.Uses[id] = obj
	e.labels[l] = id
	return id
}

// carry is the intrinsic by which a change of what a variable refers to
// reaches the variable that holds it.
const carry = "carry"

// intrinsic names the intrinsic of a plain operation, for dumps of the shadow program.
func intrinsic(k ops.Kind) string {
	if int(k) < len(intrinsics) && intrinsics[k] != "" {
		return intrinsics[k]
	}
	return "op"
}

var intrinsics = [...]string{
	ops.Const: "lit", ops.Cell: "cell", ops.Field: "field", ops.Index: "index", ops.Load: "load", ops.Make: "make_",
	ops.Bin: "bin", ops.Un: "un", ops.Cast: "cast", ops.Test: "test", ops.Proj: "proj", ops.Verb: "verb",
	ops.Call: "call", ops.Opaque: "opaque", ops.Assert: "assert", ops.Request: "request", ops.Join: "join",
	ops.Await: "await", ops.Oneway: "oneway", ops.Spawn: "spawn",
	// These are written by cases of their own; the names are for dumps.
	ops.Store: "store", ops.Out: "out", ops.If: "truth", ops.Return: "return", ops.Trap: "trap",
	ops.Guard: "guard", ops.Drop: "drop",
}
