package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// expand replaces FOLDER/... by the Cargo projects in or below FOLDER: the
// topmost folders with a manifest, in lexical order; FOLDER itself if there is
// none. No argument stands for the working directory.
func expand(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	var out []string
	for _, arg := range args {
		dir, ok := strings.CutSuffix(filepath.ToSlash(arg), "/...")
		if arg == "..." {
			dir, ok = ".", true
		}
		if !ok {
			out = append(out, arg)
			continue
		}
		projects := projectsBelow(filepath.FromSlash(dir))
		if projects == nil {
			projects = []string{filepath.FromSlash(dir)}
		}
		out = append(out, projects...)
	}
	return out
}

// projectsBelow finds the topmost folders with a manifest. Build output,
// vendored and hidden folders are left out; links are not followed. Folders
// that cannot be read are left to the loader, which reports them.
func projectsBelow(dir string) []string {
	var out []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		name := d.Name()
		if path != dir && (strings.HasPrefix(name, ".") || name == "target" || name == "node_modules") {
			return fs.SkipDir
		}
		if info, err := os.Stat(filepath.Join(path, "Cargo.toml")); err == nil && info.Mode().IsRegular() {
			out = append(out, path)
			return fs.SkipDir
		}
		return nil
	})
	return out
}
