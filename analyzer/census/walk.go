package census

import (
	"path"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A crate is one crate and what the walk over its trees found.
type crate struct {
	ws       *workspace.Crate
	can      *canister.Canister // one that reaches it; nil where none does
	entries  bool
	files    []*file
	problems int
}

// A file is what the walk over one syntax tree found.
type file struct {
	crate     *crate
	tree      *rp.Tree
	functions []*function
	awaits    map[uint32]*await // by the end of their span
	accesses  []*access         // sorted and nested only after link
	calls     []*call
	regions   []region
	unknown   map[uint32]bool // ends of calls of what is not known
}

// A region is text that is no code of the canister, or was not read.
type region struct {
	start, end uint32
	reason     string
	unread     bool // code of the canister all the same
}

// A function is a function with a body.
type function struct {
	span  rp.Span
	name  string
	def   *workspace.Def
	outer *function
	async bool
	size  int // nodes below, up to maxWrapper
	state uint8

	uses, helpers int // of cells, of helpers, in its body
	helper        bool
}

// The states of a function, the later one counts.
const (
	notReached uint8 = iota
	called
	leftOut
	alone // lowered, but in no message that is known to run
	lowered
)

// A call is one that may be of a helper.
type call struct {
	node   rp.Node
	fn     *function
	mod    *workspace.Module
	name   string // last part of the callee
	logged string // as of an access
	done   bool
}

// walker walks the tree of one file.
type walker struct {
	c      *Census
	f      *file
	t      *rp.Tree
	defs   map[rp.Node]*workspace.Def
	inline []string // names of the inline modules around
	init   bool     // in the initial value of a static
	logged string   // the macro around that lowering leaves out, "" for none
}

// walkFile fills f from its tree.
func (c *Census) walkFile(f *file, defs map[rp.Node]*workspace.Def) {
	w := &walker{c: c, f: f, t: f.tree, defs: defs}
	f.awaits = map[uint32]*await{}
	w.children(f.tree.Root(), nil, nil)
	slices.SortFunc(f.functions, func(a, b *function) int { return int(a.span.Range().Start) - int(b.span.Range().Start) })
}

// children walks what stands in n, without what attributes switch off.
func (w *walker) children(n rp.Node, fn *function, mod *workspace.Module) {
	t, chosen := w.t, false
	var attribute rp.Node // the first before c
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		switch t.Kind(c) {
		case rp.AttributeItem:
			if attribute == 0 {
				attribute = c
			}
			continue
		case rp.LineComment, rp.BlockComment, rp.InnerAttributeItem, rp.VisibilityModifier:
			continue
		case rp.MacroItems:
			if t.Kind(n) == rp.MacroItems { // a branch of cfg_if!
				if chosen || !w.holds(c) {
					w.region(c, "feature off: another branch of a #[cfg] chain", false)
					continue
				}
				chosen = true
			}
		}
		if first := t.FirstChild(c); attribute == 0 && t.Kind(first) == rp.AttributeItem {
			attribute = first // of a match arm or a field
		}
		if from := attribute; from != 0 {
			attribute = 0
			if attrs := w.f.crate.ws.Attrs(t, c); !w.f.crate.ws.Enabled(attrs) {
				reason := whyOff(w.f.crate.ws, attrs)
				w.f.regions = append(w.f.regions, region{t.Start(from), t.End(c), reason, false})
				if t.Kind(c) == rp.ModItem && t.Child(c, rp.FieldBody) == 0 {
					w.c.off = append(w.c.off, offModule{w.moduleFile(c, attrs), reason})
				}
				continue
			}
		}
		w.node(c, fn, mod)
	}
}

// holds reports whether the condition of a branch of a #[cfg] chain holds.
func (w *walker) holds(branch rp.Node) bool {
	first := w.t.FirstChild(branch)
	if first == 0 || w.t.Kind(first) != rp.AttributeItem || w.t.Start(first) != w.t.Start(branch) {
		return true
	}
	next := w.t.Next(first)
	if next == 0 {
		return true
	}
	attrs := w.f.crate.ws.Attrs(w.t, next)
	return len(attrs) == 0 || w.f.crate.ws.Enabled(attrs[:1])
}

func (w *walker) region(n rp.Node, reason string, unread bool) {
	w.f.regions = append(w.f.regions, region{w.t.Start(n), w.t.End(n), reason, unread})
}

// whyOff says which attribute leaves an item out of the build.
func whyOff(c *workspace.Crate, attrs []workspace.Attr) string {
	for _, a := range attrs {
		if c.Enabled([]workspace.Attr{a}) {
			continue
		}
		switch cfg := strings.Join(strings.Fields(a.Tokens), " "); {
		case a.Path != "cfg":
			return "test code: #[" + a.Path + "]"
		case strings.Contains(cfg, "feature"):
			return "feature off: " + cfg
		case wordIn(cfg, "test"):
			return "test code: cfg(" + cfg + ")"
		default:
			return "not built for canisters: cfg(" + cfg + ")"
		}
	}
	return "left out of the build"
}

