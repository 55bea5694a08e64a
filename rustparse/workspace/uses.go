package workspace

import (
	"strings"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

// A use is one name or glob of a `use` or `extern crate` declaration.
type use struct {
	path   []string
	global bool   // starts with ::
	name   string // that it binds; "" for globs, "_" for traits taken in without a name
	glob   bool
	self   bool // `{self}`: only the type namespace
	crate  bool // of `extern crate`: path[0] is the name of a crate
	pub    bool

	done  bool
	found [numNamespaces]answer // of a name, by namespace; of a glob, what is opened, as TypeNS
}

// addUses adds the names a use declaration brings into m.
func (m *Module) addUses(t *rp.Tree, n rp.Node) {
	arg := t.Child(n, rp.FieldArgument)
	if arg == 0 {
		return
	}
	pub := isPub(t, n)
	global := strings.HasPrefix(t.Text(arg), "::")
	m.addUse(t, arg, nil, func(u *use) {
		u.pub, u.global = pub, global
		m.bind(u)
	}, 0)
}

// maxUseNesting bounds nested use groups.
const maxUseNesting = 100

func (m *Module) addUse(t *rp.Tree, n rp.Node, prefix []string, add func(*use), depth int) {
	if n == 0 || depth > maxUseNesting {
		return
	}
	join := func(n rp.Node) []string { return append(prefix[:len(prefix):len(prefix)], segments(t, n)...) }
	switch t.Kind(n) {
	case rp.UseList:
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			m.addUse(t, c, prefix, add, depth+1)
		}
	case rp.ScopedUseList:
		if path := t.Child(n, rp.FieldPath); path != 0 {
			prefix = join(path)
		}
		m.addUse(t, t.Child(n, rp.FieldList), prefix, add, depth+1)
	case rp.UseWildcard:
		path := prefix
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			if k := t.Kind(c); k != rp.LineComment && k != rp.BlockComment {
				path = join(c)
				break
			}
		}
		add(&use{path: path, glob: true})
	case rp.UseAsClause:
		path := join(t.Child(n, rp.FieldPath))
		u := &use{path: path, name: nameOf(t, t.Child(n, rp.FieldAlias))}
		if k := len(path); k > 1 && path[k-1] == "self" {
			u.path, u.self = path[:k-1], true
		}
		add(u)
	case rp.Identifier, rp.ScopedIdentifier, rp.Self, rp.Super, rp.Crate, rp.Metavariable, rp.TypeIdentifier:
		path := join(n)
		u := &use{path: path}
		if k := len(path); k > 1 && path[k-1] == "self" {
			u.path, u.self = path[:k-1], true
		}
		if len(u.path) == 0 {
			return
		}
		u.name = u.path[len(u.path)-1]
		add(u)
	}
}

func (m *Module) addExternCrate(t *rp.Tree, n rp.Node) {
	name := nameOf(t, t.Child(n, rp.FieldName))
	u := &use{path: []string{name}, name: name, crate: true, self: true, pub: isPub(t, n)}
	if alias := t.Child(n, rp.FieldAlias); alias != 0 {
		u.name = nameOf(t, alias)
	}
	if name != "" {
		m.bind(u)
	}
}

func (m *Module) bind(u *use) {
	m.uses = append(m.uses, u)
	switch {
	case u.glob:
		m.globs = append(m.globs, u)
	case u.name != "_":
		if m.named == nil {
			m.named = map[string][]*use{}
		}
		m.named[u.name] = append(m.named[u.name], u)
	}
}

// segments returns the names of a path node, generic arguments left out. A
// leading :: and anything in angle brackets give no segment.
func segments(t *rp.Tree, n rp.Node) []string {
	var segs []string
	for n != 0 {
		switch t.Kind(n) {
		case rp.ScopedIdentifier, rp.ScopedTypeIdentifier:
			segs = append(segs, nameOf(t, t.Child(n, rp.FieldName)))
			n = t.Child(n, rp.FieldPath)
		case rp.GenericType, rp.GenericTypeWithTurbofish:
			n = t.Child(n, rp.FieldType)
		case rp.GenericFunction:
			n = t.Child(n, rp.FieldFunction)
		default:
			segs = append(segs, nameOf(t, n))
			n = 0
		}
	}
	for i, j := 0, len(segs)-1; i < j; i, j = i+1, j-1 {
		segs[i], segs[j] = segs[j], segs[i]
	}
	return segs
}
