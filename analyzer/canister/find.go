package canister

import (
	"cmp"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Find returns the canisters of a workspace that the given paths have to do
// with, in the order of its crates: those that lie under the paths or reach what
// does. Canisters that were read only because a given one depends on their crate
// are none of the user's business here. A listing without entry points counts as one, its uncalled functions taken as
// updates.
func Find(ws *workspace.Workspace, k *knowledge.Base) []*Canister {
	var all []*Canister
	shared := newSurvey(ws, k)
	own := map[*workspace.Crate][]*Entry{}
	for _, cr := range ws.Crates {
		own[cr] = entries(cr, k)
	}
	for _, cr := range ws.Crates {
		c := &Canister{Crate: cr, Workspace: ws, Knowledge: k, survey: shared,
			cells: map[*workspace.Def]*Cell{}, names: map[string]*workspace.Def{}, assumed: map[string]*Cell{},
			lessons: map[*workspace.Def]*knowledge.Action{}, classes: map[*workspace.Def]string{}}
		c.Reach = shared.reach(cr)
		if !c.inScope() {
			continue
		}
		// What a linked library exports, the canister exports.
		linked := 0
		for _, dep := range c.Reach {
			c.Entries = append(c.Entries, own[dep]...)
			if dep != cr && own[dep] != nil {
				linked++
			}
		}
		if own[cr] == nil && !(linked > 1 && bare(cr)) {
			c.Entries = nil
		}
		if len(c.Entries) == 0 && (cr.Kind == workspace.Listing || cr.Kind == workspace.Folder) {
			c.assumeEntries()
		}
		if len(c.Entries) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// inScope reports whether the canister reaches a file under the given paths.
func (c *Canister) inScope() bool {
	for _, cr := range c.Reach {
		for _, t := range cr.Trees {
			if c.Workspace.InScope(t.File.Path) {
				return true
			}
		}
	}
	return false
}

// bare reports whether a crate without entry points may be there only to link
// libraries into one canister: a program that does nothing, or a Wasm module. A
// test that links canisters' libraries to talk to them runs. (Where just one
// library has entry points, that is the canister.)
func bare(cr *workspace.Crate) bool {
	if cr.Kind != workspace.Bin {
		return cr.Cdylib
	}
	for _, d := range cr.Root.Items["main"] {
		if d.Kind == workspace.Fn && d.Tree.FirstChild(d.Tree.Child(d.Node, rp.FieldBody)) != 0 {
			return false
		}
	}
	return true
}

// entries are the functions of a crate that its attributes make entry points.
func entries(cr *workspace.Crate, k *knowledge.Base) (all []*Entry) {
	for _, d := range cr.Functions() {
		if d.HasBody() {
			all = append(all, entriesOf(d, k)...)
		}
	}
	return all
}

var kinds = map[string]Kind{
	"update": Update, "query": Query, "init": Init, "pre_upgrade": PreUpgrade, "post_upgrade": PostUpgrade,
	"heartbeat": Heartbeat, "inspect_message": Inspect, "on_low_wasm_memory": LowMemory,
	"composite_query": CompositeQuery, "timer": Timer, "task": Task,
}

// entriesOf returns the entry points a function is by its attributes: it can
// be several, as init and post_upgrade.
func entriesOf(d *workspace.Def, know *knowledge.Base) (all []*Entry) {
	for _, a := range d.Attrs {
		e := &Entry{Name: d.Name, Def: d, Span: nameOf(d)}
		if k := kinds[entryKind(d, a.Path, know)]; k != 0 {
			e.Kind = k
			e.readArgs(a)
		} else {
			hook, method := export(d, a)
			e.Kind = kinds[know.Export(hook)]
			e.Name = cmp.Or(method, d.Name)
		}
		if e.Kind != 0 && !slices.ContainsFunc(all, func(o *Entry) bool { return o.Kind == e.Kind && o.Name == e.Name }) {
			all = append(all, e)
		}
	}
	return all
}

// entryKind is what knowledge says of an attribute, by its path as written or
// as imports give it.
func entryKind(d *workspace.Def, path string, know *knowledge.Base) string {
	path = strings.TrimPrefix(path, "::")
	if k := know.Entry(path); k != "" {
		return k
	}
	res := workspace.Scope{Module: d.Module}.Resolve(strings.Split(path, "::"), workspace.MacroNS)
	if res.Def != nil {
		return know.Entry(res.Def.Path())
	}
	return know.Entry(res.External)
}

// export splits the name of a raw Wasm export: that in `#[export_name = "…"]`,
// the function's own with `#[no_mangle]`.
func export(d *workspace.Def, a workspace.Attr) (hook, method string) {
	name := ""
	switch a.Path {
	case "export_name":
		name = a.Tokens
	case "no_mangle":
		name = d.Name
	}
	hook, method, _ = strings.Cut(name, " ")
	return hook, strings.TrimSpace(method)
}

// readArgs reads the arguments of an entry attribute (§5).
func (e *Entry) readArgs(a workspace.Attr) {
	for _, arg := range a.Args() {
		switch arg.Key {
		case "composite":
			if arg.Value != "false" && e.Kind == Query {
				e.Kind = CompositeQuery
			}
		case "name":
			e.Name = arg.Value
		case "guard":
			e.Guards = append(e.Guards, arg.Value)
		case "manual_reply":
			e.ManualReply = arg.Value != "false"
		}
	}
}

func nameOf(d *workspace.Def) rp.Span {
	n := d.Tree.Child(d.Node, rp.FieldName)
	if n == 0 {
		n = d.Node
	}
	return d.Tree.Span(n)
}

// assumeEntries takes the functions of a listing that nothing calls as updates.
func (c *Canister) assumeEntries() {
	for _, d := range c.Crate.Functions() {
		if d.Impl != nil || d.Owner != nil || d.Tree.Child(d.Node, rp.FieldBody) == 0 || c.Calls(d.Name) || hasParamFn(d) {
			continue
		}
		c.Entries = append(c.Entries, &Entry{Kind: Update, Name: d.Name, Def: d, Span: nameOf(d),
			Assumed: "nothing calls `" + d.Name + "`: taken as an update"})
	}
}

// hasParamFn reports whether a function takes a closure: a helper, never an endpoint.
func hasParamFn(d *workspace.Def) bool {
	for _, p := range d.Signature().Params {
		t := p.Type
		if t != nil && (t.Kind == workspace.TFn || t.Kind == workspace.TImpl || t.Kind == workspace.TParam) {
			return true
		}
	}
	return false
}

// Calls reports whether the canister's own crate calls a function by this bare name.
func (c *Canister) Calls(name string) bool {
	if c.called == nil {
		c.called = map[string]bool{}
		for _, t := range c.Crate.Trees {
			for n := rp.Node(1); int(n) < t.Len(); n++ {
				if t.Kind(n) == rp.CallExpression {
					if f := t.Child(n, rp.FieldFunction); t.Kind(f) == rp.Identifier {
						c.called[t.Text(f)] = true
					}
				}
			}
		}
	}
	return c.called[name]
}

// AssumedCell returns the cell of this name that no static declares, made on first use.
func (c *Canister) AssumedCell(name string, t *workspace.Type, why string) *Cell {
	if cell := c.assumed[name]; cell != nil {
		return cell
	}
	cell := &Cell{Name: name, Type: t, Assumed: why}
	c.assumed[name] = cell
	return cell
}
