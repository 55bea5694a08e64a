package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/awaitlint/awaitlint/rustparse"
)

// problems prints the problems of a workspace, fatal ones with a mark.
func problems(w *Workspace) string {
	var all []string
	for _, p := range w.Problems {
		mark := ""
		if p.Fatal {
			mark = "!"
		}
		all = append(all, p.Path+mark+" "+p.Message)
	}
	return strings.Join(all, "; ")
}

func TestInputs(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "good.rs", "fn main() {}")
	write(t, "empty/readme.txt", "nothing")
	write(t, "binary.rs", "fn f() {}\x00")
	write(t, "utf16.rs", "\xff\xfef\x00n\x00")
	write(t, "latin1.rs", "fn f() { /* \xe9 */ }")
	write(t, "none.md", "# Nothing\n\n```sh\nls\n```\n")
	write(t, "pair/a.rs", "fn a() { crate::b::b() }")
	write(t, "pair/b.rs", "pub fn b() {}")
	write(t, "pair/c.rs", "fn c() {}")
	write(t, "pair/target/t.rs", "fn t() {}")
	write(t, "pair/.hidden/h.rs", "fn h() {}")
	write(t, "ring/x.rs", "fn x() {}")
	if err := os.Symlink("loop", "loop"); err != nil {
		t.Skip("no symbolic links here")
	}
	os.Symlink("..", "ring/up")

	for _, tt := range []struct {
		paths    []string
		crates   string // names
		problems string
		err      bool
	}{
		{[]string{"good.rs"}, "good", "", false},
		{[]string{"good.rs", "good.rs", "./good.rs"}, "good", "", false},
		{[]string{"nowhere", "good.rs"}, "good", "nowhere! no such file or folder", false},
		{[]string{"nowhere"}, "", "nowhere! no such file or folder", true},
		{[]string{"empty"}, "", "empty! no Rust here: looked for a Cargo.toml here, above and below, and for .rs files below", true},
		{[]string{"binary.rs", "good.rs"}, "good", "binary.rs! is a binary file: it contains NUL bytes", false},
		{[]string{"utf16.rs"}, "", "utf16.rs! is UTF-16 text: save it as UTF-8", true},
		{[]string{"latin1.rs"}, "latin1", "latin1.rs 1 byte that is not UTF-8", false},
		{[]string{"none.md"}, "", "none.md! no Rust listing: looked for fenced blocks marked rust, and unmarked ones with a function", true},
		{[]string{"loop", "good.rs"}, "good", "loop! symbolic links form a loop", false},
		{[]string{"/dev/null", "good.rs"}, "good", "/dev/null! is a device, not a file: not opened", false},
		{[]string{"pair"}, "a c", "", false},
		{[]string{"ring"}, "x", "ring/up/loop! symbolic links form a loop; ring/up/ring symbolic link leads back to a folder around it: not followed", false},
	} {
		t.Run(strings.Join(tt.paths, " "), func(t *testing.T) {
			if tt.paths[0] == "ring" {
				// Only the link is of interest, not what it shows.
				os.Remove("loop")
				tt.problems = "ring/up/ring symbolic link leads back to a folder around it: not followed"
				tt.crates = "*"
			}
			w, err := Load(tt.paths, Options{Jobs: 2})
			if (err != nil) != tt.err || err != nil && !errors.Is(err, ErrNothing) {
				t.Fatalf("error %v", err)
			}
			var names []string
			for _, c := range w.Crates {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); got != tt.crates && tt.crates != "*" {
				t.Errorf("crates %s, want %s", got, tt.crates)
			}
			if got := problems(w); got != tt.problems && (tt.crates != "*" || !strings.Contains(got, tt.problems)) {
				t.Errorf("problems\n got %s\nwant %s", got, tt.problems)
			}
		})
	}
}

