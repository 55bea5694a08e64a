package workspace

import (
	"path/filepath"
	"slices"
	"strings"
)

// loose plans and builds the .rs files below a folder that has no manifest.
// A lib.rs or main.rs is the root of a crate, with the modules it declares.
// Of the rest, files of one folder that name each other (`crate::ledger`, next
// to ledger.rs) are one crate, and every other file is one of its own.
func (l *loader) loose(dir string) {
	var files []string
	l.walk(dir, func(name string) bool { return skipFolder(name) || name == "tests" || name == "benches" }, func(path string) {
		if strings.HasSuffix(path, ".rs") && !l.claimed[path] {
			files = append(files, path)
		}
	})
	if len(files) == 0 {
		l.fatal(dir, "no Rust here: looked for a Cargo.toml here, above and below, and for .rs files below")
		return
	}
	base := func(f string) string { return filepath.Base(f) }
	isRoot := func(f string) bool { return base(f) == "lib.rs" || base(f) == "main.rs" }
	for _, f := range files {
		if isRoot(f) {
			l.build([]*plan{l.loosePlan(dir, f)})
		}
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return l.claimed[f] || slices.ContainsFunc(l.off, func(dir string) bool { return within(f, dir) })
	})
	// Files that a file beside them declares with `mod` are read with that one.
	for _, group := range l.groups(files) {
		group = slices.DeleteFunc(group, func(f string) bool { return l.claimed[f] })
		if len(group) == 0 {
			continue
		}
		p := l.loosePlan(dir, group[0])
		p.extra = group[1:]
		l.build([]*plan{p})
	}
}

func (l *loader) loosePlan(dir, root string) *plan {
	name := crateName(root)
	if name == "lib" || name == "main" || name == "mod" {
		at := filepath.Dir(root)
		if filepath.Base(at) == "src" {
			at = filepath.Dir(at)
		}
		name = crateName(at)
	}
	return &plan{root: root, crate: &Crate{
		Name: name, Kind: Folder, Dir: dir, Edition: assumedEdition, EditionAssumed: true, loose: true,
	}}
}

// groups parts loose files into crates. Files that declare others come first
// and alone, so that what they declare is read as their modules.
func (l *loader) groups(files []string) [][]string {
	var todo []*source
	for _, f := range files {
		todo = append(todo, l.source(f))
	}
	l.parse(todo)
	group := make([]int, len(files))
	for i := range group {
		group[i] = i
	}
	var find func(i int) int
	find = func(i int) int {
		if group[i] != i {
			group[i] = find(group[i])
		}
		return group[i]
	}
	declares := make([]bool, len(files))
	byDir := map[string][]int{}
	for i, f := range files {
		byDir[filepath.Dir(f)] = append(byDir[filepath.Dir(f)], i)
	}
	for _, dir := range sortedKeys(byDir) {
		stems := map[string]int{}
		for _, i := range byDir[dir] {
			stems[crateName(files[i])] = i
		}
		for _, i := range byDir[dir] {
			t := l.source(files[i]).tree
			if t == nil {
				continue
			}
			declares[i] = strings.Contains(t.File.Text, "mod ")
			for _, mark := range [...]string{"crate::", "super::"} {
				for rest := t.File.Text; ; {
					at := strings.Index(rest, mark)
					if at < 0 {
						break
					}
					rest = rest[at+len(mark):]
					if j, ok := stems[leadingWord(rest)]; ok && j != i {
						group[find(max(i, j))] = find(min(i, j))
					}
				}
			}
		}
	}
	sets := map[int][]string{}
	var order []int
	for i, f := range files {
		r := find(i)
		if sets[r] == nil {
			order = append(order, r)
		}
		sets[r] = append(sets[r], f)
		declares[r] = declares[r] || declares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case declares[a] && !declares[b]:
			return -1
		case declares[b] && !declares[a]:
			return 1
		}
		return 0
	})
	var all [][]string
	for _, r := range order {
		all = append(all, sets[r])
	}
	return all
}

func leadingWord(s string) string {
	for i := range len(s) {
		if c := s[i]; !(c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return s[:i]
		}
	}
	return s
}
