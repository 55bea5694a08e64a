package model

// A Reg holds the result of one step; 0 is "none". It is written once per
// execution of the step.
type Reg int32

// A Slot is a local variable; 0 is "none".
type Slot int32

// A Label names an enclosing Block or Loop; 0 is "none".
type Label int32

// A Site identifies where a step comes from; its meaning is the caller's.
type Site int32

// A Kind says what a step does; a and b are Args[0] and Args[1].
type Kind uint8

const (
	Invalid Kind = iota

	// Values.
	Const  // Out = Const
	Param  // Out = the Index-th argument
	Cell   // Out = the place that is cell Name
	Get    // Out = the value of Slot
	Ref    // Out = a reference to Slot
	Field  // Out = a.Name
	Index  // Out = a[b]; traps where there is none
	Load   // Out = a copy of what is at place a
	Make   // Out = the aggregate Name of Args, with names Fields; "[]" a list, "()" a tuple, ".." and "..=" a range
	Bin    // Out = a Name b
	Un     // Out = Name a
	Copy   // Out = a (casts and conversions that keep the value)
	Test   // Out = whether a matches Pat
	Proj   // Out = the part of a at Path
	Verb   // Out = Name(Args...), see the Verb constants
	Call   // Out = an answer of Callee, which is not part of the program
	Opaque // Out = something that depends on Args only

	// Effects.
	Declare // Slot begins to exist
	Set     // Slot = a
	Store   // the place a = b

	// Control.
	If       // if a { Body } else { Else }
	Block    // { Body }
	Loop     // loop { Body }
	Break    // leaves Label
	Continue // starts Label again
	Return   // return a
	Trap
	Assert // traps unless a holds

	// Messages.
	Request // Out = the future of a call
	Join    // Out = the future of all of Args; Name "all", "try", "select"
	Await   // Out = the answer of future a; the segment ends unless Commit is Never
	Oneway  // a call without an answer
	Spawn   // Task is started later with Args

	// Lifetimes.
	Guard // Slot holds a value whose drop runs Body
	Drop  // Slot ends: the drop of a live guard runs
	Move  // the guard of Slot is no longer this scope's
)

// A Step is one operation. Steps are immutable once compiled.
type Step struct {
	Kind    Kind
	Site    Site
	Out     Reg
	Args    []Reg
	Slot    Slot
	Label   Label
	Index   int
	Name    string
	Fields  []string
	Const   Value
	Pat     *Pat
	Path    []Elem
	Body    []*Step
	Else    []*Step
	Request *CallInfo
	Callee  *Callee
	Task    *Func
	Commit  Commit
	// Leaves: a Break that leaves a function that was lowered in place, early.
	Leaves bool
	// Overflow: arithmetic that leaves the type's range traps. Without it a
	// result below zero stands for a wrapped number.
	Overflow bool
	// Traps: it may trap in a way the machine does not show by itself, see
	// [System.Survival].
	Traps bool
}

// An Elem leads from a value to a part: a field, or the payload Field of Variant.
type Elem struct {
	Variant string
	Field   string
}

// A Pat is a pattern reduced to what decides about a match.
type Pat struct {
	Kind   PatKind
	Name   string // PatVariant
	Const  Value  // PatConst
	Subs   []*Pat
	Steps  []Elem // the way to what Subs[i] must match
	Lo, Hi Value  // PatRange, inclusive; the zero Value where open
	Text   string // PatOpaque: what distinguishes it from other patterns
}

// A PatKind is the kind of a [Pat].
type PatKind uint8

const (
	PatAny PatKind = iota
	PatConst
	PatVariant
	PatTuple
	PatRange
	PatOr
	PatOpaque
)

// A CallInfo describes an inter-canister call.
type CallInfo struct {
	Label   string
	Bounded bool
	Reply   Reply
	Effect  Effect
}

// A Reply is the shape of what awaiting a call gives.
type Reply uint8

const (
	ReplyPlain  Reply = iota // the payload; a reject traps
	ReplyResult              // Result<payload, reject>
	ReplyDouble              // Result<Result<payload, error>, reject>
)

// An Effect says what a call does in the callee.
type Effect uint8

const (
	EffectUnknown Effect = iota // decided by whether anybody looks at the payload
	EffectFetch
	EffectMutates
)

// A Commit says whether an await ends a segment.
type Commit uint8

const (
	Never Commit = iota
	May
	Must
)

// A Callee is a function whose body is not known.
type Callee struct {
	Name string
	// Reads lists the cells its answer may depend on besides the arguments;
	// "*" for any.
	Reads []string
	// MayWrite: it may change state, so nothing is certain once it ran.
	MayWrite bool
}

// A Func is a message, task or function in steps.
type Func struct {
	Name   string
	Params []ParamInfo
	Body   []*Step
	Regs   int // highest register + 1
	Slots  int // highest slot + 1
	// Anonymous: no user sends it (timers, heartbeats, tasks): its caller is
	// the canister itself.
	Anonymous bool
	// Refusals are the variants of its reply, besides Err, None and false,
	// that say "refused".
	Refusals map[string]bool
}

// A ParamInfo tells of which sort an argument is, where that is known.
type ParamInfo struct {
	Name string
	Sort Sort
}

// A Sort is the sort of an unknown value.
type Sort uint8

const (
	SortUnknown Sort = iota
	SortInt
	SortBool
	SortKey // principals, texts, identifiers: only compared
	SortOption
	SortMap
	SortList
)

// Verbs: the operations on containers, options and numbers. a is the receiver.
const (
	MapGet        = "map.get"
	MapGetCopy    = "map.get_copy"
	MapContains   = "map.contains"
	MapInsert     = "map.insert"
	SetInsert     = "set.insert"
	MapRemove     = "map.remove"
	SetRemove     = "set.remove"
	MapEntryOr    = "map.entry_or"
	ListPush      = "list.push"
	ListPushFront = "list.push_front"
	ListPop       = "list.pop"
	ListPopFront  = "list.pop_front"
	ListGet       = "list.get"
	ListFirst     = "list.first"
	ListLast      = "list.last"
	ListRemove    = "list.remove"
	ListContains  = "list.contains"
	Len           = "len"
	IsEmpty       = "is_empty"
	Clear         = "clear"
	Iter          = "iter"
	Keys          = "keys"
	Values        = "values"
	Retain        = "retain"
	Extend        = "extend"
	Drain         = "drain"
	IterNext      = "iter.next"
	ReadAll       = "read"
	WriteAll      = "write"
	Replace       = "replace"
	Take          = "take"
	Swap          = "swap"
	GetOrInsert   = "opt.get_or_insert"
	IterSome      = "iter.some"
	IterEnumerate = "iter.enumerate"
	Collect       = "collect"
	Unwrap        = "unwrap"
	UnwrapErr     = "unwrap_err"
	OkOpt         = "ok"
	ErrOpt        = "err"
	CheckedAdd    = "checked_add"
	CheckedSub    = "checked_sub"
	CheckedMul    = "checked_mul"
	SatAdd        = "saturating_add"
	SatSub        = "saturating_sub"
	SatMul        = "saturating_mul"
	WrapAdd       = "wrapping_add"
	WrapSub       = "wrapping_sub"
	Min           = "min"
	Max           = "max"
	IsCleanReject = "is_clean_reject"
	Caller        = "caller"
	Now           = "now"
	Recovering    = "recovering"
	Decode        = "decode"
)
