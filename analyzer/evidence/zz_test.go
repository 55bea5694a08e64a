package evidence
import ("testing";"os";"strings";"time";"fmt"
"github.com/awaitlint/awaitlint/analyzer/canister"
"github.com/awaitlint/awaitlint/analyzer/finding"
"github.com/awaitlint/awaitlint/analyzer/knowledge"
"github.com/awaitlint/awaitlint/analyzer/lower"
"github.com/awaitlint/awaitlint/analyzer/ops"
"github.com/awaitlint/awaitlint/rustparse/workspace")
func TestZZ(t *testing.T) {
	for _, path := range strings.Fields(os.Getenv("ZZ")) {
	ws, err := workspace.Load([]string{path}, workspace.Options{})
	if err != nil { t.Log(err); continue }
	for _, cc := range canister.Find(ws, knowledge.Default()) {
		var ms []*Message
		for _, m := range lower.Canister(cc) {
			kind := m.Entry.Kind
			ms = append(ms, &Message{Func: m.Func, Endpoint: finding.Endpoint{Name: m.Entry.Name, Kind: kind.String(), Span: m.Entry.Span}, Lasts: kind.Commits() && !kind.Lifecycle(), Anonymous: kind == canister.Heartbeat || kind == canister.Timer || kind == canister.Task})
		}
		t0 := time.Now()
		c := New(ms)
		fmt.Printf("== %s: %d messages, New %v\n", cc.Name(), len(ms), time.Since(t0).Round(time.Millisecond))
		for _, m := range ms {
			awaits, seen := 0, false
			var writes []ops.Site
			var walk func([]*ops.Op)
			walk = func(l []*ops.Op) { for _, op := range l {
				if op.Kind == ops.Await && op.Commit != ops.Never { awaits++; seen = true }
				if seen && isWrite(op) { writes = append(writes, op.Site) }
				walk(op.Body); walk(op.Else) } }
			walk(m.Func.Body)
			if awaits == 0 { continue }
			t1 := time.Now()
			ds := c.Endings(m)
			v := c.survivalOf(m)
			fmt.Printf("%s (%s) %d awaits, survival %d runs reached %v exhausted %v %v\n", m.Endpoint.Name, m.Endpoint.Kind, awaits, v.Runs, v.Reached, v.Exhausted, time.Since(t1).Round(time.Millisecond))
			c.Segments(m)
			pos := func(s ops.Site) string { sp := spanOf(m.Func, s); if sp.File == nil { return "-" }; return fmt.Sprintf("%s:%d", sp.File.Path[max(0,len(sp.File.Path)-30):], sp.File.Position(sp.Start).Line) }
			for _, d := range ds { c.Table(m, d)
				fmt.Printf("   %s %s call %s@%s %s owed %v undone %v exit %s change %s\n", d.Kind, d.Place, d.Label, pos(d.Call), d.Ending, d.Owed, d.Undone, pos(d.Exit), pos(d.Change)) }
			done := map[ops.Site]bool{}
			for _, w := range writes { if done[w] { continue }; done[w] = true
				t2 := time.Now()
				r := c.Race(Candidate{Message: m, Write: w})
				if r.Verdict == finding.Refuted && time.Since(t2) < 100*time.Millisecond { continue }
				with := ""; if r.With != nil { with = r.With.Endpoint.Name }
				fmt.Printf("   race %v (%s) at %s with %s, %d runs %v\n", r.Verdict, r.Reason, pos(w), with, r.Runs, time.Since(t2).Round(time.Millisecond))
				if os.Getenv("W") != "" && r.Witness != nil { fmt.Println(text(r.Witness)) }
			}
		}
	}}
}
