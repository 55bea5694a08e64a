package workspace

import (
	"strings"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

var unit = &Type{Kind: TTuple}

// Type reads a type node. It never returns nil; what is not understood is
// TUnknown, with its text as Name.
func (s Scope) Type(t *rp.Tree, n rp.Node) *Type {
	if n == 0 {
		return &Type{}
	}
	switch t.Kind(n) {
	case rp.MacroInvocation:
		if x := t.ChildOfKind(n, rp.MacroExpansion); x != 0 {
			return s.Type(t, t.FirstChild(x))
		}
		return &Type{Name: t.Text(n)}
	case rp.TypeIdentifier, rp.PrimitiveType, rp.ScopedTypeIdentifier, rp.GenericType, rp.GenericTypeWithTurbofish,
		rp.Identifier, rp.ScopedIdentifier, rp.BracketedType:
		return s.pathType(t, n)
	case rp.ReferenceType:
		return &Type{Kind: TRef, Mut: t.ChildOfKind(n, rp.MutableSpecifier) != 0, Args: []*Type{s.Type(t, t.Child(n, rp.FieldType))}}
	case rp.PointerType:
		return &Type{Kind: TPtr, Mut: t.ChildOfKind(n, rp.MutableSpecifier) != 0, Args: []*Type{s.Type(t, t.Child(n, rp.FieldType))}}
	case rp.UnitType, rp.UnitExpression:
		return unit
	case rp.NeverType:
		return &Type{Kind: TNever}
	case rp.TupleType:
		var args []*Type
		for _, c := range t.Children(n) {
			args = append(args, s.Type(t, c))
		}
		if len(args) == 1 && !strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(t.Text(n), ")"), " \t\r\n"), ",") {
			return args[0] // only parentheses
		}
		return &Type{Kind: TTuple, Args: args}
	case rp.ArrayType:
		kind := TSlice
		if t.Child(n, rp.FieldLength) != 0 {
			kind = TArray
		}
		return &Type{Kind: kind, Args: []*Type{s.Type(t, t.Child(n, rp.FieldElement))}}
	case rp.FunctionType:
		return s.fnType(t, n)
	case rp.AbstractType:
		return &Type{Kind: TImpl, Bounds: s.bounds(t, n)}
	case rp.DynamicType:
		return &Type{Kind: TDyn, Bounds: s.bounds(t, n)}
	case rp.HigherRankedTraitBound:
		return s.Type(t, t.Child(n, rp.FieldType))
	case rp.BoundedType:
		return s.boundedType(t, n)
	}
	return &Type{Name: t.Text(n)}
}

// boundedType reads `A + B`. The grammar puts `dyn`, `impl` and & to the first.
func (s Scope) boundedType(t *rp.Tree, n rp.Node) *Type {
	var first *Type
	for _, c := range t.Children(n) {
		if k := t.Kind(c); k == rp.Lifetime || k == rp.RemovedTraitBound {
			continue
		}
		ty := s.Type(t, c)
		if first == nil {
			copy := *ty
			first = &copy
			continue
		}
		at := first
		for (at.Kind == TRef || at.Kind == TPtr) && len(at.Args) == 1 {
			inner := *at.Args[0]
			at.Args = []*Type{&inner}
			at = &inner
		}
		if at.Kind == TDyn || at.Kind == TImpl {
			at.Bounds = append(at.Bounds[:len(at.Bounds):len(at.Bounds)], ty)
		}
	}
	if first == nil {
		return &Type{Name: t.Text(n)}
	}
	return first
}

// bounds reads the traits among the children of n: of `impl A + B`, of
// `dyn A`, or a trait_bounds node. Lifetimes and ?Sized are no traits.
func (s Scope) bounds(t *rp.Tree, n rp.Node) []*Type {
	var all []*Type
	if n == 0 {
		return nil
	}
	for _, c := range t.Children(n) {
		switch t.Kind(c) {
		case rp.Lifetime, rp.RemovedTraitBound, rp.ForLifetimes, rp.TypeParameters:
		case rp.BoundedType:
			all = append(all, s.bounds(t, c)...)
		default:
			all = append(all, s.Type(t, c))
		}
	}
	return all
}

// fnType reads `fn(A) -> B` and `Fn(A) -> B`; Name is the trait of the latter.
func (s Scope) fnType(t *rp.Tree, n rp.Node) *Type {
	f := &Type{Kind: TFn, Name: lastSegment(t.Text(t.Child(n, rp.FieldTrait)))}
	if ps := t.Child(n, rp.FieldParameters); ps != 0 {
		for _, c := range t.Children(ps) {
			switch t.Kind(c) {
			case rp.Parameter:
				c = t.Child(c, rp.FieldType)
			case rp.AttributeItem, rp.VariadicParameter, rp.Lifetime:
				continue
			}
			f.Args = append(f.Args, s.Type(t, c))
		}
	}
	result := unit
	if r := t.Child(n, rp.FieldReturnType); r != 0 {
		result = s.Type(t, r)
	}
	f.Args = append(f.Args, result)
	return f
}

