package canister

import (
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Matters reports whether the body of a function of the workspace matters to a
// message that calls it: it reaches state, awaits, starts tasks, may trap on
// purpose, changes what it is given or makes a guard. It errs towards yes.
func (c *Canister) Matters(d *workspace.Def) bool {
	c.survey.mu.Lock()
	defer c.survey.mu.Unlock()
	return c.survey.of(d).yes
}

// Lasting reports whether a function awaits, starts work or reaches state, by
// itself or in what it calls. It errs towards yes.
func (c *Canister) Lasting(d *workspace.Def) bool {
	c.survey.mu.Lock()
	defer c.survey.mu.Unlock()
	f := c.survey.of(d)
	return f.lasting || len(f.cells) > 0
}

// Awaits reports whether the text of a function has awaits.
func (c *Canister) Awaits(d *workspace.Def) bool {
	c.survey.mu.Lock()
	defer c.survey.mu.Unlock()
	return c.survey.of(d).awaits
}

// Callees are the functions of the workspace that d may call, in the order of its text.
func (c *Canister) Callees(d *workspace.Def) []*workspace.Def {
	c.survey.mu.Lock()
	defer c.survey.mu.Unlock()
	return c.survey.of(d).calls
}

// Touched names the cells a function may read and write: all it reaches, sorted.
func (c *Canister) Touched(d *workspace.Def) []string {
	c.survey.mu.Lock()
	reached := c.survey.of(d).cells
	c.survey.mu.Unlock()
	var names []string
	for i, word := range reached {
		for ; word != 0; word &= word - 1 {
			names = append(names, c.CellOf(c.survey.statics[i*64+bits.TrailingZeros64(word)]).Name)
		}
	}
	slices.Sort(names)
	return names
}

// A survey knows the functions of a workspace by a walk over their syntax,
// before any lowering. What it says holds for every canister, so that one
// survey serves them all and each function is walked once.
type survey struct {
	ws   *workspace.Workspace
	know *knowledge.Base

	mu      sync.Mutex
	fns     map[*workspace.Def]*surveyed
	state   map[*workspace.Def]int // statics that are state → 1 + index in statics, 0 for others
	statics []*workspace.Def
	links   map[*workspace.Crate][]*workspace.Crate
	open    []*surveyed // functions whose circle of calls is not complete yet
}

func newSurvey(ws *workspace.Workspace, k *knowledge.Base) *survey {
	return &survey{ws: ws, know: k, fns: map[*workspace.Def]*surveyed{}, state: map[*workspace.Def]int{}, links: map[*workspace.Crate][]*workspace.Crate{}}
}

// surveyed is what is known of a function.
type surveyed struct {
	yes     bool
	lasting bool             // it awaits or starts work
	cells   bitset           // indexes of survey.statics
	awaits  bool             // in its own text
	calls   []*workspace.Def // that it may call
	// Functions that call each other in a circle know the same. As Tarjan
	// finds circles: index is the order of first visits, low the first visited of the circle.
	index, low int
	open       bool
}

// of surveys a function and all it may call.
func (s *survey) of(d *workspace.Def) *surveyed {
	if f := s.fns[d]; f != nil {
		return f
	}
	f := &surveyed{index: len(s.fns) + 1, open: true}
	f.low = f.index
	s.fns[d] = f
	at := len(s.open)
	s.open = append(s.open, f)
	w := walk{survey: s, def: d, into: f, called: map[*workspace.Def]bool{d: true}}
	if a := taught(s.know, d); a != nil {
		w.does(a)
	} else {
		w.signature()
		if b := d.Tree.Child(d.Node, rp.FieldBody); b != 0 {
			w.node(b)
		}
	}
	f.calls = w.calls
	for _, callee := range w.calls {
		g := s.of(callee)
		f.yes, f.lasting = f.yes || g.yes, f.lasting || g.lasting
		f.cells = f.cells.with(g.cells)
		if g.open {
			f.low = min(f.low, g.low)
		}
	}
	if f.low == f.index {
		for _, g := range s.open[at:] {
			g.yes, g.lasting, g.cells, g.open = f.yes, f.lasting, f.cells, false
		}
		s.open = s.open[:at]
	}
	return f
}

// A walk looks at one function.
type walk struct {
	*survey
	def    *workspace.Def
	into   *surveyed
	calls  []*workspace.Def
	called map[*workspace.Def]bool
}

func (w *walk) call(d *workspace.Def) {
	if !w.called[d] {
		w.called[d] = true
		w.calls = append(w.calls, d)
	}
}

// signature looks for what a caller's values may be changed through, and for guards.
func (w *walk) signature() {
	sig := w.def.Signature()
	t := sig.Result
	for t != nil && t.Kind == workspace.TRef && len(t.Args) == 1 {
		t = t.Args[0]
	}
	w.into.yes = w.ws.DropOf(t) != nil || sig.Self == workspace.SelfRefMut
	for _, p := range sig.Params {
		if p.Type != nil && p.Type.Kind == workspace.TRef && p.Type.Mut {
			w.into.yes = true
		}
	}
}

func (w *walk) node(n rp.Node) {
	t := w.def.Tree
	switch t.Kind(n) {
	case rp.FunctionItem, rp.ImplItem, rp.TraitItem, rp.ModItem:
		return // a function inside is one of its own
	case rp.AwaitExpression:
		w.into.yes, w.into.lasting, w.into.awaits = true, true, true
	case rp.MacroInvocation:
		if a := w.know.Macro(t.Text(t.Child(n, rp.FieldMacro))); a != nil {
			switch a.Kind {
			case "assert", "trap":
				w.into.yes = true
			case "join", "select":
				w.into.yes, w.into.lasting, w.into.awaits = true, true, true
			}
		}
	case rp.Identifier, rp.ScopedIdentifier:
		w.path(n)
		return
	case rp.CallExpression:
		f := t.Child(n, rp.FieldFunction)
		if t.Kind(f) == rp.GenericFunction {
			f = t.Child(f, rp.FieldFunction)
		}
		if t.Kind(f) == rp.FieldExpression {
			w.method(t.Text(t.Child(f, rp.FieldField)))
		}
	}
	for c := t.FirstChild(n); c != 0; c = t.Next(c) {
		w.node(c)
	}
}

func (w *walk) path(n rp.Node) {
	res := w.def.ScopeOf().ResolvePath(w.def.Tree, n, workspace.ValueNS)
	switch {
	case res.Def == nil:
		if res.External != "" {
			if a := w.know.Func(res.External, ""); a != nil {
				switch a.Kind {
				case "pure", "arg", "empty":
				case knowledge.Does:
					w.does(a)
				case "verb":
					if v := a.Get("verb"); v == "caller" || v == "now" {
						w.into.yes = true
					}
				default:
					w.into.yes = true
					w.into.lasting = w.into.lasting || startsWork(a)
				}
			}
		} else if len(res.Rest) > 0 {
			w.method(res.Rest[len(res.Rest)-1])
		}
	case res.Def.Kind == workspace.Static:
		if i := w.stateIndex(res.Def); i > 0 {
			w.into.yes = true
			w.into.cells = w.into.cells.with(singleton(i - 1))
		}
	case res.Def.Kind == workspace.Fn:
		if a := described(w.know, res.Def); a != nil {
			w.into.yes = w.into.yes || a.Kind != "pure"
			w.into.lasting = w.into.lasting || startsWork(a)
			return
		}
		w.call(res.Def)
	}
}

// startsWork reports whether what a does goes on outside the segment.
func startsWork(a *knowledge.Action) bool {
	switch a.Kind {
	case "request", "oneway", "spawn", "timer", "endpoint":
		return true
	}
	return false
}

// A method of a name that this many types have may be any of them; with more
// the name means nothing.
const maxNamesakes = 8

func (w *walk) method(name string) {
	if a := w.know.Own("any", name); a != nil && a.Get("traps") != "" {
		return // of an option or result; who traps so does not mean to
	}
	for _, a := range w.know.TaughtNamed(name) {
		w.does(a)
	}
	ds := w.ws.MethodsNamed(name)
	if len(ds) > maxNamesakes {
		return
	}
	for _, m := range ds {
		w.call(m)
	}
}

// does notes what an entry of kind does says.
func (w *walk) does(a *knowledge.Action) {
	for _, key := range [...]string{"commits", "traps", "effect", "reads", "writes"} {
		if v := a.Get(key); v != "" && v != "never" {
			w.into.yes = true
		}
	}
	for _, text := range append(a.List("reads"), a.List("writes")...) {
		path, _, _ := strings.Cut(text, ".")
		for _, cr := range w.ws.Crates {
			for _, d := range cr.Statics() {
				if i := w.stateIndex(d); i > 0 && means(path, d) {
					w.into.cells = w.into.cells.with(singleton(i - 1))
				}
			}
		}
	}
}

// A bitset is a set of small numbers. It is never changed, so that many share it.
type bitset []uint64

func singleton(i int) bitset {
	b := make(bitset, i/64+1)
	b[i/64] = 1 << (i % 64)
	return b
}

// with returns the union: a or b itself where that is it.
func (a bitset) with(b bitset) bitset {
	if len(a) < len(b) {
		a, b = b, a
	}
	for i := range b {
		if b[i]&^a[i] == 0 {
			continue
		}
		if len(a) == len(b) && a.within(b) {
			return b
		}
		a = slices.Clone(a)
		for ; i < len(b); i++ {
			a[i] |= b[i]
		}
		break
	}
	return a
}

// within reports whether b, as long as a, has all of a.
func (a bitset) within(b bitset) bool {
	for i := range a {
		if a[i]&^b[i] != 0 {
			return false
		}
	}
	return true
}
