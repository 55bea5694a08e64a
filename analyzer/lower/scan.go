package lower

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const smallBody = 60 // nodes

// small reports whether a body is so short that lowering it in place is
// cheaper than losing what it computes.
func (l *lowerer) small(d *workspace.Def) bool {
	b := d.Tree.Child(d.Node, rp.FieldBody)
	return b != 0 && countNodes(d.Tree, b, smallBody) < smallBody
}

func countNodes(t *rp.Tree, n rp.Node, most int) int {
	c := 1
	for k := t.FirstChild(n); k != 0 && c < most; k = t.Next(k) {
		c += countNodes(t, k, most-c)
	}
	return c
}

// assumedAccessor takes an undefined pair get_x() and set_x(v) of a listing
// for the accessors of a cell x.
func (l *lowerer) assumedAccessor(fn rp.Node, argn []rp.Node, n rp.Node) (val, bool) {
	if l.c.Crate.Kind != workspace.Listing {
		return val{}, false
	}
	name := l.tree().Text(fn)
	verb, x, ok := strings.Cut(name, "_")
	if !ok || verb != "get" && verb != "set" || verb == "get" && len(argn) != 0 || verb == "set" && len(argn) != 1 {
		return val{}, false
	}
	if !l.c.Calls("get_"+x) || !l.c.Calls("set_"+x) {
		return val{}, false
	}
	why := "get_" + x + "() and set_" + x + "(…) are not defined: taken for the accessors of a state cell `" + x + "`"
	c := l.c.AssumedCell(x, nil, why)
	l.assume(why)
	place := val{v: l.value(&ops.Op{Kind: ops.Cell, Name: c.Name}, n), ref: true}
	if verb == "get" {
		return l.load(place, n), true
	}
	v := l.expr(argn[0], true)
	l.store(place, v, n)
	return l.unit(n), true
}

func (l *lowerer) assume(why string) {
	for _, a := range l.f.Assumed {
		if a == why {
			return
		}
	}
	l.f.Assumed = append(l.f.Assumed, why)
}

// ofTrait names a function of a trait by the type it is called on, where that
// is known, else by whatever implements the trait.
func ofTrait(d *workspace.Def, res workspace.Res) workspace.Res {
	if res.Type == nil {
		res.Type = &workspace.Type{Kind: workspace.TDyn, Bounds: []*workspace.Type{{Kind: workspace.TPath, Def: d.Owner}}}
	}
	res.Rest = []string{d.Name}
	return res
}

// assocCall is `Type::f(…)` that names no single function: a trait's, of several types or an outside one.
func (l *lowerer) assocCall(res workspace.Res, argn []rp.Node, n rp.Node) (val, bool) {
	name := res.Rest[len(res.Rest)-1]
	typ := res.Type
	if typ.Kind == workspace.TParam {
		if b := l.frame().types[typ.Name]; b != nil {
			typ = deref(b)
		}
	}
	ds := l.meant(l.c.Workspace.Methods(typ, name))
	if len(ds) == 0 {
		return val{}, false
	}
	if ds[0].Signature().Self != workspace.SelfNone && len(argn) > 0 {
		recv := l.exprOrPlace(argn[0])
		if len(ds) == 1 {
			return l.callMethod(ds[0], recv, argn[1:], nil, n), true
		}
		return l.dispatch(ds, recv, argn[1:], nil, n), true
	}
	sig := ds[0].Signature()
	args := l.args(argn, &sig)
	types := map[string]*workspace.Type{}
	if len(ds) == 1 {
		return l.callFn(ds[0], nil, args, types, n), true
	}
	if sig.Async && len(ds) <= 3 {
		return val{fut: &future{kind: futFn, def: ds[0], others: ds[1:], args: args, site: l.callerSite(n)}}, true
	}
	if sig.Async || len(ds) > 3 {
		return l.callFn(ds[0], nil, args, types, n), true
	}
	return l.oneOf(len(ds), n, func(i int) val { return l.run(ds[i], nil, args, nil, n) }), true
}

// meant leaves out implementations that only trap (`unimplemented!()`), where
// others do something: they say that nobody comes here. Those of crates that
// are not linked into the canister (doubles for its tests) are none at all.
func (l *lowerer) meant(ds []*workspace.Def) []*workspace.Def {
	var keep []*workspace.Def
	for _, d := range ds {
		if m := d.Mod(); (m == nil || slices.Contains(l.c.Reach, m.Crate)) && !l.onlyTraps(d) {
			keep = append(keep, d)
		}
	}
	if len(keep) == 0 {
		return ds
	}
	return keep
}

func (l *lowerer) onlyTraps(d *workspace.Def) bool {
	t := d.Tree
	kids := t.Children(t.Child(d.Node, rp.FieldBody))
	if len(kids) != 1 {
		return false
	}
	n := tailExpr(t, kids[0])
	if t.Kind(n) != rp.MacroInvocation {
		return false
	}
	a := l.c.Knowledge.Macro(t.Text(t.Child(n, rp.FieldMacro)))
	return a != nil && a.Kind == "trap"
}
