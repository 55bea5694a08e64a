package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/awaitlint/awaitlint/rustparse"
)

// TestScripts runs the txtar files of testdata. The files of an archive are a
// tree to load; its comment holds one question a line with the answer after =>.
//
//	load PATH… [+FEATURE…]            loads; the answer is the problems, joined by "; "
//	crates                            the crates in order: name:kind:edition:files
//	deps CRATE                        what it depends on
//	scope FILE                        whether it is in scope
//	MODULE value|type|macro PATH      what the path means in a module
//	type MODULE TYPE                  what the type means, printed
//	sig PATH                          the signature of a function
//	field TYPE-PATH NAME              the type of a field
//	methods MODULE TYPE NAME          the methods a call may run
//	assoc MODULE TYPE NAME            an associated type
//	drop MODULE TYPE                  the drop method
//	items MODULE                      names of the items
//	expansions                        macro calls expanded, and those left with the reasons
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, file := range a.Files {
				write(t, filepath.Join(dir, file.Name), string(file.Data))
			}
			t.Chdir(dir)
			s := &script{t: t}
			for line := range strings.Lines(string(a.Comment)) {
				line = strings.TrimSpace(line)
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				question, want, ok := strings.Cut(line, " =>")
				if !ok {
					t.Fatalf("%s: no answer", line)
				}
				if got := s.answer(strings.Fields(question)); got != strings.TrimSpace(want) {
					t.Errorf("%s\n got %s\nwant %s", question, got, strings.TrimSpace(want))
				}
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

type script struct {
	t *testing.T
	w *Workspace
}

func (s *script) answer(q []string) string {
	switch q[0] {
	case "load":
		var opt Options
		var paths []string
		for _, p := range q[1:] {
			if f, ok := strings.CutPrefix(p, "+"); ok {
				opt.Features = append(opt.Features, f)
			} else {
				paths = append(paths, p)
			}
		}
		w, err := Load(paths, opt)
		if err != nil {
			return "error: " + err.Error()
		}
		s.w = w
		var all []string
		for _, p := range w.Problems {
			at := p.Path
			if p.Span.File != nil {
				at += fmt.Sprintf(":%d", p.Span.File.Position(p.Span.Start).Line)
			}
			if p.Fatal {
				at += "!"
			}
			all = append(all, at+" "+p.Message)
		}
		return strings.Join(all, "; ")
	case "crates":
		var all []string
		for _, c := range s.w.Crates {
			x := fmt.Sprintf("%s:%s:%d:%d", c.Name, [...]string{"lib", "bin", "folder", "listing"}[c.Kind], c.Edition, len(c.Trees))
			if c.Outside {
				x += ":outside"
			}
			all = append(all, x)
		}
		return strings.Join(all, " ")
	case "deps":
		c := s.module(q[1]).Crate
		var all []string
		for _, name := range sortedKeys(c.Deps) {
			all = append(all, name+"="+c.Deps[name].Name)
		}
		for _, name := range sortedKeys(c.Extern) {
			all = append(all, name+"="+c.Extern[name].Name+"@"+c.Extern[name].Version)
		}
		return strings.Join(all, " ")
	case "features":
		return strings.Join(sortedKeys(s.module(q[1]).Crate.Features), " ")
	case "scope":
		return fmt.Sprint(s.w.InScope(q[1]))
	case "items":
		var all []string
		for _, d := range s.module(q[1]).Order {
			all = append(all, d.Name)
		}
		return strings.Join(all, " ")
	case "expansions":
		var left []string
		for _, why := range sortedKeys(s.w.Expansions.Left) {
			left = append(left, fmt.Sprintf("%d %s", s.w.Expansions.Left[why], why))
		}
		return fmt.Sprintf("%d; left: %s", s.w.Expansions.Done, strings.Join(left, ", "))
	case "type":
		return s.typ(q[1], strings.Join(q[2:], " ")).String()
	case "sig":
		d := s.def(q[1])
		sig := d.Signature()
		var ps []string
		if sig.Self != SelfNone {
			ps = append(ps, "self: "+sig.SelfType().String())
		}
		for _, p := range sig.Params {
			ps = append(ps, p.Name+": "+p.Type.String())
		}
		var gs []string
		for _, g := range sortedKeys(sig.Generics) {
			gs = append(gs, g+(&Type{Kind: TTuple, Args: sig.Generics[g].Bounds}).String())
		}
		return fmt.Sprintf("%v async=%v (%s) %s", gs, sig.Async, strings.Join(ps, ", "), sig.Result)
	case "field":
		_, ft := s.w.Field(s.typ(q[1], strings.Join(q[2:len(q)-1], " ")), q[len(q)-1])
		return ft.String()
	case "methods":
		var all []string
		for _, d := range s.w.Methods(s.typ(q[1], strings.Join(q[2:len(q)-1], " ")), q[len(q)-1]) {
			all = append(all, show(d))
		}
		return strings.Join(all, " ")
	case "assoc":
		return s.w.AssocType(s.typ(q[1], strings.Join(q[2:len(q)-1], " ")), q[len(q)-1]).String()
	case "drop":
		if d := s.w.DropOf(s.typ(q[1], q[2])); d != nil {
			return show(d)
		}
		return "none"
	}
	ns := map[string]Namespace{"type": TypeNS, "value": ValueNS, "macro": MacroNS, "any": AnyNS}[q[1]]
	path := strings.Join(q[2:], " ")
	tree := rustparse.Parse("q", "fn q() { "+path+"; }")
	node := rustparse.Node(0)
	for n := tree.Root(); int(n) < tree.Len(); n++ {
		if tree.Kind(n) == rustparse.ExpressionStatement {
			node = tree.FirstChild(n)
			break
		}
	}
	r := s.scope(q[0]).ResolvePath(tree, node, ns)
	var all []string
	if r.Def != nil {
		all = append(all, show(r.Def))
	}
	if r.External != "" {
		all = append(all, r.External)
	}
	if r.Type != nil {
		all = append(all, "of "+r.Type.String())
	}
	if r.Rest != nil {
		all = append(all, "rest "+strings.Join(r.Rest, "::"))
	}
	if r.Generics != nil {
		all = append(all, fmt.Sprint("with ", r.Generics))
	}
	if r.Maybe != nil {
		all = append(all, "maybe "+strings.Join(r.Maybe, "|"))
	}
	return strings.Join(all, " ")
}

// show prints where an item is: crate, module, owner, name.
func show(d *Def) string {
	at := d.Module.Crate.Name + strings.TrimPrefix(d.Module.Path(), "crate")
	if d.Module.Anonymous {
		at += "::" + d.Module.Name
	}
	if d.mod != nil && d.mod.Parent == nil {
		return d.Name
	}
	switch {
	case d.Impl != nil && d.Impl.Trait != nil:
		at += "::<" + d.Impl.Self.String() + " as " + d.Impl.Trait.String() + ">"
	case d.Impl != nil:
		at += "::<" + d.Impl.Self.String() + ">"
	case d.Owner != nil:
		at += "::" + d.Owner.Name
	}
	return at + "::" + d.Name
}

// module finds "crate::a::b"; a last "{f}" is the anonymous module of function f.
func (s *script) module(path string) *Module {
	s.t.Helper()
	segs := strings.Split(path, "::")
	for _, c := range s.w.Crates {
		if c.Name != segs[0] {
			continue
		}
		m := c.Root
		for _, seg := range segs[1:] {
			next := m.Mods[seg]
			for _, b := range c.sortedBlocks() {
				if b.Name == seg {
					next = b
				}
			}
			if next == nil {
				s.t.Fatalf("no module %s in %s", seg, path)
			}
			m = next
		}
		return m
	}
	s.t.Fatalf("no crate for %s", path)
	return nil
}

// scope is that of a module, or of the item "module#name" or "module#Type.method".
func (s *script) scope(at string) Scope {
	m, item, ok := strings.Cut(at, "#")
	if !ok {
		return Scope{Module: s.module(m)}
	}
	return s.def(m + "::" + strings.ReplaceAll(item, ".", "::")).ScopeOf()
}

func (s *script) def(path string) *Def {
	s.t.Helper()
	segs := strings.Split(path, "::")
	for i := len(segs) - 1; i > 0; i-- {
		c := segs[0]
		var root *Module
		for _, x := range s.w.Crates {
			if x.Name == c && root == nil {
				root = x.Root
			}
		}
		if root != nil {
			if r := (Scope{Module: root}).Resolve(append([]string{"crate"}, segs[1:]...), ValueNS); r.Def != nil {
				return r.Def
			}
			if r := (Scope{Module: root}).Resolve(append([]string{"crate"}, segs[1:]...), TypeNS); r.Def != nil {
				return r.Def
			}
		}
	}
	s.t.Fatalf("no item %s", path)
	return nil
}

func (s *script) typ(at, text string) *Type {
	tree := rustparse.Parse("q", "type Q = "+text+";")
	for n := tree.Root(); int(n) < tree.Len(); n++ {
		if tree.Kind(n) == rustparse.TypeItem {
			return s.scope(at).Type(tree, tree.Child(n, rustparse.FieldType))
		}
	}
	s.t.Fatalf("no type %s", text)
	return nil
}
