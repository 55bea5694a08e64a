package rustparse

import (
	"fmt"
	"strings"
	"testing"
)

// sexp is a tree on one line: kinds, fields, and the text of leaves that are
// no mere brackets.
func sexp(t *Tree, n Node) string {
	var b strings.Builder
	top := n
	var write func(n Node)
	write = func(n Node) {
		if f := t.FieldOf(n); f != 0 && n != top {
			b.WriteString(f.String() + ":")
		}
		b.WriteString("(" + t.Kind(n).String())
		if t.FirstChild(n) == 0 && t.Text(n) != "" {
			fmt.Fprintf(&b, " %s", t.Text(n))
		}
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			b.WriteString(" ")
			write(c)
		}
		b.WriteString(")")
	}
	write(n)
	return b.String()
}

// find returns the first node of a kind, in preorder.
func find(t *Tree, k Kind) Node {
	var visit func(n Node) Node
	visit = func(n Node) Node {
		if t.Kind(n) == k {
			return n
		}
		for c := t.FirstChild(n); c != 0; c = t.Next(c) {
			if found := visit(c); found != 0 {
				return found
			}
		}
		return 0
	}
	return visit(t.Root())
}

// checkTree fails unless the tree keeps what Tree promises.
func checkTree(t testing.TB, tr *Tree) {
	t.Helper()
	size := uint32(len(tr.File.Text))
	if tr.Kind(tr.Root()) != SourceFile || tr.Start(tr.Root()) != 0 || tr.End(tr.Root()) != size {
		t.Fatalf("root is %v %d-%d of %d", tr.Kind(tr.Root()), tr.Start(tr.Root()), tr.End(tr.Root()), size)
	}
	reached, depth := 0, 0
	var visit func(n Node)
	visit = func(n Node) {
		reached++
		if depth++; depth > maxDepth+2 {
			t.Fatalf("more than %d levels", maxDepth)
		}
		defer func() { depth-- }()
		if tr.Kind(n) == 0 || tr.Kind(n).String() == "" {
			t.Fatalf("node %d has no kind", n)
		}
		pos := tr.Start(n)
		for c := tr.FirstChild(n); c != 0; c = tr.Next(c) {
			if tr.Parent(c) != n {
				t.Fatalf("node %d (%v) has parent %d, want %d", c, tr.Kind(c), tr.Parent(c), n)
			}
			if tr.Start(c) < pos || tr.End(c) < tr.Start(c) || tr.End(c) > tr.End(n) {
				t.Fatalf("%v %d-%d in %v %d-%d after %d", tr.Kind(c), tr.Start(c), tr.End(c), tr.Kind(n), tr.Start(n), tr.End(n), pos)
			}
			pos = tr.End(c)
			visit(c)
		}
	}
	visit(tr.Root())
	living := 0
	for n := Node(1); int(n) < tr.Len(); n++ {
		if tr.Kind(n) != 0 {
			living++
		}
	}
	if depth := living - reached; depth != 0 && !strings.Contains(fmt.Sprint(tr.Problems), "levels deep") {
		t.Fatalf("%d nodes hang nowhere", depth)
	}
	for _, p := range tr.Problems {
		if p.Message == "" || p.Span.File != tr.File || p.Span.Start > p.Span.End || p.Span.End > size {
			t.Fatalf("problem %+v", p)
		}
	}
	for _, n := range tr.OpaqueMacros {
		if tr.Kind(n) != MacroInvocation {
			t.Fatalf("opaque macro is %v", tr.Kind(n))
		}
	}
}
