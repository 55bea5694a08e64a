package ctree

import (
	"context"
	"strings"
	"testing"
	"unsafe"

	sitter "github.com/smacker/go-tree-sitter"
)

// samples have every kind of leaf, aliases, hidden nodes with fields, broken
// text, and more children than fit a list without repetition nodes.
var samples = []string{
	"",
	"\ufeff  // only a comment\n",
	"fn main() { let x: Vec<u8> = vec![1, 2]; x.len() + 1 }",
	"pub(crate) async fn f<'a, T: Clone>(mut self, x: &'a mut T) -> Result<(), E> where T: Send { g(x).await?; if let Some(y) = x && y > 1 { 'a: loop { break 'a; } } else { match y { A | B if c => {}, S { a, b: c, .. } => (), _ => 1..=2 } } }",
	"fn f( { let = ; }",
	"/// doc\nfn f() { let (_, a) = b; let _ = |_| 1; }",
	"struct S { a: u8, #[x] b: [u8; 3] } impl T for S { const X: u8 = b'a'; type Y = fn(u8) -> !; }",
	"fn f() { let x = 1 } fn g( a } \x00\xff trait",
	"fn f() { " + strings.Repeat("g(1, \"a\\n\", 'c'); /* c */ ", 300) + "}",
	"fn f() { x = " + strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500) + "; }",
}

// TestLayout compares the walk with the runtime's public interface: should
// the structs in walk.h no longer be the runtime's, this test says so.
func TestLayout(t *testing.T) {
	if size := unsafe.Sizeof(Record{}); size != 16 {
		t.Fatalf("a record has %d bytes", size)
	}
	p := New()
	defer p.Close()
	for _, text := range samples {
		records, err := p.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := p.parser.ParseCtx(context.Background(), nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		var visit func(n *sitter.Node, parent int32, field string)
		visit = func(n *sitter.Node, parent int32, field string) {
			if i >= len(records) {
				t.Fatalf("%.40q: only %d records", text, len(records))
			}
			r, self := records[i], int32(i)
			i++
			name := "ERROR"
			if r.Symbol != ErrorSymbol {
				name = Names()[r.Symbol]
			}
			if r.Start != n.StartByte() || r.End != n.EndByte() || r.Parent != parent || name != n.Type() ||
				(r.Flags&Missing != 0) != n.IsMissing() || (r.Flags&Extra != 0) != n.IsExtra() || FieldNames()[r.Field] != field {
				t.Errorf("%.40q: record %d is %s %+v, want %s %s %d-%d under %d", text, self, name, r,
					field, n.Type(), n.StartByte(), n.EndByte(), parent)
			}
			if strings.HasSuffix(name, "_comment") || name == "token_tree" && Names()[records[parent].Symbol] == "macro_invocation" {
				return
			}
			for c := range int(n.ChildCount()) {
				if child := n.Child(c); child.IsNamed() || child.IsMissing() || child.Type() == "_" {
					visit(child, self, n.FieldNameForChild(c))
				}
			}
		}
		visit(tree.RootNode(), -1, "")
		if i != len(records) {
			t.Errorf("%.40q: %d records, want %d", text, len(records), i)
		}
		tree.Close()
	}
}

func BenchmarkParse(b *testing.B) {
	p := New()
	defer p.Close()
	text := strings.Repeat(samples[3]+"\n"+samples[5]+"\n", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := p.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
