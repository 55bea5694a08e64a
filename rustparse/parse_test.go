package rustparse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

func TestKindsAgreeWithGrammar(t *testing.T) {
	for s, name := range ctree.Names() {
		kind := kindOfSymbol()[s]
		if kind != 0 && kind != WildcardPattern && kind.String() != name {
			t.Errorf("symbol %q has kind %v: run go generate", name, kind)
		}
	}
	for k := Error + 1; k < WildcardPattern; k++ {
		found := false
		for _, name := range ctree.Names() {
			found = found || name == k.String()
		}
		if !found {
			t.Errorf("the grammar has no %v: run go generate", k)
		}
	}
	for i, name := range ctree.FieldNames() {
		if Field(i).String() != name {
			t.Errorf("field %d is %q, want %q: run go generate", i, Field(i), name)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		kind Kind // of the node to look at
		want string
	}{
		{"fn f(x: u8) -> T { g(x).await? }", TryExpression,
			"(try_expression (await_expression (call_expression function:(identifier g) arguments:(arguments (identifier x)))))"},
		{"fn f() { let (_, mut a) = b else { return }; }", LetDeclaration,
			"(let_declaration pattern:(tuple_pattern (wildcard_pattern _) (mut_pattern (mutable_specifier mut) (identifier a))) value:(identifier b) alternative:(block (return_expression return)))"},
		{"fn f() { let _ = |_, a| a; }", LetDeclaration,
			"(let_declaration pattern:(wildcard_pattern _) value:(closure_expression parameters:(closure_parameters (wildcard_pattern _) (identifier a)) body:(identifier a)))"},
		{"fn f() { match x { S { a, b: c, .. } => 1, _ => 2 } }", MatchPattern,
			"(match_pattern (struct_pattern type:(type_identifier S) (field_pattern name:(shorthand_field_identifier a)) (field_pattern name:(field_identifier b) pattern:(identifier c)) (remaining_field_pattern ..)))"},
		{"fn f() { if let Some(x) = y && x > 1 { } }", LetChain,
			"(let_chain (let_condition pattern:(tuple_struct_pattern type:(identifier Some) (identifier x)) value:(identifier y)) (binary_expression left:(identifier x) right:(integer_literal 1)))"},
		{"/// says\n/// more\nfn f() {}", LineComment, "(line_comment /// says)"},
		{"#[update(guard = \"g\")] fn f() {}", AttributeItem,
			"(attribute_item (attribute (identifier update) arguments:(token_tree (identifier guard) (string_literal (string_content g)))))"},

		// Newer than the grammar.
		{"fn f() { g(async move |x| { h(x).await }); }", Arguments,
			"(arguments (closure_expression parameters:(closure_parameters (identifier x)) body:(block (await_expression (call_expression function:(identifier h) arguments:(arguments (identifier x)))))))"},
		{"fn f() { let p = &raw const x; }", ReferenceExpression, "(reference_expression value:(identifier x))"},
		{"fn f() { let p = &raw mut x; }", ReferenceExpression, "(reference_expression (mutable_specifier mut) value:(identifier x))"},
		{"unsafe extern \"C\" { safe fn a(); pub safe fn b(); fn c(); }", DeclarationList,
			"(declaration_list (function_signature_item name:(identifier a) parameters:(parameters ())) (function_signature_item (visibility_modifier pub) name:(identifier b) parameters:(parameters ())) (function_signature_item name:(identifier c) parameters:(parameters ())))"},
		{"struct A<const N: usize = { 3 }, T = u8>(T);", TypeParameters,
			"(type_parameters (const_parameter name:(identifier N) type:(primitive_type usize)) (optional_type_parameter name:(type_identifier T) default_type:(primitive_type u8)))"},
		{"impl const A for B {}", ImplItem, "(impl_item trait:(type_identifier A) type:(type_identifier B) body:(declaration_list {}))"},
		{"fn f() { match x { ..0 => a[..3], Some(..=-4) | 7.. => b, _ => c } }", MatchBlock,
			"(match_block (match_arm pattern:(match_pattern (range_pattern (integer_literal 0))) value:(index_expression (identifier a) (range_expression (integer_literal 3)))) (match_arm pattern:(match_pattern (or_pattern (tuple_struct_pattern type:(identifier Some) (range_pattern (negative_literal (integer_literal 4)))) (range_pattern (integer_literal 7)))) value:(identifier b)) (match_arm pattern:(match_pattern (wildcard_pattern _)) value:(identifier c)))"},
	}
	for _, test := range tests {
		tr := Parse("a.rs", test.text)
		checkTree(t, tr)
		if got := sexp(tr, find(tr, test.kind)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
		if len(tr.Problems) > 0 {
			t.Errorf("%s: %v", test.text, tr.Problems[0].Message)
		}
	}
}

// An async closure begins at its async, and so does what begins with it.
func TestAsyncClosureSpan(t *testing.T) {
	tr := Parse("a.rs", "fn f() { async move || x; }")
	n := find(tr, ClosureExpression)
	if tr.Text(n) != "async move || x" || tr.Text(tr.Parent(n)) != "async move || x;" {
		t.Errorf("closure %q in %q", tr.Text(n), tr.Text(tr.Parent(n)))
	}
	if !tr.IsAsync(n) || !tr.IsMove(n) {
		t.Error("not async move")
	}
}

func TestTokens(t *testing.T) {
	tr := Parse("a.rs", `pub async unsafe fn f() {
		a /* - */ += &mut b;
		!c && (d ..= e);
		..f;
		g..;
		move || 1;
		async { 2 };
	}`)
	if n := find(tr, FunctionItem); !tr.IsAsync(n) || tr.HasToken(n, "async") || !tr.HasToken(n, "fn") {
		t.Error("function: the modifiers are a node of their own")
	}
	if n := find(tr, ReferenceExpression); !tr.HasToken(n, "mut") || !tr.HasToken(n, "&") {
		t.Error("reference is not mut")
	}
	if n := find(tr, ClosureExpression); !tr.IsMove(n) || tr.IsAsync(n) {
		t.Error("closure: want move, not async")
	}
	if n := find(tr, AsyncBlock); tr.IsMove(n) || !tr.IsAsync(n) {
		t.Error("block: want async, not move")
	}
	var got []string
	for n := Node(1); int(n) < tr.Len(); n++ {
		if op := tr.Operator(n); op != "" {
			low, high := tr.RangeBounds(n)
			got = append(got, fmt.Sprintf("%s %s %s", tr.Text(low), op, tr.Text(high)))
		}
	}
	if want := "[ +=   &&   !  d ..= e  .. f g .. ]"; fmt.Sprint(got) != want {
		t.Errorf("operators %v, want %s", got, want)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ text, want string }{
		{"fn f( { }", "1:6 missing `)` in the parameters"},
		{"fn f() { let = 1; }\nfn g() { h(); }", "1:14 unexpected `=` in a let declaration"},
		{"fn f() { let x = (1 }", "1:10 unexpected `let x = (1` in a block"},
		{"\n\nnonsense here\n", "3:1 unexpected `nonsense here`"},
		{"fn f() { \"\xff\" }", "1:11 1 byte that is not UTF-8"},
		{"}", "1:1 unexpected `}`"},
		{"macro_rules! m { (a ~ b) => { } }", ""},
	}
	for _, test := range tests {
		tr := Parse("a.rs", test.text)
		checkTree(t, tr)
		var got []string
		for _, p := range tr.Problems {
			pos := p.Span.Position()
			got = append(got, fmt.Sprintf("%d:%d %s", pos.Line, pos.Column, p.Message))
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%q\n got %s\nwant %s", test.text, strings.Join(got, "; "), test.want)
		}
	}
}

// What is broken must not take its neighbours with it.
func TestNeighbours(t *testing.T) {
	tr := Parse("a.rs", "fn a() { x(); }\nfn b() { let = ; y(( ; }\nfn c() { z(); }\n")
	var names []string
	for n := Node(1); int(n) < tr.Len(); n++ {
		if tr.Kind(n) == FunctionItem {
			names = append(names, tr.Text(tr.Child(n, FieldName)))
		}
	}
	if fmt.Sprint(names) != "[a b c]" {
		t.Errorf("functions %v", names)
	}
}

func TestDeepNesting(t *testing.T) {
	for _, text := range []string{
		"fn f() { x = " + strings.Repeat("(", 50_000) + "1" + strings.Repeat(")", 50_000) + "; } fn g() {}",
		"fn f() { x = " + strings.Repeat("1 + ", 20_000) + "1; }",
		"fn f() { " + strings.Repeat("{ m!(", 200) + strings.Repeat(") }", 200) + " }",
		"fn f() { " + strings.Repeat("m!(", 5_000) + strings.Repeat(")", 5_000) + " }",
		strings.Repeat("[", 100_000),
		strings.Repeat("fn f() {", 20_000),
	} {
		checkTree(t, Parse("a.rs", text))
	}
}

// Texts on which a careless reader takes minutes.
func TestHostileText(t *testing.T) {
	p := NewParser()
	defer p.Close()
	p.SkipTests = true
	for _, text := range []string{
		strings.Repeat("#[cfg(test)] mod a { ", 20_000),
		"fn f() {} " + strings.Repeat("r#\"", 50_000),
		strings.Repeat("/*", 50_000),
		"select!{ " + strings.Repeat("a = b => c, ", 2_000) + "}",
		"m!( " + strings.Repeat("{\"a\": ", 2_000) + "1" + strings.Repeat("}", 2_000) + ")",
	} {
		checkTree(t, p.Parse("a.rs", text))
	}
	if tr := p.Parse("a.rs", "fn f() {} "+strings.Repeat("r#\"", 50_000)); find(tr, FunctionItem) == 0 || len(tr.Problems) != 1 {
		t.Errorf("open raw string: %v", tr.Problems)
	}
}

func TestTooLarge(t *testing.T) {
	tr := Parse("a.rs", strings.Repeat(" ", maxText+1))
	checkTree(t, tr)
	if len(tr.Problems) != 1 || find(tr, Error) == 0 {
		t.Errorf("problems %v", tr.Problems)
	}
}

func TestSkipTests(t *testing.T) {
	text := "fn a() {}\n#[cfg(test)]\n#[x]\nmod tests { fn b() { \"}\" } }\n#[cfg(test)]\nfn c() {}\nconst S: &str = \"#[cfg(test)] mod x {}\";\n#[cfg(test)]\nmod broken {"
	p := NewParser()
	defer p.Close()
	p.SkipTests = true
	tr := p.Parse("a.rs", text)
	checkTree(t, tr)
	if n := find(tr, DeclarationList); tr.FirstChild(n) != 0 || tr.Text(n) != "{ fn b() { \"}\" } }" {
		t.Errorf("body is %s", sexp(tr, n))
	}
	if n := find(tr, StringContent); tr.Text(n) != "#[cfg(test)] mod x {}" {
		t.Errorf("string is %q", tr.Text(n))
	}
}

func TestDump(t *testing.T) {
	var b strings.Builder
	tr := Parse("a.rs", "fn f() {\n    g!(é, 1);\n}\n")
	if err := tr.Dump(&b, tr.Root()); err != nil {
		t.Fatal(err)
	}
	want := `(source_file 1:1-4:1
  (function_item 1:1-3:2
    name: (identifier 1:4-1:5 "f")
    parameters: (parameters 1:5-1:7 "()")
    body: (block 1:8-3:2
      (expression_statement 2:5-2:15
        (macro_invocation 2:5-2:14
          macro: (identifier 2:5-2:6 "g")
          (macro_args 2:7-2:14
            (identifier 2:8-2:10 "é")
            (integer_literal 2:12-2:13 "1")))))))
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// benchText is ordinary canister code, some 100 kB of it.
var benchText = strings.Repeat(`
thread_local! { static STATE: RefCell<State> = RefCell::new(State::default()); }

/// Withdraws some of the caller's balance.
#[update]
async fn withdraw(amount: u64) -> Result<Nat, String> {
    let caller = ic_cdk::caller();
    let balance = STATE.with(|s| s.borrow().balances.get(&caller).copied().unwrap_or(0));
    if balance < amount {
        return Err(format!("balance {balance} is less than {}", amount));
    }
    let (block,): (Result<Nat, TransferError>,) = ic_cdk::call(ledger(), "transfer", (TransferArg { to: caller.into(), amount: amount.into(), fee: None },))
        .await
        .map_err(|(code, msg)| format!("{code:?}: {msg}"))?;
    STATE.with(|s| s.borrow_mut().balances.insert(caller, balance - amount)); // too late
    block.map_err(|e| format!("{e:?}"))
}
`, 100)

func BenchmarkParse(b *testing.B) {
	p := NewParser()
	defer p.Close()
	b.SetBytes(int64(len(benchText)))
	b.ReportAllocs()
	for b.Loop() {
		p.Parse("a.rs", benchText)
	}
}
