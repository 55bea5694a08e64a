package workspace

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/macrorules"
)

// Options says how to load. The zero value is usable.
type Options struct {
	// Features are enabled beside the default ones: "feature" in every package
	// that has it, or "package/feature".
	Features []string
	// Stdin is read for the path "-"; StdinName is what it is called in
	// messages ("<stdin>" if empty). A name that ends in .md makes it Markdown.
	Stdin     io.Reader
	StdinName string
	// Instead are texts to take for those of files, by the path the workspace shows them by.
	Instead map[string]string
	// Jobs bounds how many files are read at the same time; 0 is one per processor.
	Jobs int
}

// ErrNothing is the cause of Load's error where no path gave any Rust.
var ErrNothing = errors.New("nothing to read")

// Load reads what the paths name: folders with every Cargo package in or below
// them, folders of .rs files, single .rs or .md files, and "-" for standard input. A path
// inside a Cargo package makes the whole workspace known, as far as it has to
// do with the path, and [Workspace.InScope] tells what lies under the paths.
//
// The root is, for the first path, the nearest of: the Cargo workspace (or the
// package that is in none) found upwards, the top of the git work tree, the
// path itself.
//
// What cannot be read is a Problem and the rest is read. The error is for
// calls that make no sense, and wraps ErrNothing where no Rust was found at
// all; the workspace is returned even then, with its problems.
func Load(paths []string, opt Options) (*Workspace, error) {
	if len(paths) == 0 {
		return nil, fmt.Errorf("%w: no path given", ErrNothing)
	}
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.GOMAXPROCS(0)
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("working directory: %w", err)
	}
	l := &loader{
		opt: opt, cwd: cwd,
		ws:        &Workspace{files: map[string]bool{}, abs: map[string]string{}, Expansions: Expansions{Left: map[string]int{}, used: map[blockKey]bool{}}},
		manifests: map[string]*manifest{}, roots: map[string]*cargoRoot{}, pkgs: map[string]*pkg{},
		sources: map[string]*source{}, claimed: map[string]bool{}, macros: map[*Def]*macrorules.Macro{},
	}
	l.absolute = slices.ContainsFunc(paths, filepath.IsAbs)
	l.ws.show = l.show
	for _, p := range paths {
		l.input(p)
	}
	l.planPackages()
	l.build(l.plans)
	l.planLeftovers()
	l.finish()
	if len(l.ws.Crates) == 0 {
		var why []string
		for _, p := range l.ws.Problems {
			why = append(why, p.Path+": "+p.Message)
		}
		if why == nil {
			return l.ws, ErrNothing
		}
		return l.ws, fmt.Errorf("%w: %s", ErrNothing, strings.Join(why, "; "))
	}
	return l.ws, nil
}

// A scopePath is one given path.
type scopePath struct {
	path string // absolute
	dir  bool
}

// A loader carries one Load.
type loader struct {
	opt      Options
	cwd      string
	absolute bool // a path was given absolutely: files outside the working directory are shown so
	ws       *Workspace
	problems []Problem

	manifests map[string]*manifest  // by path of Cargo.toml
	roots     map[string]*cargoRoot // likewise
	pkgs      map[string]*pkg       // likewise

	sources map[string]*source // by absolute path
	claimed map[string]bool    // files that belong to a crate, or that cfg leaves out of one
	off     []string           // folders of modules that cfg leaves out
	plans   []*plan
	crates  []*Crate
	stdin   bool // was read

	calls  []*macroCall               // not expanded yet
	macros map[*Def]*macrorules.Macro // as read; nil if that failed

	leftovers []scopePath // paths below which no target of a manifest may lie
}

// A plan is a crate to be built.
type plan struct {
	crate *Crate
	root  string // absolute path of the root file
	pkg   *pkg   // nil for loose files
	// extra are further files of a crate of loose files, each a module of its own.
	extra []string
}

func (l *loader) problem(path, format string, args ...any) {
	l.problems = append(l.problems, Problem{Path: l.show(path), Message: fmt.Sprintf(format, args...)})
}

func (l *loader) fatal(path, message string) {
	l.problems = append(l.problems, Problem{Path: l.show(path), Message: message, Fatal: true})
}

// show returns the path users are shown for an absolute path.
func (l *loader) show(path string) string {
	rel, err := filepath.Rel(l.cwd, path)
	if err != nil || l.absolute && strings.HasPrefix(rel, "..") {
		rel = path
	}
	return filepath.ToSlash(rel)
}