func TestStdin(t *testing.T) {
	t.Chdir(t.TempDir())
	w, err := Load([]string{"-"}, Options{Stdin: strings.NewReader("fn f() {"), StdinName: "x.rs"})
	if err != nil || len(w.Crates) != 1 || w.Crates[0].Kind != Listing || !w.InScope("x.rs") || len(w.Problems) != 1 || w.Problems[0].Path != "x.rs" {
		t.Errorf("%v %+v", err, w)
	}
	w, err = Load([]string{"-"}, Options{Stdin: strings.NewReader("fn f() {}")})
	if err != nil || !w.InScope("<stdin>") || w.Crates[0].Name != "stdin" {
		t.Errorf("%v %+v", err, w)
	}
	if _, err = Load(nil, Options{}); !errors.Is(err, ErrNothing) {
		t.Errorf("no path: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "# Ä title\n\n```rust,ignore\nfn one() {}\n```\n" + // 4
		"Text with `fn x() {}`.\n\n~~~\nfn two() {\n    # hidden();\n}\n~~~\n" + // 9
		"```\nno code\n```\n```js\nfn three() {}\n```\n" +
		"> ```rs\n> fn four() {}\n> ```\n" + // 20
		"- item\n  ````rust\n  fn five() {}\n  ```\n  ````\n" + // 24
		"```rust\n**use** a**::**b;\nfn six(x: &u8) -> u8 { **x }\n```\n" +
		"```rust\nfn seven() {}"
	write(t, "page.md", text)
	w, err := Load([]string{"page.md"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range w.Crates {
		if c.Kind != Listing || c.Outside {
			t.Errorf("%s: kind %d, outside %v", c.Name, c.Kind, c.Outside)
		}
		for _, d := range c.Root.Order {
			f := d.Tree.File
			got = append(got, fmt.Sprintf("%s %s:%d", c.Name, d.Name, f.Position(d.Tree.Start(d.Node)).Line))
			if len(f.Text) != len(text) {
				t.Errorf("%s: text of %d bytes, want %d", c.Name, len(f.Text), len(text))
			}
		}
	}
	want := "page_1 one:4 page_2 two:9 page_3 four:20 page_4 five:24 page_5 six:29 page_6 seven:32"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got %s\nwant %s", s, want)
	}
	if got := problems(w); !strings.Contains(got, "formatting marks") {
		t.Errorf("problems %s", got)
	}
	if !w.InScope("page.md") || w.InScope("other.md") {
		t.Error("scope")
	}
}

func TestDropStars(t *testing.T) {
	for text, want := range map[string]string{
		"a * b": "", "**x": "  x", "***x": "  *x", "****": "    ", "a**b": "a  b",
	} {
		got, ok := dropStars(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestCfg(t *testing.T) {
	c := &Crate{Features: map[string]bool{"on": true}}
	for text, want := range map[string]bool{
		"test": false, "not(test)": true, `feature = "on"`: true, `feature="off"`: false,
		`all(feature = "on", not(test))`: true, `any(test, feature = "off")`: false, "all()": true, "any()": false,
		`target_arch = "wasm32"`: true, `target_family = "wasm"`: true, `target_os = "linux"`: false, "unix": false,
		`not(target_arch = "wasm32",)`: false, "debug_assertions": false, "true": true, "false": false,
		"any(test, /* c */ not(unix))": true, "some_flag": false, `panic = "abort"`: true,
		// What does not parse holds.
		"": true, "all(": true, `feature = `: true, strings.Repeat("not(", 1000): true,
	} {
		if got := c.Cfg(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestLockVersion(t *testing.T) {
	k := &lock{versions: map[string][]string{"a": {"0.10.2", "0.12.9", "1.4.0", "10.0.0"}}}
	for req, want := range map[string]string{"1": "1.4.0", "^0.12.3": "0.12.9", "=0.10.2": "0.10.2", "0.12.*": "0.12.9", "": "10.0.0", "9": "10.0.0"} {
		if got, _ := k.version("x", "a", req); got != want {
			t.Errorf("%q: %s, want %s", req, got, want)
		}
	}
}

// TestDeterministic loads a tree with one worker and with many: the same
// crates, items and problems come out.
func TestDeterministic(t *testing.T) {
	a, err := txtar.ParseFile("testdata/cargo.txtar")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, f := range a.Files {
		write(t, filepath.FromSlash(f.Name), string(f.Data))
	}
	text := func(jobs int) string {
		w, err := Load([]string{"."}, Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, c := range w.Crates {
			fmt.Fprintln(&b, c.Name, c.Kind, c.Features, c.Extern)
			c.Root.each(func(m *Module) {
				for _, d := range m.Order {
					fmt.Fprintln(&b, show(d))
				}
			})
		}
		return b.String() + problems(w)
	}
	one := text(1)
	for range 5 {
		if many := text(8); many != one {
			t.Fatalf("got\n%s\nwant\n%s", many, one)
		}
	}
}

// questions asks everything about a workspace that can be asked.
func questions(w *Workspace) {
	for _, c := range w.Crates {
		ask := func(d *Def) {
			d.Type()
			sig := d.Signature()
			for _, p := range sig.Params {
				_ = p.Type.String()
				w.Methods(p.Type, d.Name)
				w.AssocType(p.Type, "Item")
				w.DropOf(p.Type)
			}
			s := d.ScopeOf()
			for n := rustparse.Node(1); int(n) < d.Tree.Len(); n++ {
				for ns := TypeNS; ns <= AnyNS; ns++ {
					s.ResolvePath(d.Tree, n, ns)
				}
				_ = s.Type(d.Tree, n).String()
			}
		}
		c.Root.each(func(m *Module) {
			for _, d := range m.Order {
				ask(d)
				for _, x := range d.Members {
					ask(x)
				}
			}
		})
		for _, i := range c.Impls {
			for _, d := range i.Items {
				ask(d)
			}
		}
	}
}

// TestHostile: texts made to cost much cost little. A hang shows as the
// test's own time limit.
func TestHostile(t *testing.T) {
	const n = 300
	var aliases, chain, ring, traits strings.Builder
	aliases.WriteString("type A0<T> = (T, T);")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&aliases, "type A%d<T> = A%d<A%d<T>>;", i, i-1, i-1)
		fmt.Fprintf(&chain, "mod m%d { pub use super::m%d::x; }", i, i+1)
	}
	fmt.Fprintf(&aliases, "fn f(x: A%d<u8>) {}", n-1)
	fmt.Fprintf(&chain, "mod m%d { pub fn x() {} } use m1::x; fn f() { x() }", n)
	for i := range 40 {
		fmt.Fprintf(&ring, "mod m%d {", i)
		fmt.Fprintf(&traits, "trait T%d: ", i)
		for j := range 40 {
			fmt.Fprintf(&ring, "pub use super::m%d::{y, z%d}; pub use super::m%d::*;", j, j, j)
			fmt.Fprintf(&traits, "T%d + ", j)
		}
		ring.WriteString("}")
		traits.WriteString("Sized {}")
	}
	ring.WriteString("fn f() { m0::y(); m1::z3(); m2::w() }")
	traits.WriteString("fn f<T: T0>(t: T) { t.g(); T::h() }")
	for name, b := range map[string]*strings.Builder{"aliases": &aliases, "chain": &chain, "ring": &ring, "traits": &traits} {
		t.Run(name, func(t *testing.T) {
			w, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(b.String()), Jobs: 1})
			if err != nil {
				t.Fatal(err)
			}
			root := w.Crates[0].Root
			f := root.Items["f"][0]
			for _, p := range f.Signature().Params {
				_ = p.Type.String()
				w.Methods(p.Type, "g")
			}
			for _, path := range [][]string{{"x"}, {"m0", "y"}, {"m1", "z3"}, {"m2", "w"}, {"T", "h"}} {
				r := f.ScopeOf().Resolve(path, ValueNS)
				if name == "chain" && path[0] == "x" && r.Def == nil {
					t.Error("end of the chain not found")
				}
			}
		})
	}
}

// FuzzLoad: no text makes loading or a question about it panic or hang.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			if strings.HasSuffix(x.Name, ".rs") && len(x.Data) < 2000 {
				f.Add(string(x.Data))
			}
		}
	}
	for _, text := range []string{
		"use a::*; use self::*; use super::*; use b as a; use a as b; mod m { pub use super::*; pub use super::m::*; }",
		"type A<T> = B<(T, T)>; type B<T> = A<(T, T)>; fn f(x: A<u8>) {}",
		"trait A: B {} trait B: A { fn f(&self); } impl<T: A> B for T {} fn g(a: impl A) {}",
		"struct S; impl std::ops::Deref for S { type Target = S; } fn f(s: S) {}",
		"impl Iterator for S { type Item = <Self as Iterator>::Item; } struct S; fn f(s: S) -> <S as Iterator>::Item {}",
		"use Self::x; use crate; use super; use ::*; use {}; use a::{self as _, *}; extern crate self as me; use me::me;",
		"impl<T> T { type X = Self::X; } type Y = Self; const C: Self::X = 1; trait Q where Self: Q { type Q: Q; }",
		"fn f() { use g::*; fn g() { use f::*; mod f { use super::*; } } }",
		"enum E { A } use E::*; use A::*; use E::A::*; type F = E; use F::*; fn f() { F::A::<u8>::b; E::<F>::A }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(text), StdinName: "fuzz.rs", Jobs: 1})
		if err == nil {
			questions(w)
		}
	})
}
