package workspace

import (
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/awaitlint/awaitlint/rustparse"
)

// maxModuleDepth bounds how deep files nest by `mod` and include!; real
// crates stay below ten.
const maxModuleDepth = 64

// A fileMod is a module, or an include!, whose file is still to be read.
type fileMod struct {
	module  *Module
	src     *source
	dir     string // where files of the modules declared in it are looked for
	around  *fileChain
	include bool // its items belong to the module around
	decl    rustparse.Span
}

// A fileChain is the files a module lies in, innermost first.
type fileChain struct {
	path  string
	outer *fileChain
	depth int
}

func (f *fileChain) holds(path string) bool {
	for ; f != nil; f = f.outer {
		if f.path == path {
			return true
		}
	}
	return false
}

// A builder makes the modules of one crate.
type builder struct {
	l       *loader
	c       *Crate
	pending []fileMod
	self    string    // name by which loose files may call the root file
	files   []fileMod // read, in order of the levels
}

// build reads the crates of the plans: file by file as modules are found, all
// crates at the same depth of modules together, so that the order of problems
// and items never depends on which file was parsed first.
func (l *loader) build(plans []*plan) {
	var all []*builder
	for _, p := range plans {
		c := p.crate
		c.ws = l.ws
		c.blocks, c.macros = map[blockKey]*Module{}, map[string]*Def{}
		if c.Features == nil {
			c.Features = map[string]bool{}
		}
		if c.Deps == nil {
			c.Deps = map[string]*Crate{}
		}
		if c.Extern == nil {
			c.Extern = map[string]Package{}
		}
		b := &builder{l: l, c: c}
		root := &Module{Crate: c}
		b.pending = append(b.pending, fileMod{module: root, src: l.source(p.root), dir: filepath.Dir(p.root)})
		if len(p.extra) > 0 {
			b.self = crateName(p.root)
		}
		for _, x := range p.extra {
			m := newModule(c, root, crateName(x))
			b.pending = append(b.pending, fileMod{module: m, src: l.source(x), dir: childDir(x, false)})
		}
		all = append(all, b)
		l.crates = append(l.crates, c)
	}
	l.readFiles(all)
	l.expand(all)
	for _, b := range all {
		if b.c.Root != nil {
			b.order()
		}
	}
}

// readFiles reads the files of modules as they are found.
func (l *loader) readFiles(all []*builder) {
	for {
		var todo []*source
		for _, b := range all {
			for _, f := range b.pending {
				if f.src.tree == nil && f.src.err == nil {
					todo = append(todo, f.src)
				}
			}
		}
		l.parse(todo)
		more := false
		for _, b := range all {
			now := b.pending
			b.pending = nil
			for _, f := range now {
				b.file(f)
			}
			more = more || len(b.pending) > 0
		}
		if !more {
			return
		}
	}
}

func newModule(c *Crate, parent *Module, name string) *Module {
	m := &Module{Crate: c, Parent: parent, Name: name, Items: map[string][]*Def{}, Mods: map[string]*Module{}}
	return m
}

// source returns the text at an absolute path, read once.
func (l *loader) source(path string) *source {
	s := l.sources[path]
	if s == nil {
		s = &source{path: path, file: path, shown: l.show(path)}
		s.text, s.have = l.opt.Instead[s.shown]
		l.sources[path] = s
	}
	return s
}

// parse reads and parses sources with Options.Jobs workers.
func (l *loader) parse(todo []*source) {
	seen := map[*source]bool{}
	next := make(chan *source)
	var g errgroup.Group
	for range min(l.opt.Jobs, len(todo)) {
		g.Go(func() error {
			p := rustparse.NewParser()
			defer p.Close()
			for s := range next {
				s.parse(p)
			}
			return nil
		})
	}
	for _, s := range todo {
		if !seen[s] {
			seen[s] = true
			next <- s
		}
	}
	close(next)
	g.Wait() // the workers return no error: it is kept in the source
	for _, s := range todo {
		if !seen[s] {
			continue
		}
		seen[s] = false
		if s.err != nil {
			l.problems = append(l.problems, Problem{Path: s.shown, Message: s.err.Error(), Fatal: true})
		}
		if s.note != "" {
			l.problems = append(l.problems, Problem{Path: s.shown, Message: s.note})
		}
	}
}

