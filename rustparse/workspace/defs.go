package workspace

import (
	"strings"
	"sync/atomic"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// A defCache keeps what was computed about a Def. Computing twice is harmless.
type defCache struct {
	typ    atomic.Pointer[Type]
	sig    atomic.Pointer[Sig]
	scope  atomic.Pointer[Scope]
	supers atomic.Pointer[[]*Type]
}

func (d *Def) memo() *defCache {
	if c := d.cache.Load(); c != nil {
		return c
	}
	d.cache.CompareAndSwap(nil, &defCache{})
	return d.cache.Load()
}

// settled reports whether names have their final meaning, so that results may be kept.
func (d *Def) settled() bool {
	w := d.Module.Crate.ws
	return w != nil && w.index != nil
}

// braced reports whether a struct or variant has named fields: it is then no value.
func (d *Def) braced() bool {
	body := d.Tree.Child(d.Node, rp.FieldBody)
	return body != 0 && d.Tree.Kind(body) == rp.FieldDeclarationList
}

// HasBody reports whether a function or trait item has a body, or an initial value or type.
func (d *Def) HasBody() bool {
	for _, f := range [...]rp.Field{rp.FieldBody, rp.FieldValue} {
		if d.Tree.Child(d.Node, f) != 0 {
			return true
		}
	}
	return d.Kind == AssocType && d.Tree.Kind(d.Node) == rp.TypeItem
}

// Attr returns the first attribute whose path ends in name, and whether there is one.
func (d *Def) Attr(name string) (Attr, bool) {
	for _, a := range d.Attrs {
		if lastSegment(a.Path) == name {
			return a, true
		}
	}
	return Attr{}, false
}

// Derives reports whether a derive attribute names the trait.
func (d *Def) Derives(trait string) bool {
	for _, a := range d.Attrs {
		if a.Path != "derive" {
			continue
		}
		for _, name := range strings.FieldsFunc(a.Tokens, func(r rune) bool { return r == ',' || r == '(' || r == ')' }) {
			if lastSegment(strings.TrimSpace(name)) == trait {
				return true
			}
		}
	}
	return false
}

// Mod returns the module a Def of kind Mod stands for, else nil.
func (d *Def) Mod() *Module { return d.mod }

// Type returns the declared type of a field, constant, static, alias or
// associated type; of a variant its enum, of a struct, enum, union or trait
// the type itself with its parameters as arguments. nil for anything else,
// and where none is declared.
func (d *Def) Type() *Type {
	switch d.Kind {
	case Struct, Enum, Union, Trait:
		t := &Type{Kind: TPath, Def: d}
		for _, name := range d.genericNames() {
			t.Args = append(t.Args, &Type{Kind: TParam, Name: name})
		}
		return t
	case Variant:
		return d.Owner.Type()
	}
	return d.declared()
}

// declared returns the type written for d, what it stands for if it is an
// alias. Aliases can be defined by each other in a circle, but not by others
// than aliases and associated types; those are all computed while linking, one
// after the other, and one that comes back to itself is unknown there.
func (d *Def) declared() *Type {
	if d.settled() {
		if t := d.memo().typ.Load(); t != nil {
			return t
		}
	}
	n := d.Node
	switch d.Kind {
	case TypeAlias, AssocType, Const, Static:
		n = d.Tree.Child(d.Node, rp.FieldType)
	case Field:
		if d.Tree.Kind(d.Node) == rp.FieldDeclaration {
			n = d.Tree.Child(d.Node, rp.FieldType)
		}
	default:
		return nil
	}
	if n == 0 {
		return nil
	}
	if d.Kind == TypeAlias || d.Kind == AssocType {
		if d.busy {
			return nil
		}
		d.busy = true
		defer func() { d.busy = false }()
	}
	t := d.ScopeOf().Type(d.Tree, n)
	if d.settled() {
		d.memo().typ.Store(t)
	}
	return t
}

// FieldType returns the declared type of a field, in terms of the parameters
// of the type it belongs to.
func FieldType(d *Def) *Type { return d.Type() }

// A SelfKind is how a method takes its receiver.
type SelfKind uint8

const (
	SelfNone   SelfKind = iota // an associated function
	SelfValue                  // self, or self: T
	SelfRef                    // &self
	SelfRefMut                 // &mut self
)

// A Param is a parameter of a function, the receiver left out.
type Param struct {
	Name string // "" if the pattern is not a plain name
	Pat  rp.Node
	Type *Type
	// Mut: the parameter is declared `mut`.
	Mut bool
}

// A Sig is the signature of a function.
type Sig struct {
	// Generics are the parameters in scope: of the function, and of the impl or trait around.
	Generics map[string]*Type
	Params   []Param
	Self     SelfKind
	// Result is as written: for an async function what awaiting it gives; the
	// empty tuple if nothing is written.
	Result *Type
	Async  bool

	self *Type
}

// SelfType returns the type of the receiver: &Vault for &self; nil if there is none.
func (s Sig) SelfType() *Type { return s.self }

// Signature returns the signature of a function; the zero Sig for other items.
func Signature(d *Def) Sig { return d.Signature() }

// Signature returns the signature of a function; the zero Sig for other items.
func (d *Def) Signature() Sig {
	if d.Kind != Fn {
		return Sig{}
	}
	if d.settled() {
		if s := d.memo().sig.Load(); s != nil {
			return *s
		}
	}
	t, scope := d.Tree, d.ScopeOf()
	sig := Sig{Generics: scope.Generics, Result: unit}
	if r := t.Child(d.Node, rp.FieldReturnType); r != 0 {
		sig.Result = scope.Type(t, r)
	}
	if m := t.ChildOfKind(d.Node, rp.FunctionModifiers); m != 0 {
		for _, word := range strings.Fields(t.Text(m)) {
			sig.Async = sig.Async || word == "async"
		}
	}
	if ps := t.Child(d.Node, rp.FieldParameters); ps != 0 {
		var attrs []Attr
		for _, c := range t.Children(ps) {
			switch t.Kind(c) {
			case rp.AttributeItem:
				attrs = d.Module.Crate.appendAttr(attrs, t, c)
				continue
			case rp.SelfParameter:
				sig.receiver(t, c, scope.Self)
			case rp.Parameter:
				if d.Module.Crate.Enabled(attrs) {
					sig.param(t, c, scope)
				}
			}
			attrs = nil
		}
	}
	if d.settled() {
		d.memo().sig.Store(&sig)
	}
	return sig
}

// hasReceiver reports whether a function is a method, by its text alone.
func (d *Def) hasReceiver() bool {
	t := d.Tree
	for c := t.FirstChild(t.Child(d.Node, rp.FieldParameters)); c != 0; c = t.Next(c) {
		if k := t.Kind(c); k == rp.SelfParameter || k == rp.Parameter && t.Kind(t.Child(c, rp.FieldPattern)) == rp.Self {
			return true
		}
	}
	return false
}

func (sig *Sig) receiver(t *rp.Tree, n rp.Node, self *Type) {
	if self == nil {
		self = &Type{Name: "Self"}
	}
	switch mut := t.ChildOfKind(n, rp.MutableSpecifier) != 0; {
	case !strings.HasPrefix(t.Text(n), "&"):
		sig.Self, sig.self = SelfValue, self
	case mut:
		sig.Self, sig.self = SelfRefMut, &Type{Kind: TRef, Mut: true, Args: []*Type{self}}
	default:
		sig.Self, sig.self = SelfRef, &Type{Kind: TRef, Args: []*Type{self}}
	}
}

func (sig *Sig) param(t *rp.Tree, n rp.Node, scope Scope) {
	p := Param{Pat: t.Child(n, rp.FieldPattern), Type: scope.Type(t, t.Child(n, rp.FieldType))}
	p.Mut = t.ChildOfKind(n, rp.MutableSpecifier) != 0
	switch t.Kind(p.Pat) {
	case rp.Self: // self: Box<Self>
		sig.Self, sig.self = SelfValue, p.Type
		if p.Type.Kind == TRef {
			if sig.Self = SelfRef; p.Type.Mut {
				sig.Self = SelfRefMut
			}
		}
		return
	case rp.Identifier:
		p.Name = nameOf(t, p.Pat)
	case rp.MutPattern:
		p.Mut = true
		if id := t.ChildOfKind(p.Pat, rp.Identifier); id != 0 {
			p.Name = nameOf(t, id)
		}
	}
	sig.Params = append(sig.Params, p)
}

// ScopeOf returns the scope of names inside d: its module, the generics of
// it and of the impl, trait or type around it, and Self.
func ScopeOf(d *Def) Scope { return d.ScopeOf() }

// ScopeOf returns the scope of names inside d: its module, the generics of
// it and of the impl, trait or type around it, and Self.
func (d *Def) ScopeOf() Scope {
	if d.settled() {
		if s := d.memo().scope.Load(); s != nil {
			return *s
		}
	}
	var s Scope
	switch {
	case d.Kind == Field || d.Kind == Variant:
		s = d.Owner.ScopeOf()
	case d.Impl != nil:
		s = d.Impl.Scope()
		s = s.withGenerics(d.Tree, d.Node)
	case d.Owner != nil:
		s = d.Owner.ScopeOf().withGenerics(d.Tree, d.Node)
	default:
		s = Scope{Module: d.Module}.withGenerics(d.Tree, d.Node)
		switch d.Kind {
		case Struct, Enum, Union:
			s.Self = d.Type()
		case Trait:
			s.Self = &Type{Kind: TParam, Name: "Self", Bounds: []*Type{d.Type()}}
		}
	}
	if d.settled() {
		d.memo().scope.Store(&s)
	}
	return s
}

// Scope returns the scope of names inside the impl block.
func (i *Impl) Scope() Scope { return i.scope }

// withGenerics adds the type parameters and where clauses of an item. Where
// bounds name parameters, these carry no bounds of their own: types are
// never cyclic.
func (s Scope) withGenerics(t *rp.Tree, n rp.Node) Scope {
	params := t.Child(n, rp.FieldTypeParameters)
	where := t.ChildOfKind(n, rp.WhereClause)
	if params == 0 && where == 0 {
		return s
	}
	all := make(map[string]*Type, len(s.Generics)+2)
	for name, g := range s.Generics {
		all[name] = g
	}
	bare := s
	bare.Generics = make(map[string]*Type, len(all))
	for name, g := range all {
		bare.Generics[name] = &Type{Kind: TParam, Name: g.Name}
	}
	type bound struct{ name, bounds rp.Node }
	var found []bound
	if params != 0 {
		for _, c := range t.Children(params) {
			name, bounds := paramName(t, c)
			if name == 0 {
				continue
			}
			text := nameOf(t, name)
			all[text] = &Type{Kind: TParam, Name: text}
			bare.Generics[text] = &Type{Kind: TParam, Name: text}
			found = append(found, bound{name, bounds})
		}
	}
	if where != 0 {
		for _, c := range t.Children(where) {
			left := t.Child(c, rp.FieldLeft)
			if left != 0 && t.Kind(left) == rp.HigherRankedTraitBound {
				left = t.Child(left, rp.FieldType)
			}
			if left != 0 {
				found = append(found, bound{left, t.Child(c, rp.FieldBounds)})
			}
		}
	}
	for _, f := range found {
		g := all[nameOf(t, f.name)]
		if g == nil || f.bounds == 0 {
			continue
		}
		copy := *g
		copy.Bounds = append(g.Bounds[:len(g.Bounds):len(g.Bounds)], bare.bounds(t, f.bounds)...)
		all[g.Name] = &copy
	}
	s.Generics = all
	return s
}

// paramName returns the name node and bounds of a child of type_parameters, 0 for lifetimes.
func paramName(t *rp.Tree, c rp.Node) (name, bounds rp.Node) {
	switch t.Kind(c) {
	case rp.TypeIdentifier:
		return c, 0
	case rp.ConstParameter:
		return t.Child(c, rp.FieldName), 0
	case rp.OptionalTypeParameter:
		return paramName(t, t.Child(c, rp.FieldName))
	case rp.ConstrainedTypeParameter:
		left := t.Child(c, rp.FieldLeft)
		if t.Kind(left) != rp.TypeIdentifier {
			return 0, 0
		}
		return left, t.Child(c, rp.FieldBounds)
	}
	return 0, 0
}

// genericNames returns the names of the parameters of an item, in order.
func (d *Def) genericNames() []string { return genericNames(d.Tree, d.Node) }

func genericNames(t *rp.Tree, n rp.Node) []string {
	params := t.Child(n, rp.FieldTypeParameters)
	if params == 0 {
		return nil
	}
	var names []string
	for _, c := range t.Children(params) {
		if name, _ := paramName(t, c); name != 0 {
			names = append(names, nameOf(t, name))
		}
	}
	return names
}

// TypeParams returns the names of the type and const parameters of an item, in order.
func TypeParams(d *Def) []string { return d.genericNames() }

// TypeArgs maps the parameters of the item behind t to its arguments, for Substitute.
func (t *Type) TypeArgs() map[string]*Type {
	if t == nil || t.Kind != TPath || t.Def == nil || len(t.Args) == 0 {
		return nil
	}
	m := map[string]*Type{}
	for i, name := range t.Def.genericNames() {
		if i < len(t.Args) {
			m[name] = t.Args[i]
		}
	}
	return m
}

// supertraits returns the traits a trait extends.
func (d *Def) supertraits() []*Type {
	if d.Kind != Trait {
		return nil
	}
	if d.settled() {
		if p := d.memo().supers.Load(); p != nil {
			return *p
		}
	}
	if d.busy {
		return nil // `trait A: B<Self::X>`: X is looked for in the traits A extends
	}
	d.busy = true
	defer func() { d.busy = false }()
	ts := d.ScopeOf().bounds(d.Tree, d.Tree.Child(d.Node, rp.FieldBounds))
	if where := d.Tree.ChildOfKind(d.Node, rp.WhereClause); where != 0 {
		for _, c := range d.Tree.Children(where) {
			if left := d.Tree.Child(c, rp.FieldLeft); left != 0 && d.Tree.Text(left) == "Self" {
				ts = append(ts, d.ScopeOf().bounds(d.Tree, d.Tree.Child(c, rp.FieldBounds))...)
			}
		}
	}
	if d.settled() {
		d.memo().supers.Store(&ts)
	}
	return ts
}
