package workspace

import (
	"cmp"
	"slices"
	"strings"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// sortedBlocks returns the anonymous modules of a crate and the modules
// declared in them, in order of trees and offsets.
func (c *Crate) sortedBlocks() []*Module {
	order := map[*rp.Tree]int{}
	for i, t := range c.Trees {
		order[t] = i
	}
	var all []*Module
	for _, m := range c.blocks {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Module) int {
		return cmp.Or(cmp.Compare(order[a.Tree], order[b.Tree]), cmp.Compare(a.Node, b.Node))
	})
	for _, m := range all {
		for _, d := range m.Order {
			if d.mod != nil {
				d.mod.each(func(x *Module) { all = append(all, x) })
			}
		}
	}
	return all
}

// Resolve finds what a path of names stands for. The first name is looked up
// as Rust does: `self`, `super`, `crate`, `Self` and generics, then items and
// imports of the module (and of the blocks around an anonymous one), crates,
// the std prelude. Visibility is ignored. A path to nothing gives the zero Res.
func (s Scope) Resolve(segs []string, ns Namespace) Res {
	return s.resolve(segs, false, nil, ns)
}

// ResolvePath is Resolve for a path node of an expression, type, pattern,
// macro call or attribute.
func (s Scope) ResolvePath(t *rp.Tree, n rp.Node, ns Namespace) Res {
	p := s.flatten(t, n)
	var res Res
	switch {
	case p.head == 0:
		if len(p.segs) == 0 {
			return Res{}
		}
		res = s.resolve(p.segs, p.global, p.args, ns)
	default:
		res = s.qualified(t, p.head, p.segs, ns)
	}
	for i := len(p.args) - 1; i >= 0 && res.Generics == nil; i-- {
		res.Generics = p.args[i]
	}
	return res
}

// A flatPath is a path node taken apart.
type flatPath struct {
	segs   []string
	args   [][]*Type // generic arguments of each segment
	global bool
	head   rp.Node // what stands in angle brackets before segs: `<T as Trait>`
}

func (s Scope) flatten(t *rp.Tree, n rp.Node) flatPath {
	var p flatPath
	var args []*Type
	push := func(name string) {
		p.segs = append(p.segs, name)
		p.args = append(p.args, args)
		args = nil
	}
walk:
	for n != 0 {
		switch t.Kind(n) {
		case rp.ScopedIdentifier, rp.ScopedTypeIdentifier:
			push(nameOf(t, t.Child(n, rp.FieldName)))
			if n = t.Child(n, rp.FieldPath); n == 0 {
				p.global = true
			}
		case rp.GenericType, rp.GenericTypeWithTurbofish:
			args = s.typeArgs(t, t.Child(n, rp.FieldTypeArguments))
			n = t.Child(n, rp.FieldType)
		case rp.GenericFunction:
			args = s.typeArgs(t, t.Child(n, rp.FieldTypeArguments))
			n = t.Child(n, rp.FieldFunction)
		case rp.BracketedType:
			p.head = n
			break walk
		case rp.Identifier, rp.TypeIdentifier, rp.PrimitiveType, rp.Self, rp.Super, rp.Crate, rp.Metavariable,
			rp.ShorthandFieldIdentifier, rp.FieldIdentifier:
			push(nameOf(t, n))
			n = 0
		default: // a call or field is no path
			return flatPath{}
		}
	}
	slices.Reverse(p.segs)
	slices.Reverse(p.args)
	return p
}

