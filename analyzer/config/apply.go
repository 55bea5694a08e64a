package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Notice is an entry without effect, which is no mistake by itself: what
// it is about may lie outside of what was read.
type Notice struct {
	Span    rustparse.Span
	Message string
}

// Apply finds the canisters of a workspace, with what is taught added to what
// is known. The error is Errors.
func Apply(cs []*Config, ws *workspace.Workspace) ([]*canister.Canister, []Notice, error) {
	x := &applier{ws: ws, taken: map[string]rustparse.Span{}}
	for _, c := range cs {
		for _, f := range c.Functions {
			x.function(f)
		}
		for _, g := range c.Guards {
			x.guard(g)
		}
		for _, e := range c.EntryPoints {
			x.entryPoint(e)
		}
	}
	canisters := canister.Find(ws, knowledge.Default().With(x.entries))
	for _, c := range cs {
		for _, f := range c.Functions {
			for _, t := range slices.Concat(f.Reads, f.Writes) {
				x.place(t, canisters)
			}
		}
	}
	return canisters, x.notices, x.errors.err()
}

type applier struct {
	ws      *workspace.Workspace
	entries []knowledge.Entry
	taken   map[string]rustparse.Span // what has an entry, by sort and name
	notices []Notice
	errors  Errors
}

func (x *applier) fail(at rustparse.Span, format string, args ...any) {
	x.errors = append(x.errors, Error{at, fmt.Sprintf(format, args...)})
}

func (x *applier) notice(at rustparse.Span, format string, args ...any) {
	x.notices = append(x.notices, Notice{at, fmt.Sprintf(format, args...)})
}

// add makes an entry, unless there is one of that name.
func (x *applier) add(at Text, e knowledge.Entry) {
	key := e.Sort + " " + e.Name
	if other, ok := x.taken[key]; ok {
		x.fail(at.Span, "%q has an entry already, at %s:%d", at.Value, other.File.Path, other.File.Position(other.Start).Line)
		return
	}
	x.taken[key] = at.Span
	e.Line = fmt.Sprintf("%s:%d", at.Span.File.Path, at.Span.File.Position(at.Span.Start).Line)
	x.entries = append(x.entries, e)
}

func (x *applier) function(f Function) {
	keys := map[string]string{}
	set := func(key, value string) {
		if value != "" {
			keys[key] = value
		}
	}
	set("commits", f.Commits.Value)
	set("reads", values(f.Reads))
	set("writes", values(f.Writes))
	set("traps", strings.Join(strings.Fields(f.Traps.Value), "-"))
	set("result", strings.Join(strings.Fields(f.Returns.Value), ""))
	if f.Moves {
		set("effect", "moves")
		if f.Commits.Value == "" {
			set("commits", "must") // value moves by a call
		}
	}
	path := x.resolve(f.Path, workspace.ValueNS)
	if path == "" {
		return
	}
	x.add(f.Path, knowledge.Entry{Sort: "fn", Name: path, Meaning: knowledge.Does, Keys: keys})
}

func values(ts []Text) string {
	var all []string
	for _, t := range ts {
		all = append(all, t.Value)
	}
	return strings.Join(all, ",")
}

func (x *applier) guard(g Guard) {
	if path := x.resolve(g.Type, workspace.TypeNS); path != "" {
		if name, _, _ := strings.Cut(path, "::"); x.crates(name) != nil {
			x.notice(g.Type.Span, "%q is a type of this workspace: what its constructor and its drop do is read there, the entry says nothing", g.Type.Value)
			return
		}
		x.add(g.Type, knowledge.Entry{Sort: "type", Name: path, Meaning: "guard"})
	}
}

func (x *applier) entryPoint(e EntryPoint) {
	kind := strings.ReplaceAll(e.Kind.Value, "-", "_")
	if kind == "low_memory" {
		kind = "on_low_wasm_memory"
	}
	if known := knowledge.Default().Entry(e.Attribute.Value); known != "" && known != kind {
		x.fail(e.Attribute.Span, "the attribute %q makes an entry point of kind %s already", e.Attribute.Value, strings.ReplaceAll(known, "_", "-"))
		return
	}
	name := e.Attribute.Value
	if used := x.attributes(); !strings.Contains(name, "::") && !slices.Contains(used, name) {
		x.notice(e.Attribute.Span, "nothing has the attribute %q%s", name, nearest.DidYouMean(name, used))
	}
	if !strings.Contains(name, "::") {
		name = "*::" + name // by whatever path it is reached
	}
	x.add(e.Attribute, knowledge.Entry{Sort: "entry", Name: name, Meaning: kind})
}

