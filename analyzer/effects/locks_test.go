package effects_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const locksDir = "../../testdata/guards/locks"

var (
	lockClaim = regexp.MustCompile(`^\s*//+ (lock|no lock|task)(?:: (.*))?$`)
	lockFn    = regexp.MustCompile(`^(?:async )?fn (\w+)`)
)

// lockClaims reads the comments of the fixture: by function, and of tasks by the function that starts them.
func lockClaims(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(locksDir + "/src/*.rs")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var pending []string
		claimed, fn := false, ""
		for _, line := range strings.Split(string(text), "\n") {
			switch m := lockClaim.FindStringSubmatch(line); {
			case m != nil && m[1] == "task":
				out["task of "+fn] = append(out["task of "+fn], m[2])
			case m != nil:
				claimed = true
				if m[1] == "lock" {
					pending = append(pending, m[2])
				}
			default:
				if f := lockFn.FindStringSubmatch(line); f != nil {
					if fn = f[1]; claimed {
						out[fn] = append([]string{}, pending...)
					}
					pending, claimed = nil, false
				}
			}
		}
	}
	return out
}

// loadCanisters loads the canisters of a folder.
func loadCanisters(t *testing.T, dir string) []*effects.Canister {
	t.Helper()
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []*effects.Canister
	for _, c := range canister.Find(ws, knowledge.Default()) {
		ec := &effects.Canister{Name: c.Crate.Name}
		for _, m := range lower.Canister(c) {
			e := finding.Endpoint{Name: m.Entry.Name}
			ec.Messages = append(ec.Messages, effects.New(ec, effects.Input{Entry: e, Func: m.Func, Lasts: true}))
		}
		out = append(out, ec)
	}
	return out
}

func loadLocks(t *testing.T) *effects.Canister {
	t.Helper()
	for _, c := range loadCanisters(t, locksDir) {
		if c.Name == "locks" {
			return c
		}
	}
	t.Fatal("no canister locks")
	return nil
}

// Whatever is found in any sample canister turns somebody away and is held over an await.
func TestLocksAnywhere(t *testing.T) {
	for _, c := range loadCanisters(t, "../../testdata") {
		for _, m := range c.Messages {
			for _, l := range m.Locks() {
				if len(l.Held) == 0 || l.Take != nil && (len(l.Refused) == 0 || l.Check.Instr == nil) {
					t.Errorf("%s: %s of %s is no lock", c.Name, l.Place, m.Entry().Name)
				}
			}
		}
	}
}

func TestLocks(t *testing.T) {
	claims := lockClaims(t)
	for _, m := range loadLocks(t).Messages {
		name := m.Entry().Name
		want, ok := claims[name]
		if !ok {
			t.Errorf("%s claims nothing", name)
			continue
		}
		delete(claims, name)
		t.Run(name, func(t *testing.T) {
			if m.Err != nil {
				t.Fatal(m.Err)
			}
			got := []string{}
			for _, l := range m.Locks() {
				got = append(got, describe(m, l))
				if l.Take != nil && len(l.Refused) == 0 {
					t.Errorf("%s turns nobody away", l.Place)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-claimed +found):\n%s", diff)
			}
		})
	}
	for name := range claims {
		t.Errorf("no message %s", name)
	}
}

// describe says of a lock what the comments of the fixture say.
func describe(m *effects.Message, l *effects.Lock) string {
	s := l.Place.String() + ", " + l.Kind.String()
	if l.Guard != "" {
		s += " " + l.Guard
	}
	if l.Take == nil {
		s += ", handed over"
	}
	if l.Shared {
		s += ", shared"
	}
	if len(l.Held) == 1 {
		s += ", 1 await"
	} else {
		s += ", " + string(rune('0'+len(l.Held))) + " awaits"
	}
	if l.Kind == effects.LockLease {
		return s
	}
	var freed, stays []string
	kept := map[string]bool{}
	for _, e := range l.Kept {
		for _, ending := range endings(m, e.Instr) {
			kept[ending] = true
		}
	}
	all := map[string]bool{}
	for _, e := range l.Exits {
		for _, ending := range endings(m, e.Instr) {
			all[ending] = true
		}
	}
	all["trap"], kept["trap"] = true, len(l.Stuck) > 0
	for _, ending := range []string{"return", "error", "trap"} {
		switch {
		case kept[ending]:
			stays = append(stays, ending)
		case all[ending]:
			freed = append(freed, ending)
		}
	}
	if len(freed) > 0 {
		s += ", freed on " + strings.Join(freed, ", ")
	}
	if len(stays) > 0 {
		s += "; stays after " + strings.Join(stays, ", ")
	}
	return s
}

// endings tells whether a return gives an error, or both.
func endings(m *effects.Message, instr ssa.Instruction) []string {
	var out []string
	seen := map[ssa.Value]bool{}
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		if phi, ok := v.(*ssa.Phi); ok {
			for _, e := range phi.Edges {
				visit(e)
			}
			return
		}
		ending := "return"
		if c, ok := v.(*ssa.Call); ok {
			if op := m.Fn.Op(c); op != nil && op.Kind == ops.Make && op.Name == "Err" {
				ending = "error"
			}
		}
		if !slices.Contains(out, ending) {
			out = append(out, ending)
		}
	}
	if r, ok := instr.(*ssa.Return); ok {
		for _, v := range r.Results {
			visit(v)
		}
	}
	return out
}

// Who changes state without asking for a lock, and who takes it.
func TestAsks(t *testing.T) {
	c := loadLocks(t)
	var lock *effects.Lock
	for _, m := range c.Messages {
		if m.Entry().Name == "flag_of_a_record" {
			lock = m.Locks()[0]
		}
	}
	want := map[string]bool{"flag_of_a_record": true, "bypass": false, "flag": false}
	for _, m := range c.Messages {
		asks, asked := want[m.Entry().Name]
		if !asked {
			continue
		}
		last := m.Accesses[len(m.Accesses)-1]
		if got := m.Asks(lock, last.Instr); got != asks {
			t.Errorf("%s asks for the lock: %v, want %v", m.Entry().Name, got, asks)
		}
	}
}
