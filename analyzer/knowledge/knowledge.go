// Package knowledge is what awaitlint knows about code outside the analysed
// workspace: the Rust standard library, the CDK, stable structures, client
// crates. It is data, in the commented .txt files beside this one; users add
// to it in awaitlint.toml. No other package names an outside function.
//
// # Format
//
// One entry a line; `#` starts a comment; {a,b} stands for either.
//
//	type PATH                     CLASS
//	deref PATH                    yes
//	method CLASS.NAME             ACTION [key=value …]
//	fn PATH                       ACTION [key=value …]
//	macro NAME                    ACTION [key=value …]
//	entry ATTRIBUTE               KIND
//	call METHOD                   EFFECT
//	refusal WORD                  anywhere
//	listing NAME                  PATH
//
// A call entry says what calling a canister method of that name is for, where
// the call itself does not tell: fetch, mutates or moves (value).
//
// A refusal entry is a word that makes a variant of an answer say no.
//
// A class groups types whose methods mean the same. Class `any` holds the
// methods that mean the same on whatever type, for receivers whose type is not known.
// Actions are explained in [Action].
package knowledge

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

// An Action is what calling an outside function does.
//
//	same         gives its receiver, or what that points to, unchanged: borrow, as_ref, iter of an option
//	load         gives a copy of its receiver's content
//	store        replaces its receiver's content by the argument
//	apply        calls its closure argument once with the content of the receiver
//	verb         is the verb of package ops named by verb=
//	pure         is a function of its arguments
//	arg          gives its first argument (Box::new, Rc::new, Reverse)
//	entry        gives the entry of a map under its argument; modify runs its closure on it where it is there
//	retain       keeps the elements of a list for which its closure holds
//	option       is an Option or Result method that lowering writes as tests; how= tells which
//	iterator     is an iterator adapter that takes a closure; how= tells which
//	trap         traps
//	chain        gives the future of its closure applied to the output of its receiver
//	scopeguard   gives its first argument, with the closure to run when that is dropped
//	defuse       gives the value of a scope guard, whose closure never runs
//	request      makes the future of an inter-canister call
//	builder      extends a call that is not sent yet
//	oneway       sends a call without waiting
//	spawn        starts its argument as a task
//	timer        runs its closure or future argument later; interval=yes for repeated ones
//	await        gives a future that may suspend though it is no call
//	never        gives a future that never suspends
//	endpoint     decodes the message's argument, runs its closure or function argument on it and replies
//	join         gives the future of all futures in its arguments; how=all|try|select
//
// Keys: verb=, how=, traps=TEXT-WITH-DASHES, mut=yes (hands out mutable access), reply=plain|result|double,
// wait=bounded|unbounded, effect=fetch|mutates|moves, method=N (number of the argument that names the method, from 0), call=NAME (the method called, where the function is named otherwise),
// result=TYPE (what it gives, in Rust with T, K, V, E standing for the receiver's arguments), since=X.Y, until=X.Y (versions of the crate).
type Action struct {
	Kind string
	Keys map[string]string
	Line string // file:line, for messages and docs
}

// Get returns the value of a key, "" if absent.
func (a *Action) Get(key string) string { return a.Keys[key] }

// A Base is all knowledge of one run.
type Base struct {
	types   map[string]string
	methods map[string]*Action
	funcs   map[string][]*Action
	macros  map[string]*Action
	entries map[string]string
	listing map[string]string
	calls   map[string]string
	refuse  []string
	derefs  map[string]bool
}

//go:embed *.txt
var files embed.FS

// Default returns the embedded knowledge. A mistake in it is a bug of the
// program and panics; a test loads it.
var Default = sync.OnceValue(func() *Base {
	b := &Base{
		types: map[string]string{}, methods: map[string]*Action{}, funcs: map[string][]*Action{},
		macros: map[string]*Action{}, entries: map[string]string{}, listing: map[string]string{}, calls: map[string]string{}, derefs: map[string]bool{},
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
		if err := b.add(f.Name(), string(text)); err != nil {
			panic(err)
		}
	}
	return b
})

func (b *Base) add(name, text string) error {
	for i, line := range strings.Split(text, "\n") {
		if at := strings.Index(line, "#"); at >= 0 {
			line = line[:at]
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		where := fmt.Sprintf("%s:%d", name, i+1)
		if len(words) < 3 {
			return fmt.Errorf("%s: an entry has a kind, a name and a meaning", where)
		}
		for _, n := range braces(words[1]) {
			switch words[0] {
			case "type":
				b.types[n] = words[2]
			case "entry":
				b.entries[n] = words[2]
			case "deref":
				b.derefs[n] = true
			case "refusal":
				b.refuse = append(b.refuse, n)
			case "call":
				b.calls[n] = words[2]
			case "listing":
				b.listing[n] = words[2]
			case "method", "fn", "macro":
				a := &Action{Kind: words[2], Keys: map[string]string{}, Line: where}
				for _, w := range words[3:] {
					k, v, ok := strings.Cut(w, "=")
					if !ok {
						return fmt.Errorf("%s: %q is not key=value", where, w)
					}
					a.Keys[k] = v
				}
				switch words[0] {
				case "method":
					b.methods[n] = a
				case "fn":
					b.funcs[n] = append(b.funcs[n], a)
				default:
					b.macros[n] = a
				}
			default:
				return fmt.Errorf("%s: unknown kind of entry %q", where, words[0])
			}
		}
	}
	return nil
}

// braces expands {a,b} groups.
func braces(s string) []string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}
	}
	end := strings.IndexByte(s[open:], '}')
	if end < 0 {
		return []string{s}
	}
	end += open
	var all []string
	for _, alt := range strings.Split(s[open+1:end], ",") {
		all = append(all, braces(s[:open]+alt+s[end+1:])...)
	}
	return all
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

// Method returns what a method of a class does, nil if unknown. Methods of
// class "any" apply to every class.
func (b *Base) Method(class, name string) *Action {
	if a := b.methods[class+"."+name]; a != nil {
		return a
	}
	return b.methods["any."+name]
}

// Own is Method without the methods of class "any".
func (b *Base) Own(class, name string) *Action { return b.methods[class+"."+name] }

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

// Macro returns what a macro does, nil if unknown.
func (b *Base) Macro(name string) *Action { return b.macros[last(name)] }

// Entry returns the kind of entry point an attribute makes, "" if none.
func (b *Base) Entry(attr string) string { return b.entries[attr] }

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

// Derefs reports whether a type of this path passes method calls on to its content.
func (b *Base) Derefs(path string) bool { return b.derefs[path] }

// Refuses reports whether a variant of this name says no.
func (b *Base) Refuses(variant string) bool {
	for _, w := range b.refuse {
		if strings.Contains(variant, w) {
			return true
		}
	}
	return false
}

// Listing returns the path a bare name stands for in a listing without imports.
func (b *Base) Listing(name string) string { return b.listing[name] }

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
