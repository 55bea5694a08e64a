package census

import (
	"fmt"
	"slices"
	"testing"
)

func TestSearch(t *testing.T) {
	const text = `
#[update]
#[ic_cdk::query(
    composite = true,
    guard = "x[0]",
)]
# [ ic_cdk_macros :: init ]
#[cfg_attr(all(not(feature = "a"), test), update(name = "q"))]
#[unsafe(export_name = "canister_update send")]
#[export_name = "canister_global_timer"]
#[no_mangle] pub extern "C" fn canister_heartbeat() {}
#[unsafe(no_mangle)] fn other() {} #[no_mangle] fn canister_help() {}
// #[update]
/* #[query] /* #[update] */ #[init] */
/// ` + "```" + `
/// #[heartbeat]
#[updated] #[derive(Query)] #[candid_method(update)] #[cfg(feature = "update")]
const A: &str = "#[update]"; const B: &str = r#"#[query] "quoted" #[init]"#;
fn f<'a>(c: char) -> bool { c == '"' || c == '\'' || c == '#' } #[pre_upgrade]
fn g() { x.await; y . await?; z
    .await; "a.await"; await_all(); /* b.await */ s.awaiting; }
`
	endpoints, awaits := search(text)
	var got []string
	for _, h := range endpoints {
		s := h.kind
		if h.condition {
			s += " (condition)"
		}
		if h.quoted != "" {
			s += " (" + h.quoted + ")"
		}
		got = append(got, s)
	}
	want := []string{"update", "query", "init", "update (condition)", "canister_update", "canister_global_timer", "canister_heartbeat",
		"update (comment)", "query (comment)", "update (comment)", "init (comment)", "heartbeat (comment)",
		"update (string)", "query (string)", "init (string)", "pre_upgrade"}
	if !slices.Equal(got, want) {
		t.Errorf("attributes\n%q, want\n%q", got, want)
	}
	if len(awaits) != 3 {
		t.Errorf("%d awaits, want 3", len(awaits))
	}
	for _, h := range awaits {
		if text[h.start:h.end] != "await" {
			t.Errorf("await at %q", text[h.start:h.end])
		}
	}
}

// The search ends and keeps in bounds on any prefix of any text.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"#[", "#[update", `r#"`, `'\u{1}`, "'", `"\`, "/*", "#[cfg_attr(a,", "#[export_name = \"canister_", "é'é' .await"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		endpoints, awaits := search(text)
		for _, h := range append(endpoints, awaits...) {
			if h.start < 0 || h.end > len(text) || h.start >= h.end {
				t.Error(fmt.Sprint(h))
			}
		}
	})
}
