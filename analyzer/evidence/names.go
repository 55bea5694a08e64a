package evidence

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A namer names the places of a function as its source does: BALANCES[caller],
// STATE.orders[id].status. Variables that hold places are followed without
// regard to flow.
type namer struct {
	f     *ops.Func
	place map[ops.Value]string // of values that are places
	text  map[ops.Value]string // of values that serve as keys
	vars  map[ops.Var]string
}

func newNamer(f *ops.Func) *namer {
	return &namer{f: f, place: map[ops.Value]string{}, text: map[ops.Value]string{}, vars: map[ops.Var]string{}}
}

// learn notes what op's result is called.
func (n *namer) learn(op *ops.Op) {
	var a ops.Value
	if len(op.Args) > 0 {
		a = op.Args[0]
	}
	p := n.place[a]
	switch op.Kind {
	case ops.Cell:
		n.place[op.Out] = op.Name
	case ops.Param:
		if op.Index < len(n.f.Params) {
			n.text[op.Out] = n.f.Params[op.Index].Name
		}
	case ops.Const:
		n.text[op.Out] = op.Text
	case ops.Set:
		if p != "" {
			n.vars[op.Var] = p
		}
	case ops.Get, ops.Ref:
		n.place[op.Out] = n.vars[op.Var]
		if int(op.Var) < len(n.f.Vars) {
			n.text[op.Out] = n.f.Vars[op.Var].Name
		}
	case ops.Field:
		if p != "" {
			n.place[op.Out] = p + "." + op.Name
		} else if n.text[a] != "" {
			n.text[op.Out] = n.text[a] + "." + op.Name
		}
	case ops.Index:
		n.place[op.Out] = n.entry(p, op)
	case ops.Load, ops.Cast:
		n.text[op.Out] = n.text[a]
	case ops.Proj:
		n.place[op.Out] = strings.TrimSuffix(p, "?")
		if !strings.HasSuffix(p, "?") {
			for _, s := range op.Path {
				if s.Variant == "" && p != "" {
					n.place[op.Out] += "." + s.Field
				}
			}
		}
	case ops.Verb:
		n.learnVerb(op, p)
	}
}

func (n *namer) learnVerb(op *ops.Op, p string) {
	switch op.Name {
	case ops.Caller:
		n.text[op.Out] = "caller"
	case ops.MapGet, ops.ListGet, ops.ListFirst, ops.ListLast:
		if e := n.entry(p, op); e != "" {
			n.place[op.Out] = e + "?" // an Option of a reference to it
		}
	case ops.MapEntryOr:
		n.place[op.Out] = n.entry(p, op)
	case ops.Unwrap, ops.GetOrInsert:
		n.place[op.Out] = strings.TrimSuffix(p, "?")
	}
}

// entry is p[key].
func (n *namer) entry(p string, op *ops.Op) string {
	if p == "" {
		return ""
	}
	key := "…"
	if len(op.Args) > 1 && n.text[op.Args[1]] != "" {
		key = n.text[op.Args[1]]
	}
	return p + "[" + key + "]"
}

// touched returns the places that op reads and writes.
func (n *namer) touched(op *ops.Op) (reads, writes []string) {
	name := func(i int) []string {
		if i < len(op.Args) {
			if p := strings.TrimSuffix(n.place[op.Args[i]], "?"); p != "" {
				return []string{p}
			}
		}
		return nil
	}
	rest := func(from int) {
		for i := from; i < len(op.Args); i++ {
			reads = append(reads, name(i)...)
		}
	}
	switch op.Kind {
	case ops.Store:
		writes = name(0)
		rest(1)
	case ops.Verb:
		switch op.Name {
		case ops.MapInsert, ops.SetInsert, ops.MapRemove, ops.SetRemove, ops.MapEntryOr:
			if p := n.place[op.Args[0]]; p != "" {
				writes = []string{n.entry(p, op)}
			}
			rest(1)
		case ops.MapGet, ops.MapGetCopy, ops.MapContains, ops.ListGet:
			if p := n.place[op.Args[0]]; p != "" {
				reads = []string{n.entry(p, op)}
			}
			rest(1)
		default:
			if ops.Writes(op.Name) {
				writes = name(0)
				rest(1)
			} else {
				rest(0)
			}
		}
	case ops.Load, ops.Bin, ops.Un, ops.Cast, ops.Test, ops.Make, ops.If, ops.Assert, ops.Request, ops.Oneway, ops.Call, ops.Opaque, ops.Return, ops.Spawn:
		rest(0)
	}
	return reads, writes
}
