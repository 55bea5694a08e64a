// Package canister finds, in the crates of a workspace, the canisters: their
// entry points, their state cells, and the crates they reach.
package canister

import (
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// A Canister is a crate with at least one entry point, and what it reaches.
type Canister struct {
	Crate     *workspace.Crate
	Workspace *workspace.Workspace
	Knowledge *knowledge.Base
	// Reach is Crate and every workspace or path crate it links, dependencies first.
	Reach   []*workspace.Crate
	Entries []*Entry // in source order, crate by crate

	cells   map[*workspace.Def]*Cell
	names   map[string]*workspace.Def // cell name → its definition
	assumed map[string]*Cell
	called  map[string]bool
	survey  *survey
	statics []*workspace.Def
	lessons map[*workspace.Def]*knowledge.Action // see Taught
	classes map[*workspace.Def]string            // see DescribedClass
}

// Described returns what knowledge says of a function of another crate of the
// workspace: what is said of a CDK counts before its source.
func (c *Canister) Described(d *workspace.Def) *knowledge.Action {
	if d.Module == nil || d.Module.Crate == c.Crate {
		return nil
	}
	return described(c.Knowledge, d)
}

// DescribedClass returns the class of a type of the workspace, "" if it has none.
func (c *Canister) DescribedClass(d *workspace.Def) string {
	class, known := c.classes[d]
	if !known {
		class = c.Knowledge.DescribedClass(d.Path())
		c.classes[d] = class
	}
	return class
}

// Taught returns the entry of kind does of a function of the analysed crates:
// its own, or that of the trait whose method it is.
func (c *Canister) Taught(d *workspace.Def) *knowledge.Action {
	if !c.Knowledge.Teaches() {
		return nil
	}
	a, known := c.lessons[d]
	if !known {
		a = taught(c.Knowledge, d)
		c.lessons[d] = a
	}
	return a
}

func taught(k *knowledge.Base, d *workspace.Def) *knowledge.Action {
	if !k.Teaches() || d.Module == nil {
		return nil
	}
	if a := k.Taught(d.Path()); a != nil || d.Impl == nil || d.Impl.Trait == nil {
		return a
	}
	trait := d.Impl.Trait.Name
	if t := d.Impl.Trait.Def; t != nil {
		trait = t.Path()
	}
	return k.Taught(trait + "::" + d.Name)
}

func described(k *knowledge.Base, d *workspace.Def) *knowledge.Action {
	if d.Impl != nil && d.Impl.Trait != nil || d.Owner != nil || d.Module == nil || taught(k, d) != nil {
		return nil
	}
	return k.Described(d.Path())
}

// Name is the canister's name as shown to users: the package, else the crate.
func (c *Canister) Name() string {
	if c.Crate.Package != "" {
		return c.Crate.Package
	}
	return c.Crate.Name
}

// A Kind is the kind of an entry point.
type Kind uint8

const (
	Update Kind = iota + 1
	Query
	CompositeQuery
	Init
	PreUpgrade
	PostUpgrade
	Heartbeat
	Timer     // the canister_global_timer export, and what set_timer* is given
	Inspect   // inspect_message
	LowMemory // on_low_wasm_memory
	Task      // spawned work
	Function  // no entry point: a function that nothing known calls
)

func (k Kind) String() string {
	return [...]string{"", "update", "query", "composite query", "init", "pre_upgrade", "post_upgrade",
		"heartbeat", "timer", "inspect_message", "on_low_wasm_memory", "task", "function"}[k]
}

// Commits reports whether the state changes of an execution of kind k last
// (§1.4: those of queries and inspect_message are thrown away).
func (k Kind) Commits() bool { return k != Query && k != CompositeQuery && k != Inspect }

// Looks reports whether an execution of kind k runs in the gaps of others and
// changes nothing there: it can only see what is half done.
func (k Kind) Looks() bool { return k == Query || k == CompositeQuery || k == Inspect }

// Lifecycle reports whether k runs only at install or upgrade, when no call may be made.
func (k Kind) Lifecycle() bool { return k == Init || k == PreUpgrade || k == PostUpgrade }

// An Entry is one entry point: a function the system calls.
type Entry struct {
	Kind Kind
	// Name is the exported method, or the function's path for hooks and tasks.
	Name string
	Def  *workspace.Def
	Span rustparse.Span // the name in the declaration
	// Guards are the functions named in `guard = "…"`, run before the body in
	// the same segment (S24); they are no locks.
	Guards []string
	// ManualReply: the function replies itself, perhaps before its end (S13).
	ManualReply bool
	// Assumed: the function is taken for an entry point because nothing calls
	// it; the text says so ("nothing calls withdraw: taken as an update").
	Assumed string
	// Interval timers can overlap with themselves.
	Interval bool
}

// A Cell is a piece of state that outlives a message.
type Cell struct {
	Name string          // unique in the canister: "BALANCES", "ledger::STATE" where two share a name
	Def  *workspace.Def  // nil for assumed cells
	Type *workspace.Type // as declared, with wrappers
	// Assumed says why a cell is supposed where none is declared (listings).
	Assumed string
}