// file fills a module with the items of a file that was read.
func (b *builder) file(f fileMod) {
	t := f.src.tree
	if t == nil {
		return
	}
	m := f.module
	b.l.claimed[f.src.path] = true
	b.l.ws.abs[f.src.shown] = f.src.file
	in := place{file: f.src.path, base: filepath.Dir(f.src.path), dir: f.dir}
	in.around = &fileChain{path: f.src.path, outer: f.around}
	if f.around != nil {
		in.around.depth = f.around.depth + 1
	}
	if !f.include {
		if m.Parent == nil {
			b.c.Root = m
			m.Items, m.Mods = map[string][]*Def{}, map[string]*Module{}
			m.def = &Def{Kind: Mod, Name: b.c.Name, Module: m, Tree: t, Node: t.Root(), Pub: true, mod: m}
			if b.self != "" {
				m.add(&Def{Kind: Mod, Name: b.self, Module: m, Tree: t, Node: t.Root(), Pub: true, mod: m})
			}
		} else if m.def == nil { // a loose file beside the root
			m.def = &Def{Kind: Mod, Name: m.Name, Module: m.Parent, Tree: t, Node: t.Root(), Pub: true, mod: m}
			m.Parent.add(m.def)
			m.Parent.Mods[m.Name] = m
		}
		m.Tree, m.Node = t, t.Root()
	}
	if !b.c.Enabled(b.innerAttrs(t, t.Root())) {
		return
	}
	b.files = append(b.files, f)
	b.items(m, t, t.Root(), in)
}

// order lists the trees of the crate in order of inclusion: a file before
// the files of its modules, those in source order.
func (b *builder) order() {
	below := map[string][]*source{}
	seen := map[*rustparse.Tree]bool{}
	root := ""
	for _, f := range b.files {
		if f.around == nil {
			if root == "" {
				root = f.src.path
			} else {
				below[root] = append(below[root], f.src)
			}
			continue
		}
		below[f.around.path] = append(below[f.around.path], f.src)
	}
	var visit func(path string)
	visit = func(path string) {
		t := b.l.sources[path].tree
		if seen[t] {
			return
		}
		seen[t] = true
		b.c.Trees = append(b.c.Trees, t)
		for _, s := range below[path] {
			visit(s.path)
		}
	}
	if root != "" {
		visit(root)
	}
}

// A place says where a module's declarations look for files.
type place struct {
	file   string // the file it is written in
	base   string // what #[path] is relative to
	dir    string // where `mod x;` looks
	around *fileChain
}

// inner returns the place inside the inline module `mod name { }`.
func (p place) inner(name, path string) place {
	if path != "" {
		p.dir = filepath.Join(p.base, filepath.FromSlash(path))
	} else {
		p.dir = filepath.Join(p.dir, name)
	}
	p.base = p.dir
	return p
}

// childDir returns the folder in which modules declared in file lie. modRs:
// the file owns its folder (mod.rs, crate roots, files named by #[path]).
func childDir(file string, modRs bool) string {
	if modRs || filepath.Base(file) == "mod.rs" {
		return filepath.Dir(file)
	}
	return strings.TrimSuffix(file, ".rs")
}

