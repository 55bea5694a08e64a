package ops

// Verbs are the operations on containers, options and numbers that knowledge
// data reduces library methods to. Args[0] is the receiver: a place (a chain
// from Cell or Ref) or a value. A verb that writes and whose receiver is a
// local variable is followed by an Out of that variable.
//
// Option and Result methods that take closures, `?`, matches and `if let` do
// not appear: lowering writes them as Test, If and Proj.
const (
	// Maps and sets (a set is a map to unit). Keys are Args[1].
	MapGet      = "map.get"      // Option<reference to the entry>
	MapGetCopy  = "map.get_copy" // Option<copy of the entry> (stable structures)
	MapContains = "map.contains" // bool
	MapInsert   = "map.insert"   // Option<old value>; writes entry Args[1] = Args[2]
	SetInsert   = "set.insert"   // bool: was new
	MapRemove   = "map.remove"   // Option<old value>
	SetRemove   = "set.remove"   // bool: was there
	MapEntryOr  = "map.entry_or" // reference to the entry, Args[2] inserted where absent
	// Lists, queues.
	ListPush      = "list.push" // at the end; Args[1]
	ListPushFront = "list.push_front"
	ListPop       = "list.pop" // Option<value>, from the end
	ListPopFront  = "list.pop_front"
	ListGet       = "list.get"    // Option<reference to element Args[1]>
	ListFirst     = "list.first"  // Option<reference>
	ListLast      = "list.last"   // Option<reference>
	ListRemove    = "list.remove" // element Args[1]; traps when absent
	// Any container.
	Len      = "len"
	IsEmpty  = "is_empty"
	Clear    = "clear"
	Iter     = "iter" // a list of (references to) the elements: pairs for maps
	Keys     = "keys"
	Values   = "values"
	Retain   = "retain" // keeps an unknown subset
	Extend   = "extend" // adds the elements of Args[1]
	Drain    = "drain"  // all elements, removed
	Contains = "list.contains"
	IterNext = "iter.next" // Option<element>; used by for loops, receiver a Var
	ReadAll  = "read"      // something computed from the whole receiver (sum, max, sort, …)
	WriteAll = "write"     // the whole receiver changed in an unknown way
	// Whole places (Cell, StableCell, Option::take, mem::take, mem::replace).
	Replace     = "replace"           // old content; the place becomes Args[1]
	Take        = "take"              // old content; the place becomes its default (None for options)
	Swap        = "swap"              // the places Args[0] and Args[1] exchange their contents
	GetOrInsert = "opt.get_or_insert" // reference to the payload, Args[1] put there where None
	// Iterator adapters without closures, and their end.
	IterSome      = "iter.some"      // some of the elements, in an order not told (skip, take, rev, zip…)
	IterEnumerate = "iter.enumerate" // pairs of index and element
	Collect       = "collect"        // the elements as a container
	// Options and results.
	Unwrap    = "unwrap"     // payload of Some/Ok, traps otherwise
	UnwrapErr = "unwrap_err" // payload of Err, traps otherwise
	OkOpt     = "ok"         // Result to Option
	ErrOpt    = "err"        // Err payload as Option
	// Numbers. Plain arithmetic is Bin.
	CheckedAdd = "checked_add" // Option
	CheckedSub = "checked_sub"
	CheckedMul = "checked_mul"
	SatAdd     = "saturating_add"
	SatSub     = "saturating_sub"
	SatMul     = "saturating_mul"
	WrapAdd    = "wrapping_add"
	WrapSub    = "wrapping_sub"
	Min        = "min"
	Max        = "max"
	// Facts about a reject, and about the message.
	IsCleanReject = "is_clean_reject" // bool: the callee certainly did nothing (§2.5)
	Caller        = "caller"          // the principal that sent the message
	Anonymous     = "anonymous"       // the principal of those who do not say who they are
	Now           = "now"             // the time
	Recovering    = "recovering"      // bool: a cleanup runs after a trap
	Replicated    = "replicated"      // bool: the message runs on all nodes, not on one as queries do
	Decode        = "decode"          // Result<payload, decode error> of a reply
)

var writing = map[string]bool{
	MapInsert: true, SetInsert: true, MapRemove: true, SetRemove: true, MapEntryOr: true,
	ListPush: true, ListPushFront: true, ListPop: true, ListPopFront: true, ListRemove: true,
	Clear: true, Retain: true, Extend: true, Drain: true, IterNext: true, WriteAll: true,
	Replace: true, Take: true, Swap: true, GetOrInsert: true,
}

// Writes reports whether a verb changes its receiver.
func Writes(verb string) bool { return writing[verb] }
