package lower_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

func TestZZ(t *testing.T) {
	dir := os.Getenv("ZZ")
	if dir == "" {
		t.Skip()
	}
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ws.Problems {
		fmt.Println("problem:", p.Path, p.Message, p.Fatal)
	}
	opaque := map[string]int{}
	nops, nmsg, nbad := 0, 0, 0
	for _, c := range canister.Find(ws, knowledge.Default()) {
		fmt.Println("canister", c.Name(), len(c.Entries))
		ms := lower.Canister(c)
		for _, m := range ms {
			for k, n := range m.Func.Opaque {
				opaque[k] += n
			}
			nops += m.Func.Values
			nmsg++
			if os.Getenv("ZZV") == m.Func.Name {
				ops.Dump(os.Stdout, m.Func)
			}
			if err := shadow.Verify(m.Func); err != nil {
				fmt.Println("VERIFY", m.Func.Name, err)
				nbad++
				continue
			}
			e := effects.New(&effects.Canister{}, effects.Input{Func: m.Func, Entry: finding.Endpoint{Name: m.Func.Name}})
			if os.Getenv("ZZV") == m.Func.Name {
				for _, a := range e.Accesses {
					fmt.Println("  access", a.Place, a.Read, a.Write, a.Presence)
				}
			}
		}
	}
	fmt.Println("messages", nmsg, "values", nops, "bad", nbad)
	for k, n := range opaque {
		fmt.Println("opaque", n, k)
	}
}
