package census

import (
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
)

// An await is one .await, or macro that waits, of the source.
type await struct {
	span   rp.Span
	node   rp.Node
	fn     *function
	name   string // what is awaited
	unread string // why the parser does not know it
	class  uint8
	cause  string // what the class rests on, or what is not known
	reason string // the whole chain
	// apart are the functions that are left out where it is awaited, guess that
	// something else is not known.
	apart []rp.Span
	guess bool
}

// The classes of an await, the stronger one counts.
const (
	notSeen uint8 = iota
	never
	notKnown
	may
	must
)

var awaitClasses = [...]string{"not reached", "never", "not known", "may", "must"}

// What the class of an await rests on.
const (
	restsOnBody      = "a body in the workspace"
	restsOnKnowledge = "a knowledge entry"
	restsOnNoCall    = "no call at all"
)

func (w *walker) await(n rp.Node, fn *function) {
	name := strings.TrimRight(strings.TrimSuffix(w.t.Text(n), "await"), " \t\r\n.")
	if kids := w.t.Children(n); len(kids) > 0 {
		name = operand(w.t, kids[0])
	}
	w.f.awaits[w.t.Span(n).End] = &await{span: w.t.Span(n), node: n, fn: fn, name: name}
}

// operand names what is awaited: the callee of a call, else the text.
func operand(t *rp.Tree, n rp.Node) string {
	switch t.Kind(n) {
	case rp.CallExpression:
		f := callee(t, n)
		if t.Kind(f) == rp.FieldExpression {
			return "." + t.Text(t.Child(f, rp.FieldField))
		}
		return short(t.Text(f))
	case rp.AsyncBlock:
		return "async block"
	}
	return short(t.Text(n))
}

// short makes a text one line of at most 60 bytes.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:57], "") + "…"
	}
	return s
}

// observeAwaits notes what became of the awaits of a message.
func (c *Census) observeAwaits(f *ops.Func) {
	for _, w := range f.Waits {
		s := f.Sites[w.Site].Span
		if a := c.awaitAt(s); a != nil {
			c.noteAwait(a, f, w)
		}
	}
}

// awaitAt returns the await whose word, or whole text, s is.
func (c *Census) awaitAt(s rp.Span) *await {
	file := c.files[s.File]
	if file == nil {
		return nil
	}
	a := file.awaits[s.End]
	if a == nil || s.Start != a.span.Start && s.End-s.Start != uint32(len("await")) {
		return nil
	}
	return a
}

func (c *Census) noteAwait(a *await, f *ops.Func, w *ops.Wait) {
	leaf := w
	for leaf.By != nil {
		leaf = leaf.By
	}
	var next await
	next.reason = f.Why(w)
	switch w.Commit {
	case ops.Never:
		next.class, next.cause = never, restsOnNoCall
	case ops.Must:
		next.class = must
	case ops.May:
		next.class = may
	}
	switch {
	case w.Commit != ops.Never && leaf.Commit != ops.Must && !leaf.Known:
		// Where nobody knows, "may" is a guess.
		name := strings.Trim(leaf.For, "`")
		if at := c.awaitAt(f.Sites[leaf.Site].Span); at != nil && name != leaf.For {
			name = at.name // the text of what is awaited is longer
		}
		next.class, next.cause = notKnown, "`"+name+"` "+leaf.Cause
		if a.apart = append(a.apart, leaf.Apart); leaf.Apart.File == nil {
			a.guess = true
		}
	case w.Commit != ops.Never && leaf == w:
		next.cause = restsOnKnowledge
	case w.Commit != ops.Never:
		next.cause = restsOnBody
	}
	if next.class > a.class || next.class == a.class && next.reason < a.reason {
		a.class, a.cause, a.reason = next.class, next.cause, next.reason
	}
}

// settle makes the awaits known whose functions are left out where they are
// awaited, for recursion or size, and known by themselves.
func (c *Census) settle() {
	in := map[*function][]*await{}
	for _, f := range c.files {
		for _, a := range f.awaits {
			if a.fn != nil {
				in[a.fn] = append(in[a.fn], a)
			}
		}
	}
	var known func(a *await, asked map[*function]bool) bool
	known = func(a *await, asked map[*function]bool) bool {
		if a.class != notKnown {
			return a.class != notSeen
		}
		if a.guess || a.unread != "" {
			return false
		}
		for _, decl := range a.apart {
			fn := c.functionAt(decl)
			if fn == nil || fn.state < alone {
				return false
			}
			if asked[fn] {
				continue // in a circle: it is known if the rest is
			}
			asked[fn] = true
			for _, inner := range in[fn] {
				if !known(inner, asked) {
					return false
				}
			}
		}
		return true
	}
	var settled []*await
	for _, as := range in {
		for _, a := range as {
			if a.class == notKnown && known(a, map[*function]bool{}) {
				settled = append(settled, a)
			}
		}
	}
	for _, a := range settled {
		a.class, a.cause = may, restsOnBody
	}
}
