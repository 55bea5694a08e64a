package evidence

import (
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// Segments lists the atomic executions of a message in source order: its own
// segments, and between them the callee's, so one call gives three rows and
// two calls five. It is read off the code; branches count as if all were taken,
// but an await whose future comes from one of several is one await.
func (c *Canister) Segments(m *Message) []finding.Segment {
	t := newTimeline(m.Func)
	t.walk(m.Func.Body)
	return t.finish()
}

// A timeline cuts a function into segments.
type timeline struct {
	f     *ops.Func
	names *namer
	rows  []finding.Segment
	cur   finding.Segment
	calls map[ops.Value]*ops.Op // futures that were made
	slots map[ops.Var]*ops.Op
	joins map[ops.Value][]ops.Value
	ended map[ops.SiteInfo]int // the row of the segment that an await ends
}

func newTimeline(f *ops.Func) *timeline {
	return &timeline{f: f, names: newNamer(f), cur: finding.Segment{Index: 1}, calls: map[ops.Value]*ops.Op{}, slots: map[ops.Var]*ops.Op{}, joins: map[ops.Value][]ops.Value{}, ended: map[ops.SiteInfo]int{}}
}

func (t *timeline) walk(list []*ops.Op) {
	for _, op := range list {
		t.op(op)
		if op.Kind != ops.Guard { // its body runs when it is dropped
			t.walk(op.Body)
		}
		t.walk(op.Else)
	}
}

func (t *timeline) op(op *ops.Op) {
	t.names.learn(op)
	if op.Kind != ops.Cell && op.Kind != ops.Param && op.Kind != ops.Declare {
		t.cover(op.Site)
	}
	switch op.Kind {
	case ops.Request:
		t.calls[op.Out] = op
	case ops.Join:
		t.joins[op.Out] = op.Args
	case ops.Set:
		if len(op.Args) > 0 && t.calls[op.Args[0]] != nil {
			t.slots[op.Var] = t.calls[op.Args[0]]
		}
	case ops.Get, ops.Ref:
		if r := t.slots[op.Var]; r != nil {
			t.calls[op.Out] = r
		}
	case ops.Await:
		if op.Commit != ops.Never {
			t.commit(op)
		}
	}
	r, w := t.names.touched(op)
	for _, p := range r {
		t.cur.Reads = appendNew(t.cur.Reads, p)
	}
	for _, p := range w {
		t.cur.Writes = appendNew(t.cur.Writes, p)
	}
}

// cover makes the segment's span reach over a site of the function's own text.
func (t *timeline) cover(s ops.Site) {
	for i := 0; s > 0 && int(s) < len(t.f.Sites) && t.f.Sites[s].Caller != 0 && i < 64; i++ {
		s = t.f.Sites[s].Caller // where an inlined helper was called
	}
	sp := spanOf(t.f, s)
	if sp.File == nil || t.f.Full.File != nil && (sp.File != t.f.Full.File || sp.Start < t.f.Full.Start || sp.End > t.f.Full.End) {
		return
	}
	if t.cur.Span.File == nil {
		t.cur.Span = sp
		return
	}
	if sp.File == t.cur.Span.File {
		t.cur.Span.Start = min(t.cur.Span.Start, sp.Start)
		t.cur.Span.End = max(t.cur.Span.End, sp.End)
	}
}

// commit ends the segment at an await; each callee's execution is a row of its own.
func (t *timeline) commit(op *ops.Op) {
	var requests []*ops.Op
	var gather func(v ops.Value)
	gather = func(v ops.Value) {
		if r := t.calls[v]; r != nil && !slices.Contains(requests, r) {
			requests = append(requests, r)
		}
		for _, a := range t.joins[v] {
			gather(a)
		}
	}
	if len(op.Args) > 0 {
		gather(op.Args[0])
	}
	site := t.f.Sites[op.Site]
	if row, ok := t.ended[site]; ok { // lowered again, for another branch
		for _, r := range requests {
			if !strings.Contains(t.rows[row].Call, r.Request.Method) {
				t.rows[row].Call += " or " + r.Request.Method
			}
		}
		return
	}
	t.ended[site] = len(t.rows)
	var names []string
	for _, r := range requests {
		names = append(names, r.Request.Method)
		if r.Request.Bounded {
			t.cur.Wait = "bounded"
		} else if t.cur.Wait == "" {
			t.cur.Wait = "unbounded"
		}
	}
	t.cur.Call = strings.Join(names, ", ")
	if len(names) == 0 {
		t.cur.Call = "an asynchronous function that was not read"
	}
	t.cur.Commit = op.Commit.String()
	index := t.cur.Index
	t.push()
	await := spanOf(t.f, op.Site)
	if len(requests) == 0 {
		t.rows = append(t.rows, finding.Segment{Span: await, IfTrap: "unknown"})
	}
	for _, r := range requests {
		t.rows = append(t.rows, finding.Segment{Span: spanOf(t.f, r.Site), Call: r.Request.Method, IfTrap: "stays if it replies, whatever happens after"})
	}
	t.cur = finding.Segment{Index: index + 1}
}

func (t *timeline) push() {
	if t.cur.Index == 1 {
		t.cur.IfTrap = "nothing survives"
	} else {
		t.cur.IfTrap = "what came before stays, the callees' too; this is lost"
	}
	t.rows = append(t.rows, t.cur)
}

func (t *timeline) finish() []finding.Segment {
	if t.cur.Span.File == nil && t.f.Full.File != nil {
		t.cur.Span = rustparse.Span{File: t.f.Full.File, Start: max(t.f.Full.End, 1) - 1, End: t.f.Full.End}
	}
	t.push()
	return t.rows
}
