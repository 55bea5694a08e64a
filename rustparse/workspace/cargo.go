package workspace

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A cargoRoot is a Cargo workspace, or a package that is in none.
type cargoRoot struct {
	*manifest
	members []*pkg // sorted by folder
	lock    *lock
	patched map[string]string // package name → folder, from [patch]
	given   bool              // a given path led here; else it is only what others depend on
}

// A pkg is a Cargo package.
type pkg struct {
	*manifest
	root     *cargoRoot // nil while unknown
	name     string
	member   bool // of the root it is analysed with
	edition  int
	assumed  bool // edition
	deps     []*dep
	features map[string]bool
	wanted   bool // its crates are read
	planned  bool // and are planned
	allBins  bool // its binaries too
	lib      *plan
	// procMacro: the library runs in the compiler, not in a canister; it is not read.
	procMacro bool
}

// A dep is a dependency of a package.
type dep struct {
	name     string // in source
	key      string // in the manifest
	pkgName  string
	version  string // required
	optional bool
	defaults bool
	features []string
	path     string // folder, "" for registry and git packages
	pkg      *pkg   // of path
	off      bool   // optional and not enabled
}

// root returns the Cargo root that the manifest m belongs to.
func (l *loader) root(m *manifest) *cargoRoot {
	if m.table["workspace"] != nil {
		return l.openRoot(m)
	}
	if up := m.table.table("package").str("workspace"); up != "" {
		if w := l.manifest(filepath.Join(m.dir, up, "Cargo.toml")); w != nil {
			return l.openRoot(w)
		}
	}
	top := gitTop(m.dir)
	for dir := m.dir; dir != top && filepath.Dir(dir) != dir; {
		dir = filepath.Dir(dir)
		if file := filepath.Join(dir, "Cargo.toml"); isFile(file) {
			w := l.manifest(file)
			if w == nil || w.table["workspace"] == nil {
				continue
			}
			r := l.openRoot(w)
			if slices.ContainsFunc(r.members, func(p *pkg) bool { return p.manifest == m }) {
				return r
			}
			break // excluded, or forgotten: a root of its own
		}
	}
	return l.openRoot(m)
}

// openRoot reads the members of the workspace m, or m alone.
func (l *loader) openRoot(m *manifest) *cargoRoot {
	if r := l.roots[m.path]; r != nil {
		return r
	}
	r := &cargoRoot{manifest: m}
	l.roots[m.path] = r
	r.lock = l.readLock(m.dir)
	for _, reg := range m.table.table("patch").keys() {
		for name, v := range m.table.table("patch").table(reg) {
			if t, ok := v.(map[string]any); ok && table(t).str("path") != "" {
				if r.patched == nil {
					r.patched = map[string]string{}
				}
				if real := table(t).str("package"); real != "" {
					name = real
				}
				r.patched[name] = filepath.Join(m.dir, filepath.FromSlash(table(t).str("path")))
			}
		}
	}
	dirs := map[string]bool{}
	if m.table["package"] != nil {
		dirs[m.dir] = true
	}
	ws := m.table.table("workspace")
	for _, pattern := range append(ws.strs("members"), ws.strs("default-members")...) {
		l.expandMember(r, pattern, dirs)
	}
	for _, dir := range sortedKeys(dirs) {
		if pm := l.manifest(filepath.Join(dir, "Cargo.toml")); pm != nil {
			l.addMember(r, pm)
		}
	}
	// Path dependencies inside the root are members too (Cargo's rule).
	if m.table["workspace"] != nil {
		for i := 0; i < len(r.members); i++ {
			for _, d := range l.pkgDeps(r.members[i]) {
				if d.path == "" || !within(d.path, m.dir) || r.excluded(d.path) || !isFile(filepath.Join(d.path, "Cargo.toml")) {
					continue
				}
				if pm := l.manifest(filepath.Join(d.path, "Cargo.toml")); pm != nil {
					l.addMember(r, pm)
				}
			}
		}
	}
	slices.SortFunc(r.members, func(a, b *pkg) int { return strings.Compare(a.dir, b.dir) })
	return r
}

