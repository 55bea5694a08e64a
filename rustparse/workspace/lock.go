package workspace

import (
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A lock is a Cargo.lock: which versions a workspace was resolved to.
type lock struct {
	versions map[string][]string          // package → versions
	chosen   map[string]map[string]string // package → dependency → version, where the lock has to say which
}

// readLock reads the Cargo.lock of a root; nil if there is none.
func (l *loader) readLock(dir string) *lock {
	path := filepath.Join(dir, "Cargo.lock")
	if !isFile(path) {
		return nil
	}
	text, err := readFile(path)
	if err != nil {
		l.problem(path, "%v: required versions are taken", err)
		return nil
	}
	var file struct {
		Package []struct {
			Name, Version string
			Dependencies  []string
		}
	}
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		l.problem(path, "is not valid TOML (%s): required versions are taken", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	k := &lock{versions: map[string][]string{}, chosen: map[string]map[string]string{}}
	for _, p := range file.Package {
		k.versions[p.Name] = append(k.versions[p.Name], p.Version)
		for _, d := range p.Dependencies {
			// "name", "name version" or "name version (source)"
			if f := strings.Fields(d); len(f) > 1 {
				if k.chosen[p.Name] == nil {
					k.chosen[p.Name] = map[string]string{}
				}
				k.chosen[p.Name][f[0]] = f[1]
			}
		}
	}
	return k
}

// version returns the version of package name that a package uses, and
// whether the lock knows it. Where a workspace holds several versions and
// the lock entry does not tell, the one that fits the requirement is taken.
func (k *lock) version(user, name, required string) (string, bool) {
	if k == nil {
		return "", false
	}
	if v := k.chosen[user][name]; v != "" {
		return v, true
	}
	vs := k.versions[name]
	if len(vs) == 0 {
		return "", false
	}
	req := strings.TrimRight(strings.TrimLeft(required, "^~=<> "), "*.")
	for _, wanted := range []string{req, compatible(req)} {
		for _, v := range vs {
			if wanted != "" && (v == wanted || strings.HasPrefix(v, wanted+".")) {
				return v, true
			}
		}
	}
	return vs[len(vs)-1], true
}

// compatible returns the part of a version that Cargo takes as the promise of
// compatibility: "1" of 1.2.3, "0.12" of 0.12.4.
func compatible(version string) string {
	major, rest, _ := strings.Cut(version, ".")
	if major != "0" {
		return major
	}
	minor, _, _ := strings.Cut(rest, ".")
	return major + "." + minor
}