// resolve returns the path by which the analysis knows what a path names: that
// of its definition, for items of the workspace. It returns "", and notes why, if it names nothing.
func (x *applier) resolve(t Text, ns workspace.Namespace) string {
	segs := strings.Split(t.Value, "::")
	crates := x.crates(segs[0])
	if crates == nil {
		if known := x.outside(); known != nil && !slices.Contains(known, segs[0]) && !knowledge.Default().Crate(segs[0]) {
			x.notice(t.Span, "%q names nothing: neither the workspace nor what it depends on has a crate %s%s", t.Value, segs[0], nearest.DidYouMean(segs[0], known))
			return ""
		}
		return t.Value
	}
	star := ""
	inside := append([]string{"crate"}, segs[1:]...)
	if segs[len(segs)-1] == "*" {
		star, ns = "::*", workspace.TypeNS
		inside = inside[:len(inside)-1]
	}
	for _, c := range crates {
		r := workspace.Scope{Module: c.Root}.Resolve(inside, ns)
		switch d := r.Def; {
		case d != nil && (d.Kind == workspace.Fn) == (ns == workspace.ValueNS):
			return d.Path() + star
		case r.External != "":
			return r.External + star
		case ns == workspace.ValueNS && r.Type != nil && r.Type.Def != nil && len(r.Rest) == 1 && len(x.ws.Methods(r.Type, r.Rest[0])) > 0:
			return r.Type.Def.Path() + "::" + r.Rest[0] // of several impls
		}
	}
	x.notice(t.Span, "%q names nothing%s", t.Value, nearest.DidYouMean(t.Value, functions(crates)))
	return ""
}

// attributes lists the last names of the attributes of all functions.
func (x *applier) attributes() []string {
	var names []string
	for _, c := range x.ws.Crates {
		for _, d := range c.Functions() {
			for _, a := range d.Attrs {
				names = append(names, strings.TrimSpace(a.Path[strings.LastIndex(a.Path, ":")+1:]))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (x *applier) crates(name string) []*workspace.Crate {
	var all []*workspace.Crate
	for _, c := range x.ws.Crates {
		if c.Name == name && c.Root != nil {
			all = append(all, c)
		}
	}
	return all
}

// outside lists the crates that manifests name, nil if there are sources without a manifest.
func (x *applier) outside() []string {
	names := []string{"std", "core", "alloc"}
	for _, c := range x.ws.Crates {
		if c.Kind == workspace.Folder || c.Kind == workspace.Listing {
			return nil
		}
		names = append(names, c.Name)
		for name, p := range c.Extern {
			names = append(names, name, strings.ReplaceAll(p.Name, "-", "_"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// functions lists the paths of all functions of crates.
func functions(crates []*workspace.Crate) []string {
	var names []string
	for _, c := range crates {
		for _, d := range c.Functions() {
			names = append(names, d.Path())
		}
	}
	return names
}

// place checks that some canister has the place, and only once.
func (x *applier) place(t Text, canisters []*canister.Canister) {
	var wrong *canister.Place
	for _, c := range canisters {
		ps := c.Places(t.Value)
		switch {
		case len(ps) > 1:
			var paths []string
			for _, p := range ps {
				paths = append(paths, p.Cell.Def.Path())
			}
			x.fail(t.Span, "%q can be %s: write more of its path", t.Value, strings.Join(paths, " or "))
			return
		case len(ps) == 1 && ps[0].Unknown == "":
			return
		case len(ps) == 1:
			wrong = &ps[0]
		}
	}
	if wrong != nil {
		x.fail(t.Span, "no field %q in %q%s", wrong.Unknown, t.Value, nearest.DidYouMean(wrong.Unknown, wrong.Known))
		return
	}
	var known []string
	for _, c := range canisters {
		known = append(known, c.CellNames()...)
	}
	cell, _, _ := strings.Cut(t.Value, ".")
	x.fail(t.Span, "no canister has a state cell %q%s", cell, nearest.DidYouMean(cell[strings.LastIndex(cell, ":")+1:], known))
}
