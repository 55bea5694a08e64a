package lower

import (
	"strconv"
	"strings"
	"unicode"

	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Types are light: as written, carried through fields, calls and payloads, and
// unknown where nobody wrote them. They choose methods and drops; nothing
// depends on them being complete.

var (
	unitType    = &workspace.Type{Kind: workspace.TTuple}
	unknownType = &workspace.Type{}
	boolType    = prim("bool")
	strType     = prim("str")
	stringType  = prim("std::string::String")
)

func prim(name string) *workspace.Type { return &workspace.Type{Kind: workspace.TPath, Name: name} }

func generic(name string, args ...*workspace.Type) *workspace.Type {
	for i, a := range args {
		if a == nil {
			args[i] = unknownType
		}
	}
	return &workspace.Type{Kind: workspace.TPath, Name: name, Args: args}
}

func optionOf(t *workspace.Type) *workspace.Type { return generic("std::option::Option", t) }
func resultOf(t, e *workspace.Type) *workspace.Type {
	return generic("std::result::Result", t, e)
}
func listOf(t *workspace.Type) *workspace.Type { return generic("std::vec::Vec", t) }
func iterType(t *workspace.Type) *workspace.Type {
	return generic("awaitlint::Iter", t)
}
func entryType(m *workspace.Type) *workspace.Type {
	if m == nil {
		return generic("awaitlint::Entry")
	}
	return generic("awaitlint::Entry", m.Args...)
}

// entryPart is the type of what a variant of a map's entry holds.
func entryPart(entry *workspace.Type, like string) *workspace.Type {
	name := "awaitlint::Occupied"
	if like == "None" {
		name = "awaitlint::Vacant"
	}
	return generic(name, entry.Args...)
}

func deref(t *workspace.Type) *workspace.Type {
	for t != nil && (t.Kind == workspace.TRef || t.Kind == workspace.TPtr) && len(t.Args) > 0 {
		t = t.Args[0]
	}
	return t
}

func refTo(t *workspace.Type) *workspace.Type {
	return &workspace.Type{Kind: workspace.TRef, Args: []*workspace.Type{t}}
}

func isMutRef(t *workspace.Type) bool { return isRef(t) && t.Mut }

func isRef(t *workspace.Type) bool {
	return t != nil && (t.Kind == workspace.TRef || t.Kind == workspace.TPtr)
}

func isOption(t *workspace.Type) bool {
	t = deref(t)
	return t != nil && t.Kind == workspace.TPath && t.Def == nil && lastOf(t.Name) == "Option"
}

// payload is the i-th argument of an Option, Result, map or wrapper type, nil if unknown.
func payload(t *workspace.Type, i int) *workspace.Type {
	t = deref(t)
	if t == nil || i >= len(t.Args) || t.Args[i] == nil || t.Args[i].Kind == workspace.TUnknown {
		return nil
	}
	return t.Args[i]
}

func elemType(t *workspace.Type, i int) *workspace.Type {
	t = deref(t)
	if t == nil {
		return nil
	}
	switch t.Kind {
	case workspace.TTuple:
		return payload(t, i)
	case workspace.TArray, workspace.TSlice:
		return payload(t, 0)
	}
	return nil
}

func hasUnknown(t *workspace.Type) bool {
	if t == nil {
		return true
	}
	if t.Kind == workspace.TUnknown {
		return true
	}
	for _, a := range t.Args {
		if hasUnknown(a) {
			return true
		}
	}
	return false
}

func hasParam(t *workspace.Type) bool {
	if t == nil {
		return false
	}
	if t.Kind == workspace.TParam || t.Kind == workspace.TImpl {
		return true
	}
	for _, a := range t.Args {
		if hasParam(a) {
			return true
		}
	}
	return false
}

// merged is what is known of a type that is seen twice.
func merged(a, b *workspace.Type) *workspace.Type {
	if !hasUnknown(a) || b == nil {
		return a
	}
	if a == nil || a.Kind == workspace.TUnknown {
		return b
	}
	if a.Kind != b.Kind || a.Def != b.Def || a.Name != b.Name || len(a.Args) != len(b.Args) {
		return b
	}
	c := *a
	c.Args = make([]*workspace.Type, len(a.Args))
	for i := range a.Args {
		c.Args[i] = merged(a.Args[i], b.Args[i])
	}
	return &c
}

// cloned is the type of a copy of a value of type t.
func cloned(t *workspace.Type) *workspace.Type {
	t = deref(t)
	if t != nil && t.Kind == workspace.TPath && t.Def == nil && len(t.Args) > 0 && lastOf(t.Name) == "Option" {
		return optionOf(deref(t.Args[0]))
	}
	return t
}

func isIntVar(t *workspace.Type) bool { return t != nil && t.Name == "{integer}" }

// intType is the type of an integer literal: its suffix, or whatever it meets.
func (l *lowerer) intType(text string) *workspace.Type {
	for _, s := range []string{"u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"} {
		if strings.HasSuffix(text, s) {
			return prim(s)
		}
	}
	return prim("{integer}")
}

// sameType reports whether two types have the same head.
func sameType(a, b *workspace.Type) bool {
	return a != nil && b != nil && a.Kind == b.Kind && a.Def == b.Def && (a.Def != nil || a.Name == b.Name)
}

// class is the knowledge class of an outside type, "" if none.
func (l *lowerer) class(t *workspace.Type) string {
	t = deref(t)
	if t == nil {
		return ""
	}
	switch t.Kind {
	case workspace.TSlice, workspace.TArray:
		return "list"
	case workspace.TPath:
		if t.Def != nil {
			return l.describedClass(t.Def)
		}
		if t.Name == "{integer}" {
			return "number"
		}
		return l.c.Knowledge.Class(t.Name)
	}
	return ""
}

// describedClass is the class of a type whose source is at hand, but of a crate
// that the data describes, "" for others: users of the crate see it as
// described, its own code sees what is inside.
func (l *lowerer) describedClass(d *workspace.Def) string {
	if len(l.frames) == 0 || d.Module == nil || d.Module.Crate == l.frame().scope.Module.Crate {
		return ""
	}
	return l.c.DescribedClass(d)
}

// typeOf resolves a written type in the current frame, its generic parameters replaced where known.
func (l *lowerer) typeOf(n rp.Node) *workspace.Type {
	fr := l.frame()
	return l.substitute(l.scope().Type(fr.tree, n), fr.types)
}

func (l *lowerer) typeArgs(n rp.Node) []*workspace.Type {
	var ts []*workspace.Type
	for _, k := range l.tree().Children(n) {
		ts = append(ts, l.typeOf(k))
	}
	return ts
}

func (l *lowerer) substitute(t *workspace.Type, m map[string]*workspace.Type) *workspace.Type {
	if t == nil || len(m) == 0 {
		return t
	}
	return workspace.Substitute(t, m)
}

// scope is where names are looked up now: the innermost block with items, or the frame's.
func (l *lowerer) scope() workspace.Scope {
	s := l.frame().scope
	for _, from := range [...]*env{l.env, l.outer} { // a task sees the items around it
		for e := from; e != nil; e = e.parent {
			if e.module != nil {
				s.Module = e.module
				return s
			}
		}
	}
	return s
}

func (l *lowerer) resolve(n rp.Node, ns workspace.Namespace) workspace.Res {
	if n == 0 {
		return workspace.Res{}
	}
	res := l.scope().ResolvePath(l.tree(), n, ns)
	if res.Type != nil {
		res.Type = l.substitute(res.Type, l.frame().types)
		if len(res.Rest) > 0 && res.Def == nil {
			// `T::f()` with T known from the call: look again.
			if ds := l.c.Workspace.Methods(res.Type, res.Rest[len(res.Rest)-1]); len(ds) == 1 {
				res.Def = ds[0]
			} else if res.Type.Def == nil && res.Type.Kind == workspace.TPath && res.Type.Name != "" {
				res.External = res.Type.Name + "::" + strings.Join(res.Rest, "::")
			}
		}
	}
	if res.Def == nil && res.External == "" && res.Type == nil {
		if ext := l.listingPath(n); ext != "" {
			res.External = ext
			head, _, _ := strings.Cut(l.tree().Text(n), "::")
			l.assume("`" + head + "` is not imported: taken as `" + l.c.Knowledge.Listing(head) + "`")
		}
	}
	return res
}

// listingPath is what a bare name stands for in a listing that leaves out its imports.
func (l *lowerer) listingPath(n rp.Node) string {
	if l.c.Crate.Kind != workspace.Listing {
		return ""
	}
	text := l.tree().Text(n)
	head, rest, _ := strings.Cut(text, "::")
	p := l.c.Knowledge.Listing(strings.TrimSpace(head))
	if p == "" || p == text {
		return ""
	}
	if rest != "" {
		p += "::" + rest
	}
	return p
}

// knownType reads a result type of a knowledge entry; T, K, V, E are the
// receiver's arguments, R the turbofish or unknown.
func (l *lowerer) knownType(text string, recv *workspace.Type, generics []*workspace.Type) *workspace.Type {
	p := typeReader{text: text, recv: deref(recv), generics: generics}
	return p.read()
}

type typeReader struct {
	text     string
	recv     *workspace.Type
	generics []*workspace.Type
}

func (p *typeReader) read() *workspace.Type {
	if strings.HasPrefix(p.text, "&") {
		p.text = p.text[1:]
		return &workspace.Type{Kind: workspace.TRef, Args: []*workspace.Type{p.read()}}
	}
	if strings.HasPrefix(p.text, "(") {
		p.text = p.text[1:]
		t := &workspace.Type{Kind: workspace.TTuple}
		for p.text != "" && p.text[0] != ')' {
			t.Args = append(t.Args, p.read())
			p.text = strings.TrimPrefix(p.text, ",")
		}
		p.text = strings.TrimPrefix(p.text, ")")
		return t
	}
	i := strings.IndexAny(p.text, "<>,)")
	if i < 0 {
		i = len(p.text)
	}
	name := p.text[:i]
	p.text = p.text[i:]
	var args []*workspace.Type
	if strings.HasPrefix(p.text, "<") {
		p.text = p.text[1:]
		for p.text != "" && p.text[0] != '>' {
			args = append(args, p.read())
			p.text = strings.TrimPrefix(p.text, ",")
		}
		p.text = strings.TrimPrefix(p.text, ">")
	}
	arg := func(i int) *workspace.Type {
		if a := payload(p.recv, i); a != nil {
			return a
		}
		return unknownType
	}
	switch name {
	case "T":
		if p.recv != nil && len(p.recv.Args) == 0 && len(p.generics) > 0 {
			return p.generics[0]
		}
		if len(p.generics) > 0 && p.recv != nil && p.recv.Name == "awaitlint::Response" {
			return p.generics[0]
		}
		return arg(0)
	case "K":
		return arg(0)
	case "V", "E":
		return arg(1)
	case "R":
		if len(p.generics) > 0 {
			return p.generics[len(p.generics)-1]
		}
		return unknownType
	case "Self":
		if p.recv != nil {
			return p.recv
		}
		return unknownType
	case "Option":
		name = "std::option::Option"
	case "Result":
		name = "std::result::Result"
	case "Response":
		name = "awaitlint::Response"
	}
	return &workspace.Type{Kind: workspace.TPath, Name: name, Args: args}
}

func (l *lowerer) requestType() *workspace.Type { return prim("awaitlint::Request") }

// content is what a value of a type stands for: references and wrappers taken off.
func (l *lowerer) content(t *workspace.Type) *workspace.Type {
	t = deref(t)
	for t != nil && t.Def == nil && l.class(t) == "wrapper" && len(t.Args) > 0 {
		t = deref(t.Args[0])
	}
	return t
}

// fieldType is the type of a field of a struct type, nil if unknown.
func (l *lowerer) fieldType(t *workspace.Type, name string) *workspace.Type {
	t = l.content(t)
	if t == nil {
		return nil
	}
	if t.Kind == workspace.TTuple {
		i, err := strconv.Atoi(name)
		if err != nil {
			return nil
		}
		return payload(t, i)
	}
	if t.Kind == workspace.TParam {
		if b := l.frame().types[t.Name]; b != nil {
			return l.fieldType(b, name)
		}
	}
	if t.Def == nil {
		return nil
	}
	f := t.Def.Member(name)
	if f == nil || f.Kind != workspace.Field {
		return nil
	}
	return l.substitute(workspace.FieldType(f), genericsOf(t))
}

// genericsOf maps the parameters of a type's definition to its arguments.
func genericsOf(t *workspace.Type) map[string]*workspace.Type {
	return t.TypeArgs()
}

// payloadType is the type of the i-th field of a tuple variant or struct in a pattern.
func (l *lowerer) payloadType(t *workspace.Type, tn rp.Node, name string, i int) *workspace.Type {
	t = deref(t)
	switch name {
	case "Some", "Ok":
		return payload(t, 0)
	case "Err":
		return payload(t, 1)
	}
	return l.memberType(t, tn, itoa(i))
}

// memberType is the type of a field of the struct or variant that a pattern names.
func (l *lowerer) memberType(t *workspace.Type, tn rp.Node, field string) *workspace.Type {
	res := l.resolve(tn, workspace.ValueNS)
	if res.Def == nil {
		res = l.resolve(tn, workspace.TypeNS)
	}
	d := res.Def
	if d == nil {
		return l.fieldType(t, field)
	}
	f := d.Member(field)
	if f == nil || f.Kind != workspace.Field {
		return nil
	}
	ft := workspace.FieldType(f)
	if t = deref(t); t != nil {
		ft = l.substitute(ft, genericsOf(t))
	}
	return ft
}

// elementType is the type of what iterating over t gives.
func (l *lowerer) elementType(t *workspace.Type) *workspace.Type {
	t = deref(t)
	if t == nil {
		return nil
	}
	switch l.class(t) {
	case "map", "stablemap", "slotmap":
		if len(t.Args) >= 2 {
			return &workspace.Type{Kind: workspace.TTuple, Args: t.Args[:2]}
		}
		return nil
	case "wrapper":
		return l.elementType(payload(t, 0))
	}
	return payload(t, 0)
}

func (l *lowerer) collected(verb string, rt *workspace.Type) *workspace.Type {
	elem := l.elementType(rt)
	switch verb {
	case "collect":
		if e := deref(l.expected); e != nil && e.Kind != workspace.TUnknown {
			if len(e.Args) == 1 && elem != nil && e.Args[0] != nil && (e.Args[0].Kind == workspace.TUnknown || shaped(elem)) {
				c := *e
				c.Args = []*workspace.Type{elem}
				return &c
			}
			return e
		}
		return listOf(elem)
	case "iter.enumerate":
		return iterType(&workspace.Type{Kind: workspace.TTuple, Args: []*workspace.Type{prim("usize"), elem}})
	}
	return iterType(elem)
}

// hint lowers f with the type its value is expected to have.
func (l *lowerer) hint(t *workspace.Type, f func() val) val {
	saved := l.expected
	l.expected = t
	v := f()
	l.expected = saved
	return v
}

func (l *lowerer) declaredType(d *workspace.Def) *workspace.Type {
	if n := d.Tree.Child(d.Node, rp.FieldType); n != 0 {
		return d.ScopeOf().Type(d.Tree, n)
	}
	return nil
}

// unify binds the parameters in a declared type to the parts of an actual one.
func unify(decl, actual *workspace.Type, m map[string]*workspace.Type) {
	decl, actual = deref(decl), deref(actual)
	if decl == nil || actual == nil || actual.Kind == workspace.TUnknown {
		return
	}
	if decl.Kind == workspace.TParam {
		if m[decl.Name] == nil {
			m[decl.Name] = actual
		}
		return
	}
	if decl.Kind != actual.Kind || decl.Def != actual.Def {
		return
	}
	for i := range decl.Args {
		if i < len(actual.Args) {
			unify(decl.Args[i], actual.Args[i], m)
		}
	}
}

func (l *lowerer) bindGenerics(d *workspace.Def, res workspace.Res) map[string]*workspace.Type {
	m := map[string]*workspace.Type{}
	if res.Type != nil && d.Impl != nil && d.Impl.Self != nil {
		unify(d.Impl.Self, res.Type, m)
	}
	bindTurbofish(d, res.Generics, m)
	// `Guard::new(x)` where a `Guard<Deposits>` is expected.
	unify(d.Signature().Result, l.expected, m)
	return m
}

func bindTurbofish(d *workspace.Def, generics []*workspace.Type, m map[string]*workspace.Type) {
	for i, name := range workspace.TypeParams(d) {
		if i < len(generics) && generics[i] != nil && generics[i].Kind != workspace.TUnknown {
			m[name] = generics[i]
		}
	}
}

func lastSegment(t *workspace.Type) string {
	t = deref(t)
	if t == nil {
		return "_"
	}
	if t.Def != nil {
		return t.Def.Name
	}
	if t.Name != "" {
		return lastOf(t.Name)
	}
	return t.String()
}

func lastOf(path string) string { return path[strings.LastIndex(path, ":")+1:] }

// cutLast takes a path apart at its last `::`.
func cutLast(path string) (before, last string, ok bool) {
	i := strings.LastIndex(path, "::")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+2:], true
}

