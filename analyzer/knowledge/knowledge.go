// Package knowledge is what awaitlint knows about code outside the analysed
// workspace: the Rust standard library, the CDK, stable structures, client
// crates. It is data, in the commented .txt files beside this one; users add
// to it in awaitlint.toml (package config), as entries of the same form. No
// other package names an outside function.
//
// # Format
//
// One entry a line; `#` starts a comment; {a,b} stands for either.
//
//	type PATH                     CLASS
//	deref PATH                    yes, or shared where a clone has the same content
//	variant PATH                  the variant of Option that a variant of an outside enum is like
//	method CLASS.NAME             ACTION [key=value …]
//	fn PATH                       ACTION [key=value …]
//	macro NAME                    ACTION [key=value …]
//	entry ATTRIBUTE               KIND
//	export NAME                   KIND
//	call METHOD                   EFFECT
//	refusal WORD                  anywhere
//	listing NAME                  PATH
//	looks PREFIX                  yes or no
//	constructor NAME              RESULT
//	lend TYPE::METHOD             shared or unique, as=TYPE
//	durable TYPE                  yes
//	unsaved ATTRIBUTE::ARGUMENT   yes
//
// A call entry says what calling a canister method of that name is for, where
// the call itself does not tell: fetch, mutates or moves (value).
//
// A looks entry begins the names of methods that only look at their receiver,
// whatever its type, or with `no` those that do more, though the first part of
// their name says so; a constructor entry says what a function of that name gives.
//
// A lend entry says that what a method gives, called as=, borrows its receiver
// until it is dropped, and that meanwhile another borrow traps unless both are shared.
//
// What a durable type holds is in stable memory; a field with an unsaved argument of
// an attribute is left out when what it belongs to is saved or restored at an upgrade.
//
// A refusal entry is a word that makes a variant of an answer say no.
//
// A class groups types whose methods mean the same. Class `any` holds the
// methods that mean the same on whatever type, for receivers whose type is not known.
// Values of class `guard` hold a lock while they are alive.
// Actions are explained in [Action].
package knowledge

