package lower

import (
	"maps"
	"slices"

	"github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// sparing are the sizes, in blocks, from which on a message is lowered sparingly
// (see [lowerer.spares]), one attempt after the other until it fits; 0 is never.
// What never fits is lowered as the last of them says.
var sparing = [...]int{0, maxBlocks / 2, maxBlocks / 8, maxBlocks / 2}

// fitting lowers a function as fully as fits into the bounds.
func (p *program) fitting(name string, lower func(l *lowerer)) *lowerer {
	for i := 0; ; i++ {
		l := p.newLowerer(name)
		l.sparing = sparing[i]
		lower(l)
		if !l.over || i == len(sparing)-1 {
			l.settle()
			return l
		}
		for _, key := range l.made.started {
			delete(p.started, key)
		}
	}
}

// A made is what the lowering of a function, and of the tasks it starts, did.
type made struct {
	// lowered are the functions whose bodies are part of it, cut those left out for size.
	lowered, cut map[*workspace.Def]bool
	started      []rustparse.Span // keys of program.started
}

func (m *made) join(n made) {
	maps.Copy(m.lowered, n.lowered)
	maps.Copy(m.cut, n.cut)
	m.started = append(m.started, n.started...)
}

// full reports whether no more callees are to be lowered in place.
func (l *lowerer) full() bool {
	return l.count > maxOps || l.blocks > maxBlocks || len(l.frames) > maxDepth
}

// spares reports whether a call of d costs more than it tells, in a message
// that does not fit otherwise: what d does is here once already, or is neither to
// wait nor to touch state. Its summary stands for it.
func (l *lowerer) spares(d *workspace.Def) bool {
	if l.sparing == 0 || l.blocks < l.sparing || !l.here[d] && l.c.Lasting(d) {
		return false
	}
	result := d.Signature().Result
	return !l.c.Awaits(d) && !l.small(d) && !l.hasGlue(result) && !carriesCode(result)
}

// carriesCode reports whether values of a type run code that a summary does
// not have: futures, closures.
func carriesCode(t *workspace.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind {
	case workspace.TImpl, workspace.TDyn, workspace.TFn:
		return true
	}
	return slices.ContainsFunc(t.Args, carriesCode)
}
