package model

import "testing"

// lone is a world of a system without programs, in which every choice is the first.
func lone() *world {
	s := NewSystem(nil)
	return newWorld(s, again(nil), s.domainOf(1))
}

// A map that was walked over holds what was met there and nothing else: a later
// look-up, in this run or in a serial one, finds no further entry.
func TestWalkedMapIsClosed(t *testing.T) {
	w := lone()
	m := w.asMap(Value{k: vLazy, l: w.lazy(fromState, nil)})
	other := Variant("()", keyValue(1), keyValue(2))
	if n := len(w.allKeys(m)); n != 2 {
		t.Fatalf("%d entries, want 2", n)
	}
	if v := w.entry(m, other); v.k != vNone {
		t.Errorf("found %v behind the walk", v)
	}
	open := w.asMap(Value{k: vLazy, l: w.lazy(fromState, nil)})
	if v := w.entry(open, other); v.k == vNone {
		t.Error("a map that nobody walked over has no entry in the first run")
	}
}

// The key of an ordered map that was taken apart and put together is that key.
func TestRejoinedKey(t *testing.T) {
	w := lone()
	key := keyValue(1)
	part := func(n string) Value { return w.down(key, elem{field: n}) }
	if got := w.key(Variant("()", part("0"), part("1"))); !equal(got, key) {
		t.Errorf("put together as %v, want %v", got, key)
	}
	if got := w.key(Variant("()", part("1"), part("0"))); equal(got, key) {
		t.Error("put together the wrong way round it is the same key")
	}
}

// A comparison narrows a number, and what it is given later agrees with it.
func TestNarrowedNumbers(t *testing.T) {
	for _, second := range []int{0, 1} {
		s := NewSystem(nil)
		w := newWorld(s, replay([]int{1, second}), s.domainOf(1))
		v := Value{k: vLazy, l: w.lazy(fromArgA, nil)}
		if w.less(v, 20000) { // the first alternative: the usual numbers are below
			t.Fatal("below the limit by the second alternative")
		}
		under := w.less(v, 50000)
		n := w.asInt(v)
		if n < 20000 || (n < 50000) != under {
			t.Errorf("at least 20000 and below 50000: %v, but it is %d", under, n)
		}
	}
}

// What a variable was set to decides the test behind it: the way to an aim on
// the good side does not lead over the bad one.
func TestThreadedWays(t *testing.T) {
	helper := []*Step{
		{Kind: Param, Out: 1},
		{Kind: Block, Label: 1, Body: []*Step{
			{Kind: If, Args: []Reg{1}, Body: []*Step{
				{Kind: Make, Name: "Err", Out: 2, Site: 1},
				{Kind: Set, Slot: 1, Args: []Reg{2}, Site: 2},
				{Kind: Break, Label: 1},
			}},
			{Kind: Make, Name: "Ok", Out: 3, Site: 3},
			{Kind: Set, Slot: 1, Args: []Reg{3}, Site: 4},
		}},
		{Kind: Get, Slot: 1, Out: 4},
		{Kind: Test, Out: 5, Args: []Reg{4}, Pat: &Pat{Kind: PatVariant, Name: "Err"}},
		{Kind: If, Args: []Reg{5}, Body: []*Step{{Kind: Return, Args: []Reg{4}}}},
		{Kind: Cell, Name: "X", Out: 6},
		{Kind: Store, Args: []Reg{6, 1}, Site: 9},
	}
	p := Compile(&Func{Name: "f", Regs: 7, Slots: 2, Params: []ParamInfo{{Name: "bad"}}, Body: helper})
	aims := make([]bool, len(p.code))
	at := map[Site]int{}
	for pc := range p.code {
		if st := p.code[pc].step; st != nil && st.Site > 0 {
			at[st.Site] = pc
			aims[pc] = st.Site == 9
		}
	}
	w := p.waysTo(aims, false)
	if d := w[0][at[2]]; d >= 0 {
		t.Errorf("%d steps from the Err to the write behind the Ok", d)
	}
	if d := w[0][at[4]]; d <= 0 {
		t.Errorf("%d: no way from the Ok to the write", d)
	}
}
