package guarddropped_test

import (
	"os"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/driver"
	"github.com/awaitlint/awaitlint/analyzer/fixture"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rules/guarddropped"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const alive = "../../testdata/guards"

// otherWay are functions whose guard is alive at an await that the run of the comments does not take.
var otherWay = map[string]bool{"dropped_on_one_way": true}

// Each way to bind a guard, in two editions: one that is given back and alive at no
// await is reported, any other is not.
func TestEveryWayToBind(t *testing.T) {
	text, err := os.ReadFile(alive + "/alive/src/rows.rs")
	if err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Load([]string{alive}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := canister.Find(ws, knowledge.Default())
	rule := driver.Rule{Analyzer: guarddropped.Analyzer, Meta: guarddropped.Rule}
	for crate, edition := range map[string]string{"alive": "2021", "alive2024": "2024"} {
		claims := fixture.AliveClaims(string(text), edition)
		reported := 0
		for _, c := range all {
			if c.Crate.Name != crate {
				continue
			}
			found := map[string]bool{}
			for _, f := range driver.Run(ws, []*canister.Canister{c}, []driver.Rule{rule}, driver.Options{}).Findings {
				for _, name := range append(f.AlsoIn, f.Entry.Name) {
					found[name] = true
				}
			}
			for _, e := range c.Entries {
				held, free, drop := otherWay[e.Name], false, false
				for _, cl := range claims {
					if cl.SpeaksOf(e.Name) {
						held = held || cl.Awaits && cl.Alive > 0
						free = free || cl.Awaits && cl.Alive == 0
						drop = drop || cl.Drop
					}
				}
				want := free && drop && !held
				if got := found[e.Name]; got != want {
					t.Errorf("%s, edition %s: reported %v, want %v", e.Name, edition, got, want)
				}
				if want {
					reported++
				}
			}
		}
		if reported < 20 {
			t.Errorf("edition %s: %d functions are to be reported", edition, reported)
		}
	}
}
