package rustparse

import (
	"testing"
)

func TestMacros(t *testing.T) {
	tests := []struct {
		text string
		kind Kind
		want string // "" for an opaque macro
	}{
		{"m!();", MacroArgs, "(macro_args ())"},
		{"m!(/* nothing */);", MacroArgs, "(macro_args (/* nothing */))"},
		{"assert!(a == b, \"{c}\", d);", MacroArgs,
			"(macro_args (binary_expression left:(identifier a) right:(identifier b)) (string_literal (string_content {c})) (identifier d))"},
		{"join!(a(), async move { b().await },);", MacroArgs,
			"(macro_args (call_expression function:(identifier a) arguments:(arguments ())) (async_block (block (await_expression (call_expression function:(identifier b) arguments:(arguments ()))))))"},
		{"m!(a, // why\n b // and\n);", MacroArgs, "(macro_args (identifier a) (line_comment // why) (identifier b) (line_comment // and))"},
		{"m!(async || a);", MacroArgs, "(macro_args (closure_expression parameters:(closure_parameters ||) body:(identifier a)))"},
		{"vec![a; 3];", MacroRepeat, "(macro_repeat (identifier a) (integer_literal 3))"},
		{"vec![vec![a; 1], vec![]];", MacroArgs,
			"(macro_args (macro_invocation macro:(identifier vec) (macro_repeat (identifier a) (integer_literal 1))) (macro_invocation macro:(identifier vec) (macro_args [])))"},
		{"format!(\"{x}\", x = y);", MacroArgs,
			"(macro_args (string_literal (string_content {x})) (field_initializer field:(field_identifier x) value:(identifier y)))"},
		{"info!(target: \"t\", ?err, n = %x, \"m\");", MacroArgs,
			"(macro_args (field_initializer field:(field_identifier target) value:(string_literal (string_content t))) (identifier err) (field_initializer field:(field_identifier n) value:(identifier x)) (string_literal (string_content m)))"},
		{"hashmap!{ a => b, c => d };", MacroArgs, "(macro_args (identifier a) (identifier b) (identifier c) (identifier d))"},
		{"json!({\"a\": [x], \"b\": {\"c\": y()}});", MacroArgs,
			"(macro_args (tuple_expression (string_literal (string_content a)) (array_expression (identifier x)) (string_literal (string_content b)) (tuple_expression (string_literal (string_content c)) (call_expression function:(identifier y) arguments:(arguments ())))))"},
		{"Decode!(&b, Vec<(u8, A<u8>)>, a::B<C>);", MacroArgs,
			"(macro_args (reference_expression value:(identifier b)) type:(generic_type type:(type_identifier Vec) type_arguments:(type_arguments (tuple_type (primitive_type u8) (generic_type type:(type_identifier A) type_arguments:(type_arguments (primitive_type u8)))))) type:(generic_type type:(scoped_type_identifier path:(identifier a) name:(type_identifier B)) type_arguments:(type_arguments (type_identifier C))))"},
		{"wrap! { let a = 1; b(a) }", MacroArgs,
			"(macro_args (block (let_declaration pattern:(identifier a) value:(integer_literal 1)) (call_expression function:(identifier b) arguments:(arguments (identifier a)))))"},
		{"wrap! { if a { b } c }", MacroArgs,
			"(macro_args (block (expression_statement (if_expression condition:(identifier a) consequence:(block (identifier b)))) (identifier c)))"},

		{"matches!(x, Some(1..=2) | None if y);", MacroMatches,
			"(macro_matches (identifier x) pattern:(match_pattern (or_pattern (tuple_struct_pattern type:(identifier Some) (range_pattern (integer_literal 1) (integer_literal 2))) (identifier None)) condition:(identifier y)))"},
		{"matches!(x, _,);", MacroMatches, "(macro_matches (identifier x) pattern:(match_pattern (wildcard_pattern _)))"},
		{"assert_matches!(x, Ok(_), \"m\");", MacroMatches,
			"(macro_matches (identifier x) pattern:(match_pattern (tuple_struct_pattern type:(identifier Ok) (wildcard_pattern _))) (string_literal (string_content m)))"},

		{"thread_local!{static A: Cell<u8> = Cell::new(1)}", MacroStatics,
			"(macro_statics (static_item name:(identifier A) type:(generic_type type:(type_identifier Cell) type_arguments:(type_arguments (primitive_type u8))) value:(call_expression function:(scoped_identifier path:(identifier Cell) name:(identifier new)) arguments:(arguments (integer_literal 1)))))"},
		{"thread_local! { /// doc\n #[a] pub static A: u8 = const { 1 }; static B: u8 = { 2 }\n }", MacroStatics,
			"(macro_statics (line_comment /// doc) (attribute_item (attribute (identifier a))) (static_item (visibility_modifier pub) name:(identifier A) type:(primitive_type u8) value:(const_block body:(block (integer_literal 1)))) (static_item name:(identifier B) type:(primitive_type u8) value:(block (integer_literal 2))))"},
		{"lazy_static! { pub static ref A: T = f(); }", MacroStatics,
			"(macro_statics (static_item (visibility_modifier pub) name:(identifier A) type:(type_identifier T) value:(call_expression function:(identifier f) arguments:(arguments ()))))"},

		{"select! { biased; a = b(), if c => { d() }, Some(e) = f => g, else => h }", MacroSelect,
			"(macro_select (macro_select_arm pattern:(identifier a) value:(call_expression function:(identifier b) arguments:(arguments ())) condition:(identifier c) body:(block (call_expression function:(identifier d) arguments:(arguments ())))) (macro_select_arm pattern:(tuple_struct_pattern type:(identifier Some) (identifier e)) value:(identifier f) body:(identifier g)) (macro_select_arm pattern:(identifier else) body:(identifier h)))"},
		{"futures::select! { _ = a.fuse() => b, default => c, };", MacroSelect,
			"(macro_select (macro_select_arm pattern:(wildcard_pattern _) value:(call_expression function:(field_expression value:(identifier a) field:(field_identifier fuse)) arguments:(arguments ())) body:(identifier b)) (macro_select_arm pattern:(identifier default) body:(identifier c)))"},

		{"wrap! { pub async fn f() {} }", MacroItems,
			"(macro_items (function_item (visibility_modifier pub) (function_modifiers async) name:(identifier f) parameters:(parameters ()) body:(block {})))"},
		{"cfg_if! { if #[cfg(a)] { mod b; } else if #[cfg(c)] { } else { use d; } }", MacroItems,
			"(macro_items (macro_items (attribute_item (attribute (identifier cfg) arguments:(token_tree (identifier a)))) (mod_item name:(identifier b))) (macro_items (attribute_item (attribute (identifier cfg) arguments:(token_tree (identifier c))))) (macro_items (use_declaration argument:(identifier d))))"},
		{"canister_state!(X);", MacroArgs, "(macro_args (identifier X))"},

		{"m!(a b c);", TokenTree, ""},
		{"m!(fn #x() {});", TokenTree, ""},
		{"candid::func!((A) -> (B) query);", TokenTree, ""},
		{"m!(a, b c);", TokenTree, ""},
		{"m!(=>);", TokenTree, ""},
		{"m!(a = , => b);", TokenTree, ""},
		{"matches!(x, );", TokenTree, ""},
	}
	for _, test := range tests {
		tr := Parse("a.rs", test.text)
		checkTree(t, tr)
		if (len(tr.OpaqueMacros) > 0) != (test.want == "") {
			t.Errorf("%s: %d opaque macros", test.text, len(tr.OpaqueMacros))
		}
		n := find(tr, test.kind)
		if got := sexp(tr, n); got != test.want && test.want != "" {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
		if n == 0 {
			t.Errorf("%s: no %v", test.text, test.kind)
		}
	}
}

// Every node of a macro's arguments stands where its text does.
func TestMacroPositions(t *testing.T) {
	tr := Parse("a.rs", "fn f() {\r\n\tprintln!(\"é{}\", vec![alpha, format!(\"{}\", beta)].len());\r\n\tbad!(x y);\n\tassert!(matches!(gamma, Some(delta)));\n}")
	checkTree(t, tr)
	for _, name := range []string{"alpha", "beta", "gamma", "delta"} {
		found := 0
		for n := Node(1); int(n) < tr.Len(); n++ {
			if tr.Kind(n) == Identifier && tr.Text(n) == name {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d nodes", name, found)
		}
	}
	if len(tr.OpaqueMacros) != 1 || tr.Text(tr.OpaqueMacros[0]) != "bad!(x y)" {
		t.Errorf("opaque: %v", tr.OpaqueMacros)
	}
	var words []string
	for tok := range tr.Tokens(tr.OpaqueMacros[0]) {
		words = append(words, tr.File.Text[tok.Start:tok.End])
	}
	if want := 6; len(words) != want { // bad ! ( x y )
		t.Errorf("tokens %q", words)
	}
}

// A macro that cannot be read spoils none of its neighbours.
func TestBadMacroAlone(t *testing.T) {
	tr := Parse("a.rs", "fn f() { good!(a); bad!(r#\"x\"# => = ; } fn g() { good!(b, c); bad!({ let }); good!(d); }")
	tr2 := Parse("a.rs", "fn g() { good!(b, c); bad!({ let }); bad!(x => => y); bad!(a b); good!(d); }")
	checkTree(t, tr)
	checkTree(t, tr2)
	if len(tr2.OpaqueMacros) != 3 {
		t.Errorf("%d opaque macros, want 3: %s", len(tr2.OpaqueMacros), sexp(tr2, 1))
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "\ufeff", "\x00", "fn f() { async move || x }", "m!(a => b, c = d => e; f)", "thread_local!{static A: u8 = 1}",
		"match x { ..=3 => 1 }", "cfg_if!{ if #[cfg(x)] { fn f() {} } else { m!{let x = 1;} } }", "select!{ a = b => c }",
		"matches!(x, y if z)", "json!({\"a\": {\"b\": 1}})", "#[cfg(test)] mod a { \"", "r##\"\"#", "'\\", "b'\xff'", benchText[:900],
	} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, skip bool) {
		if len(text) > 4096 {
			return
		}
		p := NewParser()
		defer p.Close()
		p.SkipTests = skip
		tr := p.Parse("fuzz.rs", text)
		checkTree(t, tr)
		for n := Node(1); int(n) < tr.Len(); n++ {
			tr.Operator(n)
			tr.RangeBounds(n)
			tr.HasToken(n, "mut")
			for tok := range tr.Tokens(n) {
				if tok.Start >= tok.End || tok.End > tr.End(n) {
					t.Fatalf("token %+v", tok)
				}
			}
		}
		for off := range len(text) + 2 {
			tr.File.Position(uint32(off))
			tr.File.UTF16Column(uint32(off))
		}
	})
}