// input plans what one given path needs.
func (l *loader) input(given string) {
	if given == "-" {
		l.readStdin()
		return
	}
	path := given
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.cwd, path)
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err != nil {
		l.fatal(path, plainError(err).Error())
		return
	}
	if filepath.Base(path) == "Cargo.toml" && !info.IsDir() {
		path = filepath.Dir(path)
		if info, err = os.Stat(path); err != nil {
			l.fatal(path, plainError(err).Error())
			return
		}
	}
	at := scopePath{path, info.IsDir()}
	l.ws.scope = append(l.ws.scope, at)
	switch {
	case info.IsDir():
		l.folder(at)
	case !info.Mode().IsRegular():
		_, err := readFile(path)
		l.fatal(path, err.Error())
	case isMarkdown(path):
		l.setRoot(filepath.Dir(path))
		if text, err := readFile(path); err != nil {
			l.fatal(path, err.Error())
		} else {
			l.markdown(path, text)
		}
	default:
		if file := findManifest(filepath.Dir(path)); file != "" && strings.HasSuffix(path, ".rs") {
			l.cargo(file, at)
		} else {
			l.setRoot(filepath.Dir(path))
		}
		l.leftovers = append(l.leftovers, at)
	}
}

func isMarkdown(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".md" || ext == ".markdown"
}

// setRoot makes the git top level around dir, else dir, the root, if none is set.
func (l *loader) setRoot(dir string) {
	if l.ws.Root != "" {
		return
	}
	if l.ws.Root = gitTop(dir); l.ws.Root == "" {
		l.ws.Root = dir
	}
}

// folder plans a given folder: the Cargo root around it, else all packages
// below it; loose files are left for planLeftovers.
func (l *loader) folder(at scopePath) {
	l.leftovers = append(l.leftovers, at)
	if file := findManifest(at.path); file != "" {
		l.cargo(file, at)
	} else {
		l.setRoot(at.path)
	}
	// A folder stands for all that lies in it: also packages that its
	// workspace excludes or does not name.
	l.below(at.path)
}

// below plans every package below dir.
func (l *loader) below(dir string) {
	l.walk(dir, skipFolder, func(path string) {
		if filepath.Base(path) == "Cargo.toml" {
			l.cargo(path, scopePath{filepath.Dir(path), true})
		}
	})
}