// module handles `mod x;` and `mod x { }`.
func (b *builder) module(m *Module, t *rustparse.Tree, n rustparse.Node, attrs []Attr, in place) {
	name := nameOf(t, t.Child(n, rustparse.FieldName))
	if name == "" {
		return
	}
	path := pathAttr(attrs)
	if m.Mods[name] != nil {
		return // a second one under another cfg that nobody could decide
	}
	child := newModule(m.Crate, m, name)
	child.Tree, child.Node = t, n
	child.def = &Def{Kind: Mod, Name: name, Module: m, Tree: t, Node: n, Attrs: attrs, Pub: isPub(t, n), mod: child}
	declare := func() {
		m.add(child.def)
		m.Mods[name] = child
	}
	if body := t.Child(n, rustparse.FieldBody); body != 0 {
		if !b.c.Enabled(b.innerAttrs(t, body)) {
			return
		}
		declare()
		b.items(child, t, body, in.inner(name, path))
		return
	}
	file, looked := b.find(name, path, in)
	at := t.Span(n)
	switch {
	case file == "":
		for i := range looked {
			looked[i] = b.l.show(looked[i])
		}
		if b.c.loose && b.c.Kind == Listing {
			// A listing shows one file of several: nothing is lost by accident.
			b.problem(at, false, "module %s is not part of the listing", name)
		} else {
			b.problem(at, true, "file of module %s not found: looked for %s", name, strings.Join(looked, " and "))
		}
	case in.around.holds(file):
		b.problem(at, false, "module %s is its own parent: %s is being read already", name, b.l.show(file))
	case in.around.depth >= maxModuleDepth:
		b.problem(at, true, "modules nest deeper than %d files: %s is not read", maxModuleDepth, b.l.show(file))
	default:
		declare()
		b.pending = append(b.pending, fileMod{module: child, src: b.l.source(file), dir: childDir(file, path != ""), around: in.around, decl: at})
	}
}

// pathAttr returns the file that #[path] names, "" if there is none.
func pathAttr(attrs []Attr) string {
	path := ""
	for _, a := range attrs {
		if a.Path == "path" {
			path = a.Tokens
		}
	}
	return path
}

// find returns the file of `mod name;`, "" if there is none, and where it was looked for.
func (b *builder) find(name, path string, in place) (file string, looked []string) {
	if path != "" {
		looked = []string{filepath.Join(in.base, filepath.FromSlash(path))}
	} else {
		looked = []string{filepath.Join(in.dir, name+".rs"), filepath.Join(in.dir, name, "mod.rs")}
	}
	for _, f := range looked {
		if isFile(f) || b.l.sources[f] != nil {
			return f, looked
		}
	}
	return "", looked
}

// disabled notes that the file of a module which cfg leaves out is no loose file.
func (b *builder) disabled(t *rustparse.Tree, n rustparse.Node, attrs []Attr, in place) {
	name, path := nameOf(t, t.Child(n, rustparse.FieldName)), pathAttr(attrs)
	if !b.c.loose || name == "" || t.Child(n, rustparse.FieldBody) != 0 {
		return
	}
	if file, _ := b.find(name, path, in); file != "" {
		b.l.claimed[file] = true
		if dir := childDir(file, path != ""); dir != filepath.Dir(in.file) {
			b.l.off = append(b.l.off, dir)
		}
	}
}

// include handles `include!("file.rs")` where items stand.
func (b *builder) include(m *Module, t *rustparse.Tree, n rustparse.Node, in place) {
	at := t.Span(n)
	text := t.Text(n)
	arg := text[strings.IndexAny(text, "([{")+1:]
	arg = strings.TrimRight(strings.TrimSpace(strings.TrimRight(arg, ")]}; \t\r\n")), ",")
	file := unquote(arg)
	if file == arg {
		b.problem(at, false, "included file is named by an expression: its items are unknown")
		return
	}
	file = filepath.Join(filepath.Dir(in.file), filepath.FromSlash(file))
	switch {
	case !isFile(file):
		b.problem(at, true, "included file %s not found", b.l.show(file))
	case in.around.holds(file):
		b.problem(at, false, "file %s includes itself", b.l.show(file))
	case in.around.depth >= maxModuleDepth:
		b.problem(at, true, "files nest deeper than %d: %s is not read", maxModuleDepth, b.l.show(file))
	default:
		b.pending = append(b.pending, fileMod{module: m, src: b.l.source(file), dir: in.dir, around: in.around, include: true, decl: at})
	}
}

func (b *builder) problem(at rustparse.Span, fatal bool, format string, args ...any) {
	b.l.problems = append(b.l.problems, Problem{Path: at.File.Path, Span: at, Message: fmt.Sprintf(format, args...), Fatal: fatal})
}