func (l *loader) addMember(r *cargoRoot, m *manifest) {
	if m.table["package"] == nil {
		return
	}
	p := l.pkg(m)
	if p.root == nil || !p.member {
		p.root, p.member = r, true
		r.members = append(r.members, p)
	}
}

// expandMember adds the folders a member pattern names.
func (l *loader) expandMember(r *cargoRoot, pattern string, dirs map[string]bool) {
	pattern = path.Clean(filepath.ToSlash(pattern))
	base, glob := pattern, ""
	if strings.ContainsAny(pattern, "*?[{") {
		base, glob = doublestar.SplitPattern(pattern)
	}
	dir := filepath.Join(r.dir, filepath.FromSlash(base))
	if glob == "" {
		if !isFile(filepath.Join(dir, "Cargo.toml")) {
			l.manifestProblem(r.manifest, true, path.Base(pattern), "workspace member %s has no Cargo.toml", pattern)
			return
		}
		dirs[dir] = true
		return
	}
	found, err := doublestar.Glob(os.DirFS(dir), glob)
	if err != nil {
		l.manifestProblem(r.manifest, true, path.Base(pattern), "workspace member pattern %s is malformed", pattern)
		return
	}
	for _, f := range found {
		d := filepath.Join(dir, filepath.FromSlash(f))
		if !r.excluded(d) && isFile(filepath.Join(d, "Cargo.toml")) {
			dirs[d] = true
		}
	}
}

// excluded reports whether [workspace] exclude covers a folder.
func (r *cargoRoot) excluded(dir string) bool {
	rel, err := filepath.Rel(r.dir, dir)
	if err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	for _, x := range r.table.table("workspace").strs("exclude") {
		x = path.Clean(filepath.ToSlash(x))
		if rel == x || strings.HasPrefix(rel, x+"/") {
			return true
		}
		if ok, _ := doublestar.Match(x, rel); ok {
			return true
		}
	}
	return false
}

// pkg returns the package of a manifest with a [package] table.
func (l *loader) pkg(m *manifest) *pkg {
	if p := l.pkgs[m.path]; p != nil {
		return p
	}
	p := &pkg{manifest: m, features: map[string]bool{}}
	l.pkgs[m.path] = p
	p.name = m.table.table("package").str("name")
	if p.name == "" {
		p.name = filepath.Base(m.dir)
		l.manifestProblem(m, false, "[package]", "package has no name: %s is taken", p.name)
	}
	p.procMacro = m.table.table("lib").bool("proc-macro", m.table.table("lib").bool("proc_macro", false))
	return p
}

// adopt gives a package that no root claimed the root around it.
func (l *loader) adopt(p *pkg) {
	if p.root == nil {
		p.root = l.root(p.manifest)
		if p.root == nil {
			p.root = l.openRoot(p.manifest)
		}
	}
}

// inherited returns a [package] value, from the workspace if it says `key.workspace = true`.
func (l *loader) inherited(p *pkg, key string) any {
	v := p.table.table("package")[key]
	if t, ok := v.(map[string]any); ok && table(t).bool("workspace", false) {
		l.adopt(p)
		if v = p.root.table.table("workspace").table("package")[key]; v == nil {
			l.manifestProblem(p.manifest, false, key, "%s is inherited, but [workspace.package] of %s does not set it", key, p.root.file.Path)
		}
	}
	return v
}

// settle fills in the edition of a package.
func (l *loader) settle(p *pkg) {
	if p.edition != 0 {
		return
	}
	p.edition, p.assumed = assumedEdition, true
	switch v := l.inherited(p, "edition").(type) {
	case nil:
	case string:
		if e, err := strconv.Atoi(v); err == nil && e >= 2015 && e < 2100 {
			p.edition, p.assumed = e, false
		} else {
			l.manifestProblem(p.manifest, false, "edition", "edition %q is not known: %d is taken", v, assumedEdition)
		}
	default:
		l.manifestProblem(p.manifest, false, "edition", "edition must be a string: %d is taken", assumedEdition)
	}
}