// resolve resolves a path whose first segment is a name; args are the generic
// arguments of each segment, or nil.
func (s Scope) resolve(segs []string, global bool, args [][]*Type, ns Namespace) Res {
	if len(segs) == 0 || s.Module == nil {
		return Res{}
	}
	if ns == AnyNS {
		for _, ns := range [...]Namespace{TypeNS, ValueNS, MacroNS} {
			if r := s.resolve(segs, global, args, ns); !r.zero() {
				return r
			}
		}
		return Res{}
	}
	argsAt := func(i int) []*Type {
		if i < len(args) {
			return args[i]
		}
		return nil
	}
	if !global {
		if segs[0] == "Self" && s.Self != nil {
			return s.member(s.Self, segs[1:], ns)
		}
		if g := s.Generics[segs[0]]; g != nil {
			return s.member(g, segs[1:], ns)
		}
	}
	p := pathTo{segs: segs, global: global}
	a, i := p.start(s.Module, ns)
	for {
		switch {
		case a.none():
			return Res{Maybe: extend(a.maybe, segs[i:])}
		case i == len(segs):
			return Res{Def: a.def, External: a.ext, Maybe: a.maybe}
		case a.def == nil && std.primitives[a.ext]:
			return s.member(&Type{Kind: TPath, Name: a.ext}, segs[i:], ns)
		case a.def == nil:
			return s.outside(a, segs, i, argsAt)
		case a.def.mod == nil:
			if v := a.def.variant(segs[i]); v != nil && i == len(segs)-1 && v.in(ns) {
				return Res{Def: v, Type: s.instance(a.def, argsAt(i-1)), Generics: argsAt(i - 1)}
			}
			return s.memberOf(a.def, argsAt(i-1), segs[i:], ns)
		}
		a = a.step(segs[i], pick(i == len(segs)-1, ns), 0)
		i++
	}
}

// outside is the Res of a path that continues behind an outside path. A
// segment written like a type before the last is taken for one.
func (s Scope) outside(a answer, segs []string, i int, argsAt func(int) []*Type) Res {
	res := Res{External: strings.Join(append([]string{a.ext}, segs[i:]...), "::"), Maybe: extend(a.maybe, segs[i:])}
	n := len(segs)
	if args := argsAt(n - 2); args != nil || isTypeName(segs[n-2]) {
		res.Type = &Type{Kind: TPath, Name: strings.Join(append([]string{a.ext}, segs[i:n-1]...), "::"), Args: args}
		if d := s.extension(res.Type, segs[n-1]); d != nil {
			return Res{Def: d, Type: res.Type}
		}
	}
	return res
}

// extension returns the item that a workspace trait gives an outside type.
func (s Scope) extension(t *Type, name string) *Def {
	ds := s.items(t, name)
	if len(ds) == 1 && (ds[0].Impl == nil || ds[0].Impl.Trait != nil && ds[0].Impl.Trait.Def != nil) {
		return ds[0]
	}
	return nil
}

// isTypeName reports whether a segment is written like a type.
func isTypeName(name string) bool {
	return name != "" && name[0] >= 'A' && name[0] <= 'Z' || std.primitives[name]
}

func extend(paths []string, segs []string) []string {
	if len(segs) == 0 {
		return paths
	}
	var all []string
	for _, p := range paths {
		all = append(all, p+"::"+strings.Join(segs, "::"))
	}
	return all
}

func (r Res) zero() bool { return r.Def == nil && r.External == "" && r.Type == nil && r.Maybe == nil }

// memberOf resolves what follows an item that is no module.
func (s Scope) memberOf(d *Def, args []*Type, rest []string, ns Namespace) Res {
	switch d.Kind {
	case Struct, Enum, Union, TypeAlias:
		return s.member(s.instance(d, args), rest, ns)
	case Trait:
		// `Trait::method`, `Trait::CONST`
		if m := traitMember(d, rest[0]); m != nil && len(rest) == 1 {
			return Res{Def: m}
		}
		return Res{Type: s.instance(d, args), Rest: rest}
	}
	return Res{}
}

