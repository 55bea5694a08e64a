package rustparse

import (
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	for _, s := range []string{
		"thread_local! { static B: RefCell<u8> = RefCell::new(1) }",
		"thread_local! { pub static B: RefCell<u8> = { 1 } // x\n } m!(Vec<(u8, A<u8>)>, x+1, a::B<C>,);",
	} {
		tr := Parse("a.rs", s)
		tr.Dump(os.Stdout, 1)
		for _, o := range tr.OpaqueMacros {
			t.Log("opaque", tr.Text(o))
		}
	}
	p := NewParser()
	p.SkipTests = os.Getenv("SK") != ""
	defer p.Close()
	var files, bytes, nodes, macros, opaque, probs int
	var el time.Duration
	names := map[string]int{}
	for _, d := range strings.Split(os.Getenv("ZZ"), ",") {
		filepath.WalkDir(d, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".rs") {
				return nil
			}
			b, _ := os.ReadFile(path)
			st := time.Now()
			tr := p.Parse(path, string(b))
			el += time.Since(st)
			files++
			bytes += len(b)
			nodes += tr.Len()
			opaque += len(tr.OpaqueMacros)
			for n := Node(1); int(n) < tr.Len(); n++ {
				if tr.Kind(n) == MacroInvocation {
					macros++
				}
			}
			for _, o := range tr.OpaqueMacros {
				nm := tr.Text(tr.Child(o, FieldMacro))
				names[nm]++
				if names[nm] <= 3 {
					s := tr.Text(o)
					if len(s) > 150 {
						s = s[:150]
					}
					t.Log("OPAQUE", path, strings.ReplaceAll(s, "\n", " "))
				}
			}
			for _, pr := range tr.Problems {
				probs++
				q := pr.Span.Position()
				if os.Getenv("ZQ") == "" {
					t.Logf("PROBLEM %s:%d:%d %s", path, q.Line, q.Column, pr.Message)
				}
			}
			
			return nil
		})
	}
	t.Logf("files %d bytes %d nodes %d macros %d opaque %d problems %d; %.2f MB/s", files, bytes, nodes, macros, opaque, probs, float64(bytes)/1e6/el.Seconds())
	var ks []string
	for k := range names {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return names[ks[i]] > names[ks[j]] })
	for i, k := range ks {
		if i < 25 {
			t.Log(names[k], k)
		}
	}
}
