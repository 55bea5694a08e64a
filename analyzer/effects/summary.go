package effects

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// A Summary is what callers in other crates need to know of a function. It
// is a Fact of the function's object.
type Summary struct {
	// Reads and Writes are places as in ops.Callee: "CELL.path", "*" for anything,
	// "$0.path" for what the first argument refers to; [$1] is the element it selects.
	Reads, Writes []string
	Commits       ops.Commit
	// Traps says why the function may trap, "" if it does not.
	Traps string
}

// AFact marks Summary as an analysis.Fact.
func (*Summary) AFact() {}

func (s *Summary) String() string {
	return "reads " + strings.Join(s.Reads, ",") + "; writes " + strings.Join(s.Writes, ",") + "; " + s.Commits.String() + " commit"
}

// Summarise computes the summary of f. A function that cannot be built may do anything.
func Summarise(f *ops.Func) *Summary {
	m := create(&Canister{}, Input{Entry: finding.Endpoint{Name: f.Name}, Func: f}, true)
	if m.Err != nil {
		return &Summary{Reads: []string{"*"}, Writes: []string{"*"}, Commits: ops.May, Traps: "not analysed"}
	}
	s := &Summary{}
	reads, writes := map[string]bool{}, map[string]bool{}
	for _, a := range m.Accesses {
		if a.Read {
			reads[a.Place.path()] = true
		}
		if a.Write {
			writes[a.Place.path()] = true
		}
	}
	s.Reads, s.Writes = sorted(reads), sorted(writes)
	for _, a := range m.Awaits {
		c := a.Op.Commit
		if c == ops.Must && !m.unavoidable(a.Instr) {
			c = ops.May
		}
		s.Commits = max(s.Commits, c)
	}
	for _, b := range m.Fn.SSA.Blocks {
		for _, instr := range b.Instrs {
			if op := m.callOp(instr); op != nil && s.Traps == "" && m.live.Blocks[b.Index] {
				switch {
				case op.Kind == ops.Trap || op.Kind == ops.Assert:
					s.Traps = op.Text
				case op.Traps != "":
					s.Traps = op.Traps
				case op.Callee != nil:
					s.Traps = op.Callee.MayTrap
				}
			}
		}
	}
	return s
}

// argument is the place that stands for what the i-th argument of a function refers to.
func argument(i int) Place { return Place{Cell: "$" + strconv.Itoa(i)} }

// resolve returns the places of a summary's entry where the function is called with args.
func (d *denoter) resolve(entry string, args []ssa.Value) []Place {
	given := func(name string) ssa.Value {
		number, ok := strings.CutPrefix(name, "$")
		if i, err := strconv.Atoi(number); ok && err == nil && i < len(args) {
			return args[i]
		}
		return nil
	}
	p := parsePlace(entry)
	for i, e := range p.Path {
		if v := given(e.Key.Number); v != nil {
			p.Path[i].Key = d.key(v)
		}
	}
	if p.Cell[0] != '$' {
		return []Place{p}
	}
	var all []Place
	if given(p.Cell) == nil {
		return nil
	}
	for _, at := range d.of[given(p.Cell)].places {
		if at.Cell != "*" {
			at.Path = append(at.Path[:len(at.Path):len(at.Path)], p.Path...)
		}
		all = append(all, at)
	}
	return all
}

// unavoidable reports whether every way from the start of the function to
// a return passes instr.
func (m *Message) unavoidable(instr ssa.Instruction) bool {
	for _, b := range m.Fn.SSA.Blocks {
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && m.live.Blocks[b.Index] && !instr.Block().Dominates(b) {
			return false
		}
	}
	return true
}

// path writes the place without the names of keys, which mean nothing elsewhere
// unless they are parameters.
func (p Place) path() string {
	var b strings.Builder
	b.WriteString(p.Cell)
	for _, e := range p.Path {
		switch i, err := strconv.Atoi(strings.TrimPrefix(e.Key.Number, "p")); {
		case e.Field != "":
			b.WriteString("." + e.Field)
		case e.Key.Known == KeyParam && err == nil:
			b.WriteString(".[" + argument(i).Cell + "]")
		default:
			b.WriteString(".[*]")
		}
	}
	return b.String()
}

func sorted(set map[string]bool) []string {
	var out []string
	for s := range set {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}
