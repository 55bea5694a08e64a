// Package ops defines the structured operations that a Rust message is
// lowered to. Everything after lowering reads only them: the SSA of the rules,
// the step programs of the segment model, and the dump.
//
// A [Func] is a tree of operations in evaluation order. Control flow is
// structured (If, Block, Loop, Break, Continue, Return): Rust has no goto.
// Values are defined once and used in the scope below their definition;
// what is assigned again lives in a [Var].
//
// # Places and values
//
// A place is named by a chain of values: Cell or Ref, then Field, Index,
// Proj. `STATE.with_borrow_mut(|s| s.balances[k] = v)` is
//
//	v1 = Cell STATE
//	v2 = Field v1 .balances
//	v3 = Index v2 [k]
//	     Store v3 = v
//
// Field, Index and Proj of something that is not a place give its part.
// Whatever consumes a place other than by extending the chain reads it; Load
// makes a read explicit where the source has a value use (`*x`, `s.balance`).
// References are transparent: a Var may hold one, and Field of a reference is
// Field of what it points to. `&x` of a local is Ref; a callee that was
// given one may change the variable (see [Out]).
package ops

import (
	"slices"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A Value is the result of one operation of a function; 0 is "none".
type Value int32

// A Var is a local variable of a function; 0 is "none".
type Var int32

// A Label names an enclosing Block or Loop; 0 is "none".
type Label int32

// A Site is an index into [Func.Sites]: where an operation comes from.
type Site int32

// A Kind says what an operation does. Out is Op.Out, a and b are Op.Args[0]
// and Op.Args[1].
type Kind uint8

const (
	Invalid Kind = iota

	// Values.
	Const  // Out = the literal Text; Lit says of which type
	Param  // Out = the Index-th parameter or capture of the function (only at the top of the body)
	Cell   // Out = the place that is the content of state cell Name
	Get    // Out = the value of Var
	Ref    // Out = a reference to Var; Mut if it may be written through
	Field  // Out = a.Name; tuple fields are "0", "1", …
	Index  // Out = a[b]
	Load   // Out = the content of place a, copied or moved out; references inside it are followed (Option<&T> gives Option<T>)
	Make   // Out = a new aggregate: see [Op.Name]
	Bin    // Out = a Name b, Name a Rust operator ("+", "==", …; never && or ||)
	Un     // Out = Name a, Name one of "-", "!"
	Cast   // Out = a as Text
	Test   // Out = whether a matches Pat (a bool); binds nothing
	Proj   // Out = the part of a that lies at Path, after a successful Test
	Verb   // Out = Name(Args...), an operation whose meaning knowledge gives; see verbs.go
	Call   // Out = Text(Args...): a callee whose body is not part of this function; Callee says what is known of it
	Opaque // Out = something that depends on Args; Text is the source form that was not understood

	// Effects on variables and places.
	Declare // Var begins to exist, unassigned
	Set     // Var = a
	Store   // the place a = b
	Out     // Var may have been changed through the reference given to the operation that made a (a call or verb)

	// Control.
	If    // if a { Body } else { Else }
	Block // { Body }, Break Label leaves it
	Loop  // loop { Body }, Break leaves it, Continue starts it again
	Break
	Continue
	Return // return a
	Trap   // the segment traps; Text says how ("panic!", "trap", "unreachable!")
	Assert // traps unless a holds; Text is the macro's name

	// Messages.
	Request // Out = the future of an inter-canister call; Op.Request describes it; Args are target, method, arguments…
	Join    // Out = the future of all of Args; Name "all", "try", "select"
	Await   // Out = the answer of future a. Commit says whether a segment ends here
	Oneway  // a request is sent without waiting: no segment ends
	Spawn   // the task Task starts with captures Args

	// Lifetimes.
	Guard // Var holds, from here on, a value of type Name ("" for a scope guard) whose Drop runs Body (in Body, Ref Var is self)
	Drop  // Var goes out of scope; if it holds a live guard its drop body runs
	Move  // the value of Var was moved away: its drop is no longer this scope's
)

// An Op is one operation. Which fields are set depends on Kind.
type Op struct {
	Kind  Kind
	Mut   bool // Ref; Cell: a reference to it is all there is, no RefCell or lock keeps two apart
	Lend  Lend // Guard: it is a borrow
	Lit   Lit  // Const
	Site  Site
	Out   Value
	Args  []Value
	Var   Var
	Label Label
	Index int
	// Name is the field, operator, verb, cell or aggregate. For Make it is
	// the type or variant path as written resolved ("Ok", "Some", "None",
	// "Status::Done", "State"), "()" for tuples and unit, "[]" for arrays and
	// vectors, ".." for ranges, "|…|" for closures that are values. Fields
	// names the aggregate's fields in the order of Args.
	Name   string
	Text   string
	Fields []string
	Pat    *Pat
	Path   []Step
	Body   []*Op
	Else   []*Op

	Request *RequestInfo
	Callee  *Callee
	Task    *Func
	Commit  Commit // Await
	Wait    *Wait  // Await: what it waits for, and why it ends a segment
	// Traps says why the operation may trap ("unwrap on None", "index out of
	// bounds", "arithmetic overflow"), "" if it cannot.
	Traps string
}

// A Lend says that a guard is a borrow of the place in its variable, as a
// RefMut or a MutexGuard is: its drop runs nothing, but until then another
// borrow that does not go with it traps.
type Lend uint8

const (
	NoLend Lend = iota
	Shared      // goes with other shared ones
	Unique
)

// Within is the Text of an If that is part of a `?` or a combinator and no branch of the source.
const Within = "within"

// A Lit is the type of a constant.
type Lit uint8

const (
	LitUnit Lit = iota
	LitBool
	LitInt
	LitFloat
	LitString
	LitChar
)

// A Commit says whether an await ends a segment (M2).
type Commit uint8

const (
	Never Commit = iota // runs straight through
	May                 // some path really calls, or nobody knows
	Must                // a call is sent unless sending fails at once (M3)
)

func (c Commit) String() string { return [...]string{"never", "may", "must"}[c] }

// A Pat is a pattern reduced to what decides about a match.
type Pat struct {
	Kind PatKind
	// Name is the variant or struct ("Some", "Ok", "Status::Done") for
	// PatVariant, the literal's text for PatConst.
	Name string
	Lit  Lit
	// Subs are the alternatives of PatOr and the sub-patterns of the others,
	// Steps[i] the way from the value to what Subs[i] must match.
	Subs  []*Pat
	Steps []Step
	// Lo and Hi bound PatRange, "" where open; Text is the source, for the reader.
	Lo, Hi string
	Text   string
}

// A PatKind is the kind of a [Pat].
type PatKind uint8

const (
	PatAny     PatKind = iota // matches whatever it is
	PatConst                  // equals the constant Name
	PatVariant                // is the variant Name, and all Subs match
	PatTuple                  // tuples, slices, structs: all Subs match
	PatRange                  // lies in Lo..=Hi
	PatOr                     // one of Subs matches
	PatOpaque                 // not understood: may match or not
)

// A Step leads from a value to a part of it: a field (tuple fields by number;
// the payload of a variant is Field "0" of Variant), or an element.
type Step struct {
	Variant string // the variant that must be present, "" for none
	Field   string
}

// A RequestInfo describes an inter-canister call.
type RequestInfo struct {
	// Method is the method called, as written ("transfer", "http_request"),
	// or the callee's name where it is computed.
	Method string
	// API is the function or builder it was made with ("Call::bounded_wait").
	API     string
	Bounded bool // bounded wait: the outcome may be unknown (C7, S3)
	// To is the number of the argument, from 1, that says whom to call: a
	// principal, or a client made for one. 0: a fixed callee, or not known.
	To    int
	Reply Reply
	// Effect says what the call is for, where knowledge data tells.
	Effect Effect
}

// A Reply is the shape of what awaiting a request gives.
type Reply uint8

const (
	ReplyPlain  Reply = iota // the payload; rejects trap or cannot be seen
	ReplyResult              // Result<payload, reject>
	ReplyDouble              // Result<Result<payload, callee's error>, reject>
)

// An Effect says what a call does in the callee.
type Effect uint8

const (
	EffectUnknown    Effect = iota
	EffectFetch             // reads only
	EffectMutates           // changes something there
	EffectMovesValue        // moves tokens, cycles or ownership
)

// A Callee is what is known of a function that is called but not part of the
// lowered function.
type Callee struct {
	// Path is the callee as the user would write it ("crate::ledger::fee").
	Path string
	// Decl is its name in its declaration, for functions of the workspace.
	Decl rustparse.Span
	// Message: what it gives belongs to the message as it came, such as the cycles attached to it.
	Message bool
	// Pure: neither reads nor writes state, does not call. Such a call is a
	// function of its arguments.
	Pure bool
	// Controls: it tells whether its argument is a controller of the canister.
	Controls bool
	// Reads and Writes name the state places that may be touched, as
	// "CELL.path", "*" for "anything".
	Reads, Writes []string
	// Summed: Reads and Writes are all it does, also by way of its arguments: they
	// hold "$0.path" for what is read or written below the first.
	Summed bool
	// State are the arguments, by index, that may refer to state.
	State []int
	// Mutates are the arguments, by index, that the callee may write through.
	Mutates []int
	// MayTrap says why the callee may trap, "" if it does not.
	MayTrap string
	// Cut is why the body was not lowered here ("recursion", "size", "external", "dyn").
	Cut string
}

// A Func is one message, task, or plain function in lowered form.
type Func struct {
	// Name is the Rust path as shown to users: "withdraw", "Vault::pay",
	// "withdraw::{spawn#1}" for tasks.
	Name   string
	Async  bool
	Params []ParamInfo
	Body   []*Op
	Vars   []VarInfo      // indexed by Var; Vars[0] unused
	Values int            // number of values + 1
	Sites  []SiteInfo     // indexed by Site; Sites[0] unused
	Span   rustparse.Span // the name in the declaration
	Full   rustparse.Span // the whole declaration
	// Waits are the awaits of the source that were lowered here, in its order.
	Waits []*Wait
	// Unrun are futures that die before anybody runs them.
	Unrun []*Unrun
	// Refusals are the variants of workspace and outside enums that say "no" by
	// their name, among those the function names ("CreateReply::InternalError").
	Refusals map[string]bool
	// Opaque counts constructs that were not understood, by kind.
	Opaque map[string]int
	// Partial says that the body was not read whole (parse problems in it, or cut).
	Partial []string
	// Assumed lists what was taken for granted, for listings ("x is assumed to be a state cell").
	Assumed []string
}

// SameFrame reports whether two sites are in the same execution of one source function.
func (f *Func) SameFrame(a, b Site) bool {
	return f.Sites[a].Func == f.Sites[b].Func && f.Sites[a].Caller == f.Sites[b].Caller
}

// Common is a site in the innermost execution of a source function that both a and b are part
// of, also by what it calls.
func (f *Func) Common(a, b Site) Site {
	for s := a; ; s = f.Sites[s].Caller {
		for t := b; ; t = f.Sites[t].Caller {
			if f.SameFrame(s, t) {
				return s
			}
			if f.Sites[t].Caller == 0 {
				break
			}
		}
		if f.Sites[s].Caller == 0 {
			return s
		}
	}
}

// Depth counts the calls that lead from the function itself to a site.
func (f *Func) Depth(s Site) int {
	n := 0
	for s = f.Sites[s].Caller; s != 0; s = f.Sites[s].Caller {
		n++
	}
	return n
}

// SeenFrom is the site at which the function that holds from, or else the
// innermost around it that does, runs what is at s: s itself, or the call of the
// helper it stands in.
func (f *Func) SeenFrom(s, from Site) Site {
	for ; from != 0; from = f.Sites[from].Caller {
		for t := s; t != 0; t = f.Sites[t].Caller {
			if f.SameFrame(t, from) {
				return t
			}
		}
	}
	return s
}

// AwaitOf is the await that waits for the call at a site, in the source
// function that the site is part of: the word `await` where there is one, else the site.
func (f *Func) AwaitOf(call Site) Site {
	best := call
	at := f.Sites[call]
	for _, w := range f.Waits {
		s := f.Sites[w.Site]
		if !f.SameFrame(w.Site, call) || s.Span.File != at.Span.File || s.Span.Start < at.Span.Start {
			continue
		}
		if best == call || s.Span.Start < f.Sites[best].Span.Start {
			best = w.Site
		}
	}
	return best
}

// PassesOn reports whether the function that holds frame, lowered in place, gives
// its caller something that depends on what await gave.
func (f *Func) PassesOn(await *Op, frame Site) bool {
	values, vars := map[Value]bool{await.Out: true}, map[Var]bool{}
	out := false
	var visit func(list []*Op, chosen bool)
	visit = func(list []*Op, chosen bool) {
		for _, op := range list {
			depends := slices.ContainsFunc(op.Args, func(a Value) bool { return values[a] })
			switch {
			case op.Kind == Get || op.Kind == Ref:
				depends = vars[op.Var]
			case op.Kind == Set && (depends || chosen):
				vars[op.Var] = true
				// The caller's variable takes what the callee returns.
				out = out || f.SameFrame(op.Site, frame) && f.SameFrame(f.Vars[op.Var].Site, f.Sites[frame].Caller)
			}
			if depends && op.Out != 0 {
				values[op.Out] = true
			}
			visit(op.Body, chosen || op.Kind == If && depends)
			visit(op.Else, chosen || op.Kind == If && depends)
		}
	}
	visit(f.Body, false)
	return out
}

// A ParamInfo is a parameter or capture.
type ParamInfo struct {
	Name string
	Type string // as written
}

// A VarInfo is a local variable.
type VarInfo struct {
	Name string // as written; "" for temporaries
	Mut  bool
	Type string // as far as known
	Site Site
}

// A SiteInfo is where an operation comes from.
type SiteInfo struct {
	Span rustparse.Span
	// Func is the source function the text stands in, where it is not the
	// Func itself (an inlined helper or closure's owner).
	Func string
	// Caller is the site of the call that brought the inlined text here, 0 for none.
	Caller Site
}
