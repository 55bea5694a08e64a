package rustparse_test

import (
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/macrorules"
)

// expandAll expands the calls of the macros that a text defines, until there are no more.
func expandAll(t *testing.T, text string) *rustparse.Tree {
	t.Helper()
	p := rustparse.NewParser()
	defer p.Close()
	tree := p.Parse("a.rs", text)
	macros := map[string]*macrorules.Macro{}
	for from := rustparse.Node(1); int(from) < tree.Len(); {
		var list []*rustparse.Expansion
		end := rustparse.Node(tree.Len())
		for n := from; n < end; n++ {
			if tree.Kind(n) == rustparse.MacroDefinition {
				m, err := macrorules.Read(tree.Text(n))
				if err != nil {
					t.Fatal(err)
				}
				macros[tree.Text(tree.Child(n, rustparse.FieldName))] = m
			}
			m := macros[tree.Text(tree.Child(n, rustparse.FieldMacro))]
			if tree.Kind(n) != rustparse.MacroInvocation || m == nil {
				continue
			}
			c := macrorules.Call{Text: tree.Source(), Crate: "crate"}
			c.Start, c.End, c.Fragments = tree.Arguments(n)
			x, err := m.Expand(c)
			if err != nil {
				t.Fatalf("%s: %v", tree.Text(n), err)
			}
			x.Call = n
			list = append(list, x)
		}
		from = end
		p.Expand(tree, list)
	}
	return tree
}

// where returns the source text and the line of every node of a text.
func where(tree *rustparse.Tree, text string) (places []string) {
	for n := rustparse.Node(1); int(n) < tree.Len(); n++ {
		if tree.Kind(n) != 0 && tree.Text(n) == text && int(tree.Start(n)) >= len(tree.File.Text) {
			places = append(places, tree.Span(n).Text())
		}
	}
	return places
}

// What came from arguments stands there, through any number of macros; what
// came from a macro's body stands at the call that is in the file.
func TestExpansionPlaces(t *testing.T) {
	const text = `macro_rules! outer { ($a:expr, $b:ident) => { body($a + own); inner!($b, $a, mine); $b.tail($a) } }
macro_rules! inner { ($x:ident, $y:expr, $z:ident) => { $x.set($y * $z, deep) } }
fn f() { outer!(one(two) - three, four) }`
	tree := expandAll(t, text)
	const call = "outer!(one(two) - three, four)"
	for _, test := range []struct{ node, want string }{
		{"one(two)", "one(two)|one(two)|one(two)"},
		{"four", "four|four"},
		{"three", "three|three|three"},
		{"own", call},
		{"mine", call},
		{"deep", call},
		{"(one(two) - three) + own", call},
		{"(one(two) - three) * mine", call},
		{"four.set((one(two) - three) * mine, deep)", call},
		{"inner!(four, one(two) - three, mine)", call},
	} {
		if got := strings.Join(where(tree, test.node), "|"); got != test.want {
			t.Errorf("%s stands at %q, want %q", test.node, got, test.want)
		}
	}
	seen := map[rustparse.Span]string{}
	for n := rustparse.Node(1); int(n) < tree.Len(); n++ {
		s := tree.Span(n)
		if s.File != tree.File || s.Start > s.End || int(s.End) > len(text) {
			t.Fatalf("%v stands nowhere: %+v", tree.Kind(n), s)
		}
		if r := s.Range(); tree.Source()[r.Start:r.End] != tree.Text(n) {
			t.Errorf("the range of %q is that of %q", tree.Text(n), tree.Source()[r.Start:r.End])
		}
		if other, ok := seen[s]; ok && other != tree.Text(n) {
			t.Errorf("%q and %q have one span", other, tree.Text(n))
		}
		seen[s] = tree.Text(n)
	}
}

// Words of different origin have different marks, however often they are passed on.
func TestMarks(t *testing.T) {
	tree := expandAll(t, `macro_rules! outer { ($a:ident) => { let x = 1; inner!(x, $a) } }
macro_rules! inner { ($p:ident, $q:ident) => { let x = $p + $q; } }
fn f() { let x = 0; outer!(x); }`)
	marks := map[int]int{}
	for n := rustparse.Node(1); int(n) < tree.Len(); n++ {
		if tree.Kind(n) == rustparse.Identifier && tree.Text(n) == "x" && int(tree.Start(n)) > strings.Index(tree.File.Text, "fn f") {
			marks[tree.Mark(n)]++
		}
	}
	// The file's: the let and $q. The outer's: its let, and $p. The inner's: its let.
	if len(marks) != 3 || marks[0] != 2 || marks[1] != 2 || marks[2] != 1 {
		t.Errorf("marks %v", marks)
	}
}

// What cannot be read leaves the call as it was, and spoils nothing else.
func TestBrokenExpansion(t *testing.T) {
	tree := expandAll(t, `macro_rules! bad { ($x:expr) => { struct , $x } }
macro_rules! good { ($x:expr) => { async || $x } }
fn f() { bad!(a); good!(b); bad!(c); good!(vec![d; 2]); }`)
	var kinds []string
	for n := rustparse.Node(1); int(n) < tree.Len(); n++ {
		if tree.Kind(n) == rustparse.MacroInvocation {
			for _, c := range tree.Children(n)[1:] {
				kinds = append(kinds, tree.Kind(c).String())
			}
		}
	}
	if got := strings.Join(kinds, " "); got != "macro_args macro_expansion macro_args macro_expansion macro_repeat" {
		t.Errorf("calls hold %s", got)
	}
	async := 0
	for n := rustparse.Node(1); int(n) < tree.Len(); n++ {
		if tree.IsAsync(n) {
			async++
		}
	}
	if async != 2 || len(tree.Problems) > 0 {
		t.Errorf("%d async closures, problems %v", async, tree.Problems)
	}
}
