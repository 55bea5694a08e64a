package evidence
import ("testing";"fmt";"os";"github.com/awaitlint/awaitlint/analyzer/ops";"github.com/awaitlint/awaitlint/analyzer/model")
func TestZZ2(t *testing.T) {
	c := loadPath(t, "/work/main/testdata/rules/"+os.Getenv("CRATE"))
	m := c.named(t, os.Getenv("FN"))
	if os.Getenv("D") != "" { ops.Dump(os.Stdout, m.Func) }
	s := siteAt(t, m, os.Getenv("LINE"), isWrite)
	r := c.Race(Candidate{Message: m, Write: s})
	fmt.Println(r.Verdict, r.Reason, r.Runs)
	for _, b := range c.interferers(m) { o := c.system.Race(model.RaceQuery{A: m.program, B: b.program, Marks: []model.Site{model.Site(s)}}); fmt.Println(b.Endpoint.Name, o.Verdict, o.Reason, o.Reasons, o.Runs) }
	if r.Witness != nil { fmt.Println(text(r.Witness)) }
}