const assumedEdition = 2021

// pkgDeps returns the normal dependencies of p for the target, by manifest key.
func (l *loader) pkgDeps(p *pkg) []*dep {
	l.adopt(p) // may come back here
	if p.deps != nil {
		return p.deps
	}
	p.deps = []*dep{}
	seen := map[string]bool{}
	add := func(t table) {
		for _, key := range t.keys() {
			if !seen[key] {
				seen[key] = true
				p.deps = append(p.deps, l.dep(p, key, t[key]))
			}
		}
	}
	add(p.table.table("dependencies"))
	targets := p.table.table("target")
	for _, spec := range targets.keys() {
		if pred, ok := strings.CutPrefix(strings.TrimSpace(spec), "cfg("); ok {
			c := Crate{Features: map[string]bool{}}
			if !c.Cfg(strings.TrimSuffix(pred, ")")) {
				continue
			}
		} else if !strings.HasPrefix(spec, "wasm32-") {
			continue
		}
		add(targets.table(spec).table("dependencies"))
	}
	return p.deps
}

// dep reads one entry of [dependencies].
func (l *loader) dep(p *pkg, key string, v any) *dep {
	d := &dep{key: key, name: underscored(key), pkgName: key, defaults: true}
	t := table{}
	switch v := v.(type) {
	case string:
		t["version"] = v
	case map[string]any:
		t = v
	default:
		l.manifestProblem(p.manifest, false, key, "dependency %s is neither a version nor a table", key)
	}
	d.optional = t.bool("optional", false)
	d.features = t.strs("features")
	dir := p.dir
	if t.bool("workspace", false) {
		shared, ok := p.root.table.table("workspace").table("dependencies")[key]
		if !ok {
			l.manifestProblem(p.manifest, false, key, "dependency %s is inherited, but [workspace.dependencies] of %s does not have it", key, p.root.file.Path)
		}
		dir = p.root.dir
		defaults, set := t["default-features"].(bool)
		switch s := shared.(type) {
		case string:
			t = table{"version": s}
		case map[string]any:
			t = s
		default:
			t = table{}
		}
		d.features = append(d.features, t.strs("features")...)
		if set && t["default-features"] == nil {
			t = table{"version": t["version"], "path": t["path"], "package": t["package"], "default-features": defaults}
		}
	}
	d.version = t.str("version")
	d.defaults = t.bool("default-features", t.bool("default_features", true))
	if real := t.str("package"); real != "" {
		d.pkgName = real
	}
	if rel := t.str("path"); rel != "" {
		d.path = filepath.Join(dir, filepath.FromSlash(rel))
	} else if p.root != nil && p.root.patched[d.pkgName] != "" {
		d.path = p.root.patched[d.pkgName]
	}
	return d
}

// link connects p to the packages of its path dependencies, reading their
// manifests, and reports those that are missing.
func (l *loader) link(p *pkg) {
	for _, d := range l.pkgDeps(p) {
		if d.path == "" || d.pkg != nil {
			continue
		}
		file := filepath.Join(d.path, "Cargo.toml")
		if !isFile(file) {
			l.manifestProblem(p.manifest, false, d.key, "path dependency %s: no Cargo.toml in %s; its code stays unknown", d.key, l.show(d.path))
			d.path = ""
			continue
		}
		m := l.manifest(file)
		if m == nil || m.table["package"] == nil {
			l.manifestProblem(p.manifest, false, d.key, "path dependency %s: %s is not the manifest of a package", d.key, l.show(file))
			d.path = ""
			continue
		}
		d.pkg = l.pkg(m)
		l.adopt(d.pkg)
	}
}

// underscored returns the name as Rust source writes it.
func underscored(name string) string { return strings.ReplaceAll(name, "-", "_") }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
