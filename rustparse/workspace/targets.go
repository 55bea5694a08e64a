package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A target is a crate of a package that is part of a canister build. Tests,
// benchmarks, examples and build scripts are none.
type target struct {
	name string // as source writes it
	kind CrateKind
	path string
	// cdylib: a library that is a Wasm module, too.
	cdylib bool
}

// targets returns the library, if any, and then the binaries of a package, as
// Cargo finds them: by the manifest, and by convention.
func (l *loader) targets(p *pkg) []target {
	var all []target
	lib := p.table.table("lib")
	if path := l.targetPath(p, lib, "src/lib.rs"); path != "" && !p.procMacro {
		name := lib.str("name")
		if name == "" {
			name = p.name
		}
		all = append(all, target{underscored(name), Lib, path, slices.Contains(append(lib.strs("crate-type"), lib.strs("crate_type")...), "cdylib")})
	} else if path == "" && lib.str("path") != "" {
		l.manifestProblem(p.manifest, true, lib.str("path"), "library file %s does not exist", lib.str("path"))
	}
	return append(all, l.binaries(p)...)
}

// targetPath returns the file of a target: what its table says, else the
// first convention that exists; "" if there is none.
func (l *loader) targetPath(p *pkg, t table, conventions ...string) string {
	if path := t.str("path"); path != "" {
		conventions = []string{path}
	}
	for _, c := range conventions {
		if path := filepath.Join(p.dir, filepath.FromSlash(c)); isFile(path) {
			return path
		}
	}
	return ""
}

func (l *loader) binaries(p *pkg) []target {
	var all []target
	taken := map[string]bool{}
	for _, b := range p.table.tables("bin") {
		name := b.str("name")
		conventions := []string{"src/bin/" + name + ".rs", "src/bin/" + name + "/main.rs"}
		if name == p.name || len(p.table.tables("bin")) == 1 {
			conventions = append(conventions, "src/main.rs")
		}
		path := l.targetPath(p, b, conventions...)
		if path == "" {
			l.manifestProblem(p.manifest, true, name, "file of binary %s does not exist", name)
			continue
		}
		taken[path] = true
		if name == "" {
			name = strings.TrimSuffix(filepath.Base(path), ".rs")
		}
		if missing := slices.IndexFunc(b.strs("required-features"), func(f string) bool { return !p.features[f] }); missing < 0 {
			all = append(all, target{underscored(name), Bin, path, false})
		}
	}
	auto := p.table.table("package").bool("autobins", p.edition != 2015 || len(taken) == 0)
	if !auto {
		return all
	}
	add := func(name, path string) {
		if !taken[path] && isFile(path) {
			taken[path] = true
			all = append(all, target{underscored(name), Bin, path, false})
		}
	}
	add(p.name, filepath.Join(p.dir, "src", "main.rs"))
	dir := filepath.Join(p.dir, "src", "bin")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return all // no such folder is the common case
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasSuffix(name, ".rs"):
			add(strings.TrimSuffix(name, ".rs"), filepath.Join(dir, name))
		case !strings.HasPrefix(name, "."):
			add(name, filepath.Join(dir, name, "main.rs"))
		}
	}
	return all
}
