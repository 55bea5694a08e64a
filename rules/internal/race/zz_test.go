package race
import ("testing";"fmt";"os"
"github.com/awaitlint/awaitlint/analyzer/canister"
"github.com/awaitlint/awaitlint/analyzer/effects"
"github.com/awaitlint/awaitlint/analyzer/knowledge"
"github.com/awaitlint/awaitlint/analyzer/lower"
"github.com/awaitlint/awaitlint/rustparse/workspace")
func TestZZ(t *testing.T){
 d:=os.Getenv("ZZ"); if d=="" {t.Skip()}
 ws,_:=workspace.Load([]string{d},workspace.Options{})
 for _,c:=range canister.Find(ws,knowledge.Default()) { for _,m:=range lower.Canister(c) { if m.Func.Name!=os.Getenv("ZZV") {continue}
  e:=effects.New(&effects.Canister{}, effects.Input{Func:m.Func})
  for _,w:=range lateWrites(e) { fmt.Println("write",w.Place,w.Op.Kind)
   for _,ck:=range e.Checks(w.Instr) { fmt.Println("  check",ck.Op.Kind,ck.Op.Name,ck.Op.Pat,ck.Taken,ck.Traps,presenceOf(e,&ck), turns(w,presenceOf(e,&ck)), e.Fn.Ops.Sites[ck.Op.Site].Span.Text())
     for _,r:=range e.Slice(ck.Cond).Reads { fmt.Println("     read",r.Place,r.Presence) }
   }}
  }}}