func lastTwo(path string) string {
	path = strings.Join(strings.Fields(path), "")
	segs := strings.Split(path, "::")
	if len(segs) > 2 {
		segs = segs[len(segs)-2:]
	}
	return strings.Join(segs, "::")
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

func upperFirst(s string) bool {
	r, ok := firstRune(s)
	return ok && unicode.IsUpper(r)
}

func itoa(i int) string { return strconv.Itoa(i) }

// oneLine folds white space, so that source text fits a line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 120 {
		s = s[:117] + "…"
	}
	return s
}

func unquote(s string) string {
	if i := strings.IndexByte(s, '"'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.LastIndexByte(s, '"'); i >= 0 {
		s = s[:i]
	}
	return s
}

func first(vs []val) val {
	if len(vs) == 0 {
		return val{}
	}
	return vs[0]
}

func arity(d *workspace.Def) int { return len(d.Signature().Params) }

func isName(t *rp.Tree, n rp.Node) bool { return t.Kind(n) == rp.Identifier || t.Kind(n) == rp.Self }

// isPlaceExpr reports whether an expression names a place.
func isPlaceExpr(t *rp.Tree, n rp.Node) bool {
	switch t.Kind(n) {
	case rp.Identifier, rp.Self, rp.FieldExpression, rp.IndexExpression, rp.ScopedIdentifier:
		return true
	case rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			return isPlaceExpr(t, k)
		}
	case rp.UnaryExpression:
		return strings.HasPrefix(t.Text(n), "*")
	}
	return false
}

