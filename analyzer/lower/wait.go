package lower

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
)

// A waiting is an await of the source that is being lowered.
type waiting struct {
	wait  *ops.Wait
	outer *waiting
	inner []*ops.Wait // awaits inside what is awaited
	start int         // of its operations in the current list
	span  rp.Span
}

// awaiting lowers an await of the source and notes what became of it.
func (l *lowerer) awaiting(v val, n rp.Node) val {
	if l.dead {
		return val{}
	}
	w := &waiting{wait: &ops.Wait{Site: l.awaitSite(n), For: l.awaited(v, n)}, outer: l.waiting, start: len(*l.cur)}
	w.span = l.f.Sites[w.wait.Site].Span
	l.f.Waits = append(l.f.Waits, w.wait)
	l.waiting = w
	r := l.awaitValue(v, n)
	l.waiting = w.outer
	l.decide(w)
	if w.outer != nil {
		w.outer.inner = append(w.outer.inner, w.wait)
	}
	return r
}

// decide says of an await whether it commits, from the operations it became.
func (l *lowerer) decide(w *waiting) {
	list := *l.cur
	region := list[min(w.start, len(list)):]
	commit := ops.Ways(region)
	if len(w.inner) == 1 && w.inner[0].Site == w.wait.Site && w.inner[0].Commit == commit {
		*w.wait = *w.inner[0] // it is the commit point itself
		for _, op := range region {
			if op.Wait == w.inner[0] {
				op.Wait = w.wait
			}
		}
		return
	}
	w.wait.Commit = commit
	for _, in := range w.inner {
		for _, c := range in.Calls {
			w.wait.Calls = addCall(w.wait.Calls, c)
		}
		if in.Commit != ops.Never && (w.wait.By == nil || w.wait.By.Commit < in.Commit) {
			w.wait.By = in
		}
	}
	if w.wait.Commit == ops.Never {
		w.wait.By, w.wait.Cause = nil, "makes no call on any way through"
	}
}

func addCall(all []*ops.RequestInfo, c *ops.RequestInfo) []*ops.RequestInfo {
	for _, have := range all {
		if *have == *c {
			return all
		}
	}
	return append(all, c)
}

// awaited names what an await waits for.
func (l *lowerer) awaited(v val, n rp.Node) string {
	if v.fut == nil {
		text := strings.TrimSuffix(oneLine(l.tree().Text(n)), ".await")
		return "`" + text + "`"
	}
	switch f := v.fut; f.kind {
	case futFn:
		return FuncName(f.def)
	case futBlock:
		return "async block"
	case futRequest:
		return f.req.API
	case futJoin:
		return "all of several futures"
	case futDoes:
		return lastTwo(f.name)
	case futUnknown:
		return "`" + f.name + "`"
	}
	return "`" + strings.TrimSuffix(oneLine(l.tree().Text(n)), ".await") + "`"
}
