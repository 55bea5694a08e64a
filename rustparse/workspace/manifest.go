package workspace

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A table is a TOML table as decoded: what is missing or of another type than
// asked for reads as empty, so that one odd key does not lose a package.
type table map[string]any

func (t table) table(key string) table {
	switch v := t[key].(type) {
	case map[string]any:
		return v
	case table:
		return v
	}
	return nil
}

func (t table) str(key string) string {
	s, _ := t[key].(string)
	return s
}

func (t table) strs(key string) []string {
	list, _ := t[key].([]any)
	var all []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func (t table) tables(key string) []table {
	list, _ := t[key].([]any)
	var all []table
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// bool returns the value of key, or other if it is not set.
func (t table) bool(key string, other bool) bool {
	if b, ok := t[key].(bool); ok {
		return b
	}
	return other
}

func (t table) keys() []string { return slices.Sorted(maps.Keys(t)) }

// A manifest is one Cargo.toml.
type manifest struct {
	path, dir string // absolute
	file      *rustparse.File
	table     table
}

// manifest reads the Cargo.toml at path once. One that does not parse gives a
// problem and an empty table: its conventional targets are still found.
func (l *loader) manifest(path string) *manifest {
	if m, ok := l.manifests[path]; ok {
		return m
	}
	l.manifests[path] = nil
	text, err := readFile(path)
	if err != nil {
		l.fatal(path, err.Error())
		return nil
	}
	m := &manifest{path: path, dir: filepath.Dir(path), file: &rustparse.File{Path: l.show(path), Text: text}}
	l.manifests[path] = m
	if err := toml.Unmarshal([]byte(text), (*map[string]any)(&m.table)); err != nil {
		p := Problem{Path: m.file.Path, Message: err.Error(), Fatal: true}
		var de *toml.DecodeError
		if errors.As(err, &de) {
			row, col := de.Position()
			p.Span = lineSpan(m.file, row, col)
			p.Message = strings.TrimPrefix(de.Error(), "toml: ")
		}
		p.Message = "manifest is not valid TOML: " + p.Message + "; its targets are guessed"
		l.problems = append(l.problems, p)
		m.table = table{"package": map[string]any{"name": filepath.Base(m.dir)}}
	}
	return m
}

// lineSpan returns the rest of line row from column col, both from 1.
func lineSpan(f *rustparse.File, row, col int) rustparse.Span {
	at := 0
	for range row - 1 {
		i := strings.IndexByte(f.Text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	end := len(f.Text)
	if i := strings.IndexByte(f.Text[at:], '\n'); i >= 0 {
		end = at + i
	}
	return rustparse.Span{File: f, Start: uint32(min(at+max(col-1, 0), end)), End: uint32(end)}
}

// find returns the span of the first of words in the manifest text, whole
// lines of it, so that a problem can show where it lies.
func (m *manifest) find(words ...string) rustparse.Span {
	row := 0
	for line := range strings.Lines(m.file.Text) {
		row++
		for _, w := range words {
			if w != "" && strings.Contains(line, w) {
				return lineSpan(m.file, row, len(line)-len(strings.TrimLeft(line, " \t"))+1)
			}
		}
	}
	return rustparse.Span{}
}

func (l *loader) manifestProblem(m *manifest, fatal bool, at, format string, args ...any) {
	l.problems = append(l.problems, Problem{Path: m.file.Path, Span: m.find(at), Message: fmt.Sprintf(format, args...), Fatal: fatal})
}

// findManifest returns the nearest Cargo.toml at or above dir, "" if there is
// none up to the top of the git work tree.
func findManifest(dir string) string {
	for {
		path := filepath.Join(dir, "Cargo.toml")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return ""
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// gitTop returns the top of the git work tree dir lies in, "" if it is in none.
func gitTop(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// within reports whether path is dir or lies below it; both are clean and absolute.
func within(path, dir string) bool {
	if path == dir {
		return true
	}
	if !strings.HasSuffix(dir, string(filepath.Separator)) {
		dir += string(filepath.Separator)
	}
	return strings.HasPrefix(path, dir)
}
