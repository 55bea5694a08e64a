package evidence
import ("testing";"fmt";"os";"github.com/awaitlint/awaitlint/analyzer/model")
func TestZZ4(t *testing.T) {
	c := loadPath(t, "/work/main/testdata/rules/"+os.Getenv("CRATE"))
	m, b := c.named(t, os.Getenv("FN")), c.named(t, os.Getenv("B"))
	s := siteAt(t, m, os.Getenv("LINE"), isWrite)
	o := c.system.Race(model.RaceQuery{A: m.program, B: b.program, Marks: []model.Site{model.Site(s)}})
	r, _ := c.system.Replay(o.Example)
	for _, x := range append([]*model.Run{r}, r.Serial...) {
		for _, ms := range x.Messages { fmt.Println(ms.Program.Func.Name, ms.Reply, ms.Refused, ms.Trapped, ms.Why) }
		for _, ch := range x.Changes { fmt.Printf("  %s: %v -> %v\n", ch.Place.Name, model.Identity(ch.Old), model.Identity(ch.New)) }
		for _, k := range x.Calls { fmt.Println("  ", k) }
	}
}
