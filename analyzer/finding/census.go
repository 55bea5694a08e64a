package finding

import "github.com/awaitlint/awaitlint/rustparse"

// A Census says what of some canister code was understood and what was not.
type Census struct {
	// Total is the sum of Crates, worst first.
	Total  Crate
	Crates []Crate
	// Macros are the calls of macros that the workspace defines: "expanded", then the
	// reasons why others are not. Last the calls of any macro whose arguments are "not read".
	Macros Tally
	// Sites are all that was counted, by path and offset, each once however
	// many messages it is part of.
	Sites []Site
}

// A Crate is what was counted in the files of one crate that findings are
// reported about. Test code is left out, except where it is named as a reason.
type Crate struct {
	Name     string `json:"name"`
	Canister bool   `json:"canister"` // it has entry points
	Files    int    `json:"files"`
	Lines    int    `json:"lines"`
	Problems int    `json:"problems"` // that reading its files met

	// Functions with a body: "lowered" in some message, "alone" where no message is
	// known to run them, "called" and known by what they compute only (they touch no
	// state and never wait), "left out" of the messages that call them, "not reached".
	Functions Tally `json:"functions"`
	// EntryPoints by kind, and the tasks they start.
	EntryPoints Tally `json:"entry_points"`
	// Endpoints are the entry attributes that a search of the plain text finds,
	// by class (see [Site]).
	Endpoints Tally `json:"endpoints"`
	// NoEntry are the reasons why an attribute makes no entry point.
	NoEntry Tally `json:"no_entry"`
	// Awaits are every .await, and every macro that waits, by class.
	Awaits Tally `json:"awaits"`
	// AwaitsRest are the reasons of the classes that are known.
	AwaitsRest Tally `json:"awaits_rest_on"`
	// AwaitsOpen are the reasons why an await is not known.
	AwaitsOpen Tally `json:"awaits_open"`
	// Accesses are uses of state cells and calls of helpers that use one, by class.
	Accesses Tally `json:"accesses"`
	// AccessesOpen are the reasons why an access is known no closer than by its cell.
	AccessesOpen Tally `json:"accesses_open"`
	// Opaque are constructs that were not understood, by kind.
	Opaque Tally `json:"opaque"`
	// Unresolved are callees nothing is known of, by name.
	Unresolved Tally `json:"unresolved"`
	// LeftOut are functions that some message calls and does not contain, with the reason.
	LeftOut Tally `json:"left_out"`
}

// A Tally counts things by name. Classes stand in their fixed order, anything
// else by falling count, then by name.
type Tally []Count

// A Count is one line of a [Tally].
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Of returns the count of name.
func (t Tally) Of(name string) int {
	for _, c := range t {
		if c.Name == name {
			return c.Count
		}
	}
	return 0
}

// Sum returns the sum of all counts.
func (t Tally) Sum() int {
	n := 0
	for _, c := range t {
		n += c.Count
	}
	return n
}

// The lists a [Site] can stand in.
const (
	ListEndpoints = "endpoints"
	ListAwaits    = "awaits"
	ListAccesses  = "accesses"
	ListOpaque    = "opaque"
)

// A Site is one thing that was counted, at its place in the text.
type Site struct {
	List     string
	Span     rustparse.Span
	Crate    string // "" for files that belong to no crate
	Function string // around it, "" for none
	// Class is, for endpoints: "entry point", "no entry point" (Reason says why),
	// "not understood". For awaits: "never", "may" or "must" commit, "not known",
	// "not reached". For accesses: "place" (below the cell), "whole" (all of the cell, and that is
	// what the code does), "cell" (somewhere in the cell), "not resolved",
	// "not reached", "skipped" (in a log macro, which is not followed). For opaque
	// constructs: "construct", "call".
	Class string
	// Name is the kind of the endpoint, what is awaited, the cell or helper, the construct or callee.
	Name string
	// Places are what rules see of an access: "reads STATE.accounts[who].balance".
	Places []string
	// Cause says in few words what the class rests on ("a knowledge entry", "no
	// call at all"), or what is missing ("`publish` is not known"). Sites are counted by it.
	Cause string
	// Reason is the chain that leads to the cause, "" where there is none.
	Reason string
}
