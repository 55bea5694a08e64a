package workspace

import (
	_ "embed"
	"strings"
)

//go:embed std.txt
var stdText string

// A prelude is what names mean that no item or `use` gives.
type prelude struct {
	types, values, macros map[string]string // last segment → full path
	crates, primitives    map[string]bool
	deref                 map[string]bool // full paths
}

var std = readPrelude(stdText)

func readPrelude(text string) *prelude {
	p := &prelude{
		types: map[string]string{}, values: map[string]string{}, macros: map[string]string{},
		crates: map[string]bool{}, primitives: map[string]bool{}, deref: map[string]bool{},
	}
	for line := range strings.Lines(text) {
		kind, path, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(kind, "#") {
			continue
		}
		switch kind {
		case "type":
			p.types[lastSegment(path)] = path
		case "value":
			p.values[lastSegment(path)] = path
		case "macro":
			p.macros[lastSegment(path)] = path
		case "crate":
			p.crates[path] = true
		case "primitive":
			p.primitives[path] = true
		case "deref":
			p.deref[path] = true
		}
	}
	return p
}

// lookup returns the outside path of a prelude name or primitive type, "" if there is none.
func (p *prelude) lookup(name string, ns Namespace) string {
	switch ns {
	case TypeNS:
		if path := p.types[name]; path != "" {
			return path
		}
		if p.primitives[name] {
			return name
		}
	case ValueNS:
		return p.values[name]
	case MacroNS:
		if path := p.macros[name]; path != "" {
			return path
		}
		return p.types[name] // derives: #[derive(Clone)]
	}
	return ""
}

// lastSegment returns what stands after the last `::` of a path.
func lastSegment(path string) string {
	if i := strings.LastIndex(path, "::"); i >= 0 {
		return path[i+2:]
	}
	return path
}
