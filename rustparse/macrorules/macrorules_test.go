package macrorules

import (
	"errors"
	"strings"
	"testing"
)

// expand expands a call with the given arguments.
func expand(def, args string) (string, error) {
	m, err := Read("macro_rules! m { " + def + " }")
	if err != nil {
		return "", err
	}
	e, err := m.Expand(Call{Text: "m!(" + args + ")", Start: 3, End: uint32(3 + len(args)), Crate: "::lib"})
	if err != nil {
		return "", err
	}
	return strings.Join(strings.Fields(e.Text), " "), nil
}

func TestExpand(t *testing.T) {
	const no = "no rule"
	for _, test := range []struct{ def, args, want string }{
		// Tokens and rules in order.
		{"() => { a }", "", "a"},
		{"(a) => { 1 }; (b) => { 2 };", "b", "2"},
		{"(a) => [ 1 ]; (b $x:tt) => ( $x )", "b [c d]", "[c d]"},
		{"(a) => { 1 }", "b", no},
		{"(a) => { 1 }", "a a", no},
		{"(@inner $x:ident) => { i $x }; ($x:ident) => { o $x }", "@inner y", "i y"},
		// Fragments.
		{"($x:ident) => { $x }", "r#type", "r#type"},
		{"($x:ident) => { $x }", "_", no},
		{"($x:ident) => { $x }", "1", no},
		{"($x:expr) => { f($x) }", "a + b * c", "f(a + b * c)"},
		{"($x:expr) => { $x * 2 }", "a + b", "(a + b) * 2"},
		{"($x:expr) => { $x.f() }", "s.a.b(c)?", "s.a.b(c)?.f()"},
		{"($x:expr, $y:expr) => { $y, $x }", "a::<B, C>(1), |d, e| d < e", "|d, e| d < e, a::<B, C>(1)"},
		{"($x:expr => $y:expr) => { $x; $y }", "if a { b } else { c } => S { d: 1, ..e }", "if a { b } else { c }; S { d: 1, ..e }"},
		{"($x:expr; $y:expr) => { [$x, $y] }", "x as Vec<A, B> ; &mut y[1..]", "[x as Vec<A, B>, &mut y[1..]]"},
		{"($x:expr, $($r:tt)*) => { $x }", "match x { A => 1, B => 2 } + async move { c }.await, z", "match x { A => 1, B => 2 } + async move { c }.await"},
		{"($x:expr) => { 1 }; ($k:ident : $v:expr) => { 2 }", "a: b", "2"},
		{"($x:expr) => { 1 }; ($k:ident $v:expr) => { 2 }", "a b", "2"},
		{"($x:expr, $y:expr) => { $x|$y }", "a >> b, return Err(c)", "(a >> b)|(return Err(c))"},
		{"($x:expr, $y:expr) => { $y }", "for<'a> |x: &'a u8| x, 'l: loop { break 'l 1 }", "'l: loop { break 'l 1 }"},
		{"($x:expr, $y:expr) => { $x }", "<A as B<C, D>>::f(1), x", "<A as B<C, D>>::f(1)"},
		{"($x:expr) => { $x }", "let Some(x) = y && z", "let Some(x) = y && z"},
		{"($x:ty) => { a: $x, }", "Vec<Option<u8>>", "a: Vec<Option<u8>>,"},
		{"($x:ty, $y:ty) => { $y $x }", "&'a mut dyn Fn(u8) -> T, fn(a: A) -> (B, C)", "fn(a: A) -> (B, C) &'a mut dyn Fn(u8) -> T"},
		{"(Vec<$x:ty>) => { $x }", "Vec<Option<u8>>", "Option<u8>"},
		{"($x:ty) => { $x::new() }", "Vec<u8>", "<Vec<u8>>::new()"},
		{"($x:ty) => { $x::new() }", "a::B", "a::B::new()"},
		{"($x:ty; $n:literal) => { $x $n }", "[u8; 4]; -5", "[u8; 4] -5"},
		{"($x:path) => { $x {} }", "a::B::<C>", "a::B::<C> {}"},
		{"($x:literal) => { $x }", "true", "true"},
		{"($x:literal) => { $x }", "x", no},
		{"($x:tt) => { $x }", "{a b}", "{a b}"},
		{"($x:tt) => { $x }", "a b", no},
		{"($x:lifetime) => { &$x u8 }", "'a", "&'a u8"},
		{"($x:block) => { async $x }", "{ a; b }", "async { a; b }"},
		{"($x:pat => $y:expr) => { match z { $x => $y } }", "Some(A::B | 1..=2) | None => y", "match z { Some(A::B | 1..=2) | None => y }"},
		{"($x:pat_param | $y:expr) => { $y }", "Some(_) | b", "b"},
		{"($x:pat, $y:expr) => { $y }", "ref mut x @ S { a, .. }, b", "b"},
		{"($v:vis fn) => { $v fn }", "pub(crate) fn", "pub(crate) fn"},
		{"($v:vis fn) => { $v fn }", "fn", "fn"},
		{"($(#[$m:meta])* struct) => { $(#[$m])* x }", "#[a] #[b(c, d)] #[e = 1] struct", "#[a] #[b(c, d)] #[e = 1] x"},
		{"($x:item) => { $x }", "#[a] pub async fn f<T: A>(x: [u8; 2]) -> T where T: B { c }", "#[a] pub async fn f<T: A>(x: [u8; 2]) -> T where T: B { c }"},
		{"($($x:item)*) => { $($x)* z }", "use a::{b}; const A: B = C { d: 1 }; struct E(F); m! { g }", "use a::{b}; const A: B = C { d: 1 }; struct E(F); m! { g } z"},
		{"($x:stmt) => { $x; }", "let a: B = { 1; 2 }", "let a: B = { 1; 2 };"},
		// Repetitions.
		{"($($x:expr),*) => { [$($x),*] }", "", "[]"},
		{"($($x:expr),* $(,)?) => { [$($x;)*] }", "a, b + 1,", "[a; b + 1;]"},
		{"($($x:expr),+) => { $($x);+ }", "", no},
		{"($($x:ident)?) => { a $($x)? }", "b", "a b"},
		{"($($x:ident)?) => { a }", "b c", no},
		{"($($k:ident => [$($v:expr),*]);* $(;)?) => { $( $k($($v),*); )* }", "a => [1, 2]; b => [];", "a(1, 2); b();"},
		{"($t:ident, $($x:ident),*) => { $( $t.$x )* }", "s, a, b", "s.a s.b"},
		{"($($x:ident),*; $($y:ident),*) => { $( $x $y )* }", "a, b; c", no}, // lengths differ
		{"($($x:ident),*) => { $x }", "a", no},                               // not repeated
		{"($x:ident) => { $( $x )* }", "a", no},                              // nothing to repeat
		{"($($x:expr),*) => { 0 $( + $x )* }", "a, b | c", "0 + a + (b | c)"},
		{"($($x:expr),*) => { $($x)&&* }", "a, b || c", "a && (b || c)"},
		{"($($f:ident: $t:ty = $e:expr),* $(,)?) => { $(let $f: $t = $e;)* }", "a: u8 = 1 < 2, b: V<u8> = 2", "let a: u8 = 1 < 2; let b: V<u8> = 2;"},
		{"($head:tt $($rest:tt)*) => { m!($($rest)*) }", "a (b c) d", "m!((b c) d)"},
		// Names and spaces.
		{"() => { $crate::f() }", "", "::lib::f()"},
		{"() => { <$crate::T>::f(&$crate::g) }", "", "< ::lib::T>::f(& ::lib::g)"},
		{"($x:ident) => { macro_rules! n { ($y:expr) => { $x($y) } } }", "f", "macro_rules! n { ($y:expr) => { f($y) } }"},
		{"($a:ident $b:ident) => { $a$b }", "x y", "x y"},
		{"($a:expr) => { &$a }", "&b", "&(&b)"},
		{"($a:tt) => { -$a - 1 }", "x", "-x - 1"},
		{"($a:ident) => { a >>= $a >> 2 }", "x", "a >>= x >> 2"},
		{"($($x:tt)*) => { f!($($x)*) }", "a.b::<C>(\"d\", 'e', 'f) /* g */ => #[h]", "f!(a.b ::<C>(\"d\", 'e', 'f) => #[h])"},
	} {
		got, err := expand(test.def, test.args)
		if test.want == no {
			if !errors.Is(err, ErrNoRule) {
				t.Errorf("%s ← %s: got %q, %v", test.def, test.args, got, err)
			}
			continue
		}
		if err != nil || strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(test.want, " ", "") {
			t.Errorf("%s ← %s\n got %q, %v\nwant %q", test.def, test.args, got, err, test.want)
		}
	}
}