// member resolves names after a type: variants, methods, associated items.
func (s Scope) member(t *Type, rest []string, ns Namespace) Res {
	if len(rest) == 0 {
		return typeRes(t)
	}
	name, last := rest[0], len(rest) == 1
	switch t.Kind {
	case TPath:
		if t.Def == nil {
			if d := s.extension(t, name); last && d != nil {
				return Res{Def: d, Type: t}
			}
			return Res{External: t.Name + "::" + strings.Join(rest, "::"), Type: t}
		}
		if v := t.Def.variant(name); v != nil && last {
			return Res{Def: v, Type: t}
		}
	case TParam, TImpl, TDyn:
		for _, b := range t.Bounds {
			if b.Def == nil || b.Def.Kind != Trait {
				continue
			}
			m := traitMember(b.Def, name)
			switch {
			case m == nil:
			case last:
				return Res{Def: m, Type: t}
			case m.Kind == AssocType:
				return s.member(projection(m, t), rest[1:], ns)
			}
		}
		if b := t.Bounds; last && len(b) == 1 && b[0].Def == nil && b[0].Kind == TPath {
			return Res{External: b[0].Name + "::" + name, Type: t}
		}
		return Res{Type: t, Rest: rest}
	}
	ds := s.items(t, name)
	if s.impl != nil && t == s.Self {
		// Of several impls with that item, the one around counts.
		for _, d := range s.impl.Items {
			if d.Name == name {
				ds = []*Def{d}
			}
		}
	}
	if len(ds) == 1 || len(ds) > 1 && ds[0].Impl != nil && ds[0].Impl.Trait == nil {
		d := ds[0]
		if last {
			return Res{Def: d, Type: t}
		}
		if d.Kind == AssocType {
			if a := d.Type(); a != nil && d.Impl != nil {
				a = Substitute(a, d.Impl.Bind(t))
				return s.member(a, rest[1:], ns)
			}
		}
	}
	return Res{Type: t, Rest: rest}
}

// typeRes is the Res of a path that ends at a type.
func typeRes(t *Type) Res {
	if t.Kind == TPath && t.Def == nil && t.Name != "" {
		return Res{External: t.Name, Type: t}
	}
	return Res{Def: t.Def, Type: t}
}

// items returns the associated items of that name of a type.
func (s Scope) items(t *Type, name string) []*Def {
	if w := s.ws(); w != nil && w.index != nil {
		return w.index.associated(t, name)
	}
	return nil
}

func (s Scope) ws() *Workspace {
	if s.Module == nil {
		return nil
	}
	return s.Module.Crate.ws
}

// qualified resolves `<T>::a::b` and `<T as Trait>::a`.
func (s Scope) qualified(t *rp.Tree, head rp.Node, rest []string, ns Namespace) Res {
	q := t.ChildOfKind(head, rp.QualifiedType)
	if q == 0 {
		return s.member(s.Type(t, t.FirstChild(head)), rest, ns)
	}
	self := s.Type(t, t.Child(q, rp.FieldType))
	trait := s.Type(t, t.Child(q, rp.FieldAlias))
	if len(rest) == 0 {
		return typeRes(self)
	}
	if w := s.ws(); w != nil && w.index != nil && self.Kind != TParam {
		for _, d := range w.index.associated(self, rest[0]) {
			if d.Impl != nil && d.Impl.Trait != nil && sameHead(d.Impl.Trait, trait) && len(rest) == 1 {
				return Res{Def: d, Type: self}
			}
		}
	}
	if trait.Def != nil {
		if m := traitMember(trait.Def, rest[0]); m != nil {
			if len(rest) > 1 && m.Kind == AssocType {
				return s.member(projection(m, self), rest[1:], ns)
			}
			return Res{Def: m, Type: self}
		}
		return Res{Type: self, Rest: rest}
	}
	if trait.Kind == TPath && trait.Name != "" {
		return Res{External: trait.Name + "::" + strings.Join(rest, "::"), Type: self}
	}
	return Res{Type: self, Rest: rest}
}

// traitMember returns the item of that name of a trait or the traits it extends.
func traitMember(d *Def, name string) *Def {
	for _, t := range d.lineage() {
		if m := t.Member(name); m != nil {
			return m
		}
	}
	return nil
}

// lineage returns a workspace trait and all workspace traits it extends, each
// once, nearer ones first.
func (d *Def) lineage() []*Def {
	all := []*Def{d}
	seen := map[*Def]bool{d: true}
	for i := 0; i < len(all); i++ {
		for _, b := range all[i].supertraits() {
			if b.Def != nil && b.Def.Kind == Trait && !seen[b.Def] {
				seen[b.Def] = true
				all = append(all, b.Def)
			}
		}
	}
	return all
}
