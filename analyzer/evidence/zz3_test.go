package evidence
import ("testing";"fmt";"os";"github.com/awaitlint/awaitlint/analyzer/ops")
func TestZZ3(t *testing.T) {
	c := loadPath(t, "/work/main/testdata/rules/"+os.Getenv("CRATE"))
	m := c.named(t, os.Getenv("FN"))
	for _, d := range c.Endings(m) {
		r, ok := c.system.Run(d.example)
		fmt.Println(d.Kind, d.Place, d.Exit, ok)
		if !ok { continue }
		for _, e := range r.Trace.Events { fmt.Println("  ", e.Segment, e.Kind, spanOf(m.Func, ops.Site(e.Site)).Text(), e.Text, e.Place.Name, e.Value, e.Old, e.Yes, e.Calls) }
	}
}