func wordIn(s, word string) bool {
	i := strings.Index(s, word)
	return i >= 0 && !wordAt(s, i+len(word)) && (i == 0 || !wordAt(s, i-1))
}

// moduleFile is the path, without .rs, at which the file of `mod name;` lies.
func (w *walker) moduleFile(n rp.Node, attrs []workspace.Attr) string {
	dir := path.Dir(w.t.File.Path)
	for _, a := range attrs {
		if a.Path == "path" {
			return strings.TrimSuffix(path.Join(dir, a.Tokens), ".rs")
		}
	}
	if base := path.Base(w.t.File.Path); base != "mod.rs" && base != "lib.rs" && base != "main.rs" && w.f.crate.ws.Root.Tree != w.t {
		dir = strings.TrimSuffix(w.t.File.Path, ".rs")
	}
	return path.Join(dir, path.Join(w.inline...), w.t.Text(w.t.Child(n, rp.FieldName)))
}

func (w *walker) node(n rp.Node, fn *function, mod *workspace.Module) {
	t := w.t
	switch t.Kind(n) {
	case rp.MacroDefinition:
		// What a macro makes is counted where it is called.
		w.region(n, "inside the macro definition "+t.Text(t.Child(n, rp.FieldName)), !w.c.ws.MacroUsed(t, n))
		return
	case rp.UseDeclaration, rp.FunctionSignatureItem, rp.TypeArguments, rp.TypeParameters:
		return
	case rp.ModItem:
		w.inline = append(w.inline, t.Text(t.Child(n, rp.FieldName)))
		defer func() { w.inline = w.inline[:len(w.inline)-1] }()
		mod = nil
	case rp.FunctionItem:
		fn = w.function(n, fn)
	case rp.StaticItem:
		if v := t.Child(n, rp.FieldValue); v != 0 {
			before := w.init
			w.init = true
			w.node(v, nil, mod)
			w.init = before
		}
		return
	case rp.Block:
		if m := w.f.crate.ws.ModuleAt(t, n); m != nil {
			mod = m
		}
	case rp.AwaitExpression:
		w.await(n, fn)
	case rp.MacroInvocation:
		w.macro(n, fn)
		if w.logged == "" && lower.Skipped(w.c.knowledge, t, n) {
			w.logged = t.Text(t.Child(n, rp.FieldMacro))
			defer func() { w.logged = "" }()
		}
	case rp.CallExpression:
		w.call(n, fn, mod)
	case rp.Identifier, rp.ScopedIdentifier:
		w.use(n, fn, mod)
		return
	}
	w.children(n, fn, mod)
}

func (w *walker) function(n rp.Node, outer *function) *function {
	fn := &function{span: w.t.Span(n), name: w.t.Text(w.t.Child(n, rp.FieldName)), def: w.defs[n], async: w.t.IsAsync(n), outer: outer}
	if fn.def != nil {
		fn.name = lower.FuncName(fn.def)
	}
	fn.size = nodes(w.t, n, maxWrapper)
	w.f.functions = append(w.f.functions, fn)
	return fn
}

func nodes(t *rp.Tree, n rp.Node, most int) int {
	c := 1
	for k := t.FirstChild(n); k != 0 && c < most; k = t.Next(k) {
		c += nodes(t, k, most-c)
	}
	return c
}

// macro notes macros that wait, and those whose arguments were not read.
func (w *walker) macro(n rp.Node, fn *function) {
	name := w.t.Text(w.t.Child(n, rp.FieldMacro))
	if w.t.ChildOfKind(n, rp.TokenTree) != 0 {
		w.region(n, "in the arguments of "+name+"!, which were not read", true)
	}
	if a := w.c.knowledge.Macro(name); a != nil && (a.Kind == "join" || a.Kind == "select") {
		w.f.awaits[w.t.Span(n).End] = &await{span: w.t.Span(n), node: n, fn: fn, name: name + "!"}
	}
}

// declared returns the functions of a crate by their node, tree by tree.
func declared(cr *workspace.Crate) map[*rp.Tree]map[rp.Node]*workspace.Def {
	all := map[*rp.Tree]map[rp.Node]*workspace.Def{}
	for _, d := range cr.Functions() {
		if all[d.Tree] == nil {
			all[d.Tree] = map[rp.Node]*workspace.Def{}
		}
		all[d.Tree][d.Node] = d
	}
	return all
}
