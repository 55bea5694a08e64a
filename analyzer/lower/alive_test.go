package lower_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/fixture"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/analyzer/lower"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

const (
	aliveDir  = "../../testdata/guards"
	aliveRows = aliveDir + "/alive/src/rows.rs"
)

// A row is what a function of the fixture claims, or does: how many guards are
// alive at each await, by line, and in which lines guards die.
type row struct {
	Alive map[int]int
	Drops []int
}

// Each function of the fixture suspends with as many guards alive as its comments
// say, drops them where they say, and drops them in cleanup if it does at all (§3.3).
func TestAlive(t *testing.T) {
	text, err := os.ReadFile(aliveRows)
	if err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Load([]string{aliveDir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range canister.Find(ws, knowledge.Default()) {
		edition := map[string]string{"alive": "2021", "alive2024": "2024"}[c.Crate.Name]
		if edition == "" {
			continue
		}
		claims := fixture.AliveClaims(string(text), edition)
		tested := 0
		for _, m := range lower.Canister(c) {
			if m.Entry.Kind != canister.Update {
				continue
			}
			tested++
			t.Run(edition+"/"+m.Entry.Name, func(t *testing.T) {
				line := func(f *ops.Func, s ops.Site) int { return lineOf(f, s, claims) }
				got, left, err := play(m.Func, line)
				if err != nil {
					t.Fatal(err)
				}
				want := row{Alive: map[int]int{}}
				for l, cl := range claims {
					if cl.SpeaksOf(m.Entry.Name) {
						if cl.Awaits {
							want.Alive[l] = cl.Alive
						}
						if cl.Drop {
							want.Drops = append(want.Drops, l)
						}
					}
				}
				slices.Sort(want.Drops)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-claimed +lowered):\n%s", diff)
				}
				if released := len(want.Drops) > 0; (left == 0) != released {
					t.Errorf("%d guards are left after a trap; given back otherwise: %v", left, released)
				}
			})
		}
		if tested < 60 {
			t.Errorf("%d functions in edition %s", tested, edition)
		}
	}
}

// lineOf is the line of a site, or of the call around it that comes first in a line with a claim.
func lineOf(f *ops.Func, s ops.Site, claims map[int]fixture.AliveClaim) int {
	line := 0
	for ; s != 0; s = f.Sites[s].Caller {
		sp := f.Sites[s].Span
		line = sp.File.Position(sp.Start).Line
		if _, ok := claims[line]; ok {
			break
		}
	}
	return line
}

// play runs f and the tasks it starts. It returns what it saw, and how many
// guards are left if the last await traps.
func play(f *ops.Func, line func(*ops.Func, ops.Site) int) (got row, left int, err error) {
	got.Alive = map[int]int{}
	left = -1
	count := &slot{0}
	m := &machine{cells: map[string]*slot{"ALIVE": count}}
	m.onAwait = func(op *ops.Op) {
		got.Alive[line(m.f, op.Site)] = count.v.(int)
		left = m.trapped(count)
	}
	before := 0
	m.onStore = func() {
		now := count.v.(int)
		if now < before && len(m.stack) > 0 {
			if l := line(m.f, m.stack[0].Site); !slices.Contains(got.Drops, l) {
				got.Drops = append(got.Drops, l)
			}
		}
		before = now
	}
	m.tasks = []task{{f, nil}}
	for err == nil && len(m.tasks) > 0 {
		next := m.tasks[0]
		m.tasks = m.tasks[1:]
		err = m.run(next.f, next.args)
	}
	slices.Sort(got.Drops)
	if left < 0 && err == nil {
		err = errors.New("no await was reached")
	}
	return got, left, err
}

// trapped tells what cell would hold if the message trapped now (S19).
func (m *machine) trapped(cell *slot) int {
	twin := *m
	twin.armed, twin.vars, twin.values = slices.Clone(m.armed), map[ops.Var]*slot{}, maps.Clone(m.values)
	for v, s := range m.vars {
		twin.vars[v] = &slot{s.v}
	}
	copied := &slot{cell.v}
	twin.cells = map[string]*slot{}
	for name, s := range m.cells {
		twin.cells[name] = s
		if s == cell {
			twin.cells[name] = copied
		}
	}
	twin.onStore = func() {}
	for len(twin.armed) > 0 {
		g := twin.armed[len(twin.armed)-1]
		twin.armed = twin.armed[:len(twin.armed)-1]
		twin.list(g.Body)
	}
	return copied.v.(int)
}