// typeArgs reads generic arguments without the associated types they fix.
func (s Scope) typeArgs(t *rp.Tree, n rp.Node) []*Type {
	args, _ := s.genericArgs(t, n)
	return args
}

func (s Scope) genericArgs(t *rp.Tree, n rp.Node) (args []*Type, bindings map[string]*Type) {
	if n == 0 {
		return nil, nil
	}
	for _, c := range t.Children(n) {
		switch t.Kind(c) {
		case rp.Lifetime, rp.TraitBounds:
		case rp.TypeBinding:
			if bindings == nil {
				bindings = map[string]*Type{}
			}
			bindings[nameOf(t, t.Child(c, rp.FieldName))] = s.Type(t, t.Child(c, rp.FieldType))
		default:
			args = append(args, s.Type(t, c))
		}
	}
	return args, bindings
}

// pathType reads a type that is a path.
func (s Scope) pathType(t *rp.Tree, n rp.Node) *Type {
	text := t.Text(n)
	if text == "_" {
		return &Type{}
	}
	var args []*Type
	var bindings map[string]*Type
	path := n
	if k := t.Kind(n); k == rp.GenericType || k == rp.GenericTypeWithTurbofish {
		args, bindings = s.genericArgs(t, t.Child(n, rp.FieldTypeArguments))
		path = t.Child(n, rp.FieldType)
	}
	ty := s.resolved(s.ResolvePath(t, path, TypeNS), args)
	if ty == nil {
		// Names that nothing gives (written by a macro, or no part of a listing) stay as written.
		return &Type{Kind: TPath, Name: strings.Join(segments(t, path), "::"), Args: args, Bindings: bindings}
	}
	if bindings != nil {
		copy := *ty
		copy.Bindings = bindings
		ty = &copy
	}
	return ty
}

// resolved makes the type of what a type path resolved to, nil if it is none.
func (s Scope) resolved(res Res, args []*Type) *Type {
	switch d := res.Def; {
	case d != nil && d.Kind == Variant:
		return &Type{Kind: TPath, Def: d.Owner}
	case d != nil && d.Kind == AssocType:
		if d.Impl == nil {
			self := res.Type
			if self == nil {
				return nil
			}
			if w := s.ws(); w != nil && w.index != nil && self.Kind == TPath {
				if a := w.AssocType(self, d.Name); a != nil {
					return a
				}
			}
			return projection(d, self)
		}
		t := d.Type()
		if t == nil {
			return &Type{Name: d.Name}
		}
		if res.Type != nil {
			t = Substitute(t, d.Impl.Bind(res.Type))
		}
		return t
	case res.Type != nil && res.Rest == nil && (d == nil || d == res.Type.Def) && (res.External == "" || res.External == res.Type.Name):
		// The path is the type: Self, a generic parameter, a primitive.
		return res.Type
	case d != nil:
		switch d.Kind {
		case Struct, Enum, Union, Trait, TypeAlias:
			return s.instance(d, args)
		}
	case res.Rest != nil:
		return &Type{Name: res.Type.String() + "::" + strings.Join(res.Rest, "::")}
	case res.External != "":
		return &Type{Kind: TPath, Name: res.External, Args: args}
	}
	return nil
}

// instance is the type that an item with generic arguments stands for.
func (s Scope) instance(d *Def, args []*Type) *Type {
	if d.Kind != TypeAlias {
		return &Type{Kind: TPath, Def: d, Args: args}
	}
	t := d.declared()
	if t == nil {
		return &Type{Name: d.Name}
	}
	names := d.genericNames()
	if len(names) == 0 {
		return t
	}
	m := map[string]*Type{}
	for i, name := range names {
		if i < len(args) {
			m[name] = args[i]
		}
	}
	return Substitute(t, m)
}

// projection is the associated type d of self, as long as nobody knows it.
func projection(d *Def, self *Type) *Type { return &Type{Kind: TPath, Def: d, Args: []*Type{self}} }

// Substitute returns t with the parameters named in m replaced. Associated
// types of replaced parameters are looked up in the impls.
func Substitute(t *Type, m map[string]*Type) *Type {
	return substituteAt(t, m, 0)
}

// maxProjections bounds how deep associated types lead to others: an impl for
// every type can define one by itself.
const maxProjections = 16

