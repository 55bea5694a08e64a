package model

import "slices"

// A footprint is what a program may touch, as static places.
type footprint struct {
	reads, writes map[*node]bool
	readAt        map[Site][]*node // by step
	writtenAt     map[Site][]*node
	unknown       bool // code that was not read may touch anything
	consts        bool // numbers are compared with constants
}

func (f *footprint) hasConsts() bool { return f != nil && f.consts }

func newFootprint() *footprint {
	return &footprint{reads: map[*node]bool{}, writes: map[*node]bool{}, readAt: map[Site][]*node{}, writtenAt: map[Site][]*node{}}
}

func (f *footprint) read(n *node, at Site) {
	if n.name == "{option}" { // what a lookup gave: the entry itself
		n = n.parent
	}
	f.reads[n] = true
	if !slices.Contains(f.readAt[at], n) {
		f.readAt[at] = append(f.readAt[at], n)
	}
}

func (f *footprint) write(n *node, at Site) {
	f.writes[n] = true
	if !slices.Contains(f.writtenAt[at], n) {
		f.writtenAt[at] = append(f.writtenAt[at], n)
	}
}

// writesAt are the places that a step may write, nil if they are not known.
func (f *footprint) writesAt(at Site) []*node {
	if f == nil {
		return nil
	}
	return f.writtenAt[at]
}

// readNodes are the places read at a step, all if it is not known to read any.
func (f *footprint) readNodes(at Site) map[*node]bool {
	if f == nil {
		return nil
	}
	if len(f.readAt[at]) == 0 {
		return f.reads
	}
	ns := map[*node]bool{}
	for _, n := range f.readAt[at] {
		ns[n] = true
	}
	return ns
}

// writersOf are the steps of b that may write one of the places; none if that is
// not known.
func (s *System) writersOf(b *Program, read map[*node]bool) []bool {
	steps := make([]bool, len(b.code))
	fb := s.feet[b]
	if len(read) == 0 || fb == nil {
		return steps
	}
	for pc := range b.code {
		in := &b.code[pc]
		if in.op != opStep {
			continue
		}
		for _, n := range fb.writtenAt[in.step.Site] {
			steps[pc] = steps[pc] || isMark(in.step) && overlap(map[*node]bool{n: true}, read)
		}
	}
	return steps
}

// Touches tells whether b may write what a reads at a step; of a step that is
// not known to read anything it tells the same as Interferes.
func (s *System) Touches(a, b *Program, at Site) bool {
	fa, fb := s.feet[a], s.feet[b]
	if fa == nil || fb == nil || fa.unknown || fb.unknown || len(fa.readAt[at]) == 0 {
		return s.Interferes(a, b)
	}
	for _, n := range fa.readAt[at] {
		if overlap(fb.writes, map[*node]bool{n: true}) {
			return true
		}
	}
	return false
}

// Interferes tells whether b may write something that a reads; so it is worth
// trying in a's gaps. Programs the system was not made of interfere.
func (s *System) Interferes(a, b *Program) bool {
	fa, fb := s.feet[a], s.feet[b]
	if fa == nil || fb == nil || fa.unknown || fb.unknown {
		return true
	}
	return overlap(fb.writes, fa.reads)
}

// Observes tells whether b may read something that a writes.
func (s *System) Observes(a, b *Program) bool {
	fa, fb := s.feet[a], s.feet[b]
	return fa != nil && fb != nil && overlap(fa.writes, fb.reads)
}

// Writers and Readers tell whether p may write or read the cell.
func (s *System) Writes(p *Program, cell string) bool { return s.touches(p, cell, true) }
func (s *System) Reads(p *Program, cell string) bool  { return s.touches(p, cell, false) }

func (s *System) touches(p *Program, cell string, write bool) bool {
	f := s.feet[p]
	if f == nil || f.unknown {
		return true
	}
	set := f.reads
	if write {
		set = f.writes
	}
	for n := range set {
		for n.parent != nil {
			n = n.parent
		}
		if n.name == cell {
			return true
		}
	}
	return false
}

func overlap(xs, ys map[*node]bool) bool {
	for x := range xs {
		for y := range ys {
			if x.within(y) || y.within(x) {
				return true
			}
		}
	}
	return false
}

// within tells whether n is m or lies below it.
func (n *node) within(m *node) bool {
	for ; n != nil; n = n.parent {
		if n == m {
			return true
		}
	}
	return false
}

// Cells lists the cells of the system in the order they were met.
func (s *System) Cells() []string { return slices.Clone(s.names) }
