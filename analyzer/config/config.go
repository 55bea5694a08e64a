// Package config reads awaitlint.toml: what users know of their code and
// awaitlint cannot see. Each entry becomes one of package knowledge, so that
// what is taught flows the same way as what is embedded.
//
// A mistake in the file is an error with its place. docs/configuration.md
// describes the keys.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/awaitlint/awaitlint/rustparse"
)

// Name is the name of the file that is searched.
const Name = "awaitlint.toml"

// A Config is what one file says.
type Config struct {
	File        *rustparse.File `toml:"-"`
	Functions   []Function      `toml:"function,omitempty"`
	Guards      []Guard         `toml:"guard,omitempty"`
	EntryPoints []EntryPoint    `toml:"entry-point,omitempty"`
}

// A Text is a string of the file.
type Text struct {
	Value string
	Span  rustparse.Span
}

// MarshalText gives the string alone.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.Value), nil }

// A Function says what calling a function does: a [[function]] table. What it
// does not say the function does not do.
type Function struct {
	Path    Text   `toml:"path"`
	Commits Text   `toml:"commits,omitempty"` // never, may, must; "" where only the source tells, if there is any
	Reads   []Text `toml:"reads,omitempty"`
	Writes  []Text `toml:"writes,omitempty"`
	Traps   Text   `toml:"traps,omitempty"` // why; "" for never
	Moves   bool   `toml:"moves-value,omitempty"`
	Returns Text   `toml:"returns,omitempty"` // its result type, "" where the source tells or nobody knows
}

// A Guard is a type of an outside crate whose values hold a lock while they
// are alive: a [[guard]] table.
type Guard struct {
	Type Text `toml:"type"`
}

// An EntryPoint is an attribute that makes an entry point: an [[entry-point]] table.
type EntryPoint struct {
	Attribute Text `toml:"attribute"`
	Kind      Text `toml:"kind"`
}

// An Error is one mistake of the user in a file.
type Error struct {
	Span    rustparse.Span
	Message string
}

// Error gives "file:line:column: message", the column in characters.
func (e Error) Error() string {
	f, at := e.Span.File, int(e.Span.Start)
	p := f.Position(e.Span.Start)
	column := utf8.RuneCountInString(f.Text[at-(p.Column-1):at]) + 1
	return fmt.Sprintf("%s:%d:%d: %s", f.Path, p.Line, column, e.Message)
}

// Errors are all mistakes of a run, one a line.
type Errors []Error

func (es Errors) Error() string {
	var lines []string
	for _, e := range es {
		lines = append(lines, e.Error())
	}
	return strings.Join(lines, "\n")
}

// err returns the mistakes in the order of files and lines, nil if there is none.
func (es Errors) err() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Span.File.Path, b.Span.File.Path), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return es
}

// Write writes what the file says as a file that says the same.
func (c *Config) Write(w io.Writer) error {
	text, err := toml.Marshal(c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "# %s\n%s", c.File.Path, text)
	return err
}

// Find returns the awaitlint.toml nearest above an analysed path, which may
// not exist: in its folder, or in one further up, not beyond the top of a git
// work tree. It returns "" if there is none.
func Find(path string) (string, error) {
	dir, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	for {
		file := filepath.Join(dir, Name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		up := filepath.Dir(dir)
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || up == dir {
			return "", nil
		}
		dir = up
	}
}

// maxSize bounds the bytes of a configuration.
const maxSize = 1 << 20

// Read reads one file. The error is Errors where the file says something wrong.
func Read(path string) (*Config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, fmt.Errorf("%s: is no file of at most %d KB", path, maxSize>>10)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(&rustparse.File{Path: shown(path), Text: string(text)})
}

// shown is a path as users are shown it: relative to the working directory
// where it lies in or near it.
func shown(path string) string {
	if wd, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if rel, err := filepath.Rel(wd, path); err == nil {
			path = rel
		}
	}
	return filepath.ToSlash(path)
}