func isWildcard(t *rp.Tree, n rp.Node) bool { return n != 0 && t.Kind(n) == rp.WildcardPattern }

// isExpr reports whether a node kind is an expression.
func isExpr(k rp.Kind) bool {
	switch k {
	case rp.Identifier, rp.Self, rp.ScopedIdentifier, rp.GenericFunction, rp.FieldExpression, rp.IndexExpression,
		rp.UnaryExpression, rp.ReferenceExpression, rp.IntegerLiteral, rp.FloatLiteral, rp.StringLiteral, rp.RawStringLiteral,
		rp.CharLiteral, rp.BooleanLiteral, rp.UnitExpression, rp.ParenthesizedExpression, rp.Block, rp.UnsafeBlock, rp.ConstBlock,
		rp.AsyncBlock, rp.IfExpression, rp.MatchExpression, rp.LoopExpression, rp.WhileExpression, rp.ForExpression,
		rp.BreakExpression, rp.ContinueExpression, rp.ReturnExpression, rp.TryExpression, rp.AwaitExpression, rp.BinaryExpression,
		rp.AssignmentExpression, rp.CompoundAssignmentExpr, rp.TypeCastExpression, rp.CallExpression, rp.ClosureExpression,
		rp.MacroInvocation, rp.TupleExpression, rp.ArrayExpression, rp.StructExpression, rp.RangeExpression, rp.TryBlock, rp.YieldExpression,
		rp.LetCondition, rp.LetChain:
		return true
	}
	return false
}
