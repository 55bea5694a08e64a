package workspace

import (
	"strconv"
	"strings"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// add lists d among the items of m.
func (m *Module) add(d *Def) {
	m.Items[d.Name] = append(m.Items[d.Name], d)
	m.Order = append(m.Order, d)
}

// nameOf returns the text of a name, raw identifiers (`r#type`) without their mark.
func nameOf(t *rp.Tree, n rp.Node) string { return strings.TrimPrefix(t.Text(n), "r#") }

func isPub(t *rp.Tree, n rp.Node) bool { return t.ChildOfKind(n, rp.VisibilityModifier) != 0 }

// innerAttrs returns the `#![…]` attributes directly in a file or block of items.
func (b *builder) innerAttrs(t *rp.Tree, body rp.Node) []Attr {
	var attrs []Attr
	for n := t.FirstChild(body); n != 0; n = t.Next(n) {
		if t.Kind(n) == rp.InnerAttributeItem {
			attrs = b.c.appendAttr(attrs, t, n)
		}
	}
	return attrs
}

// items adds to m what stands directly in body: a file, the block of a module
// or extern, a function body, or what a macro was given. Statements of a
// function body are searched for blocks with items of their own.
func (b *builder) items(m *Module, t *rp.Tree, body rp.Node, in place) {
	b.itemsFrom(m, t, t.FirstChild(body), in)
}

func (b *builder) itemsFrom(m *Module, t *rp.Tree, first rp.Node, in place) {
	var attrs []Attr
	chosen := false // a branch of the #[cfg] chain before
	for n := first; n != 0; n = t.Next(n) {
		switch t.Kind(n) {
		case rp.AttributeItem:
			attrs = b.c.appendAttr(attrs, t, n)
		case rp.LineComment, rp.BlockComment, rp.InnerAttributeItem:
		case rp.MacroItems:
			// `if #[cfg(a)] { … } else { … }` of cfg_if!: the first branch that holds.
			if !chosen {
				chosen = b.branch(m, t, n, in)
			}
		default:
			if b.c.Enabled(attrs) {
				b.item(m, t, n, attrs, in)
			} else if t.Kind(n) == rp.ModItem {
				b.disabled(t, n, attrs, in)
			}
			attrs = nil
		}
	}
}

// branch adds the items of one branch of a #[cfg] chain if its condition
// holds, and reports whether it does. The last branch may have none.
func (b *builder) branch(m *Module, t *rp.Tree, n rp.Node, in place) bool {
	first := t.FirstChild(n)
	if first != 0 && t.Kind(first) == rp.AttributeItem && t.Start(first) == t.Start(n) {
		if !b.c.Enabled(b.c.appendAttr(nil, t, first)) {
			return false
		}
		first = t.Next(first)
	}
	b.itemsFrom(m, t, first, in)
	return true
}

// item adds one item. Anything else is searched for blocks that hold items.
func (b *builder) item(m *Module, t *rp.Tree, n rp.Node, attrs []Attr, in place) {
	def := func(kind DefKind) *Def {
		d := b.def(m, t, n, kind, attrs)
		if d.Name != "" {
			m.add(d)
		}
		return d
	}
	switch t.Kind(n) {
	case rp.FunctionItem, rp.FunctionSignatureItem:
		b.body(m, t, def(Fn), in)
	case rp.StructItem:
		b.fields(def(Struct), t.Child(n, rp.FieldBody))
	case rp.UnionItem:
		b.fields(def(Union), t.Child(n, rp.FieldBody))
	case rp.EnumItem:
		b.variants(def(Enum), t.Child(n, rp.FieldBody))
	case rp.TypeItem:
		def(TypeAlias)
	case rp.ConstItem:
		b.body(m, t, def(Const), in)
	case rp.StaticItem:
		b.body(m, t, def(Static), in)
	case rp.TraitItem:
		d := def(Trait)
		b.associated(m, t, t.Child(n, rp.FieldBody), in, func(x *Def) {
			x.Owner = d
			d.Members = append(d.Members, x)
		})
	case rp.ImplItem:
		i := &Impl{Module: m, Tree: t, Node: n, Attrs: attrs}
		b.c.Impls = append(b.c.Impls, i)
		b.associated(m, t, t.Child(n, rp.FieldBody), in, func(x *Def) {
			x.Impl = i
			i.Items = append(i.Items, x)
		})
	case rp.ForeignModItem:
		if body := t.Child(n, rp.FieldBody); body != 0 {
			b.items(m, t, body, in)
		}
	case rp.ModItem:
		b.module(m, t, n, attrs, in)
	case rp.UseDeclaration:
		m.addUses(t, n)
	case rp.ExternCrateDeclaration:
		m.addExternCrate(t, n)
	case rp.MacroDefinition:
		d := def(Macro)
		b.c.macros[d.Name] = d
	case rp.MacroInvocation:
		b.itemCall(m, t, n, in)
	case rp.ExpressionStatement:
		if c := t.FirstChild(n); c != 0 && t.Kind(c) == rp.MacroInvocation && t.Next(c) == 0 {
			b.itemCall(m, t, c, in)
			return
		}
		b.search(m, t, n, in)
	default:
		b.search(m, t, n, in)
	}
}

// def makes the Def of a node with a name.
func (b *builder) def(m *Module, t *rp.Tree, n rp.Node, kind DefKind, attrs []Attr) *Def {
	d := &Def{
		Kind: kind, Name: nameOf(t, t.Child(n, rp.FieldName)), Module: m, Tree: t, Node: n,
		Attrs: attrs, Pub: isPub(t, n),
	}
	if kind == TypeAlias || kind == AssocType || kind == Trait {
		b.c.defs = append(b.c.defs, d)
	}
	return d
}

// body searches the body of a function or the value of a constant for items.
func (b *builder) body(m *Module, t *rp.Tree, d *Def, in place) {
	for _, f := range [...]rp.Field{rp.FieldBody, rp.FieldValue} {
		if n := t.Child(d.Node, f); n != 0 {
			b.searchNode(m, t, n, in, d.Name)
		}
	}
}

func (b *builder) fields(d *Def, body rp.Node) {
	t := d.Tree
	var attrs []Attr
	pub := false
	add := func(n rp.Node, name string, pub bool) {
		if b.c.Enabled(attrs) {
			d.Members = append(d.Members, &Def{
				Kind: Field, Name: name, Module: d.Module, Tree: t, Node: n, Owner: d, Attrs: attrs, Pub: pub,
			})
		}
		attrs = nil
	}
	if body == 0 {
		return
	}
	for n := t.FirstChild(body); n != 0; n = t.Next(n) {
		switch t.Kind(n) {
		case rp.AttributeItem:
			attrs = b.c.appendAttr(attrs, t, n)
		case rp.VisibilityModifier:
			pub = true
		case rp.FieldDeclaration:
			add(n, nameOf(t, t.Child(n, rp.FieldName)), isPub(t, n))
		default:
			if t.FieldOf(n) == rp.FieldType { // of a tuple
				add(n, strconv.Itoa(len(d.Members)), pub)
				pub = false
			}
		}
	}
}

func (b *builder) variants(d *Def, body rp.Node) {
	if body == 0 {
		return
	}
	t := d.Tree
	var attrs []Attr
	for n := t.FirstChild(body); n != 0; n = t.Next(n) {
		switch t.Kind(n) {
		case rp.AttributeItem:
			attrs = b.c.appendAttr(attrs, t, n)
		case rp.EnumVariant:
			if b.c.Enabled(attrs) {
				v := b.def(d.Module, t, n, Variant, attrs)
				v.Owner, v.Pub = d, true
				b.fields(v, t.Child(n, rp.FieldBody))
				d.Members = append(d.Members, v)
			}
			attrs = nil
		}
	}
}

// associated hands every item of a trait or impl block to add.
func (b *builder) associated(m *Module, t *rp.Tree, body rp.Node, in place, add func(*Def)) {
	if body == 0 {
		return
	}
	var attrs []Attr
	for n := t.FirstChild(body); n != 0; n = t.Next(n) {
		var kind DefKind
		switch t.Kind(n) {
		case rp.AttributeItem:
			attrs = b.c.appendAttr(attrs, t, n)
			continue
		case rp.LineComment, rp.BlockComment, rp.InnerAttributeItem:
			continue
		case rp.FunctionItem, rp.FunctionSignatureItem:
			kind = Fn
		case rp.ConstItem:
			kind = Const
		case rp.TypeItem, rp.AssociatedType:
			kind = AssocType
		case rp.ExpressionStatement: // a macro call with its semicolon
			n := t.FirstChild(n)
			if n != 0 && t.Kind(n) == rp.MacroInvocation && b.c.Enabled(attrs) {
				b.call(macroCall{m: m, tree: t, node: n, in: in, as: rp.Items, add: add})
			}
		case rp.MacroInvocation:
			if b.c.Enabled(attrs) {
				b.call(macroCall{m: m, tree: t, node: n, in: in, as: rp.Items, add: add})
			}
		}
		if kind != 0 && b.c.Enabled(attrs) {
			if d := b.def(m, t, n, kind, attrs); d.Name != "" {
				add(d)
				b.body(m, t, d, in)
			}
		}
		attrs = nil
	}
}

// itemCall notes a macro call that stands where an item may stand.
func (b *builder) itemCall(m *Module, t *rp.Tree, n rp.Node, in place) {
	as := rp.Items
	if enclosing(t, n) != 0 || t.Kind(t.Parent(n)) == rp.MacroExpansion && m.Anonymous {
		as = rp.Statements
	}
	b.call(macroCall{m: m, tree: t, node: n, in: in, as: as})
}

// macro looks for items in the arguments of a macro call.
func (b *builder) macro(m *Module, t *rp.Tree, n rp.Node, in place) {
	name := lastSegment(compact(t.Text(t.Child(n, rp.FieldMacro))))
	if name == "include" {
		b.include(m, t, n, in)
		return
	}
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		switch t.Kind(c) {
		case rp.MacroStatics:
			before := len(m.Order)
			b.items(m, t, c, in)
			for _, d := range m.Order[before:] {
				if d.Kind == Static {
					d.Macro = name
				}
			}
		case rp.MacroItems:
			b.items(m, t, c, in)
		default:
			b.search(m, t, c, in)
		}
	}
}

