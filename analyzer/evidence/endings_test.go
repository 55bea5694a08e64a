package evidence

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// want lists "kind place" of every damage, in order.
var endingCases = []struct {
	name string
	want string
	rust string
}{
	{"forgotten", "forgotten BALANCES[p]", `
#[update]
async fn f(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) -= amount);
    Call::unbounded_wait(ledger(), "pay").with_arg(amount).await.map_err(|e| e.to_string())?;
    Ok(())
}`},
	{"refund on any error", "undone BALANCES[p]", `
#[update]
async fn f(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) -= amount);
    if Call::bounded_wait(ledger(), "pay").with_arg(amount).await.is_err() {
        BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) += amount);
        return Err("failed".into());
    }
    Ok(())
}`},
	{"refund on a clean reject", "", `
#[update]
async fn f(amount: u64) -> Result<(), String> {
    let who = ic_cdk::api::msg_caller();
    BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) -= amount);
    match Call::bounded_wait(ledger(), "pay").with_arg(amount).await {
        Ok(_) => Ok(()),
        Err(e) if e.is_clean_reject() => {
            BALANCES.with_borrow_mut(|b| *b.entry(who).or_insert(0) += amount);
            Err("failed".into())
        }
        Err(_) => Err("unknown".into()),
    }
}`},
	{"increment, call, assert", "trap TOTAL", `
#[update]
async fn f() -> bool {
    TOTAL.with_borrow_mut(|t| *t += 1);
    let r = Call::bounded_wait(ledger(), "increment_y").await;
    TOTAL.with_borrow_mut(|t| *t += 2);
    assert!(false, "always");
    r.is_ok()
}`},
	{"increment, assert, call", "", `
#[update]
async fn f(ok: bool) -> bool {
    TOTAL.with_borrow_mut(|t| *t += 1);
    assert!(ok);
    let r = Call::bounded_wait(ledger(), "bar").await;
    r.is_ok()
}`},
}

func TestEndings(t *testing.T) {
	for _, k := range endingCases {
		t.Run(k.name, func(t *testing.T) {
			c := load(t, prelude+k.rust)
			m := c.named(t, "f")
			var got []string
			for _, d := range c.Endings(m) {
				g := string(d.Kind) + " " + d.Place
				if len(got) == 0 || got[len(got)-1] != g {
					got = append(got, g)
				}
				table := c.Table(m, d)
				t.Log("\n" + tableText(d, table))
				damaged := 0
				for _, e := range table.Endings {
					if e.Damage {
						damaged++
					}
				}
				if damaged != 1 {
					t.Errorf("%d rows are marked", damaged)
				}
			}
			if s := strings.Join(got, ", "); s != k.want {
				t.Errorf("got %q, want %q", s, k.want)
			}
		})
	}
}

func tableText(d Damage, table Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %s, %s, owed %v, undone %v\n", d.Kind, d.Place, d.Ending, d.Owed, d.Undone)
	for _, e := range table.Endings {
		fmt.Fprintf(&b, "  %-18s %v survives %q lost %q stuck %q %v\n", e.Name, e.State, e.Survives, e.Lost, e.Stuck, e.Damage)
	}
	for _, s := range table.Segments {
		fmt.Fprintf(&b, "  %d reads %v writes %v call %q %s %s\n", s.Index, s.Reads, s.Writes, s.Call, s.Wait, s.Commit)
		for _, ch := range s.Changes {
			fmt.Fprintf(&b, "      %s: %s\n", ch.Text, ch.Fate)
		}
	}
	return b.String()
}

// TestFates is worked example 4: x += 1; call; x += 2; assert.
func TestFates(t *testing.T) {
	c := load(t, prelude+endingCases[3].rust)
	m := c.named(t, "f")
	d, ok := c.TrapAt(m, siteAt(t, m, "assert!", func(op *ops.Op) bool { return op.Kind == ops.Assert }))
	if !ok || d.Verdict != finding.Confirmed {
		t.Fatalf("%+v %v", d, ok)
	}
	fates := map[string]string{}
	for _, s := range c.Table(m, d).Segments {
		for _, ch := range s.Changes {
			fates[ch.Text] = ch.Fate
		}
	}
	want := map[string]string{"TOTAL += 1": "committed", "TOTAL += 2": "rolled back", "what `increment_y` did": "committed in the callee"}
	if fmt.Sprint(fates) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", fates, want)
	}
}

// One call gives three atomic executions, two calls five (worked example 5).
func TestSegments(t *testing.T) {
	for calls, want := range []int{1, 3, 5} {
		body := strings.Repeat("    let _ = Call::unbounded_wait(ledger(), \"bar\").await;\n    TOTAL.with_borrow_mut(|t| *t += 1);\n", calls)
		c := load(t, prelude+"#[update]\nasync fn f() {\n"+body+"}\n")
		if got := len(c.Segments(c.named(t, "f"))); got != want {
			t.Errorf("%d calls: %d rows, want %d", calls, got, want)
		}
	}
}
