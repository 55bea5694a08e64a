package lower_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// fixtures are the Cargo workspaces of sample canisters.
var fixtures = []string{"macros", "worked/cdk", "worked/cdk012", "rules", "rules/cdk012", "awaits", "awaits/cdk017", "awaits/cdk07"}

// What every message of the sample canisters is lowered to passes go/types
// and the sanity check of go/ssa.
func TestFixturesVerify(t *testing.T) {
	for _, dir := range fixtures {
		ws, err := workspace.Load([]string{filepath.Join("../../testdata", dir)}, workspace.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := verify(t, ws); n == 0 {
			t.Errorf("%s: no message", dir)
		}
	}
}

// verify checks every message of every canister and returns how many there are.
func verify(t *testing.T, ws *workspace.Workspace) (n int) {
	for _, c := range canister.Find(ws, knowledge.Default()) {
		for _, m := range lower.Canister(c) {
			n++
			if err := shadow.Verify(m.Func); err != nil && !errors.Is(err, shadow.ErrTooLarge) {
				t.Errorf("%s: %s: %v", c.Name(), m.Func.Name, err)
			}
		}
	}
	return n
}

// Whatever the text, lowering gives functions that go/types and go/ssa accept.
func FuzzLower(f *testing.F) {
	for _, dir := range fixtures {
		err := filepath.WalkDir(filepath.Join("../../testdata", dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".rs") {
				return err
			}
			text, err := os.ReadFile(path)
			f.Add(string(text))
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Add("async fn f() { loop { break 'a g(|x| async move { x?.await }).await } }")
	f.Add("static X: u64 = 0; fn f(a: u64) -> u64 { let Some(y) = h(a) else { return X }; X += y; match y { 1..=2 | 5 if a > y => 1, _ => X } }")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 64<<10 {
			return
		}
		ws, err := workspace.Load([]string{"-"}, workspace.Options{Stdin: strings.NewReader(text), StdinName: "lib.rs"})
		if err != nil {
			return // a text that is no Rust at all
		}
		verify(t, ws)
	})
}
