package workspace

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/macrorules"
)

// Macro calls wait until every file is read, since a definition may stand in
// one that is read later. Then they are expanded, round by round: what an
// expansion holds, calls and definitions included, is the next round's. A
// call of no macro of the workspace is left as it is, its arguments searched for items.

const (
	// maxExpansionDepth bounds expansions in expansions; rustc's own bound is 128.
	maxExpansionDepth = 128
	// maxExpansionBytes bounds what one call brings forth in all rounds.
	maxExpansionBytes = 1 << 20
)

// Expansions counts the calls of macros that the workspace defines.
type Expansions struct {
	Done int
	// Left counts the calls that were left as they are, by reason.
	Left map[string]int

	used map[blockKey]bool // definitions
}

// MacroUsed reports whether a call of the macro defined at a node was expanded.
func (w *Workspace) MacroUsed(t *rp.Tree, definition rp.Node) bool {
	return w.Expansions.used[blockKey{t, definition}]
}

// Why a call of a known macro is left, beside the errors of macrorules.
var (
	errTooDeep = errors.New("expansions nest too deep")
	errNoRust  = errors.New("expansion does not read as Rust")
)

// A macroCall is a macro call that waits for its definition.
type macroCall struct {
	b    *builder
	m    *Module // whose names are in scope
	tree *rp.Tree
	node rp.Node
	in   place
	as   rp.ExpansionKind
	add  func(*Def) // of a call in an impl or trait: takes its items

	macro *macrorules.Macro
	def   *Def   // of macro
	crate string // what $crate is
	err   error
}

// A macroFile is the macro calls of one file that are expanded together.
type macroFile struct {
	tree  *rp.Tree
	calls []*macroCall
}

// call notes a macro call. What std defines is not waited for.
func (b *builder) call(c macroCall) {
	c.b = b
	if name := c.path(); len(name) == 1 && (std.macros[name[0]] != "" || name[0] == "include") {
		c.leave()
		return
	}
	b.l.calls = append(b.l.calls, &c)
}

// path is the path of the macro called; its first segment is "" for a leading ::.
func (c *macroCall) path() []string {
	return strings.Split(compact(c.tree.Text(c.tree.Child(c.node, rp.FieldMacro))), "::")
}

// expand expands what waits in l.calls.
func (l *loader) expand(all []*builder) {
	touched := map[*Module]bool{}
	for last := false; len(l.calls) > 0; {
		calls := l.calls
		l.calls = nil
		var waiting []*macroCall
		known := calls[:0:0]
		files := map[*rp.Tree]*macroFile{}
		var order []*macroFile
		seen := map[blockKey]bool{}
		for _, c := range calls {
			key := blockKey{c.tree, c.node}
			switch {
			case c.expansion() != 0 || seen[key]: // by another crate that has the file
			case !c.define():
				if !last {
					waiting = append(waiting, c)
					continue
				}
			case c.err == nil:
				seen[key] = true
				f := files[c.tree]
				if f == nil {
					f = &macroFile{tree: c.tree}
					files[c.tree] = f
					order = append(order, f)
				}
				f.calls = append(f.calls, c)
			}
			known = append(known, c)
		}
		l.expandFiles(order)
		for _, c := range known {
			touched[c.m] = true
			c.settle()
		}
		last = len(known) == 0
		l.calls = append(waiting, l.calls...)
		l.readFiles(all)
	}
	for m := range touched {
		m.sort()
	}
}

