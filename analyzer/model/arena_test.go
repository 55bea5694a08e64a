package model

import "testing"

// What a finished search tells does not change when the memory of its runs
// is used again.
func TestWhatOutlivesARun(t *testing.T) {
	for _, c := range raceCases {
		if c.want != Confirmed {
			continue
		}
		first := raceOf(t, c.text)
		var names []string
		for _, r := range first.Example.Reads {
			names = append(names, r.Place.Name+r.Place.p.name(nil))
		}
		raceOf(t, gated(c.text)) // another search, in the same memory
		for i, r := range first.Example.Reads {
			if got := r.Place.Name + r.Place.p.name(nil); got != names[i] {
				t.Errorf("%s: read %d was %s and became %s", c.name, i, names[i], got)
			}
		}
	}
}

func TestSlab(t *testing.T) {
	var s slab[int]
	a := s.some(3)
	a[0], a[2] = 1, 3
	if a = s.add(a, 4); a[3] != 4 || a[2] != 3 {
		t.Errorf("added to: %v", a)
	}
	for range 1000 {
		*s.one() = 7
	}
	if a[0] != 1 || a[3] != 4 {
		t.Errorf("lent to somebody else meanwhile: %v", a)
	}
	s.reset()
	if got := *s.one(); got != 0 {
		t.Errorf("lent again as %d, want a zero value", got)
	}
	if large := s.some(100000); len(large) != 100000 || large[99999] != 0 {
		t.Errorf("%d lent", len(large))
	}
}
