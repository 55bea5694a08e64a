package model

import "sync"

// An arena lends what the values of one run are made of. A search makes
// hundreds of runs, whose values die with them: the next run takes the same
// memory again, and the collector has nothing to do with it.
//
// What outlives a run of a search holds none of its values: see [place.detached].
type arena struct {
	lazies  slab[lazy]
	objects slab[object]
	refs    slab[reference]
	calls   slab[call]
	specs   slab[callSpec]
	values  slab[Value]
	locals  slab[Value] // of messages
	fields  slab[field]
	elems   slab[elem]
	entries slab[entry]
	kids    slab[kid]
	keys    slab[keyed]
	sources slab[source]
	asked   slab[remembered]
}

// A reference is an object that holds a place, and the place.
type reference struct {
	object
	at place
}

var arenas = sync.Pool{New: func() any { return new(arena) }}

func (a *arena) reset() {
	a.lazies.reset()
	a.objects.reset()
	a.refs.reset()
	a.calls.reset()
	a.specs.reset()
	a.values.reset()
	a.locals.reset()
	a.fields.reset()
	a.elems.reset()
	a.entries.reset()
	a.kids.reset()
	a.keys.reset()
	a.sources.reset()
	a.asked.reset()
}

// A slab lends values of one type from large pieces of memory.
type slab[T any] struct {
	chunks [][]T
	chunk  int // of those, the one to take from
	used   int // of it
}

const slabSize = 64 // of the first piece; each is twice as large as the one before, up to 16 times that

// one is a zero value.
func (s *slab[T]) one() *T {
	if s.chunk < len(s.chunks) {
		if c := s.chunks[s.chunk]; s.used < len(c) {
			v := &c[s.used]
			s.used++
			var zero T
			*v = zero
			return v
		}
	}
	return &s.some(1)[0]
}

// some are n zero values; what is appended to them goes elsewhere.
func (s *slab[T]) some(n int) []T {
	for s.chunk < len(s.chunks) {
		if c := s.chunks[s.chunk]; s.used+n <= len(c) {
			vs := c[s.used : s.used+n : s.used+n]
			s.used += n
			clear(vs)
			return vs
		}
		s.chunk++
		s.used = 0
	}
	s.chunks = append(s.chunks, make([]T, max(slabSize<<min(len(s.chunks), 4), n)))
	s.used = n
	return s.chunks[s.chunk][:n:n]
}

// add appends to what s lent.
func (s *slab[T]) add(vs []T, v T) []T {
	if len(vs) == cap(vs) {
		more := s.some(max(4, 2*len(vs)))
		vs = more[:copy(more, vs)]
	}
	return append(vs, v)
}

func (s *slab[T]) reset() { s.back(mark{}) }

// A mark is how much was lent.
type mark struct{ chunk, used int }

func (s *slab[T]) mark() mark { return mark{s.chunk, s.used} }

// back takes back what was lent since a mark.
func (s *slab[T]) back(m mark) { s.chunk, s.used = m.chunk, m.used }

// memory is where the current run takes its values from.
func (c *chooser) memory() *arena {
	if c.mem == nil {
		c.mem = arenas.Get().(*arena)
	}
	return c.mem
}

// release ends the current run: its values are gone.
func (c *chooser) release() {
	if c.mem != nil {
		c.mem.reset()
		arenas.Put(c.mem)
		c.mem = nil
	}
}