// expandFiles expands the calls of files, with Options.Jobs workers.
func (l *loader) expandFiles(files []*macroFile) {
	next := make(chan *macroFile)
	var g errgroup.Group
	for range min(l.opt.Jobs, len(files)) {
		g.Go(func() error {
			p := rp.NewParser()
			defer p.Close()
			for f := range next {
				f.expand(p)
			}
			return nil
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	g.Wait() // the workers return no error: it is kept in the call
}

func (f *macroFile) expand(p *rp.Parser) {
	var list []*rp.Expansion
	var calls []*macroCall
	for _, c := range f.calls {
		if depth, bytes := f.tree.ExpandedFrom(c.node); depth >= maxExpansionDepth {
			c.err = errTooDeep
			continue
		} else if bytes > maxExpansionBytes {
			c.err = macrorules.ErrTooLarge
			continue
		}
		call := macrorules.Call{Text: f.tree.Source(), Crate: c.crate}
		call.Start, call.End, call.Fragments = f.tree.Arguments(c.node)
		x, err := c.macro.Expand(call)
		if err != nil {
			c.err = err
			continue
		}
		x.Call, x.As = c.node, c.as
		list, calls = append(list, x), append(calls, c)
	}
	for i, read := range p.Expand(f.tree, list) {
		if !read {
			calls[i].err = errNoRust
		}
	}
}

// expansion is what took the place of the call's arguments, 0 if nothing did.
func (c *macroCall) expansion() rp.Node { return c.tree.ChildOfKind(c.node, rp.MacroExpansion) }

// define finds the definition of the macro called, and reports whether the workspace has one.
func (c *macroCall) define() bool {
	d := c.m.macroAt(c.path(), c.tree, c.node)
	if d == nil {
		return false
	}
	l := c.b.l
	m, ok := l.macros[d]
	if !ok {
		m, _ = macrorules.Read(d.Tree.Text(d.Node)) // nil if it is not understood
		l.macros[d] = m
	}
	if c.macro, c.def = m, d; m == nil {
		c.err = macrorules.ErrDefinition
	}
	c.crate = "crate"
	if home := d.Module.Crate; home != c.m.Crate {
		c.crate = "::" + home.Name
	}
	return true
}

// settle goes on with what a call was expanded to, or with its arguments.
func (c *macroCall) settle() {
	w := c.b.l.ws
	x := c.expansion()
	if x == 0 {
		if c.err != nil {
			w.Expansions.Left[c.err.Error()]++
		}
		c.leave()
		return
	}
	b, t := c.b, c.tree
	if c.macro != nil {
		w.Expansions.Done++
		w.Expansions.used[blockKey{c.def.Tree, c.def.Node}] = true
	}
	switch {
	case c.add != nil:
		b.associated(c.m, t, x, c.in, c.add)
	case c.as == rp.Items:
		b.items(c.m, t, x, c.in)
	case !holdsItems(t, x):
		b.statements(c.m, t, x, c.in)
	default:
		// Items among statements are names of the block around.
		block := x
		if n := enclosing(t, c.node); n != 0 {
			block = n
		}
		m := b.c.blocks[blockKey{t, block}]
		if m == nil {
			fn := ""
			if f := t.Parent(block); t.Kind(f) == rp.FunctionItem {
				fn = nameOf(t, t.Child(f, rp.FieldName))
			}
			m = b.blockModule(c.m, t, block, fn)
		}
		b.items(m, t, x, c.in)
	}
}

// enclosing is the block that a macro call is a statement of, 0 if it is none.
func enclosing(t *rp.Tree, call rp.Node) rp.Node {
	n := t.Parent(call)
	if t.Kind(n) == rp.ExpressionStatement {
		n = t.Parent(n)
	}
	if t.Kind(n) == rp.Block {
		return n
	}
	return 0
}

// leave treats the arguments of a call as what they read as.
func (c *macroCall) leave() {
	switch {
	case c.add != nil:
		if items := c.tree.ChildOfKind(c.node, rp.MacroItems); items != 0 {
			c.b.associated(c.m, c.tree, items, c.in, c.add)
		}
	default:
		c.b.macro(c.m, c.tree, c.node, c.in)
	}
}

// expansionKind is what is expected where a call stands in code.
func expansionKind(t *rp.Tree, call rp.Node) rp.ExpansionKind {
	if f := t.FieldOf(call); f == rp.FieldType || f == rp.FieldReturnType {
		return rp.TypeOf
	} else if f == rp.FieldPattern {
		return rp.PatternOf
	}
	switch t.Kind(t.Parent(call)) {
	case rp.TypeArguments, rp.TupleType, rp.ReferenceType, rp.ArrayType, rp.PointerType:
		return rp.TypeOf
	case rp.MatchPattern, rp.TuplePattern, rp.TupleStructPattern, rp.OrPattern, rp.SlicePattern, rp.ReferencePattern, rp.CapturedPattern:
		if t.FieldOf(call) != rp.FieldCondition {
			return rp.PatternOf
		}
	}
	return rp.Statements
}

// macroAt finds the macro_rules! macro of a path written at a node: by textual
// scope, by import, by name in the crate, and what globs and `extern crate`
// may bring. Only where the crate of a path is known can it be another's.
func (m *Module) macroAt(path []string, t *rp.Tree, n rp.Node) *Def {
	name := strings.TrimPrefix(path[len(path)-1], "r#")
	if len(path) > 1 {
		if c := m.crateOf(path); c != nil {
			return c.exported(name, nil)
		}
		return nil
	}
	for at := m; at != nil; at = at.Parent {
		if d := at.textual(name, t, n); d != nil {
			return d
		}
	}
	for at := m; ; at = at.Parent {
		for _, u := range at.named[name] {
			if len(u.path) < 2 && !u.crate {
				continue
			}
			if c := at.crateOf(u.path); c != nil {
				if d := c.exported(u.path[len(u.path)-1], nil); d != nil {
					return d
				}
			} else {
				return nil // an outside crate's
			}
		}
		if !at.Anonymous || at.Parent == nil {
			break
		}
	}
	if d := m.Crate.macros[name]; d != nil {
		return d
	}
	for _, at := range []*Module{m.nearest(), m.Crate.Root} {
		for _, u := range at.uses {
			if u.glob || u.crate {
				if c := at.crateOf(u.path); c != nil && c != m.Crate {
					if d := c.exported(name, nil); d != nil {
						return d
					}
				}
			}
		}
	}
	return nil
}

// textual returns the macro of that name in m that is defined last before a
// node of the same file, or, if none is, the first.
func (m *Module) textual(name string, t *rp.Tree, n rp.Node) *Def {
	var found *Def
	for _, d := range m.Items[name] {
		if d.Kind != Macro {
			continue
		}
		if found == nil || d.Tree == t && t.Span(d.Node).Start <= t.Span(n).Start {
			found = d
		}
	}
	return found
}

// crateOf returns the workspace crate in which a path ends, as far as its first names tell; nil for outside ones.
func (m *Module) crateOf(path []string) *Crate {
	first := path[0]
	global := first == ""
	if global {
		first = path[1]
	}
	switch first {
	case "crate", "self", "super", "$crate":
		return m.Crate
	}
	if c := m.Crate.Deps[first]; c != nil {
		return c
	}
	if global {
		return m.Crate.beyond(first)
	}
	for at := m; at != nil; at = at.Parent {
		if at.Mods[first] != nil {
			return m.Crate
		}
	}
	return nil
}

// beyond finds a crate by name among all that c depends on.
func (c *Crate) beyond(name string) *Crate {
	seen := map[*Crate]bool{c: true}
	for todo := []*Crate{c}; len(todo) > 0; todo = todo[1:] {
		for _, key := range sortedKeys(todo[0].Deps) {
			d := todo[0].Deps[key]
			if d.Name == name {
				return d
			}
			if !seen[d] {
				seen[d] = true
				todo = append(todo, d)
			}
		}
	}
	return nil
}

// exported returns the macro of that name of c, or of a crate it may pass on the macros of.
func (c *Crate) exported(name string, seen []*Crate) *Def {
	if slices.Contains(seen, c) || len(seen) > 4 {
		return nil
	}
	if d := c.macros[name]; d != nil {
		return d
	}
	seen = append(seen, c)
	for _, key := range sortedKeys(c.Deps) {
		if d := c.Deps[key].exported(name, seen); d != nil {
			return d
		}
	}
	return nil
}

// sort puts the items of m into source order, those of expansions included;
// those of an include! come last.
func (m *Module) sort() {
	files := map[*rp.Tree]int{m.Tree: 0}
	for _, d := range m.Order {
		if _, ok := files[d.Tree]; !ok {
			files[d.Tree] = len(files)
		}
	}
	byPlace := func(a, b *Def) int {
		return cmp.Or(cmp.Compare(files[a.Tree], files[b.Tree]), cmp.Compare(a.Tree.Span(a.Node).Start, b.Tree.Span(b.Node).Start))
	}
	slices.SortStableFunc(m.Order, byPlace)
	for _, ds := range m.Items {
		slices.SortStableFunc(ds, byPlace)
	}
}
