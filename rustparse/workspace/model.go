// Package workspace reads the Rust sources of a Cargo workspace, folder,
// file or Markdown page into crates: modules, names, and types as written.
// It reads files only; nothing is run and nothing is fetched.
package workspace

import (
	"strings"
	"sync/atomic"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A Workspace is everything one run looks at.
type Workspace struct {
	// Root is the folder of the Cargo workspace, of the git work tree, or the
	// given path, whichever is found first (see Load).
	Root   string
	Crates []*Crate // in dependency order: a crate stands after those it needs
	// Problems are files and manifests that could not be read (whole), sorted
	// by path and offset. Problems of syntax trees are included.
	Problems []Problem
	// Expansions counts the macro calls that were replaced by what they stand for.
	Expansions Expansions

	scope []scopePath     // the given paths, for InScope
	files map[string]bool // shown path of every file read → it belongs to a crate that is not Outside
	abs   map[string]string
	show  func(abs string) string
	index *index
}

// A Problem is something that could not be read: Fatal where a whole file or
// manifest is lost (exit code 2), otherwise local.
type Problem struct {
	Path    string
	Span    rustparse.Span // zero where there is no text
	Message string         // one lower-case clause that names cause and, if any, mend
	Fatal   bool
}

// A CrateKind says what a crate is built from.
type CrateKind uint8

const (
	Lib     CrateKind = iota
	Bin               // a [[bin]] target or src/main.rs
	Folder            // loose .rs files without a manifest
	Listing           // one fenced block of a Markdown file, a single file, or standard input
)

// A Crate is one target: a library, a binary, or loose files.
type Crate struct {
	Name    string // with underscores, as `use` writes it
	Package string // as in Cargo.toml; "" for loose files
	Kind    CrateKind
	// Cdylib: a library that is also built into a Wasm module of its own.
	Cdylib  bool
	Dir     string // of the manifest, or of the files
	Edition int    // 2015, 2018, 2021, 2024
	// EditionAssumed: no manifest said so.
	EditionAssumed bool
	Root           *Module
	Trees          []*rustparse.Tree // every file of the crate, in order of inclusion
	// Deps are the workspace and path crates it names, by the name used in its source.
	Deps map[string]*Crate
	// Extern are registry crates by the name used in source: package name and
	// the version in Cargo.lock, else as required, "" if unknown.
	Extern   map[string]Package
	Features map[string]bool // enabled
	// Outside: the crate was read for what it tells about others, but lies
	// outside the root or the given paths; nothing is reported in it.
	Outside bool
	Impls   []*Impl

	ws                 *Workspace
	loose              bool                 // no manifest says which crates there are
	blocks             map[blockKey]*Module // anonymous modules
	macros             map[string]*Def      // macro_rules! by name; the last one of a name
	functions, statics []*Def               // see Functions, Statics
	defs               []*Def               // type aliases, associated types and traits, wherever they stand
}

// A Package is a registry package a crate depends on.
type Package struct {
	Name, Version string
}

// A Module is a module of a crate. Function bodies that hold items have an
// anonymous module of their own, child of the one around it.
type Module struct {
	Crate     *Crate
	Parent    *Module
	Name      string // "" for the crate root; "{fn name}" for anonymous ones
	Anonymous bool
	Tree      *rustparse.Tree   // of its items
	Node      rustparse.Node    // source_file, mod_item, or block
	Items     map[string][]*Def // by name; several where namespaces or cfg differ
	Order     []*Def            // in source order
	Mods      map[string]*Module
	uses      []*use

	def   *Def              // the mod item; made up for crate roots
	named map[string][]*use // uses by the name they bind
	globs []*use
}

// Path returns "crate::a::b"; "crate" for the root.
func (m *Module) Path() string {
	for m.Anonymous {
		m = m.Parent
	}
	if m.Parent == nil {
		return "crate"
	}
	return m.Parent.Path() + "::" + m.Name
}

// A DefKind is the kind of a [Def].
type DefKind uint8

const (
	Fn DefKind = iota + 1
	Struct
	Enum
	Variant
	Union
	Trait
	TypeAlias
	AssocType
	Const
	Static
	Mod
	Macro // macro_rules!
	Field // of a struct or variant
)

// A Def is one named item, variant, field, method or associated item.
type Def struct {
	Kind   DefKind
	Name   string
	Module *Module // whose names are in scope for it
	Tree   *rustparse.Tree
	Node   rustparse.Node // the item; field_declaration for fields; static_item inside thread_local!
	// Owner is the enum of a variant, the struct or variant of a field, the trait of a trait item.
	Owner *Def
	// Impl is the impl block of a method or associated item, else nil.
	Impl  *Impl
	Attrs []Attr // outer attributes, also those of enclosing impl or extern wrappers are not included
	Pub   bool
	// Macro is the macro a static was declared in: "thread_local", "lazy_static", "".
	Macro string
	// Members are variants of an enum, fields of a struct, union or variant
	// (tuple fields are named "0", "1", …), items of a trait; in order.
	Members []*Def

	mod   *Module // of a Mod
	cache atomic.Pointer[defCache]
	busy  bool // its type or supertraits are being computed, by the one goroutine that links
}

// Path returns where the item is defined, the crate by its name:
// "my_crate::db::save", "my_crate::Vault::pay" for a method, whatever impl it stands in.
func (d *Def) Path() string {
	at := d.Module.Crate.Name + strings.TrimPrefix(d.Module.Path(), "crate")
	switch {
	case d.Owner != nil:
		at = d.Owner.Path()
	case d.Impl != nil && d.Impl.Self != nil && d.Impl.Self.Def != nil:
		at = d.Impl.Self.Def.Path()
	case d.Impl != nil && d.Impl.Self != nil && d.Impl.Self.Name != "":
		at = d.Impl.Self.Name
	}
	return at + "::" + d.Name
}

// Member returns the member of that name, or nil.
func (d *Def) Member(name string) *Def {
	for _, m := range d.Members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// An Attr is one attribute: `#[update(guard = "f")]` has Path "update",
// Tokens `guard = "f"`. The path is as written, cfg_attr is unfolded where its
// condition holds.
type Attr struct {
	Path   string
	Tokens string
	Span   rustparse.Span
}

// An Impl is one impl block.
type Impl struct {
	Module *Module
	Tree   *rustparse.Tree
	Node   rustparse.Node
	Self   *Type
	Trait  *Type // nil for inherent impls
	Items  []*Def
	Attrs  []Attr

	scope Scope
}

// A Type is a type as written, with its names resolved.
type Type struct {
	Kind TypeKind
	// Def is the workspace item of a TPath, nil for an outside type.
	Def *Def
	// Name is, for outside types, the path after `use` is resolved, with the
	// crate's own name first and :: between ("std::collections::BTreeMap",
	// "ic_stable_structures::StableBTreeMap"; "u64", "str" for primitives; prelude
	// names get their std path: "std::option::Option"); for TParam the parameter's name.
	Name string
	// Args are generic arguments, the elements of tuples, the target of a
	// reference, pointer, slice or array, parameters (result last) of a function type.
	Args []*Type
	// Bounds are the traits of TParam, TImpl and TDyn.
	Bounds []*Type
	// Bindings are the associated types a bound or path fixes: `Item = u8`.
	Bindings map[string]*Type
	Mut      bool // TRef, TPtr
}

// A TypeKind is the kind of a [Type].
type TypeKind uint8

const (
	TUnknown TypeKind = iota // not written (`_`) or not understood
	TPath
	TParam
	TRef
	TPtr
	TTuple // unit is the empty tuple
	TSlice
	TArray
	TFn   // fn(..), and Fn/FnMut/FnOnce bounds written as types
	TImpl // impl Trait
	TDyn  // dyn Trait
	TNever
)

// A Scope is where a path or type is looked up: a module, and the generics
// and Self around it.
type Scope struct {
	Module   *Module
	Generics map[string]*Type // TParam types with bounds, where-clauses included
	Self     *Type            // of the impl or trait around, nil outside

	impl *Impl // around
}

// A Res is what a path names: a workspace item, or a path outside.
type Res struct {
	Def *Def
	// Type is set where the path starts with a type that is not itself the
	// result: `Vault::new`, `Self::Error`, `<T as Trait>::f`, `T::default`.
	Type *Type
	// Rest are trailing segments that were not items: the method of Type where no
	// single Def could be chosen.
	Rest []string
	// External is the full outside path ("ic_cdk::call::Call::bounded_wait"), "" if none.
	External string
	// Generics are the turbofish arguments of the last segment that has them.
	Generics []*Type
	// Maybe are outside paths it can be where several outside globs
	// (`use candid::*`) may give the name; knowledge decides. If there is just
	// one and nothing else has the name, it is External.
	Maybe []string
}