func TestRead(t *testing.T) {
	for _, def := range []string{
		"(a)", "(a) => b", "a => { }", "($x) => { }", "($x:nonsense) => { }", "($(a)) => { }", "($(a),) => { }",
		"() => { ${count(x)} }", "() => { } () => { }", "(a => { }",
	} {
		if _, err := Read("macro_rules! m { " + def + " }"); !errors.Is(err, ErrDefinition) {
			t.Errorf("%s: %v", def, err)
		}
	}
	for _, text := range []string{"", "macro_rules! m", "macro_rules! m { ( } )"} {
		if _, err := Read(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

// What was copied stands where the parts say, and is what was given.
func TestParts(t *testing.T) {
	m, err := Read("macro_rules! m { ($($k:ident = $v:expr),*) => { $( $v.set($k); )* } }")
	if err != nil {
		t.Fatal(err)
	}
	text := "m!(a = 1 + 2, b = c)"
	e, err := m.Expand(Call{Text: text, Start: 3, End: uint32(len(text) - 1)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	last := uint32(0)
	for _, p := range e.Parts {
		if p.At < last {
			t.Errorf("parts out of order: %v", e.Parts)
		}
		last = p.End
		if a, b := e.Text[p.At:p.End], text[p.Src:p.Src+p.End-p.At]; a != b {
			t.Errorf("part %q is %q", a, b)
		}
		got = append(got, e.Text[p.At:p.End])
	}
	if want := "1 + 2|a|c|b"; strings.Join(got, "|") != want {
		t.Errorf("parts %q", got)
	}
	if len(e.Fragments) != 2 || e.Text[e.Fragments[0].Start:e.Fragments[0].End] != "(1 + 2)" {
		t.Errorf("fragments %v", e.Fragments)
	}
}

// What grows without end is given up.
func TestTooLarge(t *testing.T) {
	ten := func(s string) string { return strings.Repeat(s, 10) }
	for _, test := range []struct{ def, args string }{
		{"($($x:ident)*) => { $( " + strings.Repeat("$x ", 400) + " )* }", strings.Repeat("name ", 4000)},
		{"($x:tt) => { " + ten(ten(ten("$x "))) + "}", "(" + ten(ten(ten("abcdefghij"))) + ")"},
	} {
		if got, err := expand(test.def, test.args); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	// Deep nesting is no rule's business.
	deep := strings.Repeat("-", 100_000) + "1"
	if _, err := expand("($x:expr) => { $x }", deep); err == nil {
		t.Error("no error for a deep expression")
	}
	if _, err := Read("macro_rules! m { (" + strings.Repeat("$(", 5000) + strings.Repeat(")*", 5000) + ") => {} }"); err == nil {
		t.Error("no error for a deep matcher")
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range [][2]string{
		{"($($x:expr),* $(,)?) => { [$($x),*] }", "a, |b| c, if d { e }"},
		{"($x:ty, $y:pat, $z:item, $v:vis) => { $x $y }", "Vec<u8>, Some(1..=2) | _, fn f() {}, pub(crate)"},
		{"($(#[$m:meta])* $l:lifetime $b:block $s:stmt) => { $crate $s }", "#[a] 'b { c } let d = e"},
		{"($a:tt $($b:tt)*) => { $a m!($($b)*) }", "a >>= b >> 'c r#\"d\"# // e"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, def, args string) {
		if len(def)+len(args) > 4096 {
			return
		}
		m, err := Read("macro_rules! m { " + def + " }")
		if err != nil {
			return
		}
		text := "m!(" + args + ")"
		e, err := m.Expand(Call{Text: text, Start: 3, End: uint32(3 + len(args)), Crate: "crate"})
		if err != nil {
			return
		}
		last := uint32(0)
		for _, p := range e.Parts {
			if p.At < last || p.End < p.At || int(p.End) > len(e.Text) || e.Text[p.At:p.End] != text[p.Src:p.Src+p.End-p.At] {
				t.Fatalf("part %+v of %q", p, e.Text)
			}
			last = p.End
		}
		for _, g := range e.Fragments {
			if g.Start > g.End || int(g.End) > len(e.Text) {
				t.Fatalf("fragment %+v of %q", g, e.Text)
			}
		}
	})
}

// Neighbours do not become one token.
func TestGlue(t *testing.T) {
	for _, test := range []struct{ def, args, want string }{
		{"($a:ident $b:ident) => { $a$b }", "x y", "x y"},
		{"($($a:tt)*) => { &$($a)* }", "&b", "& &b"},
		{"($a:expr) => { 1 -$a }", "-b", "1 -(-b)"},
		{"($a:tt) => { $a.max(b) }", "1", "1 .max(b)"},
		{"($a:ident) => { $a.f($a) }", "x", "x.f(x)"},
		{"($($a:tt)*) => { $($a)* }", "a >> = b.c >> 1", "a>> =b.c>>1"},
	} {
		got, err := expand(test.def, test.args)
		if err != nil || got != test.want {
			t.Errorf("%s ← %s: got %q, %v, want %q", test.def, test.args, got, err, test.want)
		}
	}
}