func substituteAt(t *Type, m map[string]*Type, depth int) *Type {
	if t == nil || len(m) == 0 {
		return t
	}
	r := &substitution{m: m, left: maxTypeNodes, depth: depth}
	return r.of(t)
}

// maxTypeNodes bounds how many parts of a type are looked at. Written types
// have dozens; aliases of aliases can make more than there is memory for.
const maxTypeNodes = 4096

type substitution struct {
	m     map[string]*Type
	left  int
	depth int // of associated types on the way here
}

func (r *substitution) of(t *Type) *Type {
	if r.left--; t == nil || r.left < 0 {
		return t
	}
	if t.Kind == TParam {
		if a := r.m[t.Name]; a != nil {
			return a
		}
		return t
	}
	args, changed := r.all(t.Args)
	bounds, c := r.all(t.Bounds)
	changed = changed || c
	var bindings map[string]*Type
	for _, name := range sortedKeys(t.Bindings) {
		b := r.of(t.Bindings[name])
		changed = changed || b != t.Bindings[name]
		if bindings == nil {
			bindings = map[string]*Type{}
		}
		bindings[name] = b
	}
	if !changed {
		return t
	}
	n := *t
	n.Args, n.Bounds, n.Bindings = args, bounds, bindings
	if n.Def != nil && n.Def.Kind == AssocType && len(args) == 1 {
		if w := n.Def.Module.Crate.ws; w != nil && w.index != nil {
			if a := w.assocType(args[0], n.Def.Name, r.depth+1); a != nil {
				return a
			}
		}
	}
	return &n
}

func (r *substitution) all(ts []*Type) (all []*Type, changed bool) {
	for i, t := range ts {
		n := r.of(t)
		if n != t && !changed {
			changed = true
			all = append(make([]*Type, 0, len(ts)), ts[:i]...)
		}
		if changed {
			all = append(all, n)
		}
	}
	if !changed {
		return ts, false
	}
	return all, true
}

// maxPrinted is the length in bytes from which on a printed type is cut short.
const maxPrinted = 1000

// String returns the type as Rust writes it, names without their module.
func (t *Type) String() string {
	var b strings.Builder
	t.print(&b)
	return b.String()
}

func (t *Type) print(b *strings.Builder) {
	if t == nil {
		b.WriteString("_")
		return
	}
	if b.Len() > maxPrinted {
		b.WriteString("…")
		return
	}
	list := func(open string, ts []*Type, sep, end string) {
		b.WriteString(open)
		for i, a := range ts {
			if i > 0 {
				b.WriteString(sep)
			}
			a.print(b)
		}
		b.WriteString(end)
	}
	switch t.Kind {
	case TPath:
		if t.Def != nil && t.Def.Kind == AssocType && len(t.Args) == 1 {
			t.Args[0].print(b)
			b.WriteString("::" + t.Def.Name)
			return
		}
		if t.Def != nil {
			b.WriteString(t.Def.Name)
		} else {
			b.WriteString(lastSegment(t.Name))
		}
		if len(t.Args)+len(t.Bindings) == 0 {
			return
		}
		list("<", t.Args, ", ", "")
		for i, name := range sortedKeys(t.Bindings) {
			if i > 0 || len(t.Args) > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name + " = ")
			t.Bindings[name].print(b)
		}
		b.WriteString(">")
	case TParam:
		b.WriteString(t.Name)
	case TRef, TPtr:
		switch {
		case t.Kind == TPtr && t.Mut:
			b.WriteString("*mut ")
		case t.Kind == TPtr:
			b.WriteString("*const ")
		case t.Mut:
			b.WriteString("&mut ")
		default:
			b.WriteString("&")
		}
		list("", t.Args, ", ", "")
	case TTuple:
		if len(t.Args) == 1 {
			list("(", t.Args, "", ",)")
			return
		}
		list("(", t.Args, ", ", ")")
	case TSlice:
		list("[", t.Args, ", ", "]")
	case TArray:
		list("[", t.Args, ", ", "; _]")
	case TFn:
		name := t.Name
		if name == "" {
			name = "fn"
		}
		last := len(t.Args) - 1
		if last < 0 {
			b.WriteString(name + "()")
			return
		}
		list(name+"(", t.Args[:last], ", ", ")")
		if r := t.Args[last]; r.Kind != TTuple || len(r.Args) > 0 {
			b.WriteString(" -> ")
			r.print(b)
		}
	case TImpl:
		list("impl ", t.Bounds, " + ", "")
	case TDyn:
		list("dyn ", t.Bounds, " + ", "")
	case TNever:
		b.WriteString("!")
	default:
		if t.Name == "" {
			b.WriteString("_")
			return
		}
		b.WriteString(t.Name)
	}
}
