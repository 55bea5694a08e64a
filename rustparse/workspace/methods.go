package workspace

import (
	"slices"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// The traits the language itself calls.
const (
	dropTrait  = "std::ops::Drop"
	derefTrait = "std::ops::Deref"
)

// maxDeref bounds auto-deref.
const maxDeref = 8

// An index answers questions about impls. It is made once all names are resolved.
type index struct {
	bySelf  map[*Def][]*Impl   // impls for a workspace type
	foreign map[string][]*Impl // for outside types, by head (see head)
	blanket []*Impl            // for a type parameter
	byTrait map[*Def][]*Impl
	byName  map[string][]*Def // methods of impls and traits, with a body and a receiver
}

// link resolves imports, reads the headers of impls, and indexes them.
func (w *Workspace) link() {
	for _, c := range w.Crates {
		c.importAll()
		c.listItems()
	}
	x := &index{bySelf: map[*Def][]*Impl{}, foreign: map[string][]*Impl{}, byTrait: map[*Def][]*Impl{}, byName: map[string][]*Def{}}
	for _, c := range w.Crates {
		for _, i := range c.Impls {
			i.resolveHeader()
			switch h, self := head(i.Self), i.Self; {
			case self.Kind == TPath && self.Def != nil:
				x.bySelf[self.Def] = append(x.bySelf[self.Def], i)
			case (self.Kind == TDyn || self.Kind == TImpl) && len(self.Bounds) > 0 && self.Bounds[0].Def != nil:
				x.bySelf[self.Bounds[0].Def] = append(x.bySelf[self.Bounds[0].Def], i)
			case h == "":
				x.blanket = append(x.blanket, i)
			default:
				x.foreign[h] = append(x.foreign[h], i)
			}
			if i.Trait != nil && i.Trait.Def != nil {
				x.byTrait[i.Trait.Def] = append(x.byTrait[i.Trait.Def], i)
			}
			for _, d := range i.Items {
				if d.Kind == Fn && d.hasReceiver() {
					x.byName[d.Name] = append(x.byName[d.Name], d)
				}
			}
		}
		traits := func(m *Module) {
			for _, d := range m.Order {
				if d.Kind != Trait {
					continue
				}
				for _, f := range d.Members {
					if f.Kind == Fn && f.HasBody() && f.hasReceiver() {
						x.byName[f.Name] = append(x.byName[f.Name], f)
					}
				}
			}
		}
		c.Root.each(traits)
		for _, m := range c.sortedBlocks() {
			traits(m)
		}
	}
	w.index = x
	for _, c := range w.Crates {
		for _, d := range c.defs {
			d.supertraits()
			d.Type()
		}
	}
}

// head returns what tells types of different kinds apart: the path of an
// outside type, "&", "[]", "()"; "" for type parameters.
func head(t *Type) string {
	switch t.Kind {
	case TPath:
		if t.Def == nil {
			return t.Name
		}
		return t.Def.Name
	case TRef:
		if len(t.Args) == 1 && t.Args[0].Kind == TParam {
			return ""
		}
		return "&"
	case TPtr:
		return "*"
	case TTuple:
		return "()"
	case TSlice, TArray:
		return "[]"
	case TFn:
		return "fn"
	case TNever:
		return "!"
	case TDyn, TImpl:
		return "dyn"
	}
	return ""
}

func sameHead(a, b *Type) bool { return a.Def == b.Def && head(a) == head(b) }

// match reports whether pattern, with parameters standing for anything, can be
// t, and notes in m (if not nil) what the parameters stand for. Unknown parts match.
func match(pattern, t *Type, m map[string]*Type) bool {
	left := maxTypeNodes
	return matchParts(pattern, t, m, &left)
}

func matchParts(p, t *Type, m map[string]*Type, left *int) bool {
	*left--
	switch {
	case p == nil || t == nil || *left < 0:
		return true
	case p.Kind == TParam:
		if m != nil && m[p.Name] == nil {
			m[p.Name] = t
		}
		return true
	case p.Kind == TUnknown || t.Kind == TUnknown || t.Kind == TParam:
		return true
	case p.Kind == TPath && p.Def != nil && p.Def.Kind == AssocType, t.Kind == TPath && t.Def != nil && t.Def.Kind == AssocType:
		return true
	case head(p) != head(t) || p.Kind == TPath && p.Def != t.Def:
		return false
	}
	for i := range min(len(p.Args), len(t.Args)) {
		if !matchParts(p.Args[i], t.Args[i], m, left) {
			return false
		}
	}
	return true
}

// Bind returns what the parameters of an impl stand for where it is used for type t.
func (i *Impl) Bind(t *Type) map[string]*Type {
	m := map[string]*Type{}
	match(i.Self, t, m)
	return m
}

// impls returns the impl blocks for a type, without blanket ones.
func (x *index) impls(t *Type) []*Impl {
	var all []*Impl
	switch {
	case t.Kind == TPath && t.Def != nil:
		all = x.bySelf[t.Def]
	case (t.Kind == TDyn || t.Kind == TImpl) && len(t.Bounds) > 0 && t.Bounds[0].Def != nil:
		return x.bySelf[t.Bounds[0].Def]
	default:
		all = x.foreign[head(t)]
	}
	return slices.DeleteFunc(slices.Clone(all), func(i *Impl) bool { return !match(i.Self, t, nil) })
}

// associated returns the items of that name that the impls for t give:
// those of inherent impls if there are any, else those of traits and the
// defaults of traits whose impl lacks it, else those of blanket impls.
func (x *index) associated(t *Type, name string) []*Def {
	var inherent, traits []*Def
	add := func(to *[]*Def, d *Def) {
		if d != nil && !slices.Contains(*to, d) {
			*to = append(*to, d)
		}
	}
	gather := func(i *Impl) {
		d := i.item(name)
		switch {
		case i.Trait == nil:
			add(&inherent, d)
		case d != nil:
			add(&traits, d)
		case i.Trait.Def != nil:
			if m := i.Trait.Def.Member(name); m != nil && m.HasBody() {
				add(&traits, m)
			}
		}
	}
	for _, i := range x.impls(t) {
		gather(i)
	}
	if inherent == nil && traits == nil {
		for _, i := range x.blanket {
			if x.fits(i, t) {
				gather(i)
			}
		}
	}
	if inherent != nil {
		return inherent
	}
	return traits
}

// fits reports whether a blanket impl can be for t: the workspace traits its
// parameter asks for are implemented for t. Outside traits are believed.
func (x *index) fits(i *Impl, t *Type) bool {
	self := i.Self
	for self.Kind == TRef && len(self.Args) == 1 {
		self = self.Args[0]
	}
	g := i.Scope().Generics[self.Name]
	if g == nil {
		return true
	}
	for _, b := range g.Bounds {
		if b.Def == nil || b.Def.Kind != Trait {
			continue
		}
		if !slices.ContainsFunc(x.byTrait[b.Def], func(o *Impl) bool { return o != i && (o.Self.Kind == TParam || match(o.Self, t, nil)) }) {
			return false
		}
	}
	return true
}

func (i *Impl) item(name string) *Def {
	for _, d := range i.Items {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// resolveHeader reads the types between `impl` and the brace.
func (i *Impl) resolveHeader() {
	t := i.Tree
	s := Scope{Module: i.Module}.withGenerics(t, i.Node)
	i.Self = s.Type(t, t.Child(i.Node, rp.FieldType))
	s.Self = i.Self
	if n := t.Child(i.Node, rp.FieldTrait); n != 0 {
		i.Trait = s.Type(t, n)
	}
	s.impl = i
	i.scope = s
}

// Methods returns the methods a call `value.name(…)` may run, value being of
// type t: of inherent impls, else of traits, through references, smart
// pointers and Deref. For dyn, impl and type parameters these are the methods
// of all impls of their traits in the workspace, and the trait's own body where
// an impl has none.
func (w *Workspace) Methods(t *Type, name string) []*Def {
	for range maxDeref {
		if t == nil {
			return nil
		}
		if ds := w.methodsOn(t, name); len(ds) > 0 {
			return ds
		}
		t = w.deref(t)
	}
	return nil
}

// OwnMethods is Methods without auto-deref.
func (w *Workspace) OwnMethods(t *Type, name string) []*Def { return w.methodsOn(t, name) }

func (w *Workspace) methodsOn(t *Type, name string) []*Def {
	var ds []*Def
	if t.Kind != TParam && !(t.Kind == TPath && t.Def != nil && (t.Def.Kind == Trait || t.Def.Kind == AssocType)) {
		ds = slices.DeleteFunc(w.index.associated(t, name), func(d *Def) bool { return d.Kind != Fn })
		if len(ds) > 0 || t.Kind != TDyn && t.Kind != TImpl {
			return ds
		}
	}
	bounds := t.Bounds
	switch {
	case t.Kind == TPath && t.Def.Kind == Trait: // `Box<Trait>` of old
		bounds = []*Type{t}
	case t.Kind == TPath: // T::Assoc
		bounds = t.Def.ScopeOf().bounds(t.Def.Tree, t.Def.Tree.Child(t.Def.Node, rp.FieldBounds))
	}
	for _, b := range bounds {
		if b.Def != nil && b.Def.Kind == Trait {
			ds = append(ds, w.traitMethods(b.Def, name)...)
		}
	}
	return ds
}

// traitMethods returns what a method of a trait, or of one it extends, may run.
func (w *Workspace) traitMethods(trait *Def, name string) []*Def {
	m := traitMember(trait, name)
	if m == nil || m.Kind != Fn {
		return nil
	}
	var ds []*Def
	lacks := false
	for _, i := range w.index.byTrait[m.Owner] {
		if d := i.item(name); d != nil {
			ds = append(ds, d)
		} else {
			lacks = true
		}
	}
	if m.HasBody() && (lacks || ds == nil) {
		ds = append(ds, m)
	}
	return ds
}

// deref returns what auto-deref of t gives, nil if nothing.
func (w *Workspace) deref(t *Type) *Type {
	switch {
	case t.Kind == TRef && len(t.Args) == 1:
		return t.Args[0]
	case t.Kind == TPath && t.Def == nil && std.deref[t.Name] && len(t.Args) > 0:
		return t.Args[0]
	case t.Kind == TPath && t.Def != nil:
		_, target := w.DerefOf(t)
		return target
	}
	return nil
}

// Field returns the field of that name of a value of type t, through
// references, smart pointers and Deref, and its type there; nil if it has none.
func (w *Workspace) Field(t *Type, name string) (*Def, *Type) {
	for range maxDeref {
		if t == nil {
			return nil, nil
		}
		if t.Kind == TPath && t.Def != nil {
			if f := t.Def.Member(name); f != nil && f.Kind == Field {
				return f, Substitute(f.Type(), t.TypeArgs())
			}
		}
		t = w.deref(t)
	}
	return nil, nil
}

// MethodsNamed returns every method with a body and a receiver of that name.
// The caller does not change the slice.
func (w *Workspace) MethodsNamed(name string) []*Def { return w.index.byName[name] }

// Impls returns the impls of a workspace trait.
func (w *Workspace) Impls(trait *Def) []*Impl { return w.index.byTrait[trait] }

// AssocType returns the associated type of that name of t, as an impl or a
// bound gives it; nil if nothing does, or several do differently.
func (w *Workspace) AssocType(t *Type, name string) *Type {
	return w.assocType(t, name, 0)
}

func (w *Workspace) assocType(t *Type, name string, depth int) *Type {
	if t == nil || depth > maxProjections {
		return nil
	}
	for _, b := range t.Bounds {
		if r := b.Bindings[name]; r != nil {
			return r
		}
	}
	var found *Type
	for _, d := range w.index.associated(t, name) {
		if d.Kind != AssocType {
			continue
		}
		r := d.Type()
		if r == nil {
			continue
		}
		if d.Impl != nil {
			r = substituteAt(r, d.Impl.Bind(t), depth)
		}
		if found != nil && found.String() != r.String() {
			return nil
		}
		found = r
	}
	return found
}

// DerefOf returns the method of a workspace `impl Deref` for t and the type it
// gives a reference to; nil if there is none.
func (w *Workspace) DerefOf(t *Type) (*Def, *Type) {
	if t == nil || t.Kind != TPath || t.Def == nil {
		return nil, nil
	}
	for _, i := range w.index.bySelf[t.Def] {
		if i.Trait != nil && i.Trait.Def == nil && i.Trait.Name == derefTrait && match(i.Self, t, nil) {
			d, target := i.item("deref"), i.item("Target")
			if d != nil && target != nil {
				return d, Substitute(target.Type(), i.Bind(t))
			}
		}
	}
	return nil, nil
}

// DropOf returns the drop method of a workspace `impl Drop` for t, nil if there is none.
func (w *Workspace) DropOf(t *Type) *Def {
	if t == nil || t.Kind != TPath || t.Def == nil {
		return nil
	}
	for _, i := range w.index.bySelf[t.Def] {
		if i.Trait != nil && i.Trait.Def == nil && i.Trait.Name == dropTrait && match(i.Self, t, nil) {
			if d := i.item("drop"); d != nil {
				return d
			}
		}
	}
	return nil
}