// A blockKey names a block of a tree.
type blockKey struct {
	tree *rp.Tree
	node rp.Node
}

// ModuleAt returns the anonymous module of a block that holds items or `use`
// declarations of its own, nil for other blocks.
func (c *Crate) ModuleAt(t *rp.Tree, block rp.Node) *Module { return c.blocks[blockKey{t, block}] }

// search looks below n for blocks that hold items.
func (b *builder) search(m *Module, t *rp.Tree, n rp.Node, in place) {
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		b.searchNode(m, t, c, in, "")
	}
}

// searchNode looks at n and below. A block with items becomes an anonymous
// module, named after the function whose body it is.
func (b *builder) searchNode(m *Module, t *rp.Tree, n rp.Node, in place, fn string) {
	switch t.Kind(n) {
	case rp.Block:
		if !holdsItems(t, n) {
			b.statements(m, t, n, in)
			return
		}
		b.items(b.blockModule(m, t, n, fn), t, n, in)
	case rp.MacroItems, rp.MacroStatics:
		// Items that a macro in an expression was given: seen as those of the module around.
		b.items(m, t, n, in)
	case rp.MacroInvocation:
		b.call(macroCall{m: m, tree: t, node: n, in: in, as: expansionKind(t, n)})
	case rp.Identifier, rp.ScopedIdentifier, rp.StringLiteral, rp.IntegerLiteral, rp.LineComment:
	default:
		b.search(m, t, n, in)
	}
}

