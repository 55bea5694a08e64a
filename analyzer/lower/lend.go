package lower

import (
	"slices"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Borrows: what RefCell::borrow_mut or Mutex::lock gives stands for the place
// it borrows, and its life is that of a variable of its own, the loan. A loan is
// a temporary where it is made, passes to the name or aggregate that takes the
// value over, and dies with that, like any other guard. Only loans that are
// alive at a commit point are left in the operations.

// lend makes the loan of a place that a method of type t borrows.
func (l *lowerer) lend(recv val, t *workspace.Type, method string, n rp.Node) []ops.Var {
	if t == nil || l.dead || recv.root != 0 && !l.state[recv.v] { // a local is nobody else's
		return nil
	}
	a := l.c.Knowledge.Lends(t.Name, method)
	if a == nil {
		return nil
	}
	count := l.count
	v := l.newVar("", false, nil, n)
	l.emit(&ops.Op{Kind: ops.Set, Var: v, Args: []ops.Value{recv.v}}, n)
	how := ops.Shared
	if a.Kind == "unique" {
		how = ops.Unique
	}
	l.emit(&ops.Op{Kind: ops.Guard, Var: v, Lend: how, Name: a.Get("as")}, n)
	l.count = count // most are gone in the end
	l.loans = append(l.loans, v)
	l.zone().guards = append(l.zone().guards, v)
	return []ops.Var{v}
}

// bindLoans makes a name of the innermost scope the owner of the loans in a
// value: they live to its end. Where the name takes them over only if a pattern
// matches, they stay temporaries of the scope around as well.
func (l *lowerer) bindLoans(name string, loans []ops.Var) {
	z := l.zone()
	for _, v := range loans {
		if slices.Contains(z.guards, v) {
			l.f.Vars[v].Name = name
		} else {
			z.guards = append(z.guards, v)
		}
	}
}

// passLoans takes the loans in the value of a construct out of the scopes inside it:
// whoever uses the value owns them. depth is the number of scopes outside.
func (l *lowerer) passLoans(loans []ops.Var, depth int) {
	if depth > 0 && depth < len(l.live) {
		l.moveLoans("", l.live[depth-1], loans)
	}
}

// moveLoans makes a name the owner of loans that has been declared in scope z,
// or "" for a temporary of it.
func (l *lowerer) moveLoans(name string, z *zone, loans []ops.Var) {
	if len(loans) == 0 || z == nil {
		return
	}
	for i := len(l.live) - 1; i >= 0 && l.live[i] != z; i-- {
		in := l.live[i]
		in.guards = slices.DeleteFunc(in.guards, func(v ops.Var) bool { return slices.Contains(loans, v) })
	}
	for _, v := range loans {
		l.f.Vars[v].Name = name
		if !slices.Contains(z.guards, v) {
			z.guards = append(z.guards, v)
		}
	}
}

// endLoans ends the life of the loans in a value.
func (l *lowerer) endLoans(loans []ops.Var, n rp.Node) {
	for _, v := range loans {
		l.emit(&ops.Op{Kind: ops.Drop, Var: v, Site: l.endOf(n)}, n)
	}
}

// A callAt is a call by its place in the text.
type callAt struct {
	tree *rp.Tree
	n    rp.Node
}

// lending notes which loans the value of a call is.
func (l *lowerer) lending(n rp.Node, loans []ops.Var) {
	if len(loans) == 0 {
		return
	}
	if l.lentAt == nil {
		l.lentAt = map[callAt][]ops.Var{}
	}
	l.lentAt[callAt{l.tree(), n}] = loans
}

// extendLoans lets temporaries live as long as the name that a reference into
// them is bound to: `let x = &cell.borrow().field`.
func (l *lowerer) extendLoans(name string, init rp.Node) {
	t := l.tree()
	if t.Kind(init) != rp.ReferenceExpression {
		return
	}
	base := init
	for {
		kids := t.Children(base)
		switch t.Kind(base) {
		case rp.ReferenceExpression, rp.FieldExpression:
			base = t.Child(base, rp.FieldValue)
		case rp.ParenthesizedExpression, rp.IndexExpression:
			base = kids[0]
		case rp.UnaryExpression:
			base = kids[len(kids)-1]
		default:
			for _, v := range l.lentAt[callAt{t, base}] {
				l.f.Vars[v].Name = name
			}
			return
		}
		if base == 0 {
			return
		}
	}
}

// part is Ref::map and the like: a borrow narrowed to what a closure gives.
func (l *lowerer) part(args []val, n rp.Node) val {
	if len(args) < 2 || args[1].clo == nil {
		return l.opaque(n, "part of a borrow", nil)
	}
	whole := args[0]
	whole.lent = nil
	v := l.apply(args[1].clo, []val{whole}, n)
	v.ref, v.lent = true, args[0].lent
	return v
}

// settle leaves those loans in the operations that are alive at a commit point.
func (l *lowerer) settle() {
	if len(l.loans) == 0 {
		return
	}
	gone := map[ops.Var]bool{}
	for _, v := range l.loans {
		gone[v] = true
	}
	if l.suspends {
		for await, guards := range ops.Armed(l.f) {
			for _, g := range guards {
				if await.Commit != ops.Never {
					delete(gone, g.Var)
				}
			}
		}
	}
	l.f.Body = without(l.f.Body, gone)
}

// without returns list without the operations that are about some variables.
func without(list []*ops.Op, gone map[ops.Var]bool) []*ops.Op {
	kept := list[:0]
	for _, op := range list {
		if op.Var != 0 && gone[op.Var] {
			continue
		}
		op.Body, op.Else = without(op.Body, gone), without(op.Else, gone)
		kept = append(kept, op)
	}
	return kept
}
