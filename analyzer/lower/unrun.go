package lower

import (
	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
)

// unrun notes that the value of n dies where nobody has run it: the future of
// a call, or of code that waits. From ic-cdk 0.8 on such a call is never sent (§1.3).
func (l *lowerer) unrun(v val, n rp.Node) {
	if v.fut != nil && !l.dead {
		l.noteUnrun(v, n)
	}
}

func (l *lowerer) noteUnrun(v val, n rp.Node) {
	f := v.fut
	d := &ops.Unrun{For: l.awaited(v, n)}
	switch f.kind {
	case futRequest:
		d.Calls, d.Sent = []*ops.RequestInfo{f.req}, f.value != 0
	case futFn:
		if !l.c.Awaits(f.def) {
			return
		}
	case futBlock:
		if !waitsIn(f.clo.tree, f.clo.node) {
			return
		}
	case futJoin:
		d.Sent = true
		for _, p := range f.parts {
			if p.fut == nil || p.fut.kind != futRequest {
				return
			}
			d.Calls = addCall(d.Calls, p.fut.req)
			d.Sent = d.Sent && p.fut.value != 0
		}
	default:
		return
	}
	d.Site = l.site(n)
	l.f.Unrun = append(l.f.Unrun, d)
}

// waitsIn reports whether there is an await in the text below n.
func waitsIn(t *rp.Tree, n rp.Node) bool {
	if t.Kind(n) == rp.AwaitExpression {
		return true
	}
	for _, k := range t.Children(n) {
		if waitsIn(t, k) {
			return true
		}
	}
	return false
}

// A parked is a future bound to a name by a let.
type parked struct {
	v    val
	at   rp.Node // the value
	from *frame
}

// park remembers a future that a let names, until the name is used.
func (l *lowerer) park(v val, init rp.Node) {
	if v.fut != nil && !l.dead {
		l.parked = append(l.parked, parked{v, init, l.frame()})
	}
}

// forsaken notes the futures parked in the frame that ends whose names nobody used.
func (l *lowerer) forsaken() {
	fr := l.frame()
	for len(l.parked) > 0 && l.parked[len(l.parked)-1].from == fr {
		p := l.parked[len(l.parked)-1]
		l.parked = l.parked[:len(l.parked)-1]
		if !p.v.fut.named {
			l.noteUnrun(p.v, p.at)
		}
	}
}
