package ignore

import (
	"strings"
	"testing"

	rp "github.com/awaitlint/awaitlint/rustparse"
)

func TestComments(t *testing.T) {
	const text = `
// awaitlint: ignore[a]
// because
#[update]
fn item() {
    one(); // awaitlint: ignore[b, c] -- it is known
    two();
    // awaitlint: ignore[d]--why not
    let x = {
        three()
    };
    /// awaitlint: ignore[doc]
    four();
    // awaitlint: allow[e]
    five();
    let s = "// awaitlint: ignore[text]";
    match s {
        // awaitlint:ignore[ f ]
        "six" => six(),
        _ => {}
    }
    // awaitlint: ignore[g]
}
`
	type read struct{ rules, reason, covers string }
	want := []read{
		{"a", "", "fn item"},
		{"b c", "it is known", "one();"},
		{"d", "why not", "let x = {"},
		{"", "", "five();"},
		{"f", "", "\"six\" => six()"},
		{"g", "", ""},
	}
	var got []read
	for _, c := range Comments(rp.Parse("lib.rs", text)) {
		covers := ""
		if c.Covers.File != nil {
			covers = strings.TrimSpace(text[c.Covers.Start:c.Covers.End])
		}
		got = append(got, read{strings.Join(c.Rules, " "), c.Reason, covers})
	}
	if len(got) != len(want) {
		t.Fatalf("%d comments, want %d: %q", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i]
		if g.rules != w.rules || g.reason != w.reason || !strings.HasPrefix(g.covers, w.covers) || w.covers == "" && g.covers != "" {
			t.Errorf("got %q, want %q", g, w)
		}
	}
	item := Comments(rp.Parse("lib.rs", text))[0]
	if inside := (rp.Span{File: item.Covers.File, Start: uint32(strings.Index(text, "two"))}); !item.Silences("a", inside) || item.Silences("b", inside) {
		t.Error("a comment above an item is about all of it, for the rules it names")
	}
}