import (
	"embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// An Action is what calling an outside function does.
//
//	same         gives its receiver, or what that points to, unchanged: borrow, as_ref, iter of an option
//	convert      gives its receiver as the type expected there: into
//	load         gives a copy of its receiver's content
//	store        replaces its receiver's content by the argument
//	apply        calls its closure argument once with the content of the receiver
//	verb         is the verb of package ops named by verb=
//	pure         is a function of its arguments
//	part         gives what its closure makes of its first argument, a borrow, and borrows as long
//	arg          gives its first argument (Box::new, Rc::new, Reverse)
//	entry        gives the entry of a map under its argument; modify runs its closure on it where it is there
//	value        gives the value of an entry that is there, after verb= where there is one; how=key gives the key
//	fresh        puts its argument under a key that the map makes, and gives the key
//	retain       keeps the elements of a list for which its closure holds; verb=retain for maps and sets
//	option       is an Option or Result method that lowering writes as tests; how= tells which, of=option|result whose
//	iterator     is an iterator adapter that takes a closure; how= tells which
//	trap         traps
//	chain        gives the future of its closure applied to the output of its receiver; how=map|then (awaits what the closure gives)|ok|err|ok-then|err-then (on one side of a result)
//	scopeguard   gives its first argument, with the closure to run when that is dropped
//	defuse       gives the value of a scope guard, whose closure never runs
//	request      makes the future of an inter-canister call
//	builder      extends a call that is not sent yet
//	oneway       sends a call without waiting
//	spawn        starts its argument as a task
//	timer        runs its closure or future argument later; interval=yes for repeated ones
//	await        gives a future that may suspend, on a call or not; why=TEXT-WITH-DASHES says when
//	never        gives a future that never suspends
//	endpoint     decodes the message's argument, runs its closure or function argument on it and replies
//	join         gives the future of all futures in its arguments, or in the list that is its one argument; how=all|try|select
//	stream       gives the elements of its argument as a stream
//	all          gives the future of all futures in its receiver, a stream; how=try for one that the first error ends
//	each         gives the future of its closure argument on every element of its receiver; how=try as above
//	next         gives the future of the next element of its receiver
//	does         does what its keys say and nothing else, whatever its body says: reads=, writes= (state places, with
//	             commas), commits=never|may|must, traps=, effect=, result=. Only such an entry counts for functions of
//	             the analysed crates themselves
//
// The last segment of a function's path may be *, and so may the name of a method: all that have no entry of
// their own. A method named await is what awaiting a value of the class does.
//
// Keys: verb=, how=, traps=TEXT-WITH-DASHES, mut=yes (hands out mutable access), reply=plain|result|double,
// wait=bounded|unbounded, effect=fetch|mutates|moves, to=N (number of the argument that says whom to call, from 0, the receiver counted), method=N (of the one that names the method), call=NAME (the method called, where the function is named otherwise),
// asks=controllers (whether its argument controls the canister)|message (what came with the message),
// sent=made (the call goes out where it is made, not where it is awaited),
// result=TYPE (what it gives, in Rust with T, K, V, E standing for the receiver's arguments), since=X.Y, until=X.Y (versions of the crate).
type Action struct {
	Kind string
	Keys map[string]string
	Line string // file:line, for messages and docs
}

// Does is the kind of action that says all there is to say of a function.
const Does = "does"

// Get returns the value of a key, "" if absent.
func (a *Action) Get(key string) string { return a.Keys[key] }

// List returns the values of a key whose value is a list with commas.
func (a *Action) List(key string) []string {
	return strings.FieldsFunc(a.Keys[key], func(r rune) bool { return r == ',' })
}

// A Base is all knowledge of one run.
type Base struct {
	types   map[string]string
	methods map[string]*Action
	funcs   map[string][]*Action
	macros  map[string]*Action
	entries map[string]string
	exports map[string]string
	listing map[string]string
	calls   map[string]string
	refuse  []string
	looks   map[string]bool // by prefix
	makes   map[string]string
	upgrade map[string]bool // by kind of entry and name
	derefs  map[string]string
	variant map[string]string
	lends   map[string]*Action
	// taught are the functions with an entry of kind does, by their last segment.
	taught map[string][]*Action
}

//go:embed *.txt
var files embed.FS

// Default returns the embedded knowledge. A mistake in it is a bug of the
// program and panics; a test loads it.
var Default = sync.OnceValue(func() *Base {
	b := &Base{
		types: map[string]string{}, methods: map[string]*Action{}, funcs: map[string][]*Action{},
		macros: map[string]*Action{}, entries: map[string]string{}, exports: map[string]string{}, listing: map[string]string{}, calls: map[string]string{},
		derefs: map[string]string{}, variant: map[string]string{}, taught: map[string][]*Action{}, makes: map[string]string{}, looks: map[string]bool{},
		lends: map[string]*Action{}, upgrade: map[string]bool{},
	}
	dir, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, f := range dir {
		text, err := files.ReadFile(f.Name())
		if err != nil {
			panic(err)
		}
		entries, err := read(f.Name(), string(text))
		if err != nil {
			panic(err)
		}
		for _, e := range entries {
			b.add(e)
		}
	}
	return b
})

// With returns b with more entries, which count before those it has.
func (b *Base) With(entries []Entry) *Base {
	if len(entries) == 0 {
		return b
	}
	more := *b
	more.types, more.methods, more.macros = maps.Clone(b.types), maps.Clone(b.methods), maps.Clone(b.macros)
	more.entries, more.listing, more.calls = maps.Clone(b.entries), maps.Clone(b.listing), maps.Clone(b.calls)
	more.exports = maps.Clone(b.exports)
	more.derefs, more.refuse = maps.Clone(b.derefs), slices.Clone(b.refuse)
	more.upgrade = maps.Clone(b.upgrade)
	more.looks, more.makes = maps.Clone(b.looks), maps.Clone(b.makes)
	more.funcs, more.taught = map[string][]*Action{}, map[string][]*Action{}
	for _, e := range entries {
		more.add(e)
	}
	for name, as := range b.funcs {
		more.funcs[name] = append(more.funcs[name], as...)
	}
	for name, as := range b.taught {
		more.taught[name] = append(more.taught[name], as...)
	}
	return &more
}

// add takes in one entry; read and package config make only entries it knows.
func (b *Base) add(e Entry) {
	switch e.Sort {
	case "type":
		b.types[e.Name] = e.Meaning
	case "entry":
		b.entries[e.Name] = e.Meaning
	case "export":
		b.exports[e.Name] = e.Meaning
	case "deref":
		b.derefs[e.Name] = e.Meaning
	case "variant":
		b.variant[e.Name] = e.Meaning
	case "refusal":
		b.refuse = append(b.refuse, e.Name)
	case "lend":
		b.lends[e.Name] = e.action()
	case "looks":
		b.looks[e.Name] = e.Meaning == "yes"
	case "constructor":
		b.makes[e.Name] = e.Meaning
	case "durable", "unsaved":
		b.upgrade[e.Sort+" "+e.Name] = e.Meaning == "yes"
	case "call":
		b.calls[e.Name] = e.Meaning
	case "listing":
		b.listing[e.Name] = e.Meaning
	case "method":
		b.methods[e.Name] = e.action()
	case "macro":
		b.macros[e.Name] = e.action()
	case "fn":
		a := e.action()
		b.funcs[e.Name] = append(b.funcs[e.Name], a)
		if a.Kind == Does {
			b.taught[last(e.Name)] = append(b.taught[last(e.Name)], a)
		}
	}
}

// Class returns the class of an outside type, "" if unknown. Types are known
// by full path; a type whose path is not known (a crate re-exports it) by its
// last segment where that is unambiguous in the data ("*::NAME" entries).
func (b *Base) Class(path string) string {
	if c, ok := b.types[path]; ok {
		return c
	}
	return b.types["*::"+last(path)]
}

// DescribedClass is [Base.Class] of a type whose source is at hand: the data has
// to name it by its full path.
func (b *Base) DescribedClass(path string) string { return b.types[path] }

// Method returns what a method of a class does, nil if unknown. Methods of
// class "any" apply to every class.
func (b *Base) Method(class, name string) *Action {
	if a := b.Own(class, name); a != nil {
		return a
	}
	return b.methods["any."+name]
}

// Own is Method without the methods of class "any".
func (b *Base) Own(class, name string) *Action {
	if a := b.methods[class+"."+name]; a != nil {
		return a
	}
	return b.methods[class+".*"]
}

// Combinator reports whether a method of this name takes a closure on options,
// results or iterators: on a value of unknown type it is more likely that than
// the like-named method of some other type.
func (b *Base) Combinator(name string) bool {
	for _, class := range [...]string{"option", "result", "iter"} {
		if a := b.methods[class+"."+name]; a != nil && (a.Kind == "option" || a.Kind == "iterator") {
			return true
		}
	}
	return false
}

// Func returns what an outside function does, nil if unknown. version is the
// version of its crate, "" if unknown (the newest entry applies).
func (b *Base) Func(path, version string) *Action {
	as := b.funcs[path]
	if as == nil {
		// Re-exports and generated clients keep the last two segments.
		segs := strings.Split(path, "::")
		if n := len(segs); n > 2 {
			as = b.funcs["*::"+segs[n-2]+"::"+segs[n-1]]
		}
		if n := len(segs); as == nil && n > 1 {
			as = b.funcs["*::"+segs[n-1]]
		}
	}
	if as == nil {
		as = b.funcs[parent(path)+"*"]
	}
	for _, a := range as {
		if since := a.Keys["since"]; since != "" && version != "" && older(version, since) {
			continue
		}
		if until := a.Keys["until"]; until != "" && (version == "" || !older(version, until)) {
			continue
		}
		return a
	}
	return nil
}

// Described returns what a function does whose source is at hand, but which
// belongs to the world outside all the same: a CDK read from the same
// repository. path is where it is defined; nil if the data does not name it.
func (b *Base) Described(path string) *Action {
	if as := b.funcs[path]; len(as) > 0 {
		return as[len(as)-1]
	}
	return nil
}

// Teaches reports whether any function has an entry of kind does.
func (b *Base) Teaches() bool { return len(b.taught) > 0 }

// Taught returns the entry of kind does of a function whose path this is, nil if it has none.
func (b *Base) Taught(path string) *Action {
	for _, p := range [...]string{path, parent(path) + "*"} {
		for _, a := range b.funcs[p] {
			if a.Kind == Does {
				return a
			}
		}
	}
	return nil
}

// TaughtNamed returns the entries of kind does of functions of this name in any
// place: what a method may be whose receiver is not known.
func (b *Base) TaughtNamed(name string) []*Action {
	return slices.Concat(b.taught[name], b.taught["*"])
}

// Crate reports whether a function or type of a crate of this name has an entry.
func (b *Base) Crate(name string) bool {
	for path := range b.funcs {
		if strings.HasPrefix(path, name+"::") {
			return true
		}
	}
	for path := range b.types {
		if strings.HasPrefix(path, name+"::") {
			return true
		}
	}
	return false
}

// Macro returns what a macro does, nil if unknown.
func (b *Base) Macro(name string) *Action { return b.macros[last(name)] }

// Entry returns the kind of entry point an attribute makes, "" if none. An
// entry for "*::NAME" means that name by whatever path.
func (b *Base) Entry(attr string) string {
	if kind := b.entries[attr]; kind != "" {
		return kind
	}
	return b.entries["*::"+last(attr)]
}

// Export returns the kind of entry point that a function exported from Wasm by
// this name is, what follows a space left out, "" if none.
func (b *Base) Export(name string) string { return b.exports[name] }

// Call returns what calling a canister method of this name is for: "fetch",
// "mutates", "moves", or "" if the name does not tell.
func (b *Base) Call(method string) string { return b.calls[method] }

// KnowsMethod reports whether some outside type has a method of this name.
func (b *Base) KnowsMethod(name string) bool {
	for m := range b.methods {
		if last(strings.ReplaceAll(m, ".", ":")) == name {
			return true
		}
	}
	return false
}

// Variant returns what a variant of an outside enum is like, "" if unknown.
func (b *Base) Variant(path string) string { return b.variant[path] }

// Derefs reports whether a type of this path passes method calls on to its content.
func (b *Base) Derefs(path string) bool { return b.derefs[path] != "" }

// Shares reports whether a clone of a value of this type has the same content.
func (b *Base) Shares(path string) bool { return b.derefs[path] == "shared" }

// Refuses reports whether a variant of this name says no.
func (b *Base) Refuses(variant string) bool {
	for _, w := range b.refuse {
		if strings.Contains(variant, w) {
			return true
		}
	}
	return false
}

// OnlyLooks reports whether a method of this name, on whatever type, leaves its
// receiver as it is.
func (b *Base) OnlyLooks(method string) bool {
	looks := false
	for p, only := range b.looks {
		if strings.HasPrefix(method, p) {
			if !only {
				return false
			}
			looks = true
		}
	}
	return looks
}

// Constructor returns what an associated function of this name gives, "" if its
// name does not tell.
func (b *Base) Constructor(name string) string { return b.makes[name] }

// Lends returns how a method of an outside type borrows its receiver, nil if it does not.
func (b *Base) Lends(typ, method string) *Action { return b.lends[typ+"::"+method] }

// Durable reports whether what a type holds outlives an upgrade by itself.
func (b *Base) Durable(path string) bool { return b.upgrade["durable "+path] }

// Unsaved reports whether a field with that argument of an attribute ("serde::skip") is
// left out when what it belongs to is saved or restored.
func (b *Base) Unsaved(attr string) bool { return b.upgrade["unsaved "+attr] }

// Listing returns the path a bare name stands for in a listing without imports.
func (b *Base) Listing(name string) string { return b.listing[name] }

// parent returns a path without its last segment, but with the :: before that.
func parent(path string) string { return path[:strings.LastIndex(path, ":")+1] }

func last(path string) string { return path[strings.LastIndex(path, ":")+1:] }

// older reports whether version v comes before w, comparing major.minor.patch numbers.
func older(v, w string) bool {
	pv, pw := parts(v), parts(w)
	for i := range pv {
		if pv[i] != pw[i] {
			return pv[i] < pw[i]
		}
	}
	return false
}

func parts(v string) (p [3]int) {
	v = strings.TrimLeft(v, "^~=> ")
	for i, s := range strings.SplitN(v, ".", 3) {
		n := 0
		for _, r := range s {
			if r < '0' || r > '9' {
				break
			}
			n = n*10 + int(r-'0')
		}
		p[i] = n
	}
	return p
}