func (l *loader) readStdin() {
	if l.stdin {
		return
	}
	l.stdin = true
	name := l.opt.StdinName
	if name == "" {
		name = "<stdin>"
	}
	in := l.opt.Stdin
	if in == nil {
		in = strings.NewReader("")
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	text := ""
	switch {
	case err != nil:
	case len(raw) > maxFile:
		err = fmt.Errorf("is larger than %d MB: not read", maxFile>>20)
	default:
		text, err = checkText(raw)
	}
	l.setRoot(l.cwd)
	l.ws.scope = append(l.ws.scope, scopePath{path: name})
	if err != nil {
		l.problems = append(l.problems, Problem{Path: name, Message: err.Error(), Fatal: true})
		return
	}
	if isMarkdown(name) {
		l.markdown(name, text)
		return
	}
	l.listing(name, name, crateName(name), text, false)
}

// markdown plans one crate for each Rust listing of a Markdown text.
func (l *loader) markdown(path, text string) {
	blocks := listings(text)
	if len(blocks) == 0 {
		l.fatal(path, "no Rust listing: looked for fenced blocks marked rust, and unmarked ones with a function")
		return
	}
	for i, b := range blocks {
		l.listing(path, fmt.Sprintf("%s#%d", path, i+1), fmt.Sprintf("%s_%d", crateName(path), i+1), b.text, true)
	}
}

// listing plans a crate of one text that is already there.
func (l *loader) listing(path, key, name, text string, stars bool) {
	shown := path
	if filepath.IsAbs(path) {
		shown = l.show(path)
	}
	l.sources[key] = &source{path: key, file: path, shown: shown, text: text, have: true, stars: stars}
	c := &Crate{Name: name, Kind: Listing, Dir: filepath.Dir(path), Edition: assumedEdition, EditionAssumed: true, loose: true}
	l.plans = append(l.plans, &plan{crate: c, root: key})
}

// crateName makes a crate name of a file or folder name.
func crateName(path string) string {
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	b := []byte(name)
	for i, c := range b {
		if !(c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80) {
			b[i] = '_'
		}
	}
	if name = strings.Trim(string(b), "_"); name == "" {
		return "main"
	}
	return name
}

// cargo marks what the path needs of the Cargo root of the manifest file: the
// packages the path lies in or that lie below it, whatever depends on them,
// and all these depend on.
func (l *loader) cargo(file string, at scopePath) {
	m := l.manifest(file)
	if m == nil {
		return
	}
	r := l.root(m)
	r.given = true
	if l.ws.Root == "" {
		l.ws.Root = r.dir
	}
	if len(r.members) == 0 {
		l.manifestProblem(r.manifest, false, "", "manifest names no package")
	}
	var seeds []*pkg
	var around *pkg
	for _, p := range r.members {
		switch {
		case at.dir && within(p.dir, at.path):
			seeds = append(seeds, p)
		case within(at.path, p.dir) && (around == nil || len(p.dir) > len(around.dir)):
			around = p
		}
	}
	if around != nil {
		seeds = append(seeds, around)
	}
	users := map[*pkg][]*pkg{}
	for _, p := range r.members {
		l.link(p)
		for _, d := range p.deps {
			if d.pkg != nil {
				users[d.pkg] = append(users[d.pkg], p)
			}
		}
	}
	seen := map[*pkg]bool{}
	for todo := seeds; len(todo) > 0; todo = todo[1:] {
		p := todo[0]
		if seen[p] {
			continue
		}
		seen[p] = true
		p.wanted, p.allBins = true, true
		todo = append(todo, users[p]...)
	}
}

// planPackages plans the crates of all wanted packages and of those they depend on.
func (l *loader) planPackages() {
	var order []*pkg // dependencies first
	state := map[*pkg]int{}
	var visit func(p *pkg)
	visit = func(p *pkg) {
		switch state[p] {
		case 1:
			l.manifestProblem(p.manifest, false, "dependencies", "package %s depends on itself", p.name)
			return
		case 2:
			return
		}
		if p.planned {
			return
		}
		state[p] = 1
		p.wanted, p.planned = true, true
		l.link(p)
		l.settle(p)
		for _, d := range p.deps {
			if d.pkg != nil {
				visit(d.pkg)
			}
		}
		state[p] = 2
		order = append(order, p)
	}
	for _, file := range sortedKeys(l.pkgs) {
		if p := l.pkgs[file]; p.wanted && !p.planned {
			visit(p)
		}
	}
	if len(order) == 0 {
		return
	}
	l.enableFeatures(order)
	for _, p := range order {
		l.planTargets(p)
	}
}

// planTargets plans the crates of one package.
func (l *loader) planTargets(p *pkg) {
	base := Crate{
		Package: p.name, Dir: p.dir, Edition: p.edition, EditionAssumed: p.assumed, Features: p.features,
		Deps: map[string]*Crate{}, Extern: map[string]Package{}, Outside: !p.root.given,
	}
	for _, d := range p.deps {
		switch {
		case d.off:
		case d.pkg != nil && d.pkg.lib != nil:
			name := d.name
			if d.key == d.pkgName { // not renamed: the library's own name counts
				name = d.pkg.lib.crate.Name
			}
			base.Deps[name] = d.pkg.lib.crate
		default:
			v, ok := p.root.lock.version(p.name, d.pkgName, d.version)
			if !ok {
				v = d.version
			}
			base.Extern[d.name] = Package{d.pkgName, v}
		}
	}
	for _, t := range l.targets(p) {
		c := base
		c.Name, c.Kind, c.Cdylib = t.name, t.kind, t.cdylib
		c.Deps = make(map[string]*Crate, len(base.Deps)+1)
		for k, v := range base.Deps {
			c.Deps[k] = v
		}
		if t.kind == Bin {
			if !p.allBins {
				continue
			}
			if p.lib != nil {
				c.Deps[p.lib.crate.Name] = p.lib.crate
			}
		}
		pl := &plan{crate: &c, root: t.path, pkg: p}
		if t.kind == Lib {
			p.lib = pl
		}
		l.plans = append(l.plans, pl)
	}
}

// planLeftovers plans loose files: given files and folders of which no crate
// has a file yet. First packages that the Cargo root around them leaves out.
func (l *loader) planLeftovers() {
	for _, at := range l.leftovers {
		if l.reached(at) {
			continue
		}
		if at.dir {
			l.below(at.path)
			l.plans = nil
			l.planPackages()
			l.build(l.plans)
		}
		if l.reached(at) {
			continue
		}
		if at.dir {
			l.loose(at.path)
			continue
		}
		c := &Crate{Name: crateName(at.path), Kind: Listing, Dir: filepath.Dir(at.path), Edition: assumedEdition, EditionAssumed: true, loose: true}
		l.build([]*plan{{crate: c, root: at.path}})
	}
}

// reached reports whether some crate has a file at or below a path.
func (l *loader) reached(at scopePath) bool {
	if !at.dir {
		return l.claimed[at.path]
	}
	for file := range l.claimed {
		if within(file, at.path) {
			return true
		}
	}
	return false
}

// finish links the crates and fills the workspace.
func (l *loader) finish() {
	ws := l.ws
	l.orderCrates()
	ws.link()
	seen := map[*rustparse.Tree]bool{}
	for _, c := range ws.Crates {
		for _, t := range c.Trees {
			if seen[t] {
				continue
			}
			seen[t] = true
			for _, p := range t.Problems {
				l.problems = append(l.problems, Problem{Path: t.File.Path, Span: p.Span, Message: p.Message})
			}
		}
	}
	// What is wrong with packages that have nothing to do with the paths is not asked.
	unasked := map[string]bool{}
	for _, p := range l.pkgs {
		unasked[p.file.Path] = !p.wanted && p.table["workspace"] == nil
	}
	ws.Problems = slices.DeleteFunc(l.problems, func(p Problem) bool { return unasked[p.Path] })
	slices.SortStableFunc(ws.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), strings.Compare(a.Message, b.Message))
	})
	ws.Problems = slices.CompactFunc(ws.Problems, func(a, b Problem) bool {
		return a.Path == b.Path && a.Span.Start == b.Span.Start && a.Message == b.Message
	})
}