// blockModule makes the anonymous module of a block, named after the function whose body it is.
func (b *builder) blockModule(m *Module, t *rp.Tree, block rp.Node, fn string) *Module {
	if fn == "" && m.Anonymous {
		fn = strings.Trim(m.Name, "{}")
	}
	a := newModule(b.c, m, "{"+fn+"}")
	a.Anonymous, a.Tree, a.Node = true, t, block
	a.def = &Def{Kind: Mod, Name: a.Name, Module: m, Tree: t, Node: block, mod: a}
	b.c.blocks[blockKey{t, block}] = a
	return a
}

// statements searches a block without items, leaving out what cfg switches off.
func (b *builder) statements(m *Module, t *rp.Tree, block rp.Node, in place) {
	var attrs []Attr
	for n := t.FirstChild(block); n != 0; n = t.Next(n) {
		if t.Kind(n) == rp.AttributeItem {
			attrs = b.c.appendAttr(attrs, t, n)
			continue
		}
		if attrs == nil || b.c.Enabled(attrs) {
			b.searchNode(m, t, n, in, "")
		}
		attrs = nil
	}
}

// holdsItems reports whether a block declares names visible in all of it.
func holdsItems(t *rp.Tree, block rp.Node) bool {
	for n := t.FirstChild(block); n != 0; n = t.Next(n) {
		switch t.Kind(n) {
		case rp.FunctionItem, rp.StructItem, rp.UnionItem, rp.EnumItem, rp.TypeItem, rp.ConstItem, rp.StaticItem,
			rp.TraitItem, rp.ImplItem, rp.ModItem, rp.UseDeclaration, rp.ExternCrateDeclaration, rp.MacroDefinition, rp.ForeignModItem:
			return true
		case rp.ExpressionStatement, rp.MacroInvocation:
			c := n
			if t.Kind(n) == rp.ExpressionStatement {
				c = t.FirstChild(n)
			}
			if c != 0 && t.Kind(c) == rp.MacroInvocation &&
				(t.ChildOfKind(c, rp.MacroStatics) != 0 || t.ChildOfKind(c, rp.MacroItems) != 0) {
				return true
			}
		}
	}
	return false
}
