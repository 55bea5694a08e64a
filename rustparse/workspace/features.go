package workspace

import "strings"

// enableFeatures computes the features of all wanted packages: the defaults of
// packages asked about, what Options.Features names ("feature" or "package/feature"), and
// what packages ask of those they depend on, as one unified set per package.
func (l *loader) enableFeatures(pkgs []*pkg) {
	f := &featureSet{l: l, on: map[*pkg]map[string]bool{}}
	for _, p := range pkgs {
		f.depend(p)
		if p.root.given {
			f.enable(p, "default")
		}
	}
	for _, name := range l.opt.Features {
		only, feature, scoped := strings.Cut(name, "/")
		if !scoped {
			only, feature = "", name
		}
		known := false
		for _, p := range pkgs {
			if p.root.given && (only == "" || only == p.name) && f.has(p, feature) {
				known = true
				f.enable(p, feature)
			}
		}
		if !known {
			l.problems = append(l.problems, Problem{Path: l.show(pkgs[0].path), Message: "no package has the feature " + name})
		}
	}
	for len(f.todo) > 0 {
		step := f.todo[0]
		f.todo = f.todo[1:]
		step()
	}
	for _, p := range pkgs {
		p.features = f.on[p]
		if p.features == nil {
			p.features = map[string]bool{}
		}
		for _, d := range p.deps {
			d.off = d.optional && !f.depOn[depKey{p, d.key}]
		}
	}
}

type depKey struct {
	pkg *pkg
	key string
}

type featureSet struct {
	l     *loader
	on    map[*pkg]map[string]bool
	depOn map[depKey]bool
	seen  map[*pkg]bool
	todo  []func()
	// weak are features asked of a dependency that may be enabled later (`x?/f`).
	weak map[depKey][]string
}

// has reports whether p declares the feature, or has it by an optional dependency.
func (f *featureSet) has(p *pkg, feature string) bool {
	if _, ok := p.table.table("features")[feature]; ok {
		return true
	}
	for _, d := range f.l.pkgDeps(p) {
		if d.optional && d.key == feature {
			return true
		}
	}
	return false
}

// depend asks of the dependencies of p what its manifest does.
func (f *featureSet) depend(p *pkg) {
	if f.seen == nil {
		f.seen, f.depOn, f.weak = map[*pkg]bool{}, map[depKey]bool{}, map[depKey][]string{}
	}
	if f.seen[p] {
		return
	}
	f.seen[p] = true
	for _, d := range f.l.pkgDeps(p) {
		if !d.optional {
			f.dependency(p, d)
		}
	}
}

// dependency enables d of p.
func (f *featureSet) dependency(p *pkg, d *dep) {
	k := depKey{p, d.key}
	if f.depOn[k] {
		return
	}
	f.depOn[k] = true
	if d.pkg == nil {
		return
	}
	f.todo = append(f.todo, func() {
		f.depend(d.pkg)
		if d.defaults {
			f.enable(d.pkg, "default")
		}
		for _, name := range append(d.features[:len(d.features):len(d.features)], f.weak[k]...) {
			f.enable(d.pkg, name)
		}
	})
}

// enable turns a feature of p on, with all it implies.
func (f *featureSet) enable(p *pkg, name string) {
	if f.on[p] == nil {
		f.on[p] = map[string]bool{}
	}
	if f.on[p][name] {
		return
	}
	declared := p.table.table("features")
	if _, ok := declared[name]; !ok && name == "default" {
		return
	}
	f.on[p][name] = true
	if _, ok := declared[name]; !ok {
		f.byKey(p, name, "", false) // an optional dependency of that name
		return
	}
	for _, v := range declared.strs(name) {
		dep, feature, slash := strings.Cut(v, "/")
		switch {
		case strings.HasPrefix(v, "dep:"):
			f.byKey(p, v[len("dep:"):], "", false)
		case slash:
			f.byKey(p, strings.TrimSuffix(dep, "?"), feature, strings.HasSuffix(dep, "?"))
		default:
			f.todo = append(f.todo, func() { f.enable(p, v) })
		}
	}
}

// byKey enables the dependency with that key, and a feature of it if any; a
// weak one only if something else enables the dependency.
func (f *featureSet) byKey(p *pkg, key, feature string, weak bool) {
	for _, d := range f.l.pkgDeps(p) {
		if d.key != key {
			continue
		}
		k := depKey{p, key}
		if feature != "" {
			f.weak[k] = append(f.weak[k], feature)
			if f.depOn[k] && d.pkg != nil {
				f.todo = append(f.todo, func() { f.enable(d.pkg, feature) })
			}
		}
		if !weak {
			f.dependency(p, d)
		}
	}
}