// orderCrates puts the crates in dependency order and says which are Outside.
func (l *loader) orderCrates() {
	done := map[*Crate]bool{}
	var visit func(c *Crate)
	visit = func(c *Crate) {
		if done[c] {
			return
		}
		done[c] = true
		for _, name := range sortedKeys(c.Deps) {
			visit(c.Deps[name])
		}
		l.ws.Crates = append(l.ws.Crates, c)
	}
	for _, c := range l.crates {
		visit(c)
	}
	// A crate whose root file was lost is no crate.
	l.ws.Crates = slices.DeleteFunc(l.ws.Crates, func(c *Crate) bool { return c.Root == nil })
	for _, c := range l.ws.Crates {
		for name, d := range c.Deps {
			if d.Root == nil {
				delete(c.Deps, name)
			}
		}
		c.ws = l.ws
		c.Outside = c.Outside || !slices.ContainsFunc(c.Trees, func(t *rustparse.Tree) bool { return l.ws.given(t.File.Path) })
		for _, t := range c.Trees {
			l.ws.files[t.File.Path] = l.ws.files[t.File.Path] || !c.Outside
		}
	}
}

// given reports whether a shown path lies at or under one of the given paths.
func (w *Workspace) given(shown string) bool {
	path := shown
	if abs := w.abs[shown]; abs != "" {
		path = abs
	}
	for _, s := range w.scope {
		if path == s.path || s.dir && within(path, s.path) {
			return true
		}
	}
	return false
}

// An UnreadFile is a .rs file that no crate has.
type UnreadFile struct {
	Path string // as shown
	Text string
	// Why says which package it lies in and why that does not have it.
	Why string
	// Lost: it is the code of a package that nobody read.
	Lost bool
}

// Unread calls visit for every .rs file at or below a given path that no crate
// has: tests, files that no module declares, modules that cfg leaves out,
// packages outside the workspace. Build output and hidden folders are skipped.
func (w *Workspace) Unread(visit func(UnreadFile)) {
	read, packages := map[string]bool{}, map[string]bool{}
	for _, c := range w.Crates {
		packages[c.Dir] = true
		for _, t := range c.Trees {
			read[w.abs[t.File.Path]] = true
		}
	}
	for _, s := range w.scope {
		if !s.dir {
			continue
		}
		filepath.WalkDir(s.path, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // told when the workspace was read
			case d.IsDir() && path != s.path && skipFolder(d.Name()):
				return fs.SkipDir
			case d.Type().IsRegular() && strings.HasSuffix(path, ".rs") && !read[path]:
				read[path] = true
				if text, err := readFile(path); err == nil {
					f := UnreadFile{Path: w.show(path), Text: text}
					f.Why, f.Lost = w.whyUnread(path, packages)
					visit(f)
				}
			}
			return nil
		})
	}
}

func (w *Workspace) whyUnread(path string, packages map[string]bool) (why string, lost bool) {
	file := findManifest(filepath.Dir(path))
	if file == "" {
		return "it lies in no package", true
	}
	dir := filepath.Dir(file)
	text, _ := readFile(file)
	switch {
	case packages[dir]:
		return "no module of its package declares the file", false
	case strings.Contains(text, "proc-macro = true") || strings.Contains(text, "proc_macro = true"):
		return "code of a procedural macro", false
	}
	return "its package " + w.show(dir) + " was not read", true
}

// InScope reports whether findings in the file of that path (as shown, see
// [rustparse.File]) are to be reported: it lies at or under a given path and
// belongs to a crate that is not Outside.
func (w *Workspace) InScope(path string) bool { return w.files[path] && w.given(path) }
